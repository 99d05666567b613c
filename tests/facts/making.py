"""What comes of typing something into a fact, and how the answer is shown."""

from datetime import date
from typing import Any

from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Outcome
from webapp.facts.rules_kinds import handler_of
from webapp.reading.rules_texts import Text

TODAY = date(2026, 11, 24)


def answer(fact: Fact, required: bool = True, **typed: str | list[str]) -> Outcome:
    """Return the outcome of typing; a fact with one input is typed into as `it`."""
    parts = {("" if part == "it" else part): [one] if isinstance(one, str) else one for part, one in typed.items()}
    return handler_of(fact).check(fact, parts, TODAY, required)


def codes(outcome: Outcome) -> list[tuple[str, str]]:
    """Return part and code of each gap."""
    return [(gap.part, gap.code) for gap in outcome.gaps]


def shown(fact: Fact, value: Any, voice: str = "ja") -> list[str]:
    """Return the lines that show a value, in a voice."""
    lines = handler_of(fact).lines(fact, value)
    return [line.in_voice(voice).words if isinstance(line, Text) else line for line in lines]
