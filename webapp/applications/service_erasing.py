"""Letting go of what was sent: whole applications on their day, single answers some days after the decision.

Whoever calls this erases what it names besides: drafts of which no application is left, and files that none names any more.
Each erasing is written into the log of the ward, which says that something went, never what it said.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from sqlalchemy import case as either
from sqlalchemy import func
from sqlmodel import Session, col, select

from webapp.accounts.service_audit import find_last, note
from webapp.applications.service import Applications, put_in_section, seal_answers
from webapp.applications.service_cases import Case, open_case
from webapp.applications.service_vault import Vault
from webapp.applications.tables import Application, Correction, Happening
from webapp.facts.rules_keeping import drop_facts, list_file_ids, name_keep
from webapp.kit.clock import WARD_ZONE, day_of
from webapp.kit.crypto import CannotOpen, seal, unseal

AT_ONCE = 50
"""How many applications go in one transaction, so that nobody else waits long for the database."""
WARNED_BEFORE = timedelta(days=30)
ERASED, FACTS_ERASED, WARNED = "application-erased", "facts-erased", "erasing-soon"


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What has to go besides: ids of drafts of which nothing is left, and of files that no application names any more.

    `count` is how many applications are behind it.
    """

    drafts: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    count: int = 0


@dataclass(frozen=True, slots=True)
class FactWork:
    """Single answers that are due: of which applications, and until before which day that is then done."""

    name: str
    facts: frozenset[str]
    until: date
    application_ids: tuple[str, ...]


def erase_due(session: Session, where: Applications, vault: Vault, now: datetime) -> Leftovers:
    """Erase some applications whose time is over, with their history, looks, corrections and the hashes of their names."""
    table = where.value
    query: Any = select(table).where(table.erase_after < day_of(now)).order_by(table.id).limit(AT_ONCE)
    rows = list(session.exec(query))
    gone = Leftovers(count=len(rows))
    named: dict[str, set[str]] = {}
    for row in rows:
        named.setdefault(row.draft_id, set()).update(_list_files(session, row, vault))
        if where is Applications.REAL:
            gone.drafts.update(_list_mending(session, row))
            note(session, now, None, ERASED, row.id)
        session.delete(row)
    session.flush()
    for draft_id, files in named.items():
        left = session.exec(select(table).where(table.draft_id == draft_id)).all()
        if left:
            gone.files.update(files - _list_named(session, left, vault))
        else:
            gone.drafts.add(draft_id)
    return gone


def list_fact_work(session: Session, keeps: Mapping[int, frozenset[str]], now: datetime) -> list[FactWork]:
    """Return which single answers are due so many days after the decision.

    The log holds until which day each was done, so that a run that was missed is made up for, and nothing is opened twice.
    """
    work = []
    for days, facts in sorted(keeps.items()):
        name, until = name_keep(days, facts), day_of(now) - timedelta(days=days)
        done = find_last(session, FACTS_ERASED, name)
        since = date.fromisoformat(done) if done else date.min
        if since < until:
            work.append(FactWork(name, facts, until, tuple(list_decided(session, since, until))))
    return work


def erase_facts(session: Session, vault: Vault, ids: Collection[str], facts: Collection[str]) -> Leftovers:
    """Take single answers out of some applications, wherever these hold them; doing it again changes nothing."""
    gone = Leftovers()
    for row in session.exec(select(Application).where(col(Application.id).in_(ids)).with_for_update()):
        gone.files.update(_erase_of(session, row, vault, facts))
    return gone


def note_facts_erased(session: Session, work: FactWork, now: datetime) -> None:
    """Write into the log that single answers are gone from everything decided before a day."""
    note(session, now, None, FACTS_ERASED, work.name, work.until.isoformat())


def list_decided(session: Session, since: date, until: date) -> list[str]:
    """Return what was decided or taken back from one of the ward's days until before another, the oldest first."""
    ended = func.coalesce(
        col(Application.decided_at), either((col(Application.is_open), None), else_=Application.changed_at)
    )
    query = select(Application.id).where(ended < _begin_of(until))
    if since > date.min:
        query = query.where(ended >= _begin_of(since))
    return list(session.exec(query.order_by(ended, col(Application.id))))


def warn_due(session: Session, now: datetime) -> list[Application]:
    """Mark some applications that are erased in thirty days, once each, and return them; the log of the ward has them, too."""
    last = day_of(now) + WARNED_BEFORE
    query = select(Application).where(col(Application.warned_at).is_(None), Application.erase_after <= last)
    rows = list(session.exec(query.order_by(col(Application.id)).limit(AT_ONCE)))
    for row in rows:
        row.warned_at = now
        session.add(row)
        note(session, now, None, WARNED, row.id)
    return rows


def _begin_of(day: date) -> datetime:
    """Return when one of the ward's days begins."""
    return datetime.combine(day, time.min, WARD_ZONE).astimezone(timezone.utc)


def _erase_of(session: Session, row: Application, vault: Vault, facts: Collection[str]) -> set[str]:
    """Take facts out of one application and everything about it; return the files that none names any more."""
    try:
        opened = open_case(row, vault)
    except CannotOpen:  # under a key that is gone: nobody reads it any more
        return set()
    before = _list_files(session, row, vault)
    answers = drop_facts(opened.answers, facts)
    if answers != opened.answers:
        seal_answers(row, opened.data_key, answers)
        put_in_section(session, row, row.section, opened.data_key, answers, vault)
        session.add(row)
    for table, kind in ((Happening, "happening"), (Correction, "correction")):
        rows = session.exec(select(table).where(table.application_id == row.id))
        _reseal_each(session, rows, opened, kind, lambda content: drop_facts(content, facts))
    session.flush()
    siblings = session.exec(select(Application).where(Application.draft_id == row.draft_id)).all()
    return before - _list_named(session, siblings, vault)


def _reseal_each(session: Session, rows: Iterable[Any], opened: Case, kind: str, mend: Callable[[Any], Any]) -> None:
    """Put something else into what lies sealed about an application, where it is something else."""
    for row in rows:
        place = f"{kind}|{row.id}|content"
        content = json.loads(unseal(opened.key, row.sealed_content, place))
        mended = mend(content)
        if mended != content:
            row.sealed_content = seal(opened.key, json.dumps(mended).encode(), place)
            session.add(row)


def _list_files(session: Session, row: Any, vault: Vault) -> set[str]:
    """Return the ids of the files that an application names: its answers, and those before a correction."""
    if not isinstance(row, Application):
        return set()
    try:
        opened = open_case(row, vault)
        found = set(list_file_ids(opened.answers))
        for one in session.exec(select(Correction).where(Correction.application_id == row.id)):
            content = unseal(opened.key, one.sealed_content, f"correction|{one.id}|content")
            found.update(list_file_ids(json.loads(content)))
    except CannotOpen:
        return set()
    return found


def _list_named(session: Session, rows: Iterable[Any], vault: Vault) -> set[str]:
    """Return the ids of the files that any of these applications names."""
    return {one for row in rows for one in _list_files(session, row, vault)}


def _list_mending(session: Session, row: Application) -> set[str]:
    """Return the drafts in which corrections of an application were mended."""
    query = select(Correction.draft_id).where(Correction.application_id == row.id)
    return {one for one in session.exec(query) if one and one != row.draft_id}
