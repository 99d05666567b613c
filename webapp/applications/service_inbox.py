"""Lists of a section's applications: found by filters, number or name, a page at a time; only that page's names are opened."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, Select, String, and_, any_, case, exists, func, literal, or_, select, true, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col
from sqlmodel import select as sqlmodel_select

from webapp.accounts.rules import Clerk
from webapp.accounts.service import list_clerks
from webapp.applications.rules import State
from webapp.applications.rules_cases import works_in
from webapp.applications.rules_inbox import (
    PAGE,
    WAITS,
    Ask,
    Filters,
    find_ways,
    read_labels,
    soon_erased_until,
    soon_until,
    write_place,
)
from webapp.applications.rules_names import make_token
from webapp.applications.service import answers_key, put_in_section
from webapp.applications.service_cases import open_with
from webapp.applications.service_vault import Vault
from webapp.applications.tables import Application, Correction, NameToken
from webapp.kit.crypto import CannotOpen, unseal
from webapp.kit.ids import find_receipt_number

FEW = 1000
"""Up to so many names are fetched as ids; of more, the list is walked in its order and each is asked whether it fits."""
_SHOWN = tuple(
    getattr(Application, name)
    for name in (
        "id", "receipt", "procedure", "state", "sent_at", "answer_by", "section", "is_open", "version", "assigned_to",
        "labels", "proposed_by", "sealed_label", "wrapped_key", "erase_after", "warned_at",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One application as a list shows it."""

    id: str
    receipt: str
    procedure: str
    state: State
    sent_at: datetime
    answer_by: date
    section: str
    is_open: bool
    version: int
    assigned_to: str | None
    labels: tuple[str, ...]
    proposed_by: str | None
    name: str
    kana: str
    erase_after: date
    warned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `before` and `after` are the places of the pages around it, "" where there is none."""

    entries: Sequence[Entry]
    before: str = ""
    after: str = ""


def list_page(session: Session, clerk: Clerk, ask: Ask, vault: Vault, today: date) -> Page:
    """Return one page of applications of the sections that somebody works in.

    A receipt number finds its application whatever the filters say. Nothing is opened but the names of the page.
    """
    number = find_receipt_number(ask.words)
    if number is not None:
        rows = session.connection().execute(select(*_SHOWN).where(col(Application.receipt) == number))
        return Page([_open(row, vault) for row in rows if works_in(clerk, row.section)])
    found = [
        place
        for section in list_sections(clerk, ask.filters)
        for place in _walk_section(session, section, clerk, ask, vault, today)
    ]
    back = ask.cursor is not None and ask.cursor.back
    found.sort(reverse=back)
    more, places = len(found) > PAGE, found[:PAGE]
    if back:
        places.reverse()
    return Page(
        _list_entries(session, clerk, [id_ for _, id_ in places], vault),
        before=write_place(*places[0]) if places and (more if back else ask.cursor is not None) else "",
        after=write_place(*places[-1]) if places and (back or more) else "",
    )


def _list_entries(session: Session, clerk: Clerk, ids: Sequence[str], vault: Vault) -> list[Entry]:
    """Return applications in the order of their ids given, without those of sections that somebody does not work in."""
    rows = session.connection().execute(select(*_SHOWN).where(col(Application.id).in_(ids))).all()
    seen = {row.id: row for row in rows if works_in(clerk, row.section)}
    return [_open(seen[id_], vault) for id_ in ids if id_ in seen]


def list_receipts(session: Session, clerk: Clerk, ids: Sequence[str]) -> list[tuple[str, str]]:
    """Return id and receipt number of those of these applications that are in somebody's sections."""
    query = select(col(Application.id), col(Application.receipt), col(Application.section))
    rows = session.connection().execute(query.where(col(Application.id).in_(ids)))
    return sorted((row.id, row.receipt) for row in rows if works_in(clerk, row.section))


