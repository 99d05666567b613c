"""Properties of a pass with people in it, over hundreds of made-up worlds and residents who answer anything."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.drafts.anybody import TODAY, Anybody, Critic, check_once, check_plan
from tests.drafts.worlds import Maker
from tests.resident import open_door
from webapp.drafts.door import Door
from webapp.drafts.rules import plan, split_answers
from webapp.drafts.rules_people import PEOPLE, ROLES
from webapp.procedures.rules_book import Book

SEEDS = st.integers(0, 2**40)
SIZES = st.integers(1, 4)
many = settings(max_examples=120, deadline=None)


def make_event_door(seed: int, size: int) -> tuple[Door, Random]:
    """Return the door to a draft of a life event in a world of its own, and the chance that goes on."""
    chance = Random(seed)
    return open_door(Maker(chance, size).make_world()), chance


def make_door(seed: int, size: int) -> tuple[Door, Random]:
    """Return the door to a draft of several procedures without a life event."""
    door, chance = make_event_door(seed, size)
    book = Book("procedures/x", "", None, door.book.procedures, door.book.dictionary)
    return open_door(book, [*book.procedures]), chance


@given(SEEDS, SIZES)
@many
def test_pass_of_an_event_ends_asks_nothing_twice_and_asks_what_is_wanted_at_every_page(seed, size):
    door, chance = make_event_door(seed, size)
    resident = Critic(door, chance).walk()
    check_plan(door)
    check_once(resident)
    assert door.made.first_open() is None


@given(SEEDS, SIZES)
@many
def test_pass_of_several_procedures_ends_asks_nothing_twice_and_asks_what_is_wanted_at_every_page(seed, size):
    door, chance = make_door(seed, size)
    resident = Critic(door, chance).walk()
    check_plan(door)
    check_once(resident)


@given(SEEDS, SIZES)
@many
def test_order_of_procedures_never_matters_at_any_point_of_a_pass(seed, size):
    door, chance = make_door(seed, size)
    resident = Anybody(door, chance)
    procedures = list(door.book.procedures.values())
    while (page := door.made.first_open()) is not None:
        shuffled = chance.sample(procedures, len(procedures))
        assert plan(shuffled, door.book.dictionary, door.draft.answers, TODAY) == door.made
        resident.answer(page)


@given(SEEDS, SIZES)
@many
def test_answers_that_nobody_asks_for_are_in_no_plan_and_in_no_application(seed, size):
    """Whatever lies among the answers: of facts that are not asked now, nothing is planned with, kept, or sent."""
    door, chance = make_door(seed, size)
    Anybody(door, chance).walk()
    fewer = chance.sample(list(door.book.procedures.values()), chance.randint(1, len(door.book.procedures)))
    made = plan(fewer, door.book.dictionary, door.draft.answers, TODAY)
    asked = {q.fact.key for page in made.pages for q in page.questions} | {q.fact.key for q in made.known}
    roles = {key for key, fact in door.book.dictionary.facts.items() if fact.define.kind == "person"}
    assert made.answers.keys() <= asked | roles
    assert made.stored.keys() - {PEOPLE, ROLES} <= asked
    assert plan(fewer, door.book.dictionary, {**made.stored}, TODAY) == made
    for one in fewer:
        assert split_answers(one, made, TODAY).keys() <= {ask.fact for ask in one.define.form.asks} & asked
