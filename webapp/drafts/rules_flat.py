"""From the answers of one application back to answers as drafts hold them: people once, with their roles and lists. Pure."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from webapp.drafts.rules_people import (
    PEOPLE,
    find_person,
    give_role,
    has_attribute,
    is_ruled_out,
    people_of,
    tell_about,
)
from webapp.facts.rules import Dictionary, Fact

Flat = Mapping[str, Any]


def raise_answers(
    flat: Flat, dictionary: Dictionary, marked: Collection[str], make_id: Callable[[], str]
) -> dict[str, Any]:
    """Return an application's answers as a draft holds them.

    People on lists kept their ids. Who has a role did not: it is somebody of whom the same is known already, or somebody
    new. Of what several facts tell about a person, a marked one is the teller, so that it is this one that is asked.
    """
    answers: dict[str, Any] = {}
    known = [dictionary.facts[key] for key in dictionary.facts if key in flat]
    for fact in known:
        if fact.define.kind == "people":
            answers[fact.key] = _raise_list(answers, fact, flat[fact.key] or [], dictionary)
        elif fact.define.kind != "person" and not fact.define.of:
            answers[fact.key] = flat[fact.key]
    roles: dict[str, list[Fact]] = {}
    for fact in known:
        if fact.define.of:
            roles.setdefault(fact.define.of, []).append(fact)
    for role, facts in roles.items():
        give_role(answers, role, _find_same(answers, facts, flat, dictionary.who_of(role)) or make_id())
        for fact in facts:
            _tell(answers, find_person(answers, role) or "", fact, flat[fact.key], fact.key in marked)
    return answers


def _raise_list(
    answers: dict[str, Any], fact: Fact, entries: list[dict[str, Any]], dictionary: Dictionary
) -> list[dict[str, Any]]:
    """Write down what a list says of people, and return what is left to the list alone."""
    items = {one.key: one for one in dictionary.items_of(fact)}
    left = []
    for entry in entries:
        mine = {"id": entry["id"]}
        for key, value in entry.items():
            item = items.get(key)
            if item is None or not item.define.is_:
                mine[key] = value
            else:
                _tell(answers, entry["id"], item, value, False)
        if entry["id"] not in people_of(answers):
            answers[PEOPLE] = {**people_of(answers), entry["id"]: {}}
        left.append(mine)
    return left


def _find_same(answers: Flat, facts: list[Fact], flat: Flat, who: Fact | None) -> str | None:
    """Return the one person with the same name of whom nothing else is known that differs, or None."""
    said = {fact.define.is_ or fact.key: flat[fact.key] for fact in facts}
    if not said.get("name"):
        return None
    for person, told in people_of(answers).items():
        is_out = who is not None and is_ruled_out(answers, person, who)
        if not is_out and all(told.get(key, value) == value for key, value in said.items()) and "name" in told:
            return person
    return None


def _tell(answers: dict[str, Any], person: str, fact: Fact, value: Any, marked: bool) -> None:
    """Write down what a fact says of a person, unless another one has said it."""
    if marked or not has_attribute(answers, person, fact.define.is_):
        tell_about(answers, person, fact, value)
