"""The ward's own seven events, answered by anybody: nothing twice, nothing left out, nothing told that does not concern them."""

from random import Random
from typing import Any

import pytest

from tests.drafts.anybody import TODAY, Anybody, Critic, check_once, check_plan
from tests.drafts.test_journeys import CATALOGUE, DICTIONARY
from tests.resident import open_door
from webapp.drafts.rules import Question, plan, split_answers
from webapp.drafts.rules_events import Choice
from webapp.procedures.rules_book import Book, make_book
from webapp.procedures.rules_faults_once import find_once_faults

EVENTS = sorted(slug for slug, event in CATALOGUE.events.items() if event.has_guide)
WALKS = 8


def get_book(slug: str) -> Book:
    """Return the book of an event as the content stands."""
    book = make_book(f"events/{slug}", CATALOGUE, DICTIONARY)
    assert book is not None
    return book


@pytest.mark.parametrize("slug", EVENTS)
def test_anybody_gets_through_an_event_without_being_asked_anything_twice(slug):
    book = get_book(slug)
    for seed in range(WALKS):
        door = open_door(book)
        resident = Critic(door, Random(seed)).walk()
        check_plan(door)
        check_once(resident)


def test_nothing_in_the_content_could_be_asked_twice():
    assert not list(find_once_faults(CATALOGUE, DICTIONARY))


class Told(Anybody):
    """Says what the test tells, about everything else anything; chooses on the list of things to do what the test says."""

    def __init__(self, slug: str, choice: Choice, **told: Any) -> None:
        super().__init__(open_door(get_book(slug)), Random(1))
        self.choice, self.told = choice, {key.replace("__", "."): value for key, value in told.items()}

    def say(self, question: Question, person: str) -> Any:
        """Return what the test tells, or anything."""
        return self.told[question.fact.key] if question.fact.key in self.told else super().say(question, person)

    def pick_procedures(self) -> Choice:
        """Return what the test chooses."""
        return self.choice

    def need(self, slug: str) -> str:
        """Return how a procedure stands."""
        return next(one.need for one in self.door.event_plan.standings if one.slug == slug)


def test_question_that_an_event_has_no_reason_to_ask_first_is_asked_where_a_procedure_needs_it():
    """Who was never in a company left the insurance of a family member: the event has not asked when, the procedure does."""
    resident = Told(
        "illness-income", Choice(True), event__insurance_now="none", event__left_job="no",
        situation__insurance_join_reason="left-dependants",
    ).walk()  # fmt: skip
    page = resident.door.made.find_page("insurance.left_on")
    assert page is not None
    assert not page.front
    join = resident.door.book.procedures["health-insurance-join"]
    assert split_answers(join, resident.door.made, TODAY)["insurance.left_on"]


def test_answer_that_was_left_out_is_asked_again_by_a_procedure_that_requires_it():
    book = get_book("moving-in")
    dog, card = book.procedures["dog-change-or-death"], book.procedures["child-medical-card"]
    answers = {"applicant.contact_way": None}
    alone, both = (plan(chosen, book.dictionary, answers, TODAY) for chosen in ([dog], [dog, card]))
    assert alone.is_answered(alone.find_page("applicant.contact_way"))
    assert not both.is_answered(both.find_page("applicant.contact_way"))


def test_procedure_that_was_left_out_stays_on_the_list_although_a_later_answer_brought_it():
    resident = Told("moving-in", Choice(True), event__asked_for_record="yes").walk()
    assert resident.need("residence-certificate") == "needed"
    resident.door.draft.choice = Choice(True, skipped=("residence-certificate",))
    for _ in range(2):
        resident.door.replan()
        assert resident.need("residence-certificate") == "needed"
        assert "residence-certificate" not in [one.slug for one in resident.door.procedures]


@pytest.mark.parametrize(("answer", "need"), [("no", "not"), ("yes", "maybe"), ("unknown", "maybe")])
def test_who_has_no_children_is_not_told_of_a_nursery_and_who_does_not_know_is(answer, need):
    """The question about small children is asked only of those who have children; for the others it is settled."""
    resident = Told("moving-in", Choice(True), event__has_children=answer, event__preschool_child="unknown").walk()
    assert resident.need("nursery-application") == need
