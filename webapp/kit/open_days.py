"""On which days the ward office is open. Pure."""

from datetime import date
from functools import cache


def is_closed(day: date) -> bool:
    """Tell whether the ward office is closed: weekends, national holidays, and 29 December to 3 January."""
    new_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() >= 5 or new_year or day in _list_holidays(day.year)


@cache
def _list_holidays(year: int) -> frozenset[date]:
    """Return the national holidays of one year."""
    import holidays  # noqa: PLC0415  # a quarter of a second to import, and few pages need it

    return frozenset(holidays.country_holidays("JP", years=year))
