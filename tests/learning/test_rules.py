"""A step is done by what was really sent, and by nothing else."""

from datetime import date

import msgspec
import pytest

from webapp.learning.rules import (
    Happening,
    Mistake,
    Progress,
    Step,
    StepDefinition,
    Tutorial,
    TutorialDefinition,
    advance,
    current_step,
    next_guided,
)  # fmt: skip
from webapp.reading.rules_texts import Text

DAY = date(2026, 11, 27)
WORDS = Text({"ja": "言葉"})
STEPS = [
    {"key": "name", "at": "applicant.name", "check": {"answered": "applicant.name"}, "mistakes": [
        {"key": "empty", "typed": {"applicant.name": {}}, "gap": "missing", "meet": True},
        {"key": "smaller", "pressed": "look:size-down"},
    ]},
    {"key": "bigger", "at": "applicant.sex", "check": {"look": {"size": 2}}, "mistakes": []},
    {"key": "mend", "at": "applicant.name", "check": {"changed": "applicant.name"}, "mistakes": []},
    {"key": "send", "at": "check", "check": {"sent": True}, "mistakes": [{"key": "promise", "undeclared": True}]},
]  # fmt: skip


def make(steps=STEPS) -> Tutorial:
    defined = msgspec.convert(steps, list[StepDefinition])
    define = TutorialDefinition(
        order=1, kind="first", practice="procedures/x", mic_code="1", minutes=10, steps=defined
    )  # fmt: skip
    made = tuple(
        Step(n, one, WORDS, WORDS, WORDS, None, tuple(Mistake(m, WORDS, WORDS) for m in one.mistakes))
        for n, one in enumerate(defined, 1)
    )
    return Tutorial("t", define, WORDS, WORDS, (), made)


def after(*happenings, progress=None):
    progress = progress or Progress()
    for one in happenings:
        progress = advance(make(), progress, one, DAY)
    return progress


def test_an_accepted_page_is_a_step_done():
    assert after(Happening("answered", "applicant.name")).done == {"name"}


@pytest.mark.parametrize("what", ["refused", "pressed", "slip", "returned", "chosen", "looked", "searched"])
def test_nothing_else_passes_a_step_that_asks_for_an_answer(what):
    assert after(Happening(what, "applicant.name")).done == set()


def test_another_page_is_not_this_step():
    assert after(Happening("answered", "applicant.sex")).done == set()


def test_a_mistake_is_met_when_the_real_check_finds_that_gap():
    progress = after(Happening("refused", "applicant.name", codes=(("applicant.name", "missing"),)))
    assert progress.met == {("name", "empty")}
    assert progress.last == "mistake:name:empty"


def test_another_gap_is_only_a_refusal():
    progress = after(Happening("refused", "applicant.name", codes=(("applicant.name", "too-long"),)))
    assert (progress.met, progress.last) == (set(), "refused")


def test_the_guide_leads_to_a_mistake_until_it_was_met():
    tutorial = make()
    step = tutorial.steps[0]
    assert next_guided(step, Progress()).define.key == "empty"
    assert next_guided(step, Progress(met=frozenset({("name", "empty")}))) is None


def test_somebody_who_does_it_right_at_once_is_not_held_back():
    progress = after(Happening("answered", "applicant.name"))
    assert current_step(make(), progress).key == "bigger"


def test_steps_may_be_done_in_another_order():
    progress = after(Happening("looked", look={"size": 3}), Happening("answered", "applicant.name"))
    assert progress.done == {"bigger", "name"}


def test_a_size_is_wanted_at_least():
    assert after(Happening("looked", look={"size": 1})).done == set()
    assert after(Happening("pressed", word="look:size-up", look={"size": 2})).done == {"bigger"}


def test_mending_is_another_answer_than_before():
    same = Happening("answered", "applicant.name", before={"applicant.name": 1}, answers={"applicant.name": 1})
    other = Happening("answered", "applicant.name", before={"applicant.name": 1}, answers={"applicant.name": 2})
    assert "mend" not in after(same).done
    assert "mend" in after(other).done


def test_sending_without_the_promise_is_a_mistake_and_with_it_the_end():
    progress = Progress(frozenset({"name", "bigger", "mend"}))
    progress = after(Happening("refused", "check"), progress=progress)
    assert progress.met == {("send", "promise")}
    progress = after(Happening("sent", "check"), progress=progress)
    assert current_step(make(), progress) is None


def test_progress_never_goes_back():
    progress = after(Happening("answered", "applicant.name"))
    later = after(Happening("refused", "applicant.name", codes=(("applicant.name", "missing"),)), progress=progress)
    assert later.done >= progress.done
