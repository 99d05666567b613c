"""What the page of a section's applications is made of: what its address asks for, its rows, tabs and choices."""

import base64
import binascii
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import g, request

from webapp.accounts.pages import note_done
from webapp.accounts.rules import Clerk
from webapp.accounts.service import find_clerk, list_clerks
from webapp.applications.rules import STATES
from webapp.applications.rules_cases import LABELS, works_in
from webapp.applications.rules_inbox import (
    LONGEST_WORDS,
    SHOWS,
    WAITS,
    Ask,
    Filters,
    days_until,
    is_answer_over,
    read_cursor,
    read_filters,
    soon_erased_until,
    write_filters,
)
from webapp.applications.service_inbox import Entry, list_page, list_receipts
from webapp.applications.service_inbox_counts import count_all
from webapp.kit.clock import day_of, today
from webapp.kit.crypto import CannotOpen, derive_key, seal, unseal
from webapp.kit.database import get_session
from webapp.kit.ids import find_receipt_number, is_id
from webapp.staff.door import clerk, vault, ward

SECTION_ROLES = ("officer", "head")
TABS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("open", {}), ("mine", {"who": "mine"}), ("nobody", {"who": "nobody"}), ("over", {"due": "over"}),
    ("unmended", {"due": "unmended"}), ("answered", {"label": "answered"}), ("mended", {"show": "mended"}),
    ("confirm", {"show": "confirm"}), ("finished", {"show": "finished"}),
)  # fmt: skip
"""Each tab with the filters that it stands for."""
MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One application as the list shows it: what it is about, days since it was sent and until its day, whose it is.

    `is_gone`: whose it is does not work in its section any more. `is_owed`: the ward is to answer it; `is_over`: it should
    have by now. `is_erased_soon`: everything about it goes in thirty days.
    """

    entry: Entry
    title: Any
    section: Any
    age: int
    left: int
    person: str
    is_gone: bool
    is_owed: bool
    is_over: bool
    is_erased_soon: bool


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: where it leads, whether it is the one shown, and how many there are (None: not counted)."""

    key: str
    href: str
    is_here: bool
    count: Any = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for. `token` holds the words searched for; `lost` tells that it opens nothing any more."""

    ask: Ask
    token: str = ""
    lost: bool = False

    def address(self, part: str = "", /, **changes: str) -> str:
        """Return the address of this list, of another part of it, or of a form on it."""
        query = self.query(**changes)
        return f"/{g.voice.code}/staff/inbox/{part}{'?' if query else ''}{query}"

    def query(self, **changes: str) -> str:
        """Return what an address says of this list."""
        said = {**write_filters(self.ask.filters), **({"find": self.token} if self.token else {}), **changes}
        return urlencode({name: value for name, value in said.items() if value})


def own_sections(who: Clerk) -> list[str]:
    """Return the sections in which somebody works on applications."""
    return sorted(who.sections(*SECTION_ROLES))


def read_place(given: Mapping[str, str]) -> dict[str, str]:
    """Return which page of the list an address names, so that whoever does something with it comes back there."""
    return {name: given[name][:80] for name in ("after", "before") if name in given}


def read_list() -> str:
    """Return the query of the list from which somebody came to an application: what a list knows, and nothing else."""
    if "inbox_list" not in g:
        given = dict(parse_qsl(request.args.get("list", "")[:2000]))
        g.inbox_list = read_asked(given).query(**read_place(given)) if given else ""
    kept: str = g.inbox_list
    return kept


def write_came(query: str) -> str:
    """Return what the address of an application says of the list that leads to it."""
    return f"?{urlencode({'list': query})}" if query else ""


def list_address() -> str:
    """Return the address of the list from which somebody came to an application."""
    return f"/{g.voice.code}/staff/inbox/{'?' if read_list() else ''}{read_list()}"


def read_asked(given: Mapping[str, str]) -> Asked:
    """Return what an address asks for; what makes no sense in it is left out."""
    filters = read_filters(given, own_sections(clerk()), ward().catalogue.procedures)
    token = given.get("find", "")
    words = open_words(token) if token else ""
    ask = Ask(filters, words or "", read_cursor(given, filters.sort))
    return Asked(ask, token if words else "", lost=words is None)


def seal_words(words: str) -> str:
    """Return words searched for as an address may hold them: nobody's name stands in it, and only this sign-in opens it."""
    sealed = seal(_words_key(), words.strip()[:LONGEST_WORDS].encode("utf-8", "replace"), "inbox|words")
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def open_words(token: str) -> str | None:
    """Return the words that an address holds; None if they were sealed in another sign-in, or are none."""
    try:
        sealed = base64.urlsafe_b64decode(token[:1000] + "=" * (-len(token) % 4))
        return unseal(_words_key(), sealed, "inbox|words").decode()
    except (CannotOpen, binascii.Error, ValueError):
        return None


def _words_key() -> bytes:
    """Return the key of this sign-in for words searched for."""
    return derive_key(g.staff_secret, "inbox words")


