"""The one engine: which questions some procedures ask, given the answers so far. Pure: time is an argument.

The dictionary gives the order, so the order in which procedures are named never matters. A condition only looks at
facts that come earlier, so one walk over the dictionary settles what is asked and what is pruned.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.facts.rules import Dictionary, Fact
from webapp.facts.rules_conditions import holds
from webapp.procedures.rules import Ask, Procedure


@dataclass(frozen=True, slots=True)
class Question:
    """One fact that is asked now: whether it must be answered, and which procedures use it (their slugs)."""

    fact: Fact
    required: bool
    used_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of questions: usually one question."""

    key: str
    topic: str
    questions: tuple[Question, ...]

    @property
    def people(self) -> Question | None:
        """Return the question about people if this page asks about people."""
        return next((q for q in self.questions if q.fact.define.kind == "people"), None)


@dataclass(frozen=True, slots=True)
class Plan:
    """The pages to answer in order, and the answers that still count (those of abandoned branches are gone)."""

    pages: tuple[Page, ...]
    answers: Mapping[str, Any]

    def find_page(self, key: str) -> Page | None:
        """Return the page with this key, or None if it is not asked now."""
        return next((page for page in self.pages if page.key == key), None)

    def first_open(self) -> Page | None:
        """Return the first page that still has a question without an answer; None when all is answered."""
        return next((page for page in self.pages if not self.is_answered(page)), None)

    def is_answered(self, page: Page) -> bool:
        """Tell whether every question of a page was answered or, where it may be, left out."""
        return all(question.fact.key in self.answers for question in page.questions)

    def before(self, key: str) -> Page | None:
        """Return the page before this one."""
        keys = [page.key for page in self.pages]
        place = keys.index(key) if key in keys else len(keys)
        return self.pages[place - 1] if place > 0 else None

    def after(self, key: str) -> Page | None:
        """Return the next page in order; behind the last one, the first that is still open."""
        keys = [page.key for page in self.pages]
        place = keys.index(key) + 1 if key in keys else len(keys)
        return self.pages[place] if place < len(self.pages) else self.first_open()

    @property
    def topics(self) -> tuple[str, ...]:
        """Return the topics of the pages, in order, each once."""
        return tuple(dict.fromkeys(page.topic for page in self.pages))


def plan(procedures: Sequence[Procedure], dictionary: Dictionary, answers: Mapping[str, Any], today: date) -> Plan:
    """Return the shortest ordered list of pages that gives these procedures what they need, each fact asked once."""
    wanted = _collect_asks(procedures)
    kept: dict[str, Any] = {}
    questions: list[Question] = []
    for key in filter(wanted.__contains__, dictionary.facts):
        asks = [(slug, ask) for slug, ask in wanted[key] if holds(ask.when, kept, today)]
        if not asks:
            continue
        fact = dictionary.facts[key]
        used_for = tuple(dict.fromkeys(slug for slug, _ in asks))
        questions.append(Question(fact, any(ask.required for _, ask in asks), used_for))
        if key in answers:
            kept[key] = answers[key]
    return Plan(tuple(_make_pages(questions)), kept)


def _collect_asks(procedures: Sequence[Procedure]) -> dict[str, list[tuple[str, Ask]]]:
    """Return who asks for each fact; procedures sorted, so that their order never shows."""
    wanted: dict[str, list[tuple[str, Ask]]] = {}
    for procedure in sorted(procedures, key=lambda one: one.slug):
        for ask in procedure.define.form.asks if procedure.define.form else ():
            wanted.setdefault(ask.fact, []).append((procedure.slug, ask))
    return wanted


def _make_pages(questions: Sequence[Question]) -> Iterator[Page]:
    """Put questions that share a page together, at the place of the first of them."""
    shared: dict[str, list[Question]] = {}
    for question in questions:
        shared.setdefault(question.fact.page, []).append(question)
    for key, members in shared.items():
        yield Page(key, members[0].fact.topic, tuple(members))


def split_answers(procedure: Procedure, plan_of_all: Plan, today: date) -> dict[str, Any]:
    """Return the answers that one procedure of a plan uses, as its record will hold them."""
    if procedure.define.form is None:
        return {}
    used = {a.fact for a in procedure.define.form.asks if holds(a.when, plan_of_all.answers, today)}
    return {key: value for key, value in plan_of_all.answers.items() if key in used}
