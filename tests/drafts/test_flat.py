"""What was sent can be opened for mending: from the answers of one application back to a draft in which nothing is open."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given

from tests.drafts.anybody import TODAY, Anybody
from tests.drafts.test_journeys import CATALOGUE
from tests.drafts.test_plan_properties import SEEDS, SIZES, make_door, many
from tests.resident import open_door
from webapp.drafts.rules import plan, split_answers
from webapp.drafts.rules_flat import raise_answers
from webapp.drafts.rules_mend import Mend, keep_rest, narrow, note_start
from webapp.kit.ids import new_id

FORMS = sorted(slug for slug, one in CATALOGUE.procedures.items() if one.define.form)


def check_back(door, procedure):
    """Raise one procedure's answers: nothing is left to ask, and what would be sent is what was sent."""
    flat = split_answers(procedure, door.made, TODAY)
    made, mend = raise_plan(door, procedure, flat, ())
    assert made.pages == (), [q.fact.key for q in made.pages[0].questions]
    assert keep_rest(flat, split_answers(procedure, made, TODAY), mend) == flat
    asked = [q.fact.key for page in door.made.pages for q in page.questions if q.fact.key in flat]
    for key in asked[:2]:
        check_marked(door, procedure, flat, key)


def check_marked(door, procedure, flat, key):
    """What is marked is asked, alone, and nothing is lost by it."""
    made, mend = raise_plan(door, procedure, flat, {key})
    assert [page.key for page in made.pages] == [door.book.dictionary.facts[key].page]
    assert made.first_open() == made.pages[0]
    assert keep_rest(flat, split_answers(procedure, made, TODAY), mend) == flat
    done = replace(mend, done=(key,))
    assert narrow(made, done).first_open() is None


def raise_plan(door, procedure, flat, marked):
    """Return the plan of a draft that mends what is marked, and what it holds of that."""
    facts = {key: {"why": "wrong", "note": ""} for key in marked}
    answers = raise_answers(flat, door.book.dictionary, facts, new_id)
    made = plan([procedure], door.book.dictionary, answers, TODAY)
    mend = note_start(Mend("", "", facts), made)
    return narrow(made, mend), mend


@given(SEEDS, SIZES)
@many
def test_what_a_procedure_was_sent_with_is_a_whole_draft_again_in_any_world(seed, size):
    world, chance = make_door(seed, size)
    for slug in world.book.procedures:
        door = open_door(world.book, [slug])
        Anybody(door, chance).walk()
        check_back(door, door.book.procedures[slug])


@pytest.mark.parametrize("slug", FORMS)
def test_each_procedure_of_the_ward_is_a_whole_draft_again(slug, shelf):
    for seed in range(3):
        door = open_door(shelf.find(f"procedures/{slug}"), [slug])
        Anybody(door, Random(f"{slug}{seed}")).walk()
        check_back(door, door.book.procedures[slug])
