"""Conditions over answers: the small language in which content says when something is asked or holds.

Shapes: {fact: k, is: v} · {fact: k, is_one_of: [v]} · {fact: k, has: option} · {fact: k, known: true} ·
{fact: k, under: years} · {fact: k, at_least: years} (age of a birth date, today) · {fact: people, some: condition} ·
{all: [..]} · {any: [..]} · {none: [..]}
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from webapp.kit.content import Definition

Answers = Mapping[str, Any]
TESTS = ("is_", "is_one_of", "has", "known", "under", "at_least", "some")
GROUPS = ("all", "any", "none")


class Condition(Definition, frozen=True, kw_only=True, rename={"is_": "is"}):
    """One node of a condition: a test of one fact, or a group of conditions. `find_fault` says if it is neither."""

    fact: str | None = None
    is_: str | None = None
    is_one_of: list[str] | None = None
    has: str | None = None
    known: bool | None = None
    under: int | None = None
    at_least: int | None = None
    some: "Condition | None" = None
    all: "list[Condition] | None" = None
    any: "list[Condition] | None" = None
    none: "list[Condition] | None" = None

    def members(self) -> "list[Condition]":
        """Return the conditions inside a group (empty for a test)."""
        return [*(self.all or ()), *(self.any or ()), *(self.none or ())]


def find_fault(condition: Condition) -> str | None:
    """Return why a condition cannot be decided, or None when it is sound."""
    tests = [name for name in TESTS if getattr(condition, name) is not None]
    groups = [name for name in GROUPS if getattr(condition, name) is not None]
    if len(tests) + len(groups) != 1:
        return "a condition needs exactly one test or one group"
    if tests and condition.fact is None:
        return f"the test '{tests[0].rstrip('_')}' needs a fact"
    if groups and (condition.fact is not None or not condition.members()):
        return f"the group '{groups[0]}' holds conditions and nothing else"
    inner = [*condition.members(), *([condition.some] if condition.some else [])]
    return next((fault for fault in map(find_fault, inner) if fault), None)


def list_facts(condition: Condition | None) -> Iterator[str]:
    """Yield each fact that a condition reads; the facts of a person inside `some` are not counted."""
    if condition is None:
        return
    if condition.fact:
        yield condition.fact
    for member in condition.members():
        yield from list_facts(member)


def holds(condition: Condition | None, answers: Answers, today: date) -> bool:
    """Tell whether a condition is true of the answers; no condition always is, and nothing is true of the unknown."""
    if condition is None:
        return True
    if condition.all is not None:
        return all(holds(c, answers, today) for c in condition.all)
    if condition.any is not None:
        return any(holds(c, answers, today) for c in condition.any)
    if condition.none is not None:
        return not any(holds(c, answers, today) for c in condition.none)
    return _passes_test(condition, answers.get(condition.fact or ""), today)


def _passes_test(condition: Condition, value: Any, today: date) -> bool:
    """Decide the one test of a leaf condition against one answer."""
    if condition.known is not None:
        return (value not in (None, "", "unknown", [])) is condition.known
    if condition.is_ is not None:
        return bool(value == condition.is_)
    if condition.is_one_of is not None:
        return value in condition.is_one_of
    if condition.has is not None:
        return isinstance(value, list) and condition.has in value
    if condition.some is not None:
        people = [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
        return any(holds(condition.some, one, today) for one in people)
    return _passes_age(condition, value, today)


def _passes_age(condition: Condition, value: Any, today: date) -> bool:
    """Compare the age in whole years of a birth date (ISO text) with the condition's bound."""
    age = find_age(value, today)
    if age is None:
        return False
    if condition.under is not None:
        return age < condition.under
    return condition.at_least is not None and age >= condition.at_least


def find_age(birth: Any, today: date) -> int | None:
    """Return the age in whole years on `today`, or None if `birth` is not an ISO date."""
    try:
        born = date.fromisoformat(birth)
    except (TypeError, ValueError):
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def decide(condition: Condition | None, answers: Answers, today: date) -> bool | None:
    """Tell whether a condition is true of the answers, or None where it depends on something that is not known (yet)."""
    if condition is None:
        return True
    if condition.all is not None:
        return _join([decide(c, answers, today) for c in condition.all], False)
    if condition.any is not None:
        return _join([decide(c, answers, today) for c in condition.any], True)
    if condition.none is not None:
        found = _join([decide(c, answers, today) for c in condition.none], True)
        return None if found is None else not found
    value = answers.get(condition.fact or "")
    if condition.known is None and (value in (None, "") or (value == "unknown" and not _waits_for_unknown(condition))):
        return None
    if condition.some is not None and isinstance(value, list):
        people = [one for one in value if isinstance(one, Mapping)]
        return _join([decide(condition.some, one, today) for one in people], True)
    return _passes_test(condition, value, today)


def _join(found: "list[bool | None]", wins: bool) -> bool | None:
    """Return what several decisions give together: one that `wins` settles it, else an unknown leaves it open."""
    if wins in found:
        return wins
    return None if None in found else not wins


def _waits_for_unknown(condition: Condition) -> bool:
    """Tell whether a test names "I don't know" itself."""
    return "unknown" in (condition.is_, condition.has, *(condition.is_one_of or ()))