def _open(row: Any, vault: Vault) -> Entry:
    """Return what a list shows of an application; its name stays empty where no key opens it."""
    label: dict[str, str] = {}
    try:
        if row.sealed_label:
            key = answers_key(vault.unwrap(row), row.id)
            label = json.loads(unseal(key, row.sealed_label, f"application|{row.id}|label"))
    except CannotOpen:
        label = {}
    return Entry(
        row.id, row.receipt, row.procedure, row.state, row.sent_at, row.answer_by, row.section, row.is_open,
        row.version, row.assigned_to, read_labels(row.labels), row.proposed_by, label.get("name", ""),
        label.get("kana", ""), row.erase_after, row.warned_at,
    )  # fmt: skip


def list_sections(clerk: Clerk, filters: Filters) -> list[str]:
    """Return the sections that a list is made of: never any that somebody does not work in."""
    own = clerk.sections("head") if filters.show == "confirm" else clerk.sections("officer", "head")
    return sorted(one for one in own if filters.section in ("", one))


def _walk_section(
    session: Session, section: str, clerk: Clerk, ask: Ask, vault: Vault, today: date
) -> list[tuple[Any, str]]:
    """Return the first places of a section's list, one more than a page: those open and finished each in order."""
    named, is_few = _match_names(session, section, ask.words, vault)
    if named is None:
        return []
    # Those that are erased soon are few, and found by their own index in whatever section.
    is_few = True if ask.filters.due == "erase" else is_few
    strips = ask.filters.strips()
    order = getattr(Application, ask.filters.sort)
    conditions = _conditions(ask.filters, clerk, today)
    if ask.filters.who == "nobody":
        conditions.append(is_nobodys(list_here(session, section) | {clerk.id}))
    # Names cost most to ask about, so they are asked of what passes the filters only; no database can turn that round.
    conditions.append(case((and_(*conditions), named), else_=~true()) if conditions and is_few is False else named)
    keys: list[Any] = [order, col(Application.id)]
    if ask.cursor is not None:
        place = tuple_(literal(ask.cursor.value, order.type), literal(ask.cursor.id))
        conditions.append(tuple_(*keys) < place if ask.cursor.back else tuple_(*keys) > place)
        keys = [key.desc() for key in keys] if ask.cursor.back else keys
    found: list[tuple[Any, str]] = []
    # Many are walked in the order of their index, strip by strip; few are fetched by their ids, whatever the section: with
    # coalesce no database takes the index of the section for them.
    whose = func.coalesce(col(Application.section), "") if is_few else col(Application.section)
    for some in [strips] if is_few else [(one,) for one in strips]:
        query = select(order, col(Application.id)).where(whose == section, *conditions)
        query = query.where(col(Application.is_open).in_(some)).order_by(*keys).limit(PAGE + 1)
        found += [(row[0], row[1]) for row in session.connection().execute(query)]
    return found


def _conditions(filters: Filters, clerk: Clerk, today: date) -> list[Any]:
    """Return what filters ask of an application's row."""
    conditions: list[Any] = []
    if filters.state:
        conditions.append(col(Application.state) == filters.state)
    if filters.procedure:
        conditions.append(col(Application.procedure) == filters.procedure)
    if filters.label:
        conditions.append(has_label(filters.label))
    if filters.who and filters.who != "nobody":
        conditions.append(col(Application.assigned_to) == (clerk.id if filters.who == "mine" else filters.who))
    special = {
        "mended": is_mended(), "confirm": col(Application.proposed_by) != clerk.id, "over": is_over(today),
        "soon": and_(is_over(soon_until(today) + timedelta(1)), col(Application.answer_by) >= today),
        "unmended": is_unmended(today), "erase": col(Application.erase_after) <= soon_erased_until(today),
    }  # fmt: skip
    return [*conditions, *(special[one] for one in (filters.show, filters.due) if one in special)]


def list_here(session: Session, section: str) -> frozenset[str]:
    """Return the ids of those who work in a section today."""
    return frozenset(one.id for one in list_clerks(session, section, "officer", "head"))


