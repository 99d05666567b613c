"""A number that names something, such as an insurer's: a row of digits, not a quantity."""

import re
from datetime import date
from typing import Any

from webapp.facts.kinds.letters import LINE_LIMIT, accept_nothing, read_line, refuse, settle_unknown
from webapp.facts.kinds.phrases import UNKNOWN
from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Outcome, Typed
from webapp.facts.rules_numbers import fold, is_individual_number, is_insurer_number
from webapp.reading.rules_texts import Text

MOST_DIGITS = 20
_BETWEEN = re.compile(r"[\s‐‑‒–—―−－ー-]")


class NumberKind:
    """Value: the digits as text, leading zeros kept, or "unknown"."""

    def parts(self, fact: Fact) -> tuple[str, ...]:
        """Return the names of the inputs."""
        return ("", "unknown") if fact.define.unknown else ("",)

    def check(self, fact: Fact, typed: Typed, today: date, required: bool) -> Outcome:
        """Keep the right count of digits with a right check digit; never an Individual Number."""
        words = read_line(typed, "")
        unknown = settle_unknown(fact, typed, not words)
        if unknown or not words:
            return unknown or accept_nothing(fact, "", required)
        if len(words) > LINE_LIMIT:
            return refuse(fact, "", "too-long", limit=LINE_LIMIT, count=len(words))
        return _check_digits(fact, _BETWEEN.sub("", fold(words)))

    def spread(self, fact: Fact, value: Any) -> Typed:
        """Return the digits, or the tick at "I don't know"."""
        return {"unknown": ["yes"]} if value == "unknown" else {"": [value]}

    def lines(self, fact: Fact, value: Any) -> tuple[Text | str, ...]:
        """Return the digits."""
        return (UNKNOWN,) if value == "unknown" else (value,)


def _check_digits(fact: Fact, digits: str) -> Outcome:
    """Check the count and the check digit."""
    count = fact.define.digits
    if not re.fullmatch(r"\d+", digits, re.ASCII):
        return refuse(fact, "", "number-form")
    if count != 12 and is_individual_number(digits):
        return refuse(fact, "", "individual-number")
    if count and len(digits) != count:
        return refuse(fact, "", "number-digits", digits=count, count=len(digits))
    if len(digits) > MOST_DIGITS:
        return refuse(fact, "", "too-long", limit=MOST_DIGITS, count=len(digits))
    if fact.define.check == "mod10-insurer" and not is_insurer_number(digits):
        return refuse(fact, "", "number-check")
    return Outcome(digits)
