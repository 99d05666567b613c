"""The one engine: which questions some procedures ask, given the answers so far. Pure: time is an argument.

The dictionary gives the order, so the order in which procedures are named never matters. What a life event asks first
comes before everything else, and only the event's own answers decide what that is. A condition only looks at facts that
come earlier, so one walk settles what is asked and what is pruned. What is known of a person by another question, and
what the event itself gives, is not asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from webapp.drafts.rules_walk import Question, Walk, collect_asks, collect_event_asks
from webapp.facts.rules import Dictionary
from webapp.facts.rules_conditions import holds
from webapp.procedures.rules import Procedure
from webapp.procedures.rules_catalogue import EventAsk, Given

__all__ = ["Guide", "Page", "Plan", "Question", "plan", "split_answers"]


@dataclass(frozen=True, slots=True)
class Guide:
    """What a life event adds to a plan: its name among those who use answers, what it asks (first, or later) and gives."""

    slug: str
    asks: tuple[EventAsk, ...] = ()
    gives: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of questions: usually one question. `front`: it belongs to what a life event asks first of all."""

    key: str
    topic: str
    questions: tuple[Question, ...]
    front: bool = False

    @property
    def people(self) -> Question | None:
        """Return the question about people if this page asks about people."""
        return next((q for q in self.questions if q.fact.define.kind == "people"), None)


@dataclass(frozen=True, slots=True)
class Plan:
    """The pages to answer in order, and the answers that still count (those of abandoned branches are gone).

    `answers` is what the questions say, each under its own key; `stored` the same as drafts keep it, people once.
    `known` are facts that are used without being asked: known of a person by another question, or given by the event.
    `waiting` are facts whose answer is to be looked at once more: their page is open until it was sent.
    """

    pages: tuple[Page, ...]
    answers: Mapping[str, Any]
    stored: Mapping[str, Any] = field(default_factory=dict)
    known: tuple[Question, ...] = ()
    waiting: frozenset[str] = frozenset()

    def find_page(self, key: str) -> Page | None:
        """Return the page with this key, or None if it is not asked now."""
        return next((page for page in self.pages if page.key == key), None)

    def first_open(self) -> Page | None:
        """Return the first page that still has a question without an answer; None when all is answered."""
        return next((page for page in self.pages if not self.is_answered(page)), None)

    def is_answered(self, page: Page) -> bool:
        """Tell whether every question of a page was answered or, where it may be, left out."""
        return not any(q.open or q.fact.key not in self.answers or q.fact.key in self.waiting for q in page.questions)

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
    def front(self) -> tuple[Page, ...]:
        """Return the pages that a life event asks first."""
        return tuple(page for page in self.pages if page.front)

    @property
    def topics(self) -> tuple[str, ...]:
        """Return the topics of the pages, in order, each once."""
        return tuple(dict.fromkeys(page.topic for page in self.pages))


def plan(
    procedures: Sequence[Procedure],
    dictionary: Dictionary,
    answers: Mapping[str, Any],
    today: date,
    guide: Guide | None = None,
) -> Plan:
    """Return the shortest ordered list of pages that gives these procedures what they need, each fact asked once."""
    asks = guide.asks if guide else ()
    walk = Walk(dictionary, answers, today, guide.gives if guide else ())
    event = guide.slug if guide else ""
    walk.go(collect_event_asks(event, [ask for ask in asks if not ask.later]))
    front, settled = {*walk.questions}, {*walk.questions, *walk.known}
    event_asks = collect_event_asks(event, [ask for ask in asks if ask.later or ask.fact in settled])
    walk.go(collect_asks(procedures, event_asks))
    return Plan(_make_pages(list(walk.questions.values()), front), walk.kept, walk.stored, tuple(walk.known.values()))


def _make_pages(questions: Sequence[Question], front: set[str]) -> tuple[Page, ...]:
    """Put questions that share a page together, at the place of the first of them."""
    shared: dict[str, list[Question]] = {}
    for question in questions:
        shared.setdefault(question.fact.page, []).append(question)
    return tuple(
        Page(key, members[0].fact.topic, tuple(members), members[0].fact.key in front)
        for key, members in shared.items()
    )


def split_answers(procedure: Procedure, plan_of_all: Plan, today: date) -> dict[str, Any]:
    """Return the answers that one procedure of a plan uses, as its record will hold them."""
    if procedure.define.form is None:
        return {}
    used = {a.fact: a for a in procedure.define.form.asks if holds(a.when, plan_of_all.answers, today)}
    return {key: only_items(value, used[key].items) for key, value in plan_of_all.answers.items() if key in used}


def only_items(value: Any, items: tuple[str, ...]) -> Any:
    """Return a list of people with only what a procedure needs about each; anything else as it is."""
    if not items or not isinstance(value, list):
        return value
    return [{k: v for k, v in one.items() if k == "id" or k in items} for one in value]
