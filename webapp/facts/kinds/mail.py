"""A mail address, asked once and never to be typed twice."""

import re
from datetime import date
from typing import Any

from webapp.facts.kinds.letters import accept_nothing, check_words, read_line, refuse
from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Outcome, Typed

MAIL_LIMIT = 254
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_NEVER = re.compile(r"[\s<>()\[\],;:\"\\]")


class MailKind:
    """Value: the address as typed; letters typed in full width are made plain."""

    def parts(self, fact: Fact) -> tuple[str, ...]:
        """Return the names of the inputs."""
        return ("",)

    def check(self, fact: Fact, typed: Typed, today: date, required: bool) -> Outcome:
        """Keep what could be an address: one @, a dot behind it, no blanks. Old addresses with odd dots are fine."""
        words = read_line(typed, "").translate(_NARROW)
        if not words:
            return accept_nothing(fact, "", required)
        gaps = tuple(one for one in check_words(fact, "", words, MAIL_LIMIT) if one.code != "individual-number")
        code = find_mail_fault(words)
        if gaps or code is None:
            return Outcome(None if gaps else words, gaps)
        return refuse(fact, "", code)

    def spread(self, fact: Fact, value: Any) -> Typed:
        """Return the address for its input."""
        return {"": [value]}

    def lines(self, fact: Fact, value: Any) -> tuple[str, ...]:
        """Return the address."""
        return (value,)


def find_mail_fault(words: str) -> str | None:
    """Return the code of what keeps words from being a mail address, or None."""
    if _NEVER.search(words):
        return "mail-letters"
    name, at, domain = words.partition("@")
    if not name or not at or "@" in domain:
        return "mail-at"
    labels = domain.split(".")
    return None if len(labels) > 1 and all(labels) else "mail-domain"
