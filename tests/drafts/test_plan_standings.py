"""What is decided while answers are missing, and which procedures of a life event come and go by it."""

from random import Random
from typing import Any

from hypothesis import given, settings

from tests.drafts.anybody import TODAY, Anybody, draw_value
from tests.drafts.test_plan_properties import SEEDS, SIZES, make_event_door, many
from tests.drafts.worlds import Maker
from webapp.drafts.door import Door
from webapp.drafts.rules import Guide, plan
from webapp.drafts.rules_events import Standing
from webapp.facts.rules import Fact
from webapp.facts.rules_conditions import Condition, decide, holds, list_facts


def make_everything(chance: Random, maker: Maker) -> tuple[dict[str, Fact], dict[str, Any]]:
    """Return facts about nobody, and an answer to each that is neither missing nor unknown."""
    keys = [f"plain{n}" for n in range(4)]
    dictionary = maker.make_facts({key: define for topic in keys for key, define in maker.make_plain(topic).items()})
    return dict(dictionary.facts), {key: draw_value(fact, chance) for key, fact in dictionary.facts.items()}


@given(SEEDS)
@settings(max_examples=400, deadline=None)
def test_what_is_decided_is_what_holds_where_everything_is_known(seed):
    chance = Random(seed)
    maker = Maker(chance, 3)
    facts, answers = make_everything(chance, maker)
    condition = maker.make_condition([*facts], facts)
    assert decide(condition, answers, TODAY) is holds(condition, answers, TODAY)


@given(SEEDS)
@settings(max_examples=400, deadline=None)
def test_what_is_decided_with_gaps_is_what_holds_however_they_are_filled(seed):
    """What is missing or unknown is filled in many ways: True stays true, False stays false."""
    chance = Random(seed)
    maker = Maker(chance, 3, knowing=False)
    facts, answers = make_everything(chance, maker)
    condition = maker.make_condition([*facts], facts)
    gaps = [key for key in facts if chance.random() < 0.5]
    unknown = {key for key in gaps if facts[key].define.unknown and chance.random() < 0.5}
    open_answers = {key: value for key, value in answers.items() if key not in gaps} | dict.fromkeys(unknown, "unknown")
    decided = decide(condition, open_answers, TODAY)
    for _ in range(20):
        filled = {key: draw_value(facts[key], chance) for key in gaps if key not in unknown or not waits(condition)}
        if decided is not None:
            assert holds(condition, {**open_answers, **filled}, TODAY) is decided


def waits(condition: Condition | None) -> bool:
    """Tell whether a condition asks anywhere if something is known: then "I don't know" is an answer like any other."""
    words = repr(condition)
    return any(one in words for one in ("unknown", "known=True", "known=False"))


@given(SEEDS, SIZES)
@many
def test_procedures_of_an_event_come_and_go_as_their_conditions_say(seed, size):
    """Needed, perhaps, or not: by what the event asks alone; what later answers say takes away is said to be removed."""
    door, chance = make_event_door(seed, size)
    resident = Anybody(door, chance)
    while (page := door.made.first_open()) is not None or not door.draft.choice.listed:
        if page is None:
            door.draft.choice = resident.pick_procedures()
            door.replan()
        else:
            resident.answer(page)
        for one in door.event_plan.standings:
            check_standing(door, one, chance)
        check_active(door)


def check_standing(door: Door, one: Standing, chance: Random) -> None:
    """Compare how one member stands with its conditions over the answers to what the event asks."""
    define, member, facts = door.book.event.define, one.member, door.book.dictionary.facts
    alone = plan((), door.book.dictionary, door.draft.answers, TODAY, Guide("event", define.asks, define.gives))
    later = {ask.fact for ask in define.asks if ask.later and ask.fact not in alone.answers}
    read = set(list_facts(member.when))
    if member.unless is not None and holds(member.unless, alone.answers, TODAY):
        assert one.need == "not"
        assert one.removed or not holds(member.when, alone.answers, TODAY)
        return
    assert not one.removed
    if one.need != "maybe":
        assert holds(member.when, alone.answers, TODAY) is (one.need == "needed")
    else:
        assert any(alone.answers.get(key) in (None, "", "unknown") for key in read)
    unknown = [key for key in read if alone.answers.get(key) == "unknown" and not waits(member.when)]
    filled = ({**alone.answers, **{key: draw_value(facts[key], chance) for key in unknown}} for _ in range(12))
    if len({holds(member.when, answers, TODAY) for answers in filled}) > 1 and not read & later:
        assert one.need == "maybe", "I don't know decides nothing"


def check_active(door: Door) -> None:
    """What is written is what is needed and was not left out, and what may be needed and was taken as well."""
    choice, standings = door.draft.choice, door.event_plan.standings
    needed = {one.slug for one in standings if one.need == "needed"} - set(choice.skipped)
    assert {one.slug for one in door.procedures} == needed | {
        one.slug for one in standings if one.need == "maybe" and one.slug in choice.extra
    }
