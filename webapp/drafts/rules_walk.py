"""One walk over the dictionary: what is asked now, what is known already, and which answers still count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.drafts.rules_people import (
    PEOPLE,
    ROLES,
    find_attribute,
    find_by_attribute,
    find_person,
    find_source,
    has_attribute,
    is_ruled_out,
    list_candidates,
    list_items,
    people_of,
    resolve_list,
)
from webapp.facts.rules import Dictionary, Fact
from webapp.facts.rules_conditions import holds
from webapp.procedures.rules import Ask, Procedure
from webapp.procedures.rules_catalogue import EventAsk, Given

Wanted = Mapping[str, Sequence[tuple[str, Ask]]]
NOTHING: tuple[Any, ...] = (None, [])
"""What is kept for a question that was left out: enough while nobody requires an answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """One fact that is asked now: whether it must be answered, and which procedures use it (their slugs).

    About people: `items` are the facts that somebody needs about each, `open` the people of whom something is missing,
    `candidates` those who can be chosen.
    """

    fact: Fact
    required: bool
    used_for: tuple[str, ...]
    items: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()


def collect_asks(procedures: Sequence[Procedure], first: Wanted) -> Wanted:
    """Return who asks for each fact: `first` the life event, then the procedures sorted, so that their order never shows."""
    wanted = {key: list(asks) for key, asks in first.items()}
    for procedure in sorted(procedures, key=lambda one: one.slug):
        for ask in procedure.define.form.asks if procedure.define.form else ():
            wanted.setdefault(ask.fact, []).append((procedure.slug, ask))
    return wanted


def collect_event_asks(event: str, asks: Sequence[EventAsk]) -> Wanted:
    """Return what a life event itself asks, under its own name."""
    return {one.fact: [(event, Ask(fact=one.fact, when=one.when, required=one.required))] for one in asks}


def list_order(dictionary: Dictionary, wanted: Wanted) -> Iterator[str]:
    """Yield the keys to walk, in the order of the dictionary; who has a role is asked where a fact of that role is wanted."""
    roles = {dictionary.facts[key].define.of for key in wanted if key in dictionary.facts} - {None}
    return (key for key, fact in dictionary.facts.items() if key in wanted or fact.define.role in roles)


