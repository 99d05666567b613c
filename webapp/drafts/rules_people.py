"""People in answers: written about once, chosen by name for every role, put on lists by reference.

Answers hold two reserved keys beside those of facts: `people` is {id: {attribute: value, "via": {attribute: fact key}}},
`roles` is {role: id}. `via` says by which fact an attribute was asked, so that it is shown, and changed, only there.
A list of people is [{"id", and a value for each fact asked about a person in that list alone}].
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from webapp.facts.rules import Dictionary, Fact
from webapp.facts.rules_conditions import holds

PEOPLE, ROLES, VIA = "people", "roles", "via"
NEW = "new"
APPLICANT = "applicant"
Answers = Mapping[str, Any]


def people_of(answers: Answers) -> Mapping[str, Mapping[str, Any]]:
    """Return everybody who was written about, in the order of writing."""
    found: Mapping[str, Mapping[str, Any]] = answers.get(PEOPLE) or {}
    return found


def find_person(answers: Answers, role: str | None) -> str | None:
    """Return the id of the person in a role, or None."""
    found: str | None = (answers.get(ROLES) or {}).get(role)
    return found


def has_attribute(answers: Answers, person: str | None, attribute: str | None) -> bool:
    """Tell whether an attribute of a person was asked (also if it was left empty)."""
    return person is not None and attribute in people_of(answers).get(person, {})


def find_attribute(answers: Answers, person: str | None, attribute: str | None) -> Any:
    """Return an attribute of a person, or None."""
    return people_of(answers).get(person or "", {}).get(attribute or "")


def find_source(answers: Answers, person: str | None, attribute: str | None) -> str | None:
    """Return the key of the fact by which an attribute of a person was asked, or None."""
    found: str | None = (people_of(answers).get(person or "", {}).get(VIA) or {}).get(attribute)
    return found


def tell_about(answers: dict[str, Any], person: str, fact: Fact, value: Any) -> None:
    """Write down what a fact says of a person, and that it was this fact."""
    people = {key: dict(one) for key, one in people_of(answers).items()}
    mine = people.setdefault(person, {})
    mine[fact.define.is_ or fact.key] = value
    mine[VIA] = {**mine.get(VIA, {}), fact.define.is_ or fact.key: fact.key}
    answers[PEOPLE] = people


def give_role(answers: dict[str, Any], role: str, person: str) -> None:
    """Give somebody a role."""
    answers[ROLES] = {**(answers.get(ROLES) or {}), role: person}


def name_person(answers: Answers, person: str) -> str:
    """Return what a person is called, or "" while nobody has asked."""
    name = find_attribute(answers, person, "name")
    return str(name["name"]) if isinstance(name, Mapping) else ""


def list_candidates(answers: Answers, fact: Fact, dictionary: Dictionary) -> tuple[str, ...]:
    """Return the people who can be chosen for a role or a list: those with a name, but for the roles it leaves out.

    Somebody whom only this very role brought in is no candidate: there was nobody to choose from. Nor is somebody of whom
    it is known that they are not who is looked for.
    """
    out = {find_person(answers, role) for role in fact.define.without}
    return tuple(
        key
        for key in people_of(answers)
        if key not in out
        and name_person(answers, key)
        and not _is_only_here(answers, key, fact, dictionary)
        and not is_ruled_out(answers, key, fact)
    )


def _is_only_here(answers: Answers, person: str, fact: Fact, dictionary: Dictionary) -> bool:
    """Tell whether a person is known only through the role that a fact asks for."""
    if fact.define.role is None or find_person(answers, fact.define.role) != person:
        return False
    source = dictionary.facts.get(find_source(answers, person, "name") or "")
    return source is not None and source.define.of == fact.define.role and not _is_on_a_list(answers, person)


def _is_on_a_list(answers: Answers, person: str) -> bool:
    """Tell whether a person stands on some list."""
    lists = (value for key, value in answers.items() if key not in (PEOPLE, ROLES) and isinstance(value, list))
    return any(isinstance(one, Mapping) and one.get("id") == person for value in lists for one in value)


def find_by_attribute(answers: Answers, fact: Fact) -> str | None:
    """Return the person whom a fact of kind `person` finds by what is known of them; None if it is nobody, or several."""
    wanted = fact.define.found_by or {}
    if not wanted:
        return None
    fits = [key for key, one in people_of(answers).items() if all(one.get(a) == value for a, value in wanted.items())]
    return fits[0] if len(fits) == 1 else None


def is_ruled_out(answers: Answers, person: str, fact: Fact) -> bool:
    """Tell whether something is known of a person by which they cannot be whom a fact of kind `person` looks for."""
    wanted = fact.define.found_by or {}
    return any(find_attribute(answers, person, name) not in (None, value) for name, value in wanted.items())


def resolve_list(answers: Answers, fact: Fact, dictionary: Dictionary, today: date) -> list[dict[str, Any]]:
    """Return a list of people with all that it may ask about each as things stand, wherever that was said."""
    whole = (resolve_entry(answers, entry, fact, dictionary) for entry in answers.get(fact.key) or [])
    return [_prune(entry, fact, dictionary, today) for entry in whole]


def _prune(entry: Mapping[str, Any], fact: Fact, dictionary: Dictionary, today: date) -> dict[str, Any]:
    """Return one (resolved) entry of a list without what is not asked of this person any more."""
    kept = {"id": entry["id"]}
    for item in dictionary.items_of(fact):
        if item.key in entry and holds(item.define.when, kept, today):
            kept[item.key] = entry[item.key]
    return kept


def resolve_entry(answers: Answers, entry: Mapping[str, Any], fact: Fact, dictionary: Dictionary) -> dict[str, Any]:
    """Return one entry of a list with everything known about the person, by the keys of the list's facts."""
    whole = dict(entry)
    for item in dictionary.items_of(fact):
        if item.define.is_ and has_attribute(answers, entry["id"], item.define.is_):
            whole[item.key] = find_attribute(answers, entry["id"], item.define.is_)
    return whole


def list_items(
    entry: Mapping[str, Any], fact: Fact, items: Sequence[str], dictionary: Dictionary, today: date
) -> Iterator[Fact]:
    """Yield the facts that are asked about one (resolved) person of a list, of those that somebody needs."""
    for item in dictionary.items_of(fact):
        if item.key in items and holds(item.define.when, entry, today):
            yield item


def is_known_elsewhere(answers: Answers, person: str, item: Fact) -> bool:
    """Tell whether an item about a person was asked by another fact, so that it is not asked again."""
    return has_attribute(answers, person, item.define.is_) and find_source(answers, person, item.define.is_) != item.key


def mentions(answers: Answers, person: str) -> int:
    """Count the roles and lists in which somebody stands."""
    roles = sum(1 for one in (answers.get(ROLES) or {}).values() if one == person)
    return roles + sum(
        1 for key, value in answers.items() if key not in (PEOPLE, ROLES) and isinstance(value, list)
        for one in value if isinstance(one, Mapping) and one.get("id") == person
    )  # fmt: skip
