"""A rehearsal class: simulated learners who get on, get stuck, raise hands and keep to how the class is led."""

from datetime import datetime, timedelta, timezone

import pytest
import time_machine
from sqlmodel import select

from tests.accounts.helping import PASSWORD, sign_in
from tests.learning.small_tutorials import give_tutorials, make_tutorial
from webapp.accounts.service import make_account
from webapp.kit.clock import now, today
from webapp.kit.database import open_session
from webapp.learning.rules_rehearsal import SEATS, Scene, State, draw_character, go_on
from webapp.learning.service_board import lead, pause
from webapp.learning.service_learners import answer_hand
from webapp.learning.service_lessons import close_lesson, erase_old_lessons, find_lesson, list_learners
from webapp.learning.service_rehearsal import make_rehearsal, play, play_rehearsal
from webapp.learning.tables import Learner, Lesson

BEGAN = datetime(2026, 11, 27, 5, 0, tzinfo=timezone.utc)
MISTAKES = [f"step{n}:empty" for n in range(1, 7)]


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def walk(number: int, until: int, seed: str = "class", every: int = 4, **led: object) -> list[State]:
    """Return how the learner of a seat gets on, look by look."""
    character, state, states = draw_character(seed, number, len(MISTAKES)), State(0, BEGAN, BEGAN), []
    for passed in range(0, until, every):
        state = go_on(character, state, Scene(MISTAKES, BEGAN, **led), BEGAN + seconds(passed))
        states.append(state)
    return states


def who(trouble: str, seed: str = "class") -> list[int]:
    return [number for number in range(SEATS) if draw_character(seed, number, len(MISTAKES)).trouble == trouble]


def test_the_same_class_has_the_same_people_and_another_one_others():
    assert [draw_character("a", n, 6) for n in range(SEATS)] == [draw_character("a", n, 6) for n in range(SEATS)]
    assert [draw_character("a", n, 6) for n in range(SEATS)] != [draw_character("b", n, 6) for n in range(SEATS)]
    assert {len(who("hand")), len(who("silent")), len(who("offline"))} == {2, 1}
    assert len({draw_character("a", n, 6).pace for n in range(SEATS)}) > 3


@pytest.mark.parametrize("seed", ["class", "other", "third"])
def test_everybody_comes_through_but_who_waits_for_help(seed):
    waiting = who("hand", seed)
    for number in range(SEATS):
        last = walk(number, 3600, seed)[-1]
        assert (last.step < len(MISTAKES), last.hand_at is not None) == (
            (True, True) if number in waiting else (False, False)
        )


def test_whoever_is_stuck_makes_a_typical_mistake_then_raises_one_hand():
    states = walk(who("hand")[0], 1200)
    raised = [state for state in states if state.hand_at]
    assert raised
    assert raised[0].last_error == MISTAKES[raised[0].step]
    assert any(state.last_error and not state.hand_at for state in states)
    assert {state.hands for state in raised} == {1}


def test_help_on_the_way_lets_the_hand_go_down_after_a_while_and_the_work_go_on():
    number = who("hand")[0]
    character, scene = draw_character("class", number, len(MISTAKES)), Scene(MISTAKES, BEGAN)
    helped = State(character.stuck_at, BEGAN, BEGAN, "x", BEGAN + seconds(60), BEGAN + seconds(100), 1)
    assert go_on(character, helped, scene, BEGAN + seconds(110)).hand_at is not None
    down = go_on(character, helped, scene, BEGAN + seconds(140))
    assert (down.hand_at, down.coming_at, down.last_error) == (None, None, "")
    assert go_on(character, down, scene, BEGAN + seconds(1400)).step == len(MISTAKES)


def test_somebody_is_stuck_for_minutes_without_a_word():
    states = walk(who("silent")[0], 600)
    assert all(state.hand_at is None for state in states)
    assert max(state.seen_at - state.stepped_at for state in states) > timedelta(minutes=3)


def test_somebody_loses_the_network_for_a_while():
    states = walk(who("offline")[0], 400)
    gaps = [BEGAN + seconds(4 * n) - state.seen_at for n, state in enumerate(states)]
    assert max(gaps) > seconds(100)
    assert gaps[-1] == seconds(0)


def test_all_stop_at_the_last_step_for_now_and_are_not_stuck_there():
    for number in range(SEATS):
        last = walk(number, 2400, cap=0)[-1]
        assert last.step == 1
        assert last.stepped_at == last.seen_at


def test_all_come_along_but_who_goes_their_own_way():
    ends = [walk(number, 8, lead=3)[-1].step for number in range(SEATS)]
    declining = [n for n in range(SEATS) if draw_character("class", n, len(MISTAKES)).declines]
    assert [n for n, step in enumerate(ends) if step < 3] == declining
    assert len(declining) == 1


def test_nobody_goes_on_while_all_listen():
    assert {walk(number, 1200, paused=True)[-1].step for number in range(SEATS)} == {0}


@pytest.fixture
def teacher(app, client):
    give_tutorials(app, make_tutorial("names", steps=6))
    return sign_in(client, app)


def begin(client) -> str:
    """Make a rehearsal through the form of the pack; return its id."""
    page = client.get("/ja/teach/pack").text
    csrf = page.split('name="csrf" value="')[-1].split('"')[0]
    answer = client.post("/ja/teach/rehearsal", data={"csrf": csrf, "tutorial": "names"})
    assert answer.status_code == 303
    return answer.location.split("/")[-2]


