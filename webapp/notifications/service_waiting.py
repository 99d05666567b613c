"""How many calls and letters wait for somebody of the staff: numbers for a first page, nothing about anybody."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from webapp.config import Settings
from webapp.notifications.service_lists import list_calls
from webapp.notifications.tables import CallTask, LetterTask
from webapp.outbox.service_claims import select_listed


def count_waiting(
    session: Session, now: datetime, settings: Settings, closed: Collection[date] = ()
) -> Mapping[str, int]:
    """Return how many calls can be made now ("due") and later ("later"), and how many letters wait to be printed.

    Calls are due as their list says: in the hours that were chosen, and no more of them than it shows.
    """
    due = sum(one.is_due for one in list_calls(session, settings, now, closed))
    calls = select(func.count()).where(CallTask.state == "open", col(CallTask.message_id).in_(select_listed()))
    letters = select(func.count()).where(LetterTask.state == "waiting", col(LetterTask.message_id).in_(select_listed()))
    return {"due": due, "later": session.exec(calls).one() - due, "letters": session.exec(letters).one()}
