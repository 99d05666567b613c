"""A plan is quick; the bounds are loose so that a busy machine never fails. The figures are in `python -m bench plans`."""

from bench.plans import MANY, gather_answers, make_call, measure, pick_procedures, walk
from webapp.kit.clock import today

LOOSE_MS = 50.0


def test_thirty_merged_procedures_are_planned_quickly():
    procedures = pick_procedures()
    assert len(procedures) == MANY
    spent = measure(make_call(procedures, gather_answers()), rounds=15)
    assert spent[len(spent) // 2] < LOOSE_MS


def test_biggest_life_event_is_planned_quickly_at_the_end_of_its_pass():
    door = walk("moving-in").door
    spent = measure(lambda: door.draft.plan(door.book, today()), rounds=15)
    assert spent[len(spent) // 2] < LOOSE_MS
