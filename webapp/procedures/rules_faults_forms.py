"""What is wrong with the form of a procedure: unknown facts, conditions that cannot be decided, missing words."""

from collections.abc import Iterator, Mapping

from webapp.facts.rules import Dictionary, Fact
from webapp.facts.rules_conditions import Condition, find_fault, list_facts
from webapp.procedures.rules import Ask, Form, Procedure


def find_form_faults(procedure: Procedure, dictionary: Dictionary) -> Iterator[str]:
    """Yield everything that is wrong with a procedure's form; nothing if it has none."""
    form = procedure.define.form
    if form is None:
        if procedure.declarations:
            yield "declarations have words but there is no form"
        return
    places = {key: place for place, key in enumerate(dictionary.facts)}
    for ask in form.asks:
        yield from _find_ask_faults(ask, form, dictionary, places)
    yield from _find_declaration_faults(procedure, form)
    yield from _find_item_faults(form, dictionary)
    if (form.closes_at is not None) != ("closed" in procedure.words):
        yield "closes_at and the words closed, which say why, belong together"
    if form.answer_days < 1:
        yield "answer_days must be at least 1"


def _find_ask_faults(ask: Ask, form: Form, dictionary: Dictionary, places: Mapping[str, int]) -> Iterator[str]:
    """Yield what is wrong with one asked fact and its condition."""
    fact = dictionary.facts.get(ask.fact)
    if fact is None:
        yield f"asks {ask.fact}, which the dictionary does not have"
        return
    if fact.define.within:
        yield f"asks {ask.fact}, which is asked about each of {fact.define.within} already"
    if fact.define.kind == "person":
        yield f"asks {ask.fact}, which is asked by itself where a fact of that role is"
    yield from (
        f"{ask.fact}: {one} is not asked about each" for one in ask.items if one not in (fact.define.item or ())
    )
    if ask.when is not None:
        yield from _find_when_faults(ask, ask.when, form, dictionary, places)


def _find_when_faults(
    ask: Ask, when: Condition, form: Form, dictionary: Dictionary, places: Mapping[str, int]
) -> Iterator[str]:
    """Yield what is wrong with the condition of one asked fact: it reads what the form asks earlier."""
    if fault := find_fault(when):
        yield f"{ask.fact}: {fault}"
    asked = {other.fact for other in form.asks}
    for read in dict.fromkeys(list_facts(when)):
        if read not in asked:
            yield f"{ask.fact}: its condition reads {read}, which this form does not ask"
        elif places.get(read, -1) >= places[ask.fact]:
            yield f"{ask.fact}: its condition reads {read}, which is asked later"
    yield from (f"{ask.fact}: {fault}" for fault in find_value_faults(when, dictionary))


def find_value_faults(condition: Condition, dictionary: Dictionary) -> Iterator[str]:
    """Yield values that a condition waits for but the fact can never have."""
    fact = dictionary.facts.get(condition.fact or "")
    if fact is not None:
        possible = _list_values(fact)
        waited = [condition.is_, condition.has, *(condition.is_one_of or ())]
        for value in waited if possible is not None else ():
            if value is not None and value not in (possible or ()):
                yield f"its condition waits for {fact.key} to be {value}, which it never is"
    if condition.some and fact is not None and condition.some.fact not in (fact.define.item or ()):
        yield f"its condition reads {condition.some.fact}, which is not asked about each of {fact.key}"
    for member in (*condition.members(), *((condition.some,) if condition.some else ())):
        yield from find_value_faults(member, dictionary)


def _list_values(fact: Fact) -> list[str] | None:
    """Return all values that a fact can have, or None if there is no end of them."""
    if fact.define.kind == "yesno":
        return ["yes", "no", "unknown"]
    if fact.define.kind in ("choice", "choices"):
        return [*(fact.define.options or ()), "unknown"]
    return None


def _find_declaration_faults(procedure: Procedure, form: Form) -> Iterator[str]:
    """Yield declarations without words, and words that nobody declares."""
    named = set(form.declarations)
    yield from (f"the declaration {key} has no words" for key in sorted(named - procedure.declarations.keys()))
    yield from (f"the declaration {key} is never asked" for key in sorted(procedure.declarations.keys() - named))
    if not named:
        yield "declarations must name at least one: what is sent is declared to be true"


def _find_item_faults(form: Form, dictionary: Dictionary) -> Iterator[str]:
    """Yield items of the official form that no question covers, and questions that stand for no item."""
    asked = {ask.fact: ask for ask in form.asks}
    lists = {key: dictionary.facts[key] for key in asked if key in dictionary.facts}
    people = {one for key, fact in lists.items() for one in (asked[key].items or fact.define.item or ())}
    covered = {fact for item in form.items for fact in item.facts}
    if not form.items:
        yield "items are missing: what the official form holds, in its order"
    for item in form.items:
        if not item.facts and not item.at_counter:
            yield f"the item {item.name} is covered by no question"
        strange = [key for key in item.facts if key not in asked and key not in people]
        yield from (f"the item {item.name} is covered by {key}, which is not asked" for key in strange)
    for key, ask in asked.items() if form.items else ():
        each = ask.items or (lists[key].define.item if key in lists else None) or ()
        if key not in covered and not each:
            yield f"{key} is asked for no item"
        yield from (f"{one} is asked about each of {key} for no item" for one in each if one not in covered)
