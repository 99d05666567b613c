"""A Japanese telephone number, however it is written."""

import re
from datetime import date
from typing import Any

from webapp.facts.kinds.letters import LINE_LIMIT, accept_nothing, read_line, refuse
from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Outcome, Typed
from webapp.facts.rules_numbers import fold

_BETWEEN = re.compile(r"[\s()\[\].．・/‐‑‒–—―−－ー_-]")
_JAPAN = re.compile(r"(?:\+|00\d{0,4}?)81(?=0?[1-9])0?")
_NUMBER = re.compile(r"0[1-9]\d{8,9}", re.ASCII)
_GROUPS = (
    (re.compile(r"(0[2-9]0)(\d{4})(\d{4})", re.ASCII), 11),
    (re.compile(r"(0800)(\d{3})(\d{4})", re.ASCII), 11),
    (re.compile(r"(0120|0570|0990)(\d{3})(\d{3})", re.ASCII), 10),
    (re.compile(r"(03|06)(\d{4})(\d{4})", re.ASCII), 10),
)


class PhoneKind:
    """Value: the digits, from the leading 0."""

    def parts(self, fact: Fact) -> tuple[str, ...]:
        """Return the names of the inputs."""
        return ("",)

    def check(self, fact: Fact, typed: Typed, today: date, required: bool) -> Outcome:
        """Keep 10 or 11 digits; hyphens, brackets, full-width digits and +81 are understood."""
        words = read_line(typed, "")
        if not words:
            return accept_nothing(fact, "", required)
        if len(words) > LINE_LIMIT:
            return refuse(fact, "", "too-long", limit=LINE_LIMIT, count=len(words))
        bare = _BETWEEN.sub("", fold(words))
        digits = _JAPAN.sub("0", bare, count=1) if _JAPAN.match(bare) else bare
        if _NUMBER.fullmatch(digits):
            return Outcome(digits)
        return refuse(fact, "", "phone-abroad" if digits.startswith(("+", "00")) else "phone-form")

    def spread(self, fact: Fact, value: Any) -> Typed:
        """Return the number in groups."""
        return {"": [group_digits(value)]}

    def lines(self, fact: Fact, value: Any) -> tuple[str, ...]:
        """Return the number in groups."""
        return (group_digits(value),)


def group_digits(digits: str) -> str:
    """Return a number with hyphens where its groups are certain: the length of most area codes is not."""
    for shape, length in _GROUPS:
        found = shape.fullmatch(digits)
        if found and len(digits) == length:
            return "-".join(found.groups())
    return digits
