"""A day: era, year, month and day in one field set, western and Japanese years alike."""

from datetime import date
from typing import Any

from webapp.facts.kinds.letters import accept_nothing, gap, read_line, refuse, settle_unknown
from webapp.facts.kinds.phrases import UNKNOWN
from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Gap, Outcome, Typed
from webapp.facts.rules_days import ERAS, WESTERN, find_bound, find_western_year, text_of_day
from webapp.facts.rules_numbers import fold
from webapp.reading.rules_texts import Text

NUMBERS = ("year", "month", "day")
SIGNS = {"year": "年", "month": "月", "day": "日"}
LONGEST = 4
MOST_SIGNS = 20


class DateKind:
    """Value: the day as ISO text, or "unknown"."""

    def parts(self, fact: Fact) -> tuple[str, ...]:
        """Return the names of the inputs."""
        return ("era", *NUMBERS, "unknown") if fact.define.unknown else ("era", *NUMBERS)

    def check(self, fact: Fact, typed: Typed, today: date, required: bool) -> Outcome:
        """Keep a day of the calendar inside the bounds; each gap names the part that is to be mended."""
        words = {part: read_line(typed, part) for part in NUMBERS}
        nothing = not any(words.values())
        unknown = settle_unknown(fact, typed, nothing)
        if unknown or nothing:
            return unknown or accept_nothing(fact, "year", required, "date-missing")
        missing = tuple(gap(fact, part, f"date-{part}-missing") for part in NUMBERS if not words[part])
        if missing:
            return Outcome(None, missing)
        numbers = {part: _read_number(words[part], part) for part in NUMBERS}
        unread = tuple(gap(fact, part, f"date-{part}-number") for part in NUMBERS if numbers[part] is None)
        if unread:
            return Outcome(None, unread)
        era = read_line(typed, "era") or WESTERN
        return _check_day(fact, era, {part: numbers[part] or 0 for part in NUMBERS}, today)

    def spread(self, fact: Fact, value: Any) -> Typed:
        """Return the day with its western year, or the tick at "I don't know"."""
        if value == "unknown":
            return {"unknown": ["yes"]}
        day = date.fromisoformat(value)
        return {"era": [WESTERN], "year": [f"{day.year:04d}"], "month": [str(day.month)], "day": [str(day.day)]}

    def lines(self, fact: Fact, value: Any) -> tuple[Text, ...]:
        """Return the day in words."""
        return (UNKNOWN,) if value == "unknown" else (text_of_day(date.fromisoformat(value)),)


def _read_number(words: str, part: str) -> int | None:
    """Return the number in one part; the sign behind it (年) and 元 for a first year are understood."""
    plain = fold(words).replace(" ", "").removesuffix(SIGNS[part]) if len(words) <= MOST_SIGNS else ""
    if part == "year" and plain == "元":
        return 1
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= LONGEST else None


def _check_day(fact: Fact, era: str, numbers: dict[str, int], today: date) -> Outcome:
    """Check that the day exists, belongs to its era, and lies inside the bounds."""
    if era != WESTERN and era not in ERAS:
        return refuse(fact, "era", "date-era")
    year = find_western_year(era, numbers["year"])
    if not year or not 1 <= numbers["month"] <= 12:
        return refuse(fact, "year" if not year else "month", "date-year-number" if not year else "date-month-number")
    try:
        day = date(year, numbers["month"], numbers["day"])
    except ValueError:
        return refuse(fact, "day", "date-not-in-calendar", month=numbers["month"])
    gaps = _check_era(fact, era, numbers["year"], day) or _check_bounds(fact, day, today)
    return Outcome(None if gaps else day.isoformat(), gaps)


def _check_era(fact: Fact, era: str, year: int, day: date) -> tuple[Gap, ...]:
    """Check that a day counted in an era's years belongs to that era; say which era it is in otherwise."""
    if era == WESTERN and day.year < 1868:
        return (gap(fact, "year", "date-western-year"),)
    if era == WESTERN or year >= 1868 or ERAS[era].first <= day <= ERAS[era].last:
        return ()
    return (gap(fact, "era", "date-other-era", day=text_of_day(day)),)


def _check_bounds(fact: Fact, day: date, today: date) -> tuple[Gap, ...]:
    """Check the earliest and the latest day that content allows."""
    earliest, latest = find_bound(fact.define.earliest, today), find_bound(fact.define.latest, today)
    if earliest and day < earliest:
        return (gap(fact, "year", "date-early", day=text_of_day(earliest)),)
    if latest and day > latest:
        code = "date-future" if latest == today else "date-late"
        return (gap(fact, "year", code, day=text_of_day(latest)),)
    return ()
