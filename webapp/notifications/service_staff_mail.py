"""One mail on working mornings to the shared mailbox of a section, through the same outbox as everything else: numbers only.

What it says lies in content/staff-mail, beside what residents are told: it has no slip to look with and nothing to stop with.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from webapp.config import Settings
from webapp.kit.clock import day_of
from webapp.notifications.service_texts import MessageTexts
from webapp.notifications.service_ways import OpenWay
from webapp.outbox.service import News, enqueue
from webapp.reading.rules_texts import MAIN_VOICE, load_texts

KIND = "staff-morning"
COUNTED = ("nobody", "answered", "mended", "confirm", "over")
PLACE = "staff/"


def load_staff_texts(content_dir: Path, voices: Sequence[str]) -> dict[str, MessageTexts]:
    """Return what the mail says, as a kind of message; nothing where the ward has no words for it. Raises ContentError."""
    folder = content_dir / "staff-mail"
    if not folder.is_dir():
        return {}
    texts = load_texts(folder, voices)
    return {KIND: MessageTexts(KIND, texts, texts)}


def list_mailboxes(section: str, settings: Settings, now: datetime) -> list[OpenWay]:
    """Return the shared mailbox of a section as a way to tell it; none where the setting has none any more."""
    address = dict(settings.staff_mail).get(section)
    details = {"address": address, "place": PLACE} if address else {}
    return [OpenWay(KIND, section, "mail", MAIN_VOICE, details, now)] if address else []


def tell_section(session: Session, section: str, numbers: Mapping[str, str], settings: Settings, now: datetime) -> None:
    """Have a section's mailbox told how much waits, once a day however many workers there are."""
    news = News(KIND, section, MAIN_VOICE, f"{KIND}|{section}|{day_of(now)}", numbers)
    enqueue(session, news, settings.master_keys[0], now)
