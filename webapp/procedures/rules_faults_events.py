"""What is wrong with life events: facts nobody knows, members that are no procedures, words without a place."""

from collections.abc import Iterator, Mapping

from webapp.facts.rules import Dictionary
from webapp.facts.rules_conditions import Condition, find_fault, list_facts
from webapp.procedures.rules_catalogue import Catalogue, EventDefinition, LifeEvent
from webapp.procedures.rules_faults_forms import find_value_faults
from webapp.reading.rules_texts import Text

WITH_UNKNOWN = ("choice", "choices", "yesno", "date", "number")


def find_event_faults(event: LifeEvent, catalogue: Catalogue, dictionary: Dictionary) -> Iterator[str]:
    """Yield everything that is wrong with one life event."""
    define = event.define
    yield from (f"lifeevents/{event.slug}: {fault}" for fault in _find_ask_faults(define, dictionary))
    yield from (f"lifeevents/{event.slug}: {fault}" for fault in _find_given_faults(define, dictionary))
    yield from (f"lifeevents/{event.slug}: {fault}" for fault in _find_member_faults(event, catalogue, dictionary))
    if event.has_guide and "start" not in event.words:
        yield f"lifeevents/{event.slug}: the words start are missing"


def _find_ask_faults(define: EventDefinition, dictionary: Dictionary) -> Iterator[str]:
    """Yield what is wrong with what an event asks; its conditions read only what it asks earlier."""
    keys = list(dictionary.facts)
    for ask in define.asks:
        fact = dictionary.facts.get(ask.fact)
        if fact is None:
            yield f"asks {ask.fact}, which the dictionary does not have"
            continue
        if not ask.later and ask.required and fact.define.kind in WITH_UNKNOWN and not fact.define.unknown:
            yield f"{ask.fact}: a question of an event needs unknown: true"
        before = keys[: keys.index(ask.fact)]
        earlier = {
            o.fact for o in define.asks if (o.fact in before and o.later == ask.later) or (ask.later and not o.later)
        }
        yield from _find_condition_faults(ask.fact, ask.when, earlier, dictionary)


def _find_condition_faults(name: str, when: Condition | None, known: set[str], dictionary: Dictionary) -> Iterator[str]:
    """Yield what is wrong with one condition, which may read only `known` facts."""
    if when is None:
        return
    if fault := find_fault(when):
        yield f"{name}: {fault}"
    yield from (
        f"{name}: its condition reads {key}, which is not asked before" for key in list_facts(when) if key not in known
    )
    yield from (f"{name}: {fault}" for fault in find_value_faults(when, dictionary))


def _find_given_faults(define: EventDefinition, dictionary: Dictionary) -> Iterator[str]:
    """Yield answers that an event gives to nobody, or that cannot be answers."""
    asked = {ask.fact for ask in define.asks}
    for given in define.gives:
        fact = dictionary.facts.get(given.fact)
        if fact is None:
            yield f"gives {given.fact}, which the dictionary does not have"
            continue
        if (given.value is None) == (given.same_as is None):
            yield f"gives {given.fact} needs either value or same_as"
        if given.same_as is not None and given.same_as not in dictionary.facts:
            yield f"gives {given.fact} the same as {given.same_as}, which the dictionary does not have"
        if given.value is not None:
            test = Condition(fact=given.fact, is_=given.value)
            yield from (f"gives {given.fact}: {fault}" for fault in find_value_faults(test, dictionary))
        yield from _find_condition_faults(f"gives {given.fact}", given.when, asked, dictionary)


def _find_member_faults(event: LifeEvent, catalogue: Catalogue, dictionary: Dictionary) -> Iterator[str]:
    """Yield members that are no procedures, conditions on what is not asked, and words without a place."""
    define = event.define
    asked = {ask.fact for ask in define.asks}
    for member in define.members:
        procedure = catalogue.procedures.get(member.procedure)
        if procedure is None:
            yield f"brings {member.procedure}, which is no procedure"
            continue
        if event.slug not in procedure.define.events:
            yield f"brings {member.procedure}, which does not name this event"
        for when in (member.when, member.unless):
            yield from _find_condition_faults(member.procedure, when, asked, dictionary)
        if member.since and member.since not in dictionary.facts:
            yield f"{member.procedure}: its deadline counts from {member.since}, which the dictionary does not have"
    for automatic in define.automatic:
        yield from _find_condition_faults(automatic.key, automatic.when, asked, dictionary)
    yield from (f"since {name} names no fact" for name, key in define.since.items() if key not in dictionary.facts)
    yield from _find_word_faults("reasons", {m.procedure for m in define.members}, event.reasons)
    yield from _find_word_faults("removed", {m.procedure for m in define.members if m.unless}, event.removed)
    yield from _find_word_faults("automatic", {one.key for one in define.automatic}, event.automatic)


def _find_word_faults(table: str, wanted: set[str], words: Mapping[str, Text]) -> Iterator[str]:
    """Yield words that are missing in a table or that nobody needs."""
    yield from (f"{table}: no words for {key}" for key in sorted(wanted - words.keys()))
    yield from (f"{table}: words for {key}, which is not there" for key in sorted(words.keys() - wanted))
