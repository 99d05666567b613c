"""What the real page of each step looks like when a tutorial is played with its samples. Pure.

The pages come from the one plan that drafts use, so a picture shows the very questions that a learner will meet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from webapp.drafts.rules import Page, plan
from webapp.drafts.rules_events import Choice, plan_event
from webapp.drafts.rules_people import NEW, PEOPLE, VIA, find_person, give_role, tell_about
from webapp.drafts.service_samples import Samples, find_sample, make_household
from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Gap, Typed
from webapp.facts.rules_kinds import handler_of
from webapp.learning.rules import PLACES, Mistake, Step, Tutorial
from webapp.procedures.rules_book import Book

CHOSEN_KINDS = ("people", "person", "file")
"""Kinds whose answers are chosen, not typed: the page itself checks them."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One page of questions as a step meets it, what stands typed in it by fact, and the answers before it."""

    page: Page
    typed: Mapping[str, Typed]
    answers: Mapping[str, Any]


@dataclass
class Play:
    """The state of a tutorial that is being played: answers so far, and what the sample family offers."""

    book: Book
    samples: Samples
    today: date
    answers: dict[str, Any] = field(default_factory=dict)
    offered: dict[str, Any] = field(default_factory=dict)
    listed: bool = False

    def offer_household(self) -> None:
        """Offer the sample family as practice does: the first is the applicant, the others can be chosen."""
        content = make_household(self.samples, self.book.dictionary, self.today, "")
        first, *others = content.people or [{}]
        facts = self.book.dictionary.facts.values()
        self.offered = {
            f.key: first[f.define.is_] for f in facts if f.define.of == "applicant" and f.define.is_ in first
        }
        self.answers[PEOPLE] = {one["id"]: {**one, VIA: {}} for one in others}

    def find_page(self, key: str) -> Page | None:
        """Return a page of questions as the answers stand; None if it is not asked now."""
        if self.book.event is not None:
            planned = plan_event(self.book, self.book.event, self.answers, Choice(self.listed), self.today)
            return planned.made.find_page(key)
        procedures = list(self.book.procedures.values())
        return plan(procedures, self.book.dictionary, self.answers, self.today).find_page(key)

    def find_words(self, fact: Fact, given: Mapping[str, Any]) -> Typed:
        """Return what is typed for a fact: as given, as the sample family offers it, or a sample."""
        if fact.key in given:
            return spell_typed(given[fact.key])
        if fact.key in self.offered:
            return handler_of(fact).spread(fact, self.offered[fact.key])
        return find_sample(self.samples, fact, self.today) or {}

    def answer(self, page: Page, typed: Mapping[str, Typed]) -> None:
        """Take what was typed into a page as its answers; what would be refused is left out."""
        for question in page.questions:
            fact, words = question.fact, typed[question.fact.key]
            if fact.define.kind in CHOSEN_KINDS:
                self._choose(fact, words)
                continue
            outcome = handler_of(fact).check(fact, words, self.today, question.required)
            if not outcome.gaps:
                self._keep(fact, outcome.value)

    def _choose(self, fact: Fact, words: Typed) -> None:
        """Take a choice of people as an answer."""
        picked = [one for one in words.get("") or () if one]
        if fact.define.kind == "people":
            self.answers[fact.key] = [{"id": one} for one in picked]
        elif fact.define.kind == "person" and picked:
            give_role(self.answers, fact.define.role or "", f"{fact.key}-{NEW}" if picked[0] == NEW else picked[0])

    def _keep(self, fact: Fact, value: Any) -> None:
        """Keep an answer: about a person where it is about one, else by itself."""
        role = fact.define.of
        if not role:
            self.answers[fact.key] = value
            return
        if find_person(self.answers, role) is None:
            give_role(self.answers, role, role)
        tell_about(self.answers, find_person(self.answers, role) or role, fact, value)


def spell_typed(parts: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what an author wrote to be typed, by part, in the shape in which it is sent."""
    return {part: [str(w) for w in words] if isinstance(words, list) else [str(words)] for part, words in parts.items()}


def draw_pictures(tutorial: Tutorial, book: Book, samples: Samples, today: date) -> dict[str, Picture]:
    """Return the picture of each step that is at a page of questions; steps elsewhere have none."""
    play, pictures = Play(book, samples, today), {}
    if tutorial.define.household:
        play.offer_household()
    for step in tutorial.steps:
        if step.define.at == "todo":
            play.listed = True
        page = play.find_page(step.define.at) if is_at_page(step) else None
        if page is None:
            continue
        given, presses = step.define.typed, step.define.check.pressed is not None
        facts = [question.fact for question in page.questions]
        typed = {f.key: {} if presses and f.key not in given else play.find_words(f, given) for f in facts}
        pictures[step.key] = Picture(page, typed, dict(play.answers))
        if not presses:
            play.answer(page, typed)
    return pictures


def is_at_page(step: Step) -> bool:
    """Tell whether a step is at a page of questions."""
    return step.define.at not in PLACES and step.define.check.look is None


def type_mistake(picture: Picture, mistake: Mistake) -> Mapping[str, Typed]:
    """Return what stands typed in the page when a mistake is made: the mistake's words, and else the step's own."""
    wrong = mistake.define.typed or {}
    return {key: spell_typed(wrong[key]) if key in wrong else words for key, words in picture.typed.items()}


def find_gaps(picture: Picture, mistake: Mistake, today: date) -> tuple[Gap, ...]:
    """Return what the real checks find when a mistake is made in the page of a picture."""
    typed = type_mistake(picture, mistake)
    gaps: list[Gap] = []
    for question in picture.page.questions:
        fact = question.fact
        if fact.define.kind not in CHOSEN_KINDS:
            gaps += handler_of(fact).check(fact, typed[fact.key], today, question.required).gaps
        elif fact.key in (mistake.define.typed or {}) and mistake.define.gap:
            gaps.append(Gap(fact.key, "", mistake.define.gap))
    return tuple(gaps)