def people_of(app, lesson_id: str) -> list[Learner]:
    with open_session(app.extensions["engine"]) as session:
        return list_learners(session, lesson_id)


def test_a_rehearsal_is_a_class_with_simulated_learners_that_is_gone_the_next_day(app, client, teacher):
    lesson_id = begin(client)
    people = people_of(app, lesson_id)
    assert len(people) == SEATS
    assert all(one.simulated for one in people)
    with open_session(app.extensions["engine"]) as session:
        lesson = find_lesson(session, lesson_id)
        assert (lesson.rehearsal, lesson.owner_id) == (True, teacher)
        assert erase_old_lessons(session, today()) == 0
        assert erase_old_lessons(session, today() + timedelta(days=2)) == 1
        assert session.exec(select(Learner)).all() == []


def test_a_rehearsal_without_a_tutorial_is_asked_for_again(client, teacher):
    page = client.get("/ja/teach/pack").text
    csrf = page.split('name="csrf" value="')[-1].split('"')[0]
    answer = client.post("/ja/teach/rehearsal", data={"csrf": csrf, "tutorial": "nothing"})
    assert answer.status_code == 422
    assert "練習を1つ選んでください" in answer.text


def test_looking_at_the_board_lets_the_learners_go_on_and_tells_the_board(app, client, teacher):
    with time_machine.travel(BEGAN, tick=False) as clock:
        lesson_id = begin(client)
        before = sum(one.rev for one in people_of(app, lesson_id))
        clock.shift(120)
        with app.app_context():
            play_rehearsal(lesson_id, now())
        people = people_of(app, lesson_id)
        assert sum(one.steps_done for one in people) > 0
        assert sum(one.rev for one in people) > before
        assert all(one.step == f"step{one.steps_done + 1}" for one in people)
        seen = {one.id: one.seen_at for one in people}
        clock.shift(1)
        with app.app_context():
            play_rehearsal(lesson_id, now())
        assert {one.id: one.seen_at for one in people_of(app, lesson_id)} == seen, "at most every three seconds"


def test_a_hand_goes_down_after_the_instructor_came(app, client, teacher):
    with time_machine.travel(BEGAN, tick=False) as clock:
        lesson_id = begin(client)
        for _ in range(120):
            clock.shift(4)
            with app.app_context():
                play_rehearsal(lesson_id, now())
        raised = [one for one in people_of(app, lesson_id) if one.hand_at]
        assert len(raised) == 2
        with open_session(app.extensions["engine"]) as session:
            answer_hand(session, session.get(Learner, raised[0].id), now())
        clock.shift(40)
        with app.app_context():
            play_rehearsal(lesson_id, now())
        assert [one.id for one in people_of(app, lesson_id) if one.hand_at] == [raised[1].id]


def test_simulated_learners_keep_to_the_pace_of_the_class_on_both_databases(engine):
    tutorial = make_tutorial("names", steps=6)
    tutorials = {"names": tutorial}
    with open_session(engine) as session, time_machine.travel(BEGAN, tick=False) as clock:
        owner = make_account(session, "sensei", PASSWORD, ("instructor",), now()).id
        lesson = make_rehearsal(session, owner, tutorial, now())
        lead(session, lesson, tutorials, "cap", "names:step2")
        clock.shift(1200)
        play(session, lesson, tutorials, now())
        assert {one.steps_done for one in list_learners(session, lesson.id)} <= {1, 2}
        lead(session, lesson, tutorials, "follow", "names:step5")
        clock.shift(5)
        play(session, lesson, tutorials, now())
        assert sum(one.step == "step5" for one in list_learners(session, lesson.id)) == SEATS - 1
        pause(session, lesson, True, now())
        clock.shift(900)
        play(session, lesson, tutorials, now())
        assert sum(one.step == "step5" for one in list_learners(session, lesson.id)) == SEATS - 1


def test_a_real_class_and_one_that_is_over_are_never_played(app, client, teacher):
    with time_machine.travel(BEGAN, tick=False) as clock:
        lesson_id = begin(client)
        with open_session(app.extensions["engine"]) as session:
            real = session.get(Lesson, begin(client))
            real.rehearsal = False
            session.add(real)
            close_lesson(session, session.get(Lesson, lesson_id), now())
        clock.shift(600)
        with app.app_context():
            for one in (lesson_id, real.id, "nothing"):
                play_rehearsal(one, now())
        assert all(one.steps_done == 0 for one in (*people_of(app, lesson_id), *people_of(app, real.id)))


def test_its_report_can_be_looked_at_and_says_that_it_is_none(app, client, teacher):
    lesson_id = begin(client)
    page = client.get(f"/ja/teach/{lesson_id}/report").text
    assert "12人" in page
    assert "本当の報告には使えません" in page


def test_its_day_of_erasing_stays_what_it_is(app, client, teacher):
    lesson_id = begin(client)
    page = client.get(f"/ja/teach/{lesson_id}/report").text
    assert "この日まで残す" not in page
    csrf = page.split('name="csrf" value="')[-1].split('"')[0]
    later = (today() + timedelta(days=30)).isoformat()
    client.post(f"/ja/teach/{lesson_id}/report", data={"csrf": csrf, "then": "delete", "delete_on": later})
    with open_session(app.extensions["engine"]) as session:
        assert find_lesson(session, lesson_id).delete_on <= today() + timedelta(days=1)
