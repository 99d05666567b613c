"""What is wrong with how the dictionary speaks of people: roles nobody asks for, attributes told in two ways."""

from collections.abc import Iterator

from webapp.facts.rules import Dictionary, Fact, FactDefinition
from webapp.facts.rules_conditions import find_fault, list_facts

APPLICANT = "applicant"


def find_people_faults(dictionary: Dictionary) -> Iterator[str]:
    """Yield what is wrong with roles, attributes and the conditions inside lists of people."""
    roles = {fact.define.of for fact in dictionary.facts.values() if fact.define.of}
    for fact in dictionary.facts.values():
        yield from (f"facts/{fact.key}: {fault}" for fault in _find_faults(fact, dictionary, roles))
    yield from _find_unlike_attributes(dictionary)


def _find_faults(fact: Fact, dictionary: Dictionary, roles: set[str]) -> Iterator[str]:
    """Yield what is wrong with one fact."""
    define = fact.define
    if define.of and not define.is_:
        yield "of needs is: which attribute of the person it is"
    if define.is_ and not define.of and not define.within:
        yield "is needs of, or a list of people that it is within"
    if define.of and define.of != APPLICANT and not _is_asked_before(fact, dictionary) and define.of != "baby":
        yield f"no fact of kind person before it asks who has the role {define.of}"
    if define.role and define.role not in roles:
        yield f"no fact is of the role {define.role}"
    yield from (
        f"the role {role} does not exist" for role in (*define.without, *define.starts_with) if role not in roles
    )
    if define.when is not None:
        yield from _find_when_faults(define, dictionary)


def _is_asked_before(fact: Fact, dictionary: Dictionary) -> bool:
    """Tell whether the fact that asks for a role stands before a fact of it."""
    keys = list(dictionary.facts)
    who = dictionary.who_of(fact.define.of or "")
    return who is not None and keys.index(who.key) < keys.index(fact.key)


def _find_when_faults(define: FactDefinition, dictionary: Dictionary) -> Iterator[str]:
    """Yield what is wrong with a condition inside a list: it reads the person's own earlier answers only."""
    if define.within is None or define.when is None:
        yield "when belongs to facts within a list of people"
        return
    if fault := find_fault(define.when):
        yield fault
    items = dictionary.facts[define.within].define.item or []
    yield from (
        f"its condition reads {key}, which is not asked there" for key in list_facts(define.when) if key not in items
    )


def _find_unlike_attributes(dictionary: Dictionary) -> Iterator[str]:
    """Yield attributes that facts ask as different kinds or with different options: they could not stand for each other."""
    first: dict[str, Fact] = {}
    for fact in dictionary.facts.values():
        if fact.define.is_ is None:
            continue
        other = first.setdefault(fact.define.is_, fact)
        if (other.define.kind, other.define.options) != (fact.define.kind, fact.define.options):
            yield f"facts/{fact.key}: asks {fact.define.is_} in another way than {other.key}"