def is_nobodys(here: Collection[str]) -> Any:
    """Return what holds for an application that is given to nobody, or to somebody who is not `here` any more."""
    return or_(col(Application.assigned_to).is_(None), col(Application.assigned_to).not_in(sorted(here)))


def has_label(label: str) -> Any:
    """Return what holds for an application with a label; most have none, which is quicker to see."""
    labels = col(Application.labels)
    return and_(labels != "", (" " + labels + " ").contains(f" {label} ", autoescape=True))


def is_over(today: date) -> Any:
    """Return what holds for an application that should have been answered by now; not while it lies with its resident."""
    return and_(col(Application.answer_by) < today, col(Application.state).not_in(WAITS))


def is_unmended(today: date) -> Any:
    """Return what holds for an application that its resident was asked to mend by a day that is past."""
    asked = exists().where(
        col(Correction.application_id) == col(Application.id), col(Correction.state) == "open",
        col(Correction.answer_by) < today,
    )  # fmt: skip
    return and_(col(Application.state) == "mend", asked)


def is_mended() -> Any:
    """Return what holds for an application that came back from its resident and that nobody has gone on with since."""
    answered = exists().where(
        col(Correction.application_id) == col(Application.id), col(Correction.state) == "answered"
    )
    return and_(col(Application.state) == "checking", answered)


def _match_names(session: Session, section: str, words: str, vault: Vault) -> tuple[Any, bool | None]:
    """Return what holds for an application whose name begins as typed (None if for none), and whether that are few.

    Without words that is every one, and few is None.
    """
    if not words.strip():
        return true(), None
    ways = [[make_token(part, section, vault.index_key) for part in way] for way in find_ways(words)]
    few: set[str] = set()
    for way in ways:
        found = session.connection().execute(_holders(way).limit(FEW + 1)).scalars().all()
        if len(found) > FEW:
            return or_(*(and_(*(_has_token(token) for token in one)) for one in ways)), False
        few.update(found)
    return (_is_among(session, sorted(few)) if few else None), True


def _is_among(session: Session, ids: Sequence[str]) -> Any:
    """Return what holds for applications with these ids; PostgreSQL reads hundreds of them quickest as one value."""
    if session.get_bind().dialect.name == "postgresql":
        return col(Application.id) == any_(literal(ids, ARRAY(String)))
    return col(Application.id).in_(ids)


def _holders(tokens: Sequence[bytes]) -> Select[Any]:
    """Return a query of the applications that have all of these tokens."""
    first, *others = tokens
    query = select(col(NameToken.application_id)).where(col(NameToken.token) == first)
    for token in others:
        also = aliased(NameToken)
        query = query.where(
            exists().where(col(also.application_id) == col(NameToken.application_id), col(also.token) == token)
        )
    return query


def _has_token(token: bytes) -> Any:
    """Return what holds for an application that has a token."""
    return exists().where(col(NameToken.application_id) == col(Application.id), col(NameToken.token) == token)


def has_unplaced(session: Session) -> bool:
    """Tell whether there are applications of an older version that no section has been given yet."""
    query = select(col(Application.id)).where(col(Application.section) == "", col(Application.is_open)).limit(1)
    return session.connection().execute(query).first() is not None


def catch_up(session: Session, office_of: Mapping[str, str], vault: Vault, limit: int) -> int:
    """Give applications of an older version to their sections, so that they are listed and found; return how many.

    `office_of` names the section of each procedure and, for "", that of procedures that are no more.
    """
    query = sqlmodel_select(Application).where(Application.section == "", col(Application.is_open))
    rows = session.exec(query.limit(limit).with_for_update(skip_locked=True)).all()
    for row in rows:
        office = office_of.get(row.procedure) or office_of[""]
        try:
            data_key = vault.unwrap(row)
            case_ = open_with(row, data_key)
        except CannotOpen:
            row.section = office  # without a name, but the section sees that it is there
            session.add(row)
            continue
        put_in_section(session, row, office, data_key, case_.answers, vault)
        session.add(row)
    return len(rows)
