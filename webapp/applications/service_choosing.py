"""Choosing applications of a section without opening any: by procedure, state and day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from sqlmodel import Session, col, func, select

from webapp.accounts.rules import Clerk
from webapp.applications.tables import Application
from webapp.kit.clock import WARD_ZONE


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which applications: of one procedure, in some states, decided in some ways, sent or decided from one day to another.

    What is not named is not asked for.
    """

    procedure: str
    states: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    outcomes: tuple[str, ...] = ()
    decided_first: date | None = None
    decided_last: date | None = None


def count_by_procedure(session: Session, clerk: Clerk) -> dict[str, int]:
    """Return how many applications of each procedure somebody's sections have."""
    query = select(Application.procedure, func.count()).where(_is_own(clerk)).group_by(Application.procedure)
    return {slug: int(count) for slug, count in session.exec(query)}


def count_wanted(session: Session, clerk: Clerk, wanted: Wanted) -> int:
    """Return how many applications of somebody's sections are wanted."""
    return session.exec(select(func.count()).select_from(Application).where(*_conditions(clerk, wanted))).one()


def list_wanted(session: Session, clerk: Clerk, wanted: Wanted, most: int) -> list[str]:
    """Return the ids of the applications of somebody's sections that are wanted, the oldest first, `most` at most."""
    order = (col(Application.sent_at), col(Application.id))
    return list(session.exec(select(Application.id).where(*_conditions(clerk, wanted)).order_by(*order).limit(most)))


def load_own(session: Session, clerk: Clerk, ids: Sequence[str]) -> list[Application]:
    """Return the applications with these ids that belong to somebody's sections, in the order of the ids, unopened."""
    rows = session.exec(select(Application).where(col(Application.id).in_(ids), _is_own(clerk)))
    by_id = {row.id: row for row in rows}
    return [by_id[one] for one in ids if one in by_id]


def _is_own(clerk: Clerk) -> Any:
    """Return the condition that an application belongs to one of somebody's sections."""
    return col(Application.section).in_(sorted(clerk.sections("officer", "head")))


def _conditions(clerk: Clerk, wanted: Wanted) -> list[Any]:
    """Return the conditions under which an application is wanted."""
    found: list[Any] = [_is_own(clerk), Application.procedure == wanted.procedure]
    if wanted.states:
        found.append(col(Application.state).in_(wanted.states))
    if wanted.outcomes:
        found.append(col(Application.outcome).in_(wanted.outcomes))
    found += _list_days(col(Application.sent_at), wanted.first, wanted.last)
    return found + _list_days(col(Application.decided_at), wanted.decided_first, wanted.decided_last)


def _list_days(moment: Any, first: date | None, last: date | None) -> list[Any]:
    """Return the conditions under which a moment lies between two of the ward's days, or after or before one."""
    found = [moment >= _begin(first)] if first else []
    return [*found, moment < _begin(last + timedelta(days=1))] if last and last < date.max else found


def _begin(day: date) -> datetime:
    """Return the moment at which a day begins in the ward."""
    return datetime.combine(day, time(), WARD_ZONE).astimezone(timezone.utc)
