"""The list of things to do that a life event comes to: in order, by when, where, what to bring. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.drafts.rules_events import EventPlan, Standing
from webapp.drafts.rules_people import find_attribute, find_person
from webapp.facts.rules import Dictionary
from webapp.facts.rules_conditions import decide
from webapp.procedures.rules import Procedure
from webapp.procedures.rules_book import Book
from webapp.procedures.rules_catalogue import Automatic, LifeEvent, Member
from webapp.procedures.rules_deadlines import NoLastDayError, last_day
from webapp.reading.rules_texts import Text

Closed = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do: how it stands, why, and the last day for it (None where that is not known).

    `passed` is that day where it is over: nobody is shown a day that cannot be kept any more as a deadline.
    """

    standing: Standing
    why: Text | None
    due: date | None
    passed: date | None = None

    @property
    def procedure(self) -> Procedure:
        """Return the procedure."""
        return self.standing.procedure

    @property
    def way(self) -> str:
        """Return where it is done: "send" (here), "counter" (prepared here, handed over), or "elsewhere"."""
        form = self.procedure.define.form
        return form.ends if form and self.standing.can_be_written else "elsewhere"


@dataclass(frozen=True, slots=True)
class TodoList:
    """Everything that a life event comes to for one resident."""

    needed: tuple[Todo, ...]
    maybe: tuple[Todo, ...]
    automatic: tuple[tuple[Automatic, Text], ...]
    bring: tuple[Text, ...]

    @property
    def can_be_written(self) -> tuple[Todo, ...]:
        """Return what can be filled in here: what is needed first."""
        return tuple(one for one in (*self.needed, *self.maybe) if one.standing.can_be_written)


def list_todos(event: LifeEvent, planned: EventPlan, dictionary: Dictionary, today: date, closed: Closed) -> TodoList:
    """Return the list of things to do, the earliest last day first; what has none keeps the order of the event."""
    todos = [
        _make_todo(one, event, planned, dictionary, today, closed) for one in planned.standings if one.need != "not"
    ]
    ordered = sorted(todos, key=lambda one: one.passed or one.due or date.max)
    needed = tuple(one for one in ordered if one.standing.need == "needed")
    maybe = tuple(one for one in ordered if one.standing.need == "maybe")
    automatic = tuple(
        (one, event.automatic[one.key])
        for one in event.define.automatic
        if one.key in event.automatic and decide(one.when, planned.settled, today) is not False
    )
    return TodoList(needed, maybe, automatic, list_bring(needed))


def _make_todo(
    standing: Standing, event: LifeEvent, planned: EventPlan, dictionary: Dictionary, today: date, closed: Closed
) -> Todo:
    """Return one thing to do with its last day."""
    day = find_day(standing.member, standing.procedure, event, planned, dictionary)
    due = find_due(standing.procedure, day, today, closed)
    is_past = due is not None and due < today
    return Todo(standing, event.reasons.get(standing.slug), None if is_past else due, due if is_past else None)


def find_day(
    member: Member, procedure: Procedure, event: LifeEvent, planned: EventPlan, dictionary: Dictionary
) -> date | None:
    """Return the day from which a procedure's deadline counts, or None while nobody knows it."""
    deadline = procedure.define.deadline
    key = member.since or event.define.since.get((deadline.since if deadline else None) or "")
    return read_day(planned.made.answers, planned.made.stored, key, dictionary) if key else None


def read_day(answers: Mapping[str, Any], stored: Mapping[str, Any], key: str, dictionary: Dictionary) -> date | None:
    """Return the day that a fact holds, or None."""
    value = answers.get(key)
    fact = dictionary.facts.get(key)
    if value is None and fact is not None and fact.define.of:
        value = find_attribute(stored, find_person(stored, fact.define.of), fact.define.is_)
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def find_due(procedure: Procedure, day: date | None, today: date, closed: Closed) -> date | None:
    """Return the last day of a procedure that counts from `day`, or None if it has none or the day is not known."""
    deadline = procedure.define.deadline
    if deadline is None or (day is None and deadline.every_year is None):
        return None
    try:
        return last_day(deadline, day or today, closed)
    except (NoLastDayError, OverflowError, ValueError):
        return None


SINCE = {
    "moving": "applicant.moved_on", "birth": "baby.birth", "death": "deceased.died_on", "funeral": "deceased.funeral_on",
    "quitting-insurance": "insurance.left_on", "expiry": "care.valid_until", "payment": "care.equipment_bought_on",
    "adoption-of-dog": "dog.acquired_on",
}  # fmt: skip
"""The fact that holds the day from which a deadline counts, where no life event says otherwise."""


def list_dues(
    procedures: Sequence[Procedure], answers: Mapping[str, Any], book: Book, today: date, closed: Closed
) -> dict[str, date]:
    """Return the last day of each procedure whose own answers tell it."""
    since = {**SINCE, **(book.event.define.since if book.event else {})}
    found: dict[str, date] = {}
    for procedure in procedures:
        deadline = procedure.define.deadline
        key = since.get((deadline.since if deadline else None) or "", "")
        due = find_due(procedure, read_day(answers, answers, key, book.dictionary), today, closed)
        if due is not None:
            found[procedure.slug] = due
    return found


def list_bring(todos: Sequence[Todo]) -> tuple[Text, ...]:
    """Return what to bring to the ward for everything that is done there, each thing once."""
    there = [one.procedure for one in todos if one.way != "send" or "original_needed" in one.procedure.define.traits]
    found: dict[str, Text] = {}
    for procedure in there:
        if "counter" in procedure.define.channels:
            for text in procedure.bring:
                found.setdefault(text.voices["ja"], text)
    return tuple(found.values())
