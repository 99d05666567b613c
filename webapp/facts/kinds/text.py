"""Free words, on one line or many."""

from datetime import date
from typing import Any

from webapp.facts.kinds.letters import (
    LINE_LIMIT,
    TEXT_LIMIT,
    accept_nothing,
    check_words,
    read_line,
    read_lines,
)
from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Outcome, Typed


def length_limit(fact: Fact) -> int:
    """Return how many characters a text may have."""
    return fact.define.length or (TEXT_LIMIT if fact.define.long else LINE_LIMIT)


class TextKind:
    """Value: the words as typed, without the blanks around them."""

    def parts(self, fact: Fact) -> tuple[str, ...]:
        """Return the names of the inputs."""
        return ("",)

    def check(self, fact: Fact, typed: Typed, today: date, required: bool) -> Outcome:
        """Keep the words unless they are too long, hold letters nobody can see, or an Individual Number."""
        words = read_lines(typed, "") if fact.define.long else read_line(typed, "")
        if not words:
            return accept_nothing(fact, "", required)
        gaps = check_words(fact, "", words, length_limit(fact), many_lines=fact.define.long)
        return Outcome(None if gaps else words, gaps)

    def spread(self, fact: Fact, value: Any) -> Typed:
        """Return the words for their input."""
        return {"": [value]}

    def lines(self, fact: Fact, value: Any) -> tuple[str, ...]:
        """Return the words line by line."""
        return tuple(value.split("\n"))
