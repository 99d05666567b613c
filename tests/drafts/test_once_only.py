"""The table of what a family writes: current, and in one pass nobody's name, birth date or address is written twice."""

import pytest

from bench.once_only import PAGE, STORIES, Family, find_book, load, make_page, measure
from tests.drafts.anybody import check_once
from tests.drafts.test_plan_content import EVENTS
from tests.resident import open_door


def test_table_is_current():
    assert PAGE.read_text(encoding="utf-8") == make_page(), "run `python -m bench.once_only --write`"


def test_every_life_event_has_a_family():
    assert sorted(story.event for story in STORIES) == EVENTS


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.event)
def test_family_is_asked_nothing_twice_in_one_pass_and_everybody_by_name_once(story):
    dictionary, catalogue, _ = load()
    family = Family(open_door(find_book(f"events/{story.event}", catalogue, dictionary)), story, {}).walk()
    check_once(family)
    names = [one for one in family.written if one.fact.define.is_ == "name"]
    assert len(names) == len({one.person for one in names}) <= len(story.people)


def test_family_of_three_that_moves_in_writes_three_names_three_birth_dates_and_two_addresses():
    result = measure(next(story for story in STORIES if story.event == "moving-in"))
    assert (result.once.names, result.once.births, result.once.addresses) == (3, 3, 2), (
        "an address now, and the one before"
    )
    assert result.apart.names >= 13
    assert result.apart.births >= 12
    assert result.apart.addresses >= 5
    assert result.desks[1] == 1 < result.desks[0]
