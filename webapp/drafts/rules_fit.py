"""Which answers still fit when questions change: what a question no longer takes is asked again. Pure: time is an argument."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from webapp.drafts.rules_people import PEOPLE, VIA, people_of
from webapp.facts.rules import Dictionary, Fact
from webapp.facts.rules_kinds import handler_of

UNREADABLE = (KeyError, IndexError, TypeError, ValueError, AttributeError)
"""What a kind of question raises for the value of another kind."""


def fits(fact: Fact | None, value: Any, today: date) -> bool:
    """Tell whether a question takes an answer that was given before. What was left out fits: plans know what is required.

    An answer to a question that is gone fits as well: nobody asks for it.
    """
    if fact is None or value is None:
        return True
    if fact.define.kind in ("file", "people"):
        return isinstance(value, list)
    try:
        outcome = handler_of(fact).check(fact, handler_of(fact).spread(fact, value), today, True)
    except UNREADABLE:
        return False
    return not outcome.gaps and _in_any_order(outcome.value) == _in_any_order(value)


def _in_any_order(value: Any) -> Any:
    """Return a value to compare: the order of options is no part of an answer."""
    return sorted(value) if isinstance(value, list) else value


def keep_fitting(
    answers: Mapping[str, Any], dictionary: Dictionary, today: date, before: Dictionary | None = None
) -> dict[str, Any]:
    """Return the answers of a draft without those that their questions no longer take, also about people.

    With the dictionary `before`, a question that is of another kind by now is asked again in any case.
    """
    earlier = before.facts if before else {}
    other = {k for k, fact in dictionary.facts.items() if k in earlier and earlier[k].define.kind != fact.define.kind}
    kept = {k: value for k, value in answers.items() if k not in other and fits(dictionary.facts.get(k), value, today)}
    for key, fact in dictionary.facts.items():
        if fact.define.kind == "people" and isinstance(kept.get(key), list):
            kept[key] = [_keep_entry(entry, dictionary, today) for entry in kept[key]]
    if PEOPLE in answers:
        people = people_of(answers).items()
        kept[PEOPLE] = {person: _keep_person(told, dictionary, today) for person, told in people}
    return kept


def _keep_entry(entry: Mapping[str, Any], dictionary: Dictionary, today: date) -> dict[str, Any]:
    """Return what still fits of what a list alone asks about one person."""
    return {key: value for key, value in entry.items() if fits(dictionary.facts.get(key), value, today)}


def _keep_person(told: Mapping[str, Any], dictionary: Dictionary, today: date) -> dict[str, Any]:
    """Return what still fits of what is known of a person: what the question takes that told it, or any that asks it."""
    sources: Mapping[str, str] = told.get(VIA) or {}
    kept = {}
    for name, value in told.items():
        own = dictionary.facts.get(sources.get(name, ""))
        asking = [own] if own else [fact for fact in dictionary.facts.values() if fact.define.is_ == name]
        if name != VIA and (not asking or any(fits(fact, value, today) for fact in asking)):
            kept[name] = value
    return {**kept, VIA: {name: source for name, source in sources.items() if name in kept}}
