"""What somebody has to do next: of everything that is theirs, what the ward still owes an answer for, the nearest day first."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from webapp.accounts.rules import Clerk
from webapp.applications.tables import Application

AT_WORK = ("received", "checking")
"""States in which it is the section's turn."""
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Next:
    """How many applications wait for somebody, `MOST` at the most, and the id of the first of them ("" for none)."""

    number: int
    id: str


def find_next(session: Session, clerk: Clerk, but: str) -> Next:
    """Return what waits for somebody in their sections, without the application `but` from which they come."""
    whose = (
        col(Application.assigned_to) == clerk.id, col(Application.is_open), col(Application.state).in_(AT_WORK),
        col(Application.proposed_by).is_(None), col(Application.id) != but,
        col(Application.section).in_(sorted(clerk.sections("officer", "head"))),
    )  # fmt: skip
    query = select(col(Application.id)).where(*whose).order_by(col(Application.answer_by), col(Application.id))
    some = query.limit(MOST).subquery()
    number = session.connection().execute(select(func.count()).select_from(some)).scalar_one()
    return Next(number, session.connection().execute(query.limit(1)).scalar() or "")
