"""What every kind of question can do; one module per kind beside this one."""

from datetime import date
from typing import Any, Protocol

from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Outcome, Typed
from webapp.reading.rules_texts import Text


class KindHandler(Protocol):
    """Reads, checks and shows answers of one kind. Pure: time is an argument, files are handled by drafts."""

    def parts(self, fact: Fact) -> tuple[str, ...]:
        """Return the names of the inputs; ("",) when there is one."""

    def check(self, fact: Fact, typed: Typed, today: date, required: bool) -> Outcome:
        """Turn what was typed into a value to keep, or gaps. Never raises for any text."""

    def spread(self, fact: Fact, value: Any) -> Typed:
        """Turn a kept value back into what would be typed, to fill the inputs again."""

    def lines(self, fact: Fact, value: Any) -> tuple[Text | str, ...]:
        """Return what to show for a value: a `Text` for the ward's words, a plain string for the resident's own."""
