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
    if ask.when is None:
        return
    if fault := find_fault(ask.when):
        yield f"{ask.fact}: {fault}"
    asked = {other.fact for other in form.asks}
    for read in dict.fromkeys(list_facts(ask.when)):
        if read not in asked:
            yield f"{ask.fact}: its condition reads {read}, which this form does not ask"
        elif places.get(read, -1) >= places[ask.fact]:
            yield f"{ask.fact}: its condition reads {read}, which is asked later"
    yield from (f"{ask.fact}: {fault}" for fault in _find_value_faults(ask.when, dictionary))


def _find_value_faults(condition: Condition, dictionary: Dictionary) -> Iterator[str]:
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
        yield from _find_value_faults(member, dictionary)


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
