"""How much was prepared at home for the counter and waits there for whoever brings its code: a number for a first page."""

from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from webapp.drafts.tables import HandOver


def count_prepared(session: Session, today: date) -> int:
    """Return how many hand-overs can still be opened at the counter."""
    return session.exec(select(func.count()).select_from(HandOver).where(col(HandOver.expires_on) >= today)).one()
