"""What the ward keeps for next time, because its owner said so: all of it on one page, where it was used, and erasing it."""

from datetime import date
from typing import Any

from flask import Response, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.drafts.door import drafts, set_browser_cookie
from webapp.drafts.pages_rows import show_lines
from webapp.drafts.service_kept import find_own_box
from webapp.facts.rules import Dictionary, Fact
from webapp.facts.rules_reuse import KeptContent
from webapp.facts.service_kept import erase_box, forget
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.reading.service import render_private


@drafts.get("/<voice>/kept")
def show_kept() -> Response:
    """Show everything that is kept, where it came from and where it was used."""
    if not g.browser_secret:
        set_browser_cookie()
    box = find_own_box(get_session(), g.browser_secret)
    return render_private(
        "drafts/kept.html", box=box, groups=_list_groups(box.content) if box else [], gone=request.args.get("gone")
    )


@drafts.post("/<voice>/kept")
@guard("token")
def change_kept() -> BaseResponse:
    """Erase one fact, one person, or everything."""
    box = find_own_box(get_session(), g.browser_secret, write=True)
    what, _, value = request.form.get("then", "").partition(":")
    while box is not None and what == "all":
        erase_box(get_session(), box)
        box = find_own_box(get_session(), g.browser_secret, write=True)
    if box is not None and what == "fact":
        forget(get_session(), box, key=value)
    if box is not None and what == "person":
        forget(get_session(), box, person=value)
    return redirect(f"/{g.voice.code}/kept?gone=yes", 303)


def _list_groups(content: KeptContent) -> list[dict[str, Any]]:
    """Return what is kept as the page shows it: facts one by one, people with everything known of each."""
    dictionary = current_dictionary()
    groups = [_show_fact(key, one, dictionary, content) for key, one in content.facts.items()]
    return [*groups, *(_show_person(one, dictionary, content) for one in content.people)]


def current_dictionary() -> Dictionary:
    """Return the ward's dictionary as it is now."""
    found: Dictionary = current_app.extensions["madoguchi"].dictionary
    return found


def _show_fact(key: str, kept: Any, dictionary: Dictionary, content: KeptContent) -> dict[str, Any]:
    """Return one kept fact; one that the dictionary no longer has shows its key."""
    fact = dictionary.facts.get(key)
    rows = [(fact.words["label"], show_lines(fact, kept.value))] if fact else [(key, ())]
    return _group(f"fact:{key}", "", rows, kept.kept_on, kept.title, {key}, content)


def _show_person(person: dict[str, Any], dictionary: Dictionary, content: KeptContent) -> dict[str, Any]:
    """Return one kept person with what is known of them, in words that fit anybody: those of a list where there is one."""
    mine = person["id"] == content.applicant
    facts = [one for one in dictionary.facts.values() if one.define.is_ and (one.define.of == "applicant") == mine]
    first: dict[str, Fact] = {}
    for fact in sorted(facts, key=lambda one: one.define.within is None):
        first.setdefault(fact.define.is_ or "", fact)
    rows = [
        (first[name].words["label"], show_lines(first[name], value)) for name, value in person.items() if name in first
    ]
    name = str((person.get("name") or {}).get("name", ""))
    keys = {person["id"], *(fact.key for fact in facts if mine)}
    return _group(f"person:{person['id']}", name, rows, person["kept_on"], person["title"], keys, content)


def _group(
    then: str, name: str, rows: list[Any], kept_on: str, title: str, keys: set[str], content: KeptContent
) -> dict[str, Any]:
    """Return one thing that is kept with its origin, its uses (`keys` name it there) and how it is erased."""
    uses = dict.fromkeys((one.title, date.fromisoformat(one.used_on)) for one in content.uses if one.fact in keys)
    return {
        "then": then,
        "name": name,
        "rows": rows,
        "kept_on": date.fromisoformat(kept_on),
        "title": title,
        "uses": list(uses),
    }
