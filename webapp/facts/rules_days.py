"""Days as people write them: western years and Japanese eras, and the bounds that content sets."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.reading.rules_dates import write_day
from webapp.reading.rules_texts import Text

WESTERN = "western"


@dataclass(frozen=True, slots=True)
class Era:
    """A Japanese era: its first and last day, and its name. On the days of change in 1912 and 1926 both are right."""

    first: date
    last: date
    name: str


ERAS = {
    "reiwa": Era(date(2019, 5, 1), date.max, "令和"),
    "heisei": Era(date(1989, 1, 8), date(2019, 4, 30), "平成"),
    "showa": Era(date(1926, 12, 25), date(1989, 1, 7), "昭和"),
    "taisho": Era(date(1912, 7, 30), date(1926, 12, 25), "大正"),
    "meiji": Era(date(1868, 1, 25), date(1912, 7, 30), "明治"),
}
_BOUND = re.compile(r"today(?:([+-]\d+)([dmy]))?")


def find_western_year(era: str, year: int) -> int | None:
    """Return the western year of a year in an era; a western year typed under an era's name is understood too."""
    if era == WESTERN or year >= 1868:
        return year
    return ERAS[era].first.year + year - 1 if era in ERAS else None


def find_bound(expression: str | None, today: date) -> date | None:
    """Return the day of a bound: `today`, `today-150y`, `today+2m`, `today-30d`, or an ISO day; None for no bound."""
    if not expression:
        return None
    found = _BOUND.fullmatch(expression)
    if found is None:
        return date.fromisoformat(expression)
    return shift_day(today, int(found[1] or 0), found[2] or "d")


def shift_day(day: date, count: int, unit: str) -> date:
    """Return the day that lies some days, months or years away; the end of a shorter month where it must."""
    if unit == "d":
        return day + timedelta(days=count)
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def text_of_day(day: date) -> Text:
    """Return a day in words of each voice."""
    return Text({voice: write_day(day, voice) for voice in ("ja", "ja-easy", "en")})
