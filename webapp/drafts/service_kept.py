"""What was kept for next time meets a draft: it is offered, shown for confirming, and what was used is written down."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from webapp.config import Settings
from webapp.drafts.rules import Plan
from webapp.drafts.rules_people import PEOPLE, ROLES, VIA, people_of
from webapp.drafts.service import OpenDraft
from webapp.drafts.service_held import list_held_keys
from webapp.drafts.service_stores import REAL
from webapp.facts.rules import Dictionary
from webapp.facts.rules_reuse import KeptContent, Use, choose_facts, may_keep
from webapp.facts.service_kept import OpenBox, add_holder, find_box, keep, note_uses
from webapp.kit.clock import day_of
from webapp.procedures.rules_book import Book

KEPT = "kept"


def find_own_box(session: Session, browser_secret: bytes | None, write: bool = False) -> OpenBox | None:
    """Open what the holder of this browser's drafts let the ward keep, or None."""
    keys = list_held_keys(session, REAL, browser_secret)
    return find_box(session, keys, write) if keys else None


def offer_kept(draft: OpenDraft, content: KeptContent, dictionary: Dictionary) -> None:
    """Let a draft show what was kept: facts for confirming, people for choosing by name."""
    for key, kept in content.facts.items():
        fact = dictionary.facts.get(key)
        if fact is not None and may_keep(fact) and fact.define.kind not in ("people", "person"):
            draft.prefill[key] = {"value": kept.value, "kept_on": kept.kept_on, "title": kept.title}
    people = dict(people_of(draft.answers))
    for person in content.people:
        if person["id"] == content.applicant:
            draft.prefill |= _tell_applicant(person, dictionary)
        elif person["id"] not in people:
            people[person["id"]] = _remember(person)
    draft.answers[PEOPLE] = people


def _tell_applicant(person: Mapping[str, Any], dictionary: Dictionary) -> dict[str, Any]:
    """Return what was kept of the applicant, by fact."""
    origin = {"kept_on": person["kept_on"], "title": person["title"]}
    told = {fact.key: fact.define.is_ or "" for fact in dictionary.facts.values() if fact.define.of == "applicant"}
    return {key: {"value": person[name], **origin} for key, name in told.items() if name in person}


def _remember(person: Mapping[str, Any]) -> dict[str, Any]:
    """Return a kept person as answers hold people: every attribute is known from before."""
    attributes = [name for name in person if name not in ("id", "kept_on", "title")]
    return {**{k: v for k, v in person.items() if k != "id"}, VIA: dict.fromkeys(attributes, KEPT)}


def keep_for_next_time(
    session: Session, draft: OpenDraft, book: Book, made: Plan, browser_secret: bytes, settings: Settings, now: datetime
) -> None:
    """Keep, as the resident agreed, what may be kept of a pass that is being sent; its slip opens it."""
    content = list_to_keep(book, made, day_of(now))
    keep(session, list_held_keys(session, REAL, browser_secret), draft.key, content, now, settings.keep_days)


def used_answers(made: Plan, dictionary: Dictionary) -> dict[str, Any]:
    """Return the answers of a plan, and of people only what it asks about them: nothing of what was given up on the way."""
    facts = [q.fact for q in (*(q for page in made.pages for q in page.questions), *made.known)]
    roles = {role: who for role, who in (made.stored.get(ROLES) or {}).items() if role in {f.define.of for f in facts}}
    told: dict[str, set[str | None]] = {who: {VIA} for who in roles.values()}
    for fact in facts:
        if fact.define.of in roles:
            told[roles[fact.define.of]].add(fact.define.is_)
        for entry in made.answers.get(fact.key) or [] if fact.define.kind == "people" else []:
            told.setdefault(entry["id"], {VIA}).update(dictionary.facts[k].define.is_ for k in entry.keys() - {"id"})
    people = {key: one for key, one in people_of(made.stored).items() if key in told}
    kept = {key: {name: value for name, value in one.items() if name in told[key]} for key, one in people.items()}
    return {**made.stored, ROLES: roles, PEOPLE: kept}


def write_down_uses(
    session: Session, draft: OpenDraft, prefill: Mapping[str, Any], book: Book, made: Plan, secret: bytes, now: datetime
) -> None:
    """Write down which kept facts and people went into what is being sent."""
    keys = find_used(prefill, made, book.dictionary)
    box = find_own_box(session, secret, write=True) if keys else None
    if box is not None:
        day = day_of(now).isoformat()
        note_uses(session, box, [Use(key, title_of(book), scope_of(book), day) for key in keys], now)
        add_holder(session, box, draft.key)


def find_used(prefill: Mapping[str, Any], made: Plan, dictionary: Dictionary) -> list[str]:
    """Return the facts whose kept value was sent as it was, and the kept people who have a role or stand on a list."""
    facts = [key for key, kept in prefill.items() if made.answers.get(key) == kept["value"]]
    people = [key for key, one in used_answers(made, dictionary)[PEOPLE].items() if KEPT in one.get(VIA, {}).values()]
    return [*facts, *people]


def title_of(book: Book) -> str:
    """Return the Japanese title of what a book is about."""
    words = book.event.words if book.event else next(iter(book.procedures.values())).words
    return words["title"].voices["ja"]


def scope_of(book: Book) -> str:
    """Return the slug of what a book is about."""
    return book.scope.split("/", 1)[1]


def list_to_keep(book: Book, made: Plan, today: date) -> KeptContent:
    """Return what would be kept if the resident agreed, to show it beforehand."""
    return choose_facts(book.dictionary, used_answers(made, book.dictionary), today, title_of(book), scope_of(book))
