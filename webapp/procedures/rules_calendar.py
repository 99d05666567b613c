"""Last days as a calendar file (RFC 5545), which every phone and computer can take up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

PRODUCT = "-//Madoguchi//deadlines//JA"


@dataclass(frozen=True, slots=True)
class Entry:
    """One whole day: a name of its own (stays the same when it is sent again), the day, a title, and what it says."""

    uid: str
    day: date
    title: str
    words: str


def write_calendar(entries: Sequence[Entry], now: datetime) -> bytes:
    """Return a calendar file with an all-day entry for each last day."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.uid}@madoguchi")
        event.add("dtstamp", now)
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("summary", entry.title)
        event.add("description", entry.words)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
