"""What would make somebody say the same thing twice: names and birth dates of nobody, roles told in two ways, late answers.

Nothing is asked twice because every fact stands once in the dictionary, by its meaning, and because what a person is (their
name, their birth date) is told once, whoever they are in a form. These rules keep content to that, so that it holds for
all answers and needs no walk.
"""

import re
from collections.abc import Iterator

from webapp.facts.rules import Dictionary, Fact
from webapp.facts.rules_conditions import list_facts
from webapp.procedures.rules import Ask
from webapp.procedures.rules_catalogue import Catalogue, EventAsk, EventDefinition, LifeEvent

PERSONAL = re.compile(r"(^|[._])(name|birth|birthday|kana)$")
"""How keys end that speak of a person's name or birth."""


def find_once_faults(catalogue: Catalogue, dictionary: Dictionary) -> Iterator[str]:
    """Yield everything by which something could be asked twice."""
    yield from _find_twin_faults(dictionary)
    for fact in dictionary.facts.values():
        yield from (f"facts/{fact.key}: {fault}" for fault in _find_person_faults(fact, dictionary))
    for procedure in catalogue.procedures.values():
        asks = procedure.define.form.asks if procedure.define.form else ()
        faults = (fault for ask in asks for fault in _find_late_faults(ask, dictionary))
        yield from (f"procedures/{procedure.slug}: {fault}" for fault in faults)
    for event in catalogue.events.values():
        faults = (fault for ask in event.define.asks for fault in _find_late_faults(ask, dictionary))
        yield from (f"lifeevents/{event.slug}: {fault}" for fault in faults)
        yield from (f"lifeevents/{event.slug}: {fault}" for fault in _find_given_faults(event.define, dictionary))
        yield from (f"lifeevents/{event.slug}: {fault}" for fault in _find_idle_asks(event, catalogue))


def _find_twin_faults(dictionary: Dictionary) -> Iterator[str]:
    """Yield facts that ask the same of the same person, in a role or on one list."""
    first: dict[tuple[str, str], str] = {}
    for fact in dictionary.facts.values():
        whose = fact.define.of or fact.define.within
        if fact.define.is_ and whose:
            other = first.setdefault((whose, fact.define.is_), fact.key)
            if other != fact.key:
                yield f"facts/{fact.key}: asks {fact.define.is_} of {whose}, as {other} does"


def _find_person_faults(fact: Fact, dictionary: Dictionary) -> Iterator[str]:
    """Yield why a name or a birth date could be written twice, and roles that are told too late."""
    define = fact.define
    written = define.kind in ("text", "date") and PERSONAL.search(fact.key) is not None
    personal = define.kind == "name" or written
    if personal and define.is_ is None and define.outside is None:
        yield (
            "asks a name or a birth date: say whose (of, is), on a list of people only `is`; "
            "or say with `outside` why it is nobody the household knows"
        )
    if define.outside is not None and (not personal or define.is_ is not None or define.within or not define.outside):
        yield "outside is the reason why a name or a birth date, not on a list, is of nobody in particular"
    for role in (*define.without, *define.starts_with):
        who = dictionary.who_of(role)
        if who is not None and who.define.found_by:
            yield f"names the role {role}, whose person is found by what is known of them: that may come later"


def _find_late_faults(ask: Ask | EventAsk, dictionary: Dictionary) -> Iterator[str]:
    """Yield conditions that are decided only after it was settled who has the role that a fact is about."""
    fact = dictionary.facts.get(ask.fact)
    who = dictionary.who_of(fact.define.of) if fact and fact.define.of else None
    if fact is None or who is None:
        return
    keys = list(dictionary.facts)
    for read in dict.fromkeys(list_facts(ask.when)):
        other = dictionary.facts.get(read)
        if other and other.define.of != fact.define.of and keys.index(read) > keys.index(who.key):
            yield f"{ask.fact}: its condition reads {read}, which is asked after {who.key}"


def _find_given_faults(define: EventDefinition, dictionary: Dictionary) -> Iterator[str]:
    """Yield answers that an event gives after the question was asked, or about a person, of whom others would ask again."""
    places = _find_places(define, dictionary)
    for given in define.gives:
        fact = dictionary.facts.get(given.fact)
        if fact is None:
            continue
        if fact.define.of or fact.define.within:
            yield f"gives {given.fact}, which is told of a person; others would ask it again"
        reads = (*((given.same_as,) if given.same_as else ()), *list_facts(given.when))
        late = [read for read in reads if places.get(read, (0, 0)) >= places[given.fact]]
        yield from (f"gives {given.fact} by {read}, which is asked later" for read in dict.fromkeys(late))


def _find_places(define: EventDefinition, dictionary: Dictionary) -> dict[str, tuple[int, int]]:
    """Return the place of every fact in a walk: what an event asks first comes before everything else."""
    first = {ask.fact for ask in define.asks if not ask.later}
    return {key: (int(key not in first), place) for place, key in enumerate(dictionary.facts)}


def _find_idle_asks(event: LifeEvent, catalogue: Catalogue) -> Iterator[str]:
    """Yield what an event asks for nothing: no procedure, answer, day or other question comes of it."""
    define = event.define
    reads = [when for one in define.members for when in (one.when, one.unless)]
    reads += (
        [one.when for one in define.automatic] + [one.when for one in define.gives] + [one.when for one in define.asks]
    )
    used = {key for when in reads for key in list_facts(when)}
    used |= {one.same_as for one in define.gives if one.same_as} | set(define.since.values())
    used |= {one.since for one in define.members if one.since}
    members = [catalogue.procedures.get(one.procedure) for one in define.members]
    forms = [one.define.form for one in members if one is not None and one.define.form is not None]
    used |= {ask.fact for form in forms for ask in form.asks}
    yield from (f"asks {ask.fact}, and nothing comes of it" for ask in define.asks if ask.fact not in used)
