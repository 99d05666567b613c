"""How many applications of each kind lie in somebody's sections: counted as far as a glance needs, never the whole table."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, literal, select, true
from sqlmodel import Session, col

from webapp.accounts.rules import Clerk
from webapp.applications.rules_cases import ANSWERED
from webapp.applications.rules_inbox import Filters, soon_erased_until
from webapp.applications.service_inbox import (
    has_label,
    is_mended,
    is_nobodys,
    is_over,
    is_unmended,
    list_here,
    list_sections,
)
from webapp.applications.tables import Application

WINDOW = 5_000
"""Counts look at so many open applications of a section, those first whose day comes first."""
MOST = 1_000
"""Finished ones, and those that are erased soon, are counted up to here: of more it is only said that there are more."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are; with `more`, at least so many."""

    number: int
    more: bool = False


def count_all(session: Session, clerk: Clerk, section: str, today: date) -> dict[str, Count]:
    """Return how many applications each tab of the list holds: those of `count_open`, and the finished ones."""
    return {**count_open(session, clerk, section, today), "finished": count_finished(session, clerk, section)}


def count_open(session: Session, clerk: Clerk, section: str, today: date) -> dict[str, Count]:
    """Return how many open ones there are in all, mine, nobody's, overdue, not mended in time, answered, mended, and to be confirmed.

    No section is counted beyond its window: there each number is at least so many.
    """
    names = ("open", "mine", "nobody", "over", "unmended", "answered", "mended", "confirm")
    sums, more = dict.fromkeys(names, 0), False
    for one in list_sections(clerk, Filters(section=section)):
        counted = (
            session.connection().execute(_count_query(one, clerk, list_here(session, one) | {clerk.id}, today)).one()
        )
        more = more or counted[0] >= WINDOW
        for name, number in zip(names, counted, strict=True):
            sums[name] += number or 0
    return {name: Count(number, more) for name, number in sums.items()}


def count_finished(session: Session, clerk: Clerk, section: str = "") -> Count:
    """Return how many finished applications there are, up to `MOST`."""
    sections = list_sections(clerk, Filters(section=section))
    return _count_up_to(session, [(col(Application.section) == one, ~col(Application.is_open)) for one in sections])


def count_erased_soon(session: Session, clerk: Clerk, today: date, section: str = "") -> Count:
    """Return how many applications, open or not, are erased in the next thirty days, up to `MOST`."""
    # With coalesce no database walks the index of the section for it: there are few, and `erase_after` has its own.
    whose, last = func.coalesce(col(Application.section), ""), soon_erased_until(today)
    sections = list_sections(clerk, Filters(section=section))
    return _count_up_to(session, [(col(Application.erase_after) <= last, whose == one) for one in sections])


def _count_up_to(session: Session, each: list[tuple[Any, ...]]) -> Count:
    """Return how many applications fit any of these conditions, each looked at no further than `MOST`."""
    found = 0
    for conditions in each:
        some = select(literal(1)).select_from(Application).where(*conditions).limit(MOST + 1).subquery()
        found += session.connection().execute(select(func.count()).select_from(some)).scalar_one()
    return Count(min(found, MOST), found > MOST)


def _count_query(section: str, clerk: Clerk, here: Collection[str], today: date) -> Any:
    """Return the query that counts a section's open applications in one pass. `here`: who works in it."""
    confirms = col(Application.proposed_by) != clerk.id if clerk.has("head", section) else ~true()
    marks = [
        col(Application.assigned_to) == clerk.id, is_nobodys(here), is_over(today), is_unmended(today),
        has_label(ANSWERED), is_mended(),
        confirms,
    ]  # fmt: skip
    window = (
        select(*(case((mark, 1), else_=0).label(f"n{at}") for at, mark in enumerate(marks)))
        .where(col(Application.section) == section, col(Application.is_open))
        .order_by(col(Application.answer_by), col(Application.id))
        .limit(WINDOW)
        .subquery()
    )
    return select(func.count(), *(func.sum(window.c[f"n{at}"]) for at in range(len(marks))))


def count_erasing(session: Session, days: Mapping[str, date]) -> dict[str, dict[tuple[str, str], int]]:
    """Return how many applications are erased until each of some days, by section and procedure; nobody's names, only numbers."""
    # With coalesce no database walks an index of sections to group by, and with it everything that is not erased for years.
    kept = (func.coalesce(col(Application.section), ""), col(Application.procedure))
    found: dict[str, dict[tuple[str, str], int]] = {}
    for name, day in days.items():
        query = select(*kept, func.count()).where(col(Application.erase_after) <= day).group_by(*kept)
        found[name] = {(section, slug): number for section, slug, number in session.connection().execute(query)}
    return found
