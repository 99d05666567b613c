"""Codes by which people come into a class, how long a class goes on, and what learners may tell for its report. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

CODE_DIGITS, HELPER_DIGITS = 6, 8
STAYS_OPEN = timedelta(hours=2)
"""How long after its end a class can still be joined and goes on: classes run late."""
KEPT_DAYS = 30
MODES = ("free", "cap", "follow")
RATINGS = ("sure", "middle", "unsure")
AGE_BANDS = ("-39", "40-59", "60-69", "70-79", "80-")
VISITS = ("first", "again")
SEAT_LETTERS, NICKNAME_LETTERS = 8, 20


def read_code(typed: str, digits: int = CODE_DIGITS) -> str | None:
    """Return the code in what was typed (spaces, hyphens and width do not matter), or None."""
    plain = re.sub(r"[\W_ー]", "", unicodedata.normalize("NFKC", typed[:200]))
    return plain if re.fullmatch(rf"[0-9]{{{digits}}}", plain) else None


def is_easy(code: str) -> bool:
    """Tell whether a code is easy to say and to hear: no nought in front, no digit three times in a row."""
    return not code.startswith("0") and re.search(r"(.)\1\1", code) is None


def is_near(code: str, others: Iterable[str]) -> bool:
    """Tell whether a code is another one with one wrong digit or two neighbours swapped, as slips of the hand are."""
    return any(_is_slip(code, other) for other in others)


def _is_slip(code: str, other: str) -> bool:
    """Tell whether one slip of the hand lies between two codes."""
    if len(code) != len(other):
        return False
    places = [n for n, (a, b) in enumerate(zip(code, other, strict=True)) if a != b]
    if len(places) != 2:
        return len(places) == 1
    first, second = places
    return second == first + 1 and code[first] == other[second] and code[second] == other[first]


def is_over(closed_at: datetime | None, ends_at: datetime, now: datetime) -> bool:
    """Tell whether a class is over: closed by its instructor, or long past its end."""
    return closed_at is not None or now >= ends_at + STAYS_OPEN


def tidy_words(typed: str) -> str:
    """Return a seat or nickname without what cannot be seen; wide letters and digits become narrow."""
    plain = unicodedata.normalize("NFKC", typed[:400])
    return " ".join("".join(c for c in plain if c.isprintable()).split())


@dataclass(frozen=True, slots=True)
class Try:
    """Wrong tries from one place: how many, until when the next one waits (or the count goes on)."""

    wrong: int
    wait_until: datetime


FREE_TRIES = 10
MOST_OF_ADDRESS = 60
WINDOW = timedelta(minutes=5)
LONGEST_WAIT = timedelta(minutes=15)


def count_browser(before: Try | None, now: datetime) -> Try:
    """Return the count of a browser after one more wrong code: past the free ones it waits, twice as long each time."""
    wrong = (before.wrong if before else 0) + 1
    over = wrong - FREE_TRIES
    wait = min(timedelta(minutes=2 ** min(over, 10)), LONGEST_WAIT) if over >= 0 else timedelta()
    return Try(wrong, now + wait)


def count_address(before: Try | None, now: datetime) -> Try:
    """Return the count of an address after one more wrong code; it begins anew every five minutes."""
    if before is None or before.wait_until <= now:
        return Try(1, now + WINDOW)
    return Try(before.wrong + 1, before.wait_until)


def find_wait(browser: Try | None, address: Try | None, now: datetime) -> timedelta | None:
    """Return how long to wait before the next code, or None."""
    waits = []
    if browser is not None and browser.wrong >= FREE_TRIES:
        waits.append(browser.wait_until - now)
    if address is not None and address.wrong >= MOST_OF_ADDRESS:
        waits.append(address.wait_until - now)
    longest = max(waits, default=timedelta())
    return longest if longest > timedelta() else None


def write_time(moment: datetime, lang: str) -> str:
    """Return the time of a moment in the ward's zone as people say it: 午後3時30分, 3:30 p.m."""
    hour, half = moment.hour % 12, moment.hour // 12
    if lang != "ja":
        return f"{hour or 12}:{moment.minute:02} {('a.m.', 'p.m.')[half]}"
    minutes = f"{moment.minute}分" if moment.minute else ""
    return f"{('午前', '午後')[half]}{hour}時{minutes}"
