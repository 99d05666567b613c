"""Facts of every kind for the tests."""

from typing import Any

from webapp.facts.rules import Fact, FactDefinition
from webapp.facts.rules_kinds import handler_of
from webapp.reading.rules_texts import Text


def make_fact(kind: str, **define: Any) -> Fact:
    """Return a fact of a kind."""
    options = {key: Text({"ja": f"選択{key}"}) for key in define.get("options") or ()}
    return Fact(
        "t.fact", "t", FactDefinition(kind=kind, meaning="t", **define), {"label": Text({"ja": "項目"})}, options
    )


FACTS = {
    "text": make_fact("text"), "long": make_fact("text", long=True), "name": make_fact("name"),
    "date": make_fact("date", unknown=True, earliest="today-150y", latest="today"), "address": make_fact("address"),
    "phone": make_fact("phone"), "mail": make_fact("mail"), "choice": make_fact("choice", options=["a", "b"], unknown=True),
    "choices": make_fact("choices", options=["a", "b"]), "yesno": make_fact("yesno", unknown=True),
    "number": make_fact("number", digits=10, unknown=True), "insurer": make_fact("number", digits=8, check="mod10-insurer"),
    "amount": make_fact("amount"), "bank": make_fact("bank"),
}  # fmt: skip


def typed(**parts: str) -> dict[str, list[str]]:
    """Return what was typed, by part; `only` stands for the one input."""
    return {("" if part == "only" else part): [words] for part, words in parts.items()}


def codes(fact: Fact, answer: dict[str, list[str]], today: Any, required: bool = True) -> list[str]:
    """Return the codes of the gaps of an answer."""
    return [gap.code for gap in handler_of(fact).check(fact, answer, today, required).gaps]


def value(fact: Fact, answer: dict[str, list[str]], today: Any) -> Any:
    """Return the value of an answer that has no gaps."""
    outcome = handler_of(fact).check(fact, answer, today, True)
    assert outcome.gaps == (), outcome.gaps
    return outcome.value
