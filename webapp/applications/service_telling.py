"""What the outbox still holds about an application and is true no more, stopped in the transaction that made it untrue."""

from datetime import datetime

from sqlmodel import Session, col, select

from webapp.applications.tables import Application
from webapp.outbox.service import withdraw, withdraw_kinds

AT_WORK = ("received", "checking", "mend")


def name_correction(correction_id: str) -> str:
    """Return the name under which a correction is told once, and stopped."""
    return f"correction-asked|{correction_id}"


def name_ending(correction_id: str) -> str:
    """Return the name under which it is told once that the day of a correction comes."""
    return f"correction-ending|{correction_id}"


def stop_correction(session: Session, correction_id: str, now: datetime) -> None:
    """Ask nobody any more to mend what is mended, or was taken back."""
    withdraw(session, name_correction(correction_id), now)
    withdraw(session, name_ending(correction_id), now)


def stop_received(session: Session, row: Application, now: datetime) -> None:
    """Tell nobody any more to wait for an answer that is there, once nothing that was sent together is worked on."""
    others = select(Application.id).where(
        Application.draft_id == row.draft_id, Application.id != row.id, col(Application.state).in_(AT_WORK)
    )
    if session.exec(others).first() is None:
        withdraw_kinds(session, row.draft_id, ("received",), now)
