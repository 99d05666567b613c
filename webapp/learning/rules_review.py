"""When to try a tutorial again: what is tried again the next day, after a week and after a month stays. Pure."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class Review:
    """One day to try again, and the level that fits by then."""

    when: Literal["day", "week", "month"]
    day: date
    level: Literal["alone", "again"]


def list_reviews(day: date) -> tuple[Review, ...]:
    """Return the days to try again after a day of practice: the next day, a week and a month later."""
    return (
        Review("day", day + timedelta(days=1), "alone"),
        Review("week", day + timedelta(days=7), "alone"),
        Review("month", add_month(day), "again"),
    )


def add_month(day: date) -> date:
    """Return the same day of the next month, or its last day where that month is shorter."""
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
