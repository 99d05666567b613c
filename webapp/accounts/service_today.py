"""How many people who were invited, or are being helped back in, have not been in yet: a number for a first page."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from webapp.accounts.tables import Account, Invitation


def count_invited(session: Session, now: datetime) -> int:
    """Return how many links to let somebody in still work and were not used."""
    query = select(func.count()).select_from(Invitation).join(Account, col(Account.id) == Invitation.account_id)
    waiting = (col(Invitation.used_at).is_(None), col(Invitation.ends_at) > now, col(Account.disabled_at).is_(None))
    return session.exec(query.where(*waiting)).one()
