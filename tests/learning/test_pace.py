"""How a class is led, and what that means to one learner."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.learning.small_tutorials import make_tutorial
from webapp.learning.rules_class import (
    FREE_TRIES,
    LONGEST_WAIT,
    MOST_OF_ADDRESS,
    WINDOW,
    Try,
    count_address,
    count_browser,
    find_wait,
    is_over,
    tidy_words,
    write_time,
)
from webapp.learning.rules_pace import Pace, Where, advise, is_allowed, is_beyond, read_place

TUTORIALS = {slug: make_tutorial(slug, order) for order, slug in enumerate(("a", "b"), 1)}
STEPS = tuple(step.key for step in TUTORIALS["a"].steps)
NOON = datetime(2026, 11, 27, 3, 0, tzinfo=timezone.utc)
CAP = Pace("cap", "a", STEPS[1], order=("a", "b"))
FOLLOW = Pace("follow", "a", STEPS[1], order=("a", "b"))

paces = st.builds(
    Pace, st.sampled_from(("free", "cap", "follow")), st.sampled_from(("", "a", "b", "gone")), st.sampled_from(("", "gone", *STEPS)),
    st.booleans(), st.sampled_from((("a",), ("a", "b"), ("b", "a"))),
)  # fmt: skip
wheres = st.builds(
    Where,
    st.sampled_from(("", "a", "b", "gone")),
    st.sampled_from(("", *STEPS)),
    st.sampled_from(("", "check", *STEPS)),
)


def told(pace: Pace, where: Where, declined: bool = False):
    return advise(pace, TUTORIALS, where, declined)


def test_the_last_step_for_now_is_still_to_be_done():
    assert [is_beyond(CAP, TUTORIALS, Where("a", step)) for step in (*STEPS, "")] == [False, False, True, True, True]


def test_who_is_through_up_to_the_last_step_for_now_is_told():
    advice = told(CAP, Where("a", STEPS[2]))
    assert advice.beyond_cap
    assert advice.cap is TUTORIALS["a"].steps[1]
    assert not told(CAP, Where("a", STEPS[1])).beyond_cap


def test_a_later_tutorial_of_the_class_waits_and_an_earlier_one_does_not():
    assert not is_allowed(CAP, TUTORIALS, "b", STEPS[0])
    assert is_allowed(replace(CAP, tutorial="b"), TUTORIALS, "a", STEPS[3])
    assert is_allowed(CAP, TUTORIALS, "other", STEPS[0]), "what is no part of the class is free"


def test_instructor_offers_the_way_to_who_is_elsewhere():
    advice = told(FOLLOW, Where("a", STEPS[3]))
    assert advice.offer
    assert advice.lead is TUTORIALS["a"].steps[1]
    assert told(FOLLOW, Where()).offer, "who has not begun is asked, too"
    assert told(FOLLOW, Where("b", STEPS[1])).offer, "the same name of a step in another tutorial is another place"


def test_nobody_is_asked_who_is_there_or_declined_or_through():
    there = told(FOLLOW, Where("a", STEPS[1]))
    assert there.together
    assert not there.offer
    looking = told(FOLLOW, Where("a", STEPS[3], TUTORIALS["a"].steps[1].define.at))
    assert looking.together, "who looks at the instructor's page has arrived"
    assert not looking.offer
    declined = told(FOLLOW, Where("a", STEPS[3]), declined=True)
    assert (declined.offer, declined.declined) == (False, True)
    assert declined.lead is not None
    assert not told(FOLLOW, Where("a", "")).offer


@given(paces, wheres, st.booleans())
def test_a_lead_never_contradicts_itself(pace, where, declined):
    advice = advise(pace, TUTORIALS, where, declined)
    assert advice.paused == pace.paused
    assert (advice.cap is None) or (advice.lead is None)
    assert not (advice.offer and (declined or advice.together))
    assert not advice.offer or (pace.mode == "follow" and advice.lead is not None)
    assert not advice.beyond_cap or pace.mode == "cap"
    if pace.mode == "free":
        assert advice.cap is advice.lead is None


@given(st.sampled_from(STEPS), st.sampled_from(STEPS))
def test_whoever_is_beyond_stays_beyond_later(cap, step):
    pace = replace(CAP, step=cap)
    later = STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]
    assert is_beyond(pace, TUTORIALS, Where("a", step)) <= is_beyond(pace, TUTORIALS, Where("a", later))


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/ja/practice/0123/applicant.name", "applicant.name"), ("/ja/practice/0123/check?x=1", "check"),
        ("/ja-easy/learn/runs/0123/find", "find"), ("/ja/slip?run=0123", "return"), ("/ja/practice/0123/", ""),
        ("/ja/learn/runs/0123/", ""), ("/ja/class/0123/", ""), ("/", ""), ("/ja/learn/find", ""),
    ],
)  # fmt: skip
def test_address_tells_the_place(path, place):
    assert read_place(path) == place


def test_class_is_over_when_it_was_closed_or_long_past_its_end():
    assert not is_over(None, NOON, NOON + timedelta(hours=1, minutes=59))
    assert is_over(None, NOON, NOON + timedelta(hours=2))
    assert is_over(NOON, NOON + timedelta(hours=5), NOON)


@pytest.mark.parametrize(
    ("hour", "minute", "ja", "en"),
    [(0, 5, "午前0時5分", "12:05 a.m."), (9, 0, "午前9時", "9:00 a.m."), (12, 30, "午後0時30分", "12:30 p.m."),
     (15, 45, "午後3時45分", "3:45 p.m.")],
)  # fmt: skip
def test_time_is_said_as_people_say_it(hour, minute, ja, en):
    moment = datetime(2026, 11, 27, hour, minute, tzinfo=timezone.utc)
    assert (write_time(moment, "ja"), write_time(moment, "en")) == (ja, en)


def test_a_browser_has_ten_tries_and_then_waits_twice_as_long_each_time():
    tried, waits = None, []
    for _ in range(FREE_TRIES + 6):
        tried = count_browser(tried, NOON)
        waits.append(find_wait(tried, None, NOON))
    assert waits[: FREE_TRIES - 1] == [None] * (FREE_TRIES - 1)
    assert waits[FREE_TRIES - 1 :] == [
        *(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)), LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT,
    ]  # fmt: skip


def test_an_address_has_far_more_tries_which_come_back_by_themselves():
    tried = None
    for _ in range(MOST_OF_ADDRESS - 1):
        tried = count_address(tried, NOON)
    assert find_wait(None, tried, NOON) is None
    tried = count_address(tried, NOON)
    assert find_wait(None, tried, NOON) == WINDOW
    assert find_wait(None, tried, NOON + WINDOW) is None
    assert count_address(tried, NOON + WINDOW) == Try(1, NOON + 2 * WINDOW)


@given(st.text(max_size=60))
def test_names_are_visible_and_on_one_line(typed):
    tidy = tidy_words(typed)
    assert tidy.isprintable()
    assert tidy == tidy.strip()
    assert tidy_words(tidy) == tidy
