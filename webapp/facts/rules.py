"""The dictionary of facts: everything the ward may ask, each meaning once, in the order in which people are asked.

A fact is defined in `content/facts/<topic>/facts.yaml`, its words in `<voice>.yaml` beside it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from webapp.facts.rules_conditions import Condition
from webapp.kit.content import Definition
from webapp.reading.rules_texts import Text

Kind = Literal[
    "text", "name", "date", "address", "phone", "mail", "choice", "choices", "yesno",
    "number", "amount", "bank", "people", "person", "file",
]  # fmt: skip
Reuse = Literal["silent", "confirm", "ask", "never"]


class FactDefinition(Definition, frozen=True, kw_only=True, rename={"is_": "is"}):
    """What a fact is, without its words. Which fields matter depends on `kind`; see docs/how-to/add-a-procedure.md.

    `of` and `is_` say that the fact is an attribute (name, birth ...) of the person in a role (applicant, spouse ...);
    in a fact within a list of people, `is_` alone names the attribute of the person on the list. What is known of a
    person is asked once, whatever role they have. A fact of kind `person` asks who has `role`, among the people known so
    far; `found_by` names an attribute and its value by which that person is found without asking. `without` names roles
    whose people are not offered, `starts_with` roles whose people are on a list from the start. `when` (within a list)
    says which people are asked. `outside` gives the reason why a name or a birth date is of nobody the household knows.
    `erase_after_decision_days`: the answer is erased from an application so many days after it was decided.
    """

    kind: Kind
    meaning: str
    reuse: Reuse = "confirm"
    sensitive: bool = False
    page: str | None = None
    within: str | None = None
    of: str | None = None
    is_: str | None = None
    role: str | None = None
    outside: str | None = None
    found_by: dict[str, str] | None = None
    without: tuple[str, ...] = ()
    starts_with: tuple[str, ...] = ()
    when: Condition | None = None
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
    erase_after_decision_days: int | None = None


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

    def who_of(self, role: str) -> Fact | None:
        """Return the fact that asks who has a role, or None where nobody is chosen (the applicant)."""
        return next((one for one in self.facts.values() if one.define.role == role), None)

    def items_of(self, fact: Fact) -> Iterator[Fact]:
        """Yield the facts asked about each person of a `people` fact."""
        for key in fact.define.item or ():
            yield self.facts[key]
