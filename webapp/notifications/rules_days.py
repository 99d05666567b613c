"""Until when a message is true: reminders end with the day they name, what can still be mended late says so. Pure."""

from collections.abc import Mapping
from datetime import date

LAST_DAYS = {"draft-ending": "day", "hand-over-ending": "day", "erasing-soon": "last", "correction-asked": "day",
             "correction-ending": "day"}  # fmt: skip
"""Under which name a kind of message holds the day until which something can be done."""

TRUE_LATE = ("correction-asked",)
"""Kinds that still mean something when their day has passed; they are told with a word about that."""


def find_last_day(kind: str, params: Mapping[str, str]) -> date | None:
    """Return the day until which something can be done, or None where a message names none."""
    try:
        return date.fromisoformat(params.get(LAST_DAYS.get(kind, ""), ""))
    except ValueError:
        return None


def is_over(kind: str, params: Mapping[str, str], today: date) -> bool:
    """Tell whether a message means nothing any more because its day has passed."""
    return _is_past(kind, params, today) and kind not in TRUE_LATE


def is_late(kind: str, params: Mapping[str, str], today: date) -> bool:
    """Tell whether a message is told after the day it names, though it still means something."""
    return _is_past(kind, params, today) and kind in TRUE_LATE


def _is_past(kind: str, params: Mapping[str, str], today: date) -> bool:
    """Tell whether the day that a message names has passed."""
    last = find_last_day(kind, params)
    return last is not None and last < today
