"""The lines of the check page, of what was sent and of the sheet: what was answered, by person and by topic."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.drafts.rules import Page, Plan, Question
from webapp.drafts.rules_fit import UNREADABLE
from webapp.drafts.rules_people import APPLICANT, find_attribute, find_person, find_source, name_person, people_of
from webapp.facts.rules import Dictionary, Fact
from webapp.facts.rules_kinds import handler_of
from webapp.reading.rules_texts import Text


@dataclass(frozen=True, slots=True)
class Row:
    """One line: the fact, its lines (the ward's words or the resident's own), where it is changed ("" for nowhere)."""

    fact: Fact
    lines: tuple[Text | str, ...]
    place: str
    used_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The lines about one person (`person` is their name; `is_applicant`), or about one topic."""

    rows: tuple[Row, ...]
    topic: str = ""
    person: str = ""
    is_applicant: bool = False


def group_rows(made: Plan, dictionary: Dictionary) -> tuple[Group, ...]:
    """Return everything that was answered: person by person, the applicant first, then topic by topic."""
    questions = [(q, page) for page in made.pages for q in page.questions] + [(q, None) for q in made.known]
    groups = [_group_person(one, questions, made, dictionary) for one in _order_people(made)]
    topics = dict.fromkeys(q.fact.topic for q, _ in questions)
    order = [topic for topic in dict.fromkeys(fact.topic for fact in dictionary.facts.values()) if topic in topics]
    groups += [Group(tuple(_list_topic(topic, questions, made)), topic) for topic in order]
    return tuple(group for group in groups if group.rows)


def _order_people(made: Plan) -> list[str]:
    """Return everybody who has a role or stands on a list, the applicant first."""
    first = find_person(made.stored, APPLICANT)
    return sorted(people_of(made.stored), key=lambda one: one != first)


def list_about(made: Plan, dictionary: Dictionary, person: str) -> tuple[Row, ...]:
    """Return the lines about one person."""
    questions = [(q, page) for page in made.pages for q in page.questions] + [(q, None) for q in made.known]
    return _group_person(person, questions, made, dictionary).rows


def _group_person(
    person: str, questions: Sequence[tuple[Question, Page | None]], made: Plan, dictionary: Dictionary
) -> Group:
    """Return the lines about one person: each attribute once, told by the fact that asked it, then what only a list asks."""
    rows: dict[str, Row] = {}
    for question, page in questions:
        for row in _list_person(person, question, page, made, dictionary):
            key = row.fact.define.is_ or row.fact.key
            if key not in rows or find_source(made.stored, person, row.fact.define.is_) == row.fact.key:
                rows[key] = row
    is_applicant = person == find_person(made.stored, APPLICANT)
    return Group(tuple(rows.values()), "", name_person(made.stored, person), is_applicant)


def _list_person(
    person: str, question: Question, page: Page | None, made: Plan, dictionary: Dictionary
) -> Iterator[Row]:
    """Yield what one question says about a person."""
    fact, stored = question.fact, made.stored
    if fact.define.of and find_person(stored, fact.define.of) == person and fact.define.is_:
        source = find_source(stored, person, fact.define.is_)
        place = page.key if page and source in (None, fact.key) else f"people/{person}"
        yield Row(fact, show_lines(fact, find_attribute(stored, person, fact.define.is_)), place, question.used_for)
    if fact.define.kind == "people":
        entry = next((one for one in made.answers.get(fact.key) or [] if one["id"] == person), None)
        for item in dictionary.items_of(fact) if entry else ():
            if item.key in question.items and item.key in (entry or {}):
                place = f"people/{person}" if item.define.is_ else f"{page.key if page else fact.page}/{person}"
                yield Row(item, show_lines(item, (entry or {})[item.key]), place, question.used_for)


def _list_topic(topic: str, questions: Sequence[tuple[Question, Page | None]], made: Plan) -> Iterator[Row]:
    """Yield the lines of one topic that are about nobody in particular, who has which role, and who is on which list."""
    for question, page in questions:
        fact = question.fact
        if fact.topic != topic or fact.define.of:
            continue
        value = made.answers.get(fact.key)
        if fact.define.kind == "person":
            lines: tuple[Text | str, ...] = (name_person(made.stored, value),) if value else ()
        else:
            lines = show_lines(fact, value)
        yield Row(fact, lines, page.key if page else "", question.used_for)


def show_lines(fact: Fact, value: Any) -> tuple[Text | str, ...]:
    """Return the lines that show an answer; none for an optional question that was left out.

    An answer that is older than the question, and that it has no words for, stands as it was kept.
    """
    if value is None:
        return ()
    try:
        return handler_of(fact).lines(fact, value)
    except UNREADABLE:
        return (_spell_out(value),)


def _spell_out(value: Any) -> str:
    """Return any value as plain words."""
    if isinstance(value, Mapping):
        return " ".join(_spell_out(one) for one in value.values() if one)
    return "、".join(_spell_out(one) for one in value) if isinstance(value, list) else str(value)


def list_flat(answers: Mapping[str, Any], dictionary: Dictionary) -> Iterator[tuple[Fact, tuple[Text | str, ...]]]:
    """Yield the lines of flat answers, as an application holds them: every fact, then each person of a list."""
    for key, fact in dictionary.facts.items():
        if key not in answers:
            continue
        if fact.define.kind != "people":
            yield fact, show_lines(fact, answers[key])
            continue
        for entry in answers[key] or []:
            yield from (
                (item, show_lines(item, entry[item.key])) for item in dictionary.items_of(fact) if item.key in entry
            )
