"""The last day on which something can be done, worked out from a deadline's rule and the day it counts from.

Periods in days, months and years start on the day after the event (民法第140条) and end with the day of the same number
(第143条); one that would end on a closed day ends on the next open day (第142条, 地方自治法第4条の2第4項).
A law that counts the day itself (戸籍法第43条) says so in the deadline.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from webapp.kit.open_days import is_closed
from webapp.procedures.rules import Deadline

__all__ = ["NoLastDayError", "add_months", "find_open_day", "is_closed", "last_day"]
Closed = Callable[[date], bool]
LONGEST_CLOSURE = 31


class NoLastDayError(ValueError):
    """A deadline that gives no day: a span is missing, or the ward would be closed for a month."""


def last_day(deadline: Deadline, event: date, closed: Closed) -> date:
    """Return the last day for an event; if it is closed, the next open day, for `days_before` the open day before.

    For a deadline of every year, `event` is the day from which to look ahead. Raises NoLastDayError.
    """
    if deadline.days_before is not None:
        return find_open_day(event - timedelta(days=deadline.days_before), closed, -1)
    if deadline.every_year is not None:
        return find_open_day(_next_in_year(deadline.every_year, event), closed, 1)
    if deadline.days is None and deadline.months is None and deadline.years is None:
        raise NoLastDayError("the deadline has no span")
    months = 12 * (deadline.years or 0) + (deadline.months or 0)
    days = (deadline.days or 0) - deadline.first_day_counts
    return find_open_day(add_months(event, months) + timedelta(days=days), closed, 1)


def _next_in_year(every_year: str, day: date) -> date:
    """Return the next day with this month and day, `day` itself included; 29 February falls on the 28th if need be."""
    month, number = map(int, every_year.split("-"))
    for year in (day.year, day.year + 1):
        found = date(year, month, min(number, monthrange(year, month)[1]))
        if found >= day:
            return found
    raise NoLastDayError(every_year)


def add_months(day: date, months: int) -> date:
    """Return the day of the same number some months later, or the last of that month if it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def find_open_day(day: date, closed: Closed, step: int) -> date:
    """Return the first open day from `day` on (step 1) or back (step -1). Raises NoLastDayError if none is near."""
    for _ in range(LONGEST_CLOSURE):
        if not closed(day):
            return day
        day += timedelta(days=step)
    raise NoLastDayError("no open day for a month")
