"""What happens to the outbox by itself: what has long ended is erased, with everything that was tried for it; lists are tidied."""

from datetime import datetime

from sqlmodel import Session

from webapp.config import Settings
from webapp.kit.clock import day_of
from webapp.kit.crypto import CannotOpen
from webapp.notifications.rules_days import is_over
from webapp.notifications.service_release import free_stranded, list_open
from webapp.outbox.rules import KEPT
from webapp.outbox.service import find_news, withdraw
from webapp.outbox.service_claims import erase_ended


def erase_old_messages(session: Session, now: datetime) -> int:
    """Erase messages that ended 90 days ago (their tries, calls and letters go with them); return how many."""
    return erase_ended(session, now - KEPT, list_open(session))


def tidy_lists(session: Session, now: datetime, settings: Settings) -> None:
    """Take off the lists what its day has made meaningless; put back what stands on none though staff were to tell it."""
    free_stranded(session, now)
    for message_id in sorted(list_open(session)):
        try:
            news = find_news(session, message_id, settings.master_keys)
        except CannotOpen:  # a lost key: whoever takes the call is told that it cannot be opened
            continue
        if news is not None and is_over(news.kind, news.params, day_of(now)):
            withdraw(session, news.once, now)
