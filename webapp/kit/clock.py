"""The one clock: UTC for storing, the ward's own day for deadlines. Rules never look here: time is an argument."""

from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

WARD_ZONE = ZoneInfo("Asia/Tokyo")


def now() -> datetime:
    """Return the present moment in UTC, with its zone."""
    return datetime.now(timezone.utc)


def today() -> date:
    """Return the day it is now in the ward."""
    return now().astimezone(WARD_ZONE).date()


def day_of(moment: datetime) -> date:
    """Return the ward's day of a stored moment."""
    return moment.astimezone(WARD_ZONE).date()
