"""Answers that grow over several pages: people and files; and people chosen by name. Drafts keeps who and what they are."""

from datetime import date
from typing import Any

from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Outcome, Typed
from webapp.reading.rules_texts import Text


class FileKind:
    """Value: a list of {"id", "name", "type", "size" in bytes}."""

    def parts(self, fact: Fact) -> tuple[str, ...]:
        """Return the names of the inputs: files come as uploads, not as words."""
        return ()

    def check(self, fact: Fact, typed: Typed, today: date, required: bool) -> Outcome:
        """Nothing is typed; drafts checks the list."""
        return Outcome(None)

    def spread(self, fact: Fact, value: Any) -> Typed:
        """Nothing is typed."""
        return {}

    def lines(self, fact: Fact, value: Any) -> tuple[Text | str, ...]:
        """Return the files' names with their sizes."""
        return tuple(f"{one['name']} ({max(1, one['size'] // 1024):,} KB)" for one in value)


class PeopleKind(FileKind):
    """Value: a list of {"id", and a value for each fact asked about a person}."""

    def parts(self, fact: Fact) -> tuple[str, ...]:
        """Return the names of the inputs: the ticks of those who are on the list."""
        return ("",)

    def lines(self, fact: Fact, value: Any) -> tuple[Text | str, ...]:
        """Return the people's names."""
        return tuple(name_of(one) for one in value)


class PersonKind(FileKind):
    """Value: the id of the person who has the role. Drafts knows who can be chosen."""

    def parts(self, fact: Fact) -> tuple[str, ...]:
        """Return the names of the inputs."""
        return ("",)

    def spread(self, fact: Fact, value: Any) -> Typed:
        """Return the person as the input sends them."""
        return {"": [value]}

    def lines(self, fact: Fact, value: Any) -> tuple[Text | str, ...]:
        """Return nothing: the person's name stands in its own line."""
        return ()


def name_of(person: Any) -> str:
    """Return what a person is called in lists: the first answer that is a name."""
    names = (one["name"] for one in person.values() if isinstance(one, dict) and "kana" in one)
    return next(names, "")
