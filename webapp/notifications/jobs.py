"""What happens to the outbox by itself: what has long ended is erased, with everything that was tried for it."""

from datetime import datetime

from sqlmodel import Session

from webapp.notifications.service_tasks import list_open
from webapp.outbox.rules import KEPT
from webapp.outbox.service_claims import erase_ended


def erase_old_messages(session: Session, now: datetime) -> int:
    """Erase messages that ended 90 days ago (their tries, calls and letters go with them); return how many."""
    return erase_ended(session, now - KEPT, list_open(session))
