"""What happens by itself: sign-ins and links that are over go, and so do wrong tries that nobody waits for any more."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete

from webapp.accounts.rules import IDLE, LINK_LASTS
from webapp.accounts.tables import Invitation, SignIn, SignInTry, SingleSignOn

TRIES_KEPT = timedelta(days=1)


def erase_ended_sign_ins(session: Session, now: datetime) -> None:
    """Erase sign-ins and links that are over, and unused leave to link an account.

    A link that was used stays until then: a second factor may be set up for as long as it would have been good.
    """
    session.exec(delete(Invitation).where(col(Invitation.ends_at) < now))
    unused = (col(SingleSignOn.used_at).is_(None)) & (col(SingleSignOn.made_at) < now - LINK_LASTS)
    session.exec(delete(SingleSignOn).where(unused))
    session.exec(delete(SignIn).where((col(SignIn.ends_at) < now) | (col(SignIn.seen_at) < now - IDLE)))


def forget_old_tries(session: Session, now: datetime) -> None:
    """Forget wrong tries whose wait ended a day ago."""
    session.exec(delete(SignInTry).where(col(SignInTry.wait_until) < now - TRIES_KEPT))
