"""What staff are told by themselves: on working mornings the mailbox of a section reads how much waits there."""

from collections.abc import Collection
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from sqlmodel import Session

from webapp.accounts.rules import Clerk, Grant
from webapp.applications.service_inbox_counts import Count, count_open
from webapp.config import Settings
from webapp.kit.clock import WARD_ZONE, day_of
from webapp.kit.logs import log
from webapp.kit.open_days import is_closed
from webapp.notifications.service_staff_mail import COUNTED, tell_section
from webapp.procedures.service_content import load_offices
from webapp.reading.service import load_voices

HOURS = range(8, 12)
"""In which the mail may begin: a worker that starts late still sends it, one that starts in the afternoon does not."""


def tell_sections(session: Session, now: datetime, settings: Settings, closed: Collection[date] = ()) -> int:
    """Tell the sections that have a mailbox how much waits, on days on which the ward is open; return how many have something.

    `closed`: the ward's own days off. Told again on the same morning is told once.
    """
    find_unknown_sections(tuple(section for section, _ in settings.staff_mail), settings.content_dir)
    day = day_of(now)
    if now.astimezone(WARD_ZONE).hour not in HOURS or is_closed(day) or day in closed:
        return 0
    told = 0
    for section, _ in settings.staff_mail:
        counts = count_open(session, _as_head(section), section, day)
        if any(counts[name].number for name in COUNTED):
            tell_section(session, section, {name: _write(counts[name]) for name in COUNTED}, settings, now)
            told += 1
    return told


@lru_cache(maxsize=1)
def find_unknown_sections(sections: tuple[str, ...], content_dir: Path) -> tuple[str, ...]:
    """Return those of the sections with a mailbox that the ward has no office for; the log says so, once while a process runs."""
    known = load_offices(content_dir / "offices", tuple(load_voices(content_dir)))
    unknown = tuple(one for one in sections if one not in known)
    if unknown:
        log.warning(
            "STAFF_MAIL names sections that content/offices does not have", extra={"facts": {"sections": unknown}}
        )
    return unknown


def _as_head(section: str) -> Clerk:
    """Return somebody who is nobody, and sees a section's numbers as its head does."""
    return Clerk("", "", frozenset({Grant("head", section)}))


def _write(count: Count) -> str:
    """Return a number; with a plus where there are more."""
    return f"{count.number}{'+' if count.more else ''}"
