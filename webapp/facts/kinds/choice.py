"""Answers that are picked from a list: one, several, or yes and no."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from webapp.facts.kinds.letters import accept_nothing, refuse
from webapp.facts.kinds.phrases import PLAIN_ANSWERS
from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Outcome, Typed
from webapp.reading.rules_texts import Text


def keys_of(fact: Fact) -> tuple[str, ...]:
    """Return the keys that may be picked, in order, with "unknown" last where it is a good answer."""
    listed = ("yes", "no") if fact.define.kind == "yesno" else tuple(fact.define.options or ())
    return (*listed, "unknown") if fact.define.unknown else listed


def words_of(fact: Fact, key: str) -> Text:
    """Return the words of an option: the fact's own, or the ward's for yes, no and unknown."""
    return fact.options.get(key) or PLAIN_ANSWERS[key]


class ChoiceKind:
    """Value: the key of the option."""

    def __init__(self, missing: str) -> None:
        """Remember the code of the gap when nothing was picked."""
        self.missing = missing

    def parts(self, fact: Fact) -> tuple[str, ...]:
        """Return the names of the inputs."""
        return ("",)

    def check(self, fact: Fact, typed: Typed, today: date, required: bool) -> Outcome:
        """Keep one listed option."""
        picked = _read_picked(typed)
        if not picked:
            return accept_nothing(fact, "", required, self.missing)
        if len(picked) > 1:
            return refuse(fact, "", "choose-one")
        return Outcome(picked[0]) if picked[0] in keys_of(fact) else refuse(fact, "", self.missing)

    def spread(self, fact: Fact, value: Any) -> Typed:
        """Return the option as its input sends it."""
        return {"": [value]}

    def lines(self, fact: Fact, value: Any) -> tuple[Text, ...]:
        """Return the words of the option."""
        return (words_of(fact, value),)


class ChoicesKind:
    """Value: the keys of the options in the order of the list, or "unknown"."""

    def parts(self, fact: Fact) -> tuple[str, ...]:
        """Return the names of the inputs."""
        return ("",)

    def check(self, fact: Fact, typed: Typed, today: date, required: bool) -> Outcome:
        """Keep the listed options; "unknown" only alone."""
        picked = _read_picked(typed)
        if not picked:
            return accept_nothing(fact, "", required, "choose-some")
        if any(key not in keys_of(fact) for key in picked):
            return refuse(fact, "", "choose-some")
        if "unknown" in picked:
            return Outcome("unknown") if len(picked) == 1 else refuse(fact, "", "unknown-or-choice")
        return Outcome([key for key in keys_of(fact) if key in picked])

    def spread(self, fact: Fact, value: Any) -> Typed:
        """Return the options as their inputs send them."""
        return {"": [value] if value == "unknown" else list(value)}

    def lines(self, fact: Fact, value: Any) -> tuple[Text, ...]:
        """Return the words of each option."""
        return tuple(words_of(fact, key) for key in ([value] if value == "unknown" else value))


def _read_picked(typed: Typed) -> Sequence[str]:
    """Return the different keys that came, blanks left out."""
    return tuple(dict.fromkeys(key.strip() for key in typed.get("", ()) if key.strip()))