class Walk:
    """The state of a walk. `kept` grows with the answers that count, `stored` with how the draft keeps them."""

    def __init__(self, dictionary: Dictionary, answers: Mapping[str, Any], today: date, gives: Sequence[Given]) -> None:
        """Begin with nothing kept but the people."""
        self.dictionary, self.answers, self.today = dictionary, answers, today
        self.wanted: Wanted = {}
        self.gives: dict[str, list[Given]] = {}
        for given in gives:
            self.gives.setdefault(given.fact, []).append(given)
        self.kept: dict[str, Any] = {}
        self.stored: dict[str, Any] = {k: answers[k] for k in (PEOPLE, ROLES) if k in answers}
        self.questions: dict[str, Question] = {}
        self.known: dict[str, Question] = {}

    def go(self, wanted: Wanted) -> None:
        """Settle every fact that is wanted. What was settled before keeps its place, and may get more who use it."""
        self.wanted = wanted
        for key in list_order(self.dictionary, wanted):
            self._step(key)

    def _step(self, key: str) -> None:
        """Settle one fact: not asked, given, known, or a question."""
        fact = self.dictionary.facts[key]
        if fact.define.kind == "person":
            self._step_who(fact)
            return
        asks = [(slug, ask) for slug, ask in self.wanted[key] if holds(ask.when, self.kept, self.today)]
        if not asks:
            return
        required, used_for = any(ask.required for _, ask in asks), tuple(dict.fromkeys(slug for slug, _ in asks))
        given = self._find_given(fact)
        if given is not None:
            self.kept[key] = given
            self.known[key] = Question(fact, required, used_for)
        elif fact.define.kind == "people":
            self._step_list(fact, required, used_for, [ask for _, ask in asks])
        elif fact.define.of:
            self._step_attribute(Question(fact, required, used_for))
        else:
            self.questions[key] = Question(fact, required, used_for)
            self._keep(key, self.answers.get(key), key in self.answers, required)

    def _keep(self, key: str, value: Any, answered: bool, required: bool) -> bool:
        """Keep an answer, unless it was left out and is required (by now); tell whether it is kept."""
        if answered and not (required and value in NOTHING):
            self.kept[key] = self.stored[key] = value
            return True
        self.kept.pop(key, None)
        return False

    def _find_given(self, fact: Fact) -> Any:
        """Return what the life event gives as the answer, or None where it gives nothing (yet) or has asked it itself."""
        for given in self.gives.get(fact.key, ()) if fact.key not in self.questions else ():
            if not holds(given.when, self.kept, self.today):
                continue
            if given.value is not None:
                return [given.value] if fact.define.kind == "choices" else given.value
            value = self._read(given.same_as or "")
            if value == "unknown":
                return value if fact.define.unknown else None
            if value is not None:
                return write_as_text(value) if fact.define.kind == "text" else value
        return None

    def _read(self, key: str) -> Any:
        """Return what another fact says, whether it was asked already or stands among the answers."""
        if key in self.kept:
            return self.kept[key]
        fact = self.dictionary.facts.get(key)
        return find_attribute(self.stored, find_person(self.stored, fact.define.of), fact.define.is_) if fact else None

    def _step_who(self, fact: Fact) -> None:
        """Ask who has a role, if a fact of that role is asked now and there is anybody to choose from."""
        slugs = self._list_users(fact.define.role or "")
        if not slugs:
            return
        person = find_person(self.stored, fact.define.role)
        if person is not None and is_ruled_out(self.stored, person, fact):
            self.stored[ROLES] = {role: one for role, one in self.stored[ROLES].items() if role != fact.define.role}
            person = None
        found = find_by_attribute(self.stored, fact)
        if found is not None and (person is None or person == found):
            self.stored[ROLES] = {**self.stored.get(ROLES, {}), fact.define.role: found}
            self.kept[fact.key] = found
            return
        candidates = list_candidates(self.stored, fact, self.dictionary)
        if candidates:
            self.questions[fact.key] = Question(fact, True, slugs, candidates=candidates)
        if person is not None:
            self.kept[fact.key] = person

    def _list_users(self, role: str) -> tuple[str, ...]:
        """Return the procedures that need a fact of a role as the answers stand; what is given needs nobody."""
        slugs: list[str] = []
        for key, asks in self.wanted.items():
            fact = self.dictionary.facts.get(key)
            if fact is not None and fact.define.of == role and self._find_given(fact) is None:
                slugs += [slug for slug, ask in asks if holds(ask.when, self.kept, self.today)]
        return tuple(dict.fromkeys(slugs))

    def _step_attribute(self, question: Question) -> None:
        """Take what is known of the person in a role; ask what is not, or what this fact itself has asked."""
        fact = question.fact
        person = find_person(self.stored, fact.define.of)
        if has_attribute(self.stored, person, fact.define.is_):
            self.kept[fact.key] = find_attribute(self.stored, person, fact.define.is_)
        source = find_source(self.stored, person, fact.define.is_)
        known = source not in (None, fact.key) and (self.kept.get(fact.key) is not None or not question.required)
        if known:
            self.known[fact.key] = question
            return
        self.known.pop(fact.key, None)
        self.questions[fact.key] = question
        if question.required and self.kept.get(fact.key, "") is None:
            del self.kept[fact.key]

    def _step_list(self, fact: Fact, required: bool, used_for: tuple[str, ...], asks: Sequence[Ask]) -> None:
        """Ask about a list of people; it is open while anything is missing about somebody on it."""
        wanted = {item for ask in asks for item in (ask.items or fact.define.item or ())}
        items = tuple(item for item in fact.define.item or () if item in wanted)
        entries = [e for e in self.answers.get(fact.key) or [] if e["id"] in people_of(self.stored)]
        missing: tuple[str, ...] = ()
        if self._keep(fact.key, entries, fact.key in self.answers, required):
            whole = resolve_list(self.stored, fact, self.dictionary, self.today)
            missing = tuple(e["id"] for e in whole if self._lacks(e, fact, items))
            self.kept[fact.key] = whole
        candidates = list_candidates(self.stored, fact, self.dictionary)
        self.questions[fact.key] = Question(fact, required, used_for, items, missing, candidates)

    def _lacks(self, entry: Mapping[str, Any], fact: Fact, items: Sequence[str]) -> bool:
        """Tell whether anything that is asked about a person on a list is missing."""
        return any(one.key not in entry for one in list_items(entry, fact, items, self.dictionary, self.today))


def write_as_text(value: Any) -> Any:
    """Return an address as one line of words; anything else as it is."""
    if isinstance(value, Mapping) and "area" in value:
        return "".join(str(value.get(part) or "") for part in ("area", "block"))
    return value
