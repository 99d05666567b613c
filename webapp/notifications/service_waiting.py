"""How many calls and letters wait for somebody of the staff: numbers for a first page, nothing about anybody."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from webapp.notifications.tables import CallTask, LetterTask


def count_waiting(session: Session, now: datetime) -> Mapping[str, int]:
    """Return how many calls can be made now ("due") and later ("later"), and how many letters wait to be printed."""
    due = func.coalesce(func.sum(case((col(CallTask.next_at) <= now, 1), else_=0)), 0)
    calls = session.exec(select(func.count(), due).select_from(CallTask).where(CallTask.state == "open")).one()
    letters = select(func.count()).select_from(LetterTask).where(LetterTask.state == "waiting")
    return {"due": calls[1], "later": calls[0] - calls[1], "letters": session.exec(letters).one()}
