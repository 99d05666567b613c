"""The dictionary of facts: everything the ward may ask, each meaning once, in the order in which people are asked.

A fact is defined in `content/facts/<topic>/facts.yaml`, its words in `<voice>.yaml` beside it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from webapp.kit.content import Definition
from webapp.reading.rules_texts import Text

Kind = Literal[
    "text", "name", "date", "address", "phone", "mail", "choice", "choices", "yesno",
    "number", "amount", "bank", "people", "file",
]  # fmt: skip
Reuse = Literal["silent", "confirm", "ask", "never"]


class FactDefinition(Definition, frozen=True, kw_only=True):
    """What a fact is, without its words. Which fields matter depends on `kind`; see docs/how-to/add-a-procedure.md."""

    kind: Kind
    meaning: str
    reuse: Reuse = "confirm"
    sensitive: bool = False
    page: str | None = None
    within: str | None = None
    autocomplete: str | None = None
    unknown: bool = False
    options: list[str] | None = None
    item: list[str] | None = None
    at_most: int | None = None
    long: bool = False
    length: int | None = None
    digits: int | None = None
    check: Literal["mod10-insurer"] | None = None
    earliest: str | None = None
    latest: str | None = None
    eras: Literal["all", "recent"] = "all"
    accept: list[Literal["jpeg", "png", "pdf"]] | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact with its words. `words` keys: label, question, hint, why, example, options.<key>, add, other."""

    key: str
    topic: str
    define: FactDefinition
    words: Mapping[str, Text]
    options: Mapping[str, Text]

    @property
    def page(self) -> str:
        """The key of the page on which the fact is asked: its own unless it shares one."""
        return self.define.page or self.key


@dataclass(frozen=True, slots=True)
class Dictionary:
    """All facts in asking order, the names of the topics, and the words of pages that hold several facts."""

    facts: Mapping[str, Fact]
    topics: Mapping[str, Text]
    pages: Mapping[str, Mapping[str, Text]]

    def get(self, key: str) -> Fact:
        """Return a fact. Raises KeyError for a key that content validation would have refused."""
        return self.facts[key]

    def items_of(self, fact: Fact) -> Iterator[Fact]:
        """Yield the facts asked about each person of a `people` fact."""
        for key in fact.define.item or ():
            yield self.facts[key]