def make_context(asked: Asked, ticked: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return everything that the page shows. Whose names it shows is in the log before anybody sees them."""
    session, who, day = get_session(), clerk(), today()
    page = list_page(session, who, asked.ask, vault(), day)
    _note_listed(page.entries)
    colleagues = _list_colleagues(who)
    here = read_place(request.args)
    found = replace(Filters(), section=asked.ask.filters.section, sort=asked.ask.filters.sort)
    everybody = request.args.get("tick") == "all"
    return {
        "rows": _make_rows(page.entries, {**colleagues, who.id: who}, day), "page": page, "asked": asked,
        "filters": asked.ask.filters, "words": asked.ask.words, "tabs": _list_tabs(asked, who, day),
        "is_number": find_receipt_number(asked.ask.words) is not None,
        "ticked": frozenset(one.id for one in page.entries) if everybody else ticked, "me": who,
        "colleagues": sorted(colleagues.values(), key=lambda one: one.shown_name),
        "sections": {one: _section_words(one) for one in own_sections(who)}, "states": STATES, "labels": LABELS,
        "shows": SHOWS, "procedures": _list_procedures(who), "told": _list_told(who), "place": here,
        "batch_address": asked.address("batch", **here), "came": write_came(asked.query(**here)),
        "find_address": Asked(Ask(found)).address("find"),
    }  # fmt: skip


def _note_listed(entries: Sequence[Entry]) -> None:
    """Write into the log how many names of which section somebody was shown."""
    for section, count in sorted(Counter(one.section for one in entries).items()):
        note_done("inbox-listed", section, str(count))


def _list_colleagues(who: Clerk) -> dict[str, Clerk]:
    """Return who else works in somebody's sections, by id."""
    found = (one for section in own_sections(who) for one in list_clerks(get_session(), section, *SECTION_ROLES))
    return {one.id: one for one in found if one.id != who.id}


def _make_rows(entries: Sequence[Entry], known: Mapping[str, Clerk], day: date) -> list[Row]:
    """Return the rows of the list."""
    people = dict(known)
    for id_ in {one.assigned_to for one in entries if one.assigned_to} - people.keys():
        found = find_clerk(get_session(), id_)
        if found is not None:
            people[id_] = found
    return [_make_row(one, people.get(one.assigned_to or ""), day) for one in entries]


def _make_row(one: Entry, person: Clerk | None, day: date) -> Row:
    """Return one row of the list."""
    return Row(
        one, title_of(one.procedure), _section_words(one.section), -days_until(day_of(one.sent_at), day),
        days_until(one.answer_by, day), person.shown_name if person else "",
        is_gone=one.assigned_to is not None and not (person and works_in(person, one.section)),
        is_owed=one.is_open and one.state not in WAITS,
        is_over=is_answer_over(one.is_open, one.state, one.answer_by, day),
        is_erased_soon=one.erase_after <= soon_erased_until(day),
    )  # fmt: skip


def title_of(slug: str) -> Any:
    """Return what a procedure is called, or its key where there is no such procedure any more."""
    procedure = ward().catalogue.procedures.get(slug)
    return procedure.words["title"] if procedure else slug


def _section_words(section: str) -> Any:
    """Return what a section is called."""
    office = ward().catalogue.offices.get(section)
    return office.words["name"] if office else section


def _list_procedures(who: Clerk) -> dict[str, Any]:
    """Return the procedures of somebody's sections that can be sent, with what they are called."""
    own = set(own_sections(who))
    found = (one for one in ward().catalogue.procedures.values() if one.define.form and one.define.office in own)
    return {one.slug: one.words["title"] for one in found}


def _list_tabs(asked: Asked, who: Clerk, day: date) -> list[Tab]:
    """Return the tabs; the one to be confirmed only for heads."""
    filters = asked.ask.filters
    counts = count_all(get_session(), who, filters.section, day)
    kept = {"section": filters.section, "sort": filters.sort}
    tabs = []
    for key, means in TABS:
        if key == "confirm" and not who.sections("head"):
            continue
        stands_for = replace(Filters(), **kept, **means)
        here = stands_for == filters and not asked.ask.words
        tabs.append(Tab(key, Asked(Ask(stands_for)).address(), here, counts.get(key)))
    return tabs


def _list_told(who: Clerk) -> dict[str, Any]:
    """Return what the address says was just done with several at once: how many, and which were left alone."""
    ids = {
        name: [one for one in request.args.get(name, "").split(".") if is_id(one)]
        for name in ("stale", "unasked", "refused")
    }
    number = request.args.get("done", "")
    told: dict[str, Any] = {
        "done": int(number) if number.isascii() and number.isdecimal() and len(number) < 4 else None
    }
    return told | {name: list_receipts(get_session(), who, some[:MOST_TOLD]) for name, some in ids.items()}


def read_colleague(account_id: str) -> Clerk | None:
    """Return who is to be given applications: oneself, or somebody else who works here."""
    who = clerk()
    if account_id in ("", "me", who.id):
        return who
    return find_clerk(get_session(), account_id) if is_id(account_id) else None
