"""Lessons: their codes, how they are led, who may teach them, and when they are gone."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from tests.learning.classes import list_people, make_owner, teach
from webapp.kit.clock import day_of, now, today
from webapp.kit.database import open_session
from webapp.learning import service_lessons as lessons
from webapp.learning.rules_class import is_easy, is_near, read_code
from webapp.learning.service_learners import decline, find_learner, join, let_in, raise_hand
from webapp.learning.service_tries import note_wrong_code
from webapp.learning.tables import JoinTry, Learner, LearnerWay, Lesson, LessonStaff


def change(taught, act) -> Lesson:
    """Do something with a class in a transaction of its own; return the class after it."""
    with open_session(taught.engine) as session:
        act(session, session.get_one(Lesson, taught.id))
    return taught.read()


def test_codes_are_digits_that_can_be_said(engine):
    taught = teach(engine)
    assert len(taught.code) == 6
    assert len(taught.helper_code) == 8
    assert is_easy(taught.code)
    assert taught.code[0] != "0"


def test_hard_codes_are_never_drawn():
    assert not is_easy("012345")
    assert not is_easy("155523")
    assert all(is_easy(lessons.draw_code(6)) for _ in range(300))


def test_two_lessons_never_have_the_same_code(engine, monkeypatch):
    first = teach(engine)
    drawn = iter([first.code, first.helper_code, "482915", "48291537"])
    monkeypatch.setattr(lessons, "draw_code", lambda _digits: next(drawn))
    assert teach(engine, name="other").code == "482915"


def test_code_taken_in_the_same_moment_is_drawn_again(engine, monkeypatch):
    first = teach(engine)
    monkeypatch.setattr(lessons.Session, "exec", _blind(lessons.Session.exec), raising=True)
    drawn = iter([first.code, first.helper_code, "482915", "48291537"])
    monkeypatch.setattr(lessons, "draw_code", lambda _digits: next(drawn))
    assert teach(engine, name="other").code == "482915"


def _blind(look):
    """Return a way to look that finds no taken code, as if another request took it a moment later."""

    class Nothing:
        def first(self):
            return None

    return lambda self, query, **more: Nothing() if "helper_code" in str(query) else look(self, query, **more)


def test_code_is_good_until_two_hours_after_the_end(engine):
    taught, start = teach(engine), now()
    with Session(engine) as session:
        assert lessons.find_lesson_by_code(session, taught.code, start + timedelta(hours=2, minutes=50)) is not None
        assert lessons.find_lesson_by_code(session, taught.code, start + timedelta(hours=3, minutes=5)) is None
        assert lessons.find_lesson_by_code(session, "000000", start) is None


def test_editing_never_changes_the_code(engine):
    taught = teach(engine)
    before = taught.read()
    end = before.ends_at + timedelta(days=2)
    after = change(taught, lambda session, lesson: lessons.edit_lesson(session, lesson, ("a", "b"), "別の部屋", end))
    assert (after.code, after.helper_code) == (taught.code, taught.helper_code)
    assert (after.tutorials, after.place, after.ends_at) == ("a b", "別の部屋", end)
    assert after.delete_on == before.delete_on + timedelta(days=2)
    assert after.rev == before.rev + 1


def test_a_tutorial_that_is_taken_out_leads_nobody(engine):
    taught = teach(engine, ("a", "b"))
    change(taught, lambda session, lesson: lessons.set_pace(session, lesson, "cap", "b", "name", False))
    end = taught.read().ends_at
    after = change(taught, lambda session, lesson: lessons.edit_lesson(session, lesson, ("a",), "", end))
    assert (after.mode, after.tutorial, after.step) == ("free", "", "")


def test_every_change_moves_the_mark_on(engine):
    taught = teach(engine)
    marks = [taught.read().rev]
    for act in (
        lambda session, lesson: lessons.set_pace(session, lesson, "follow", "sample", "name", True),
        lambda session, lesson: lessons.extend_lesson(session, lesson, 15, now()),
        lambda session, lesson: lessons.set_report(session, lesson, ("age",), today()),
        lambda session, lesson: lessons.close_lesson(session, lesson, now()),
    ):
        marks.append(change(taught, act).rev)
    assert marks == [0, 1, 2, 3, 4]


def test_two_changes_at_once_are_two_steps_of_the_mark(postgres_engine):
    taught = teach(postgres_engine)
    with Session(postgres_engine) as one, Session(postgres_engine) as other:
        mine, theirs = one.get_one(Lesson, taught.id), other.get_one(Lesson, taught.id)
        mine.place = "1"
        lessons.touch_lesson(one, mine)
        one.commit()
        theirs.paused = True
        lessons.touch_lesson(other, theirs)
        other.commit()
    assert taught.read().rev == 2


def test_unknown_way_to_lead_is_refused(engine):
    taught = teach(engine)
    with pytest.raises(ValueError):
        change(taught, lambda session, lesson: lessons.set_pace(session, lesson, "race", "", "", False))


def test_beginning_to_lead_asks_those_again_who_went_their_own_way(engine):
    taught = teach(engine)
    with open_session(engine) as session:
        decline(session, join(session, session.get_one(Lesson, taught.id), b"a" * 32, "", "", now()))
    before = list_people(engine, taught.id)[0]
    assert before.declined
    change(taught, lambda session, lesson: lessons.set_pace(session, lesson, "follow", "sample", "name", False))
    after = list_people(engine, taught.id)[0]
    assert not after.declined
    assert after.rev > before.rev
    with open_session(engine) as session:
        decline(session, session.get_one(Learner, after.id))
    change(taught, lambda session, lesson: lessons.set_pace(session, lesson, "follow", "sample", "place", False))
    assert list_people(engine, taught.id)[0].declined, "one step further is no new beginning"


def test_longer_lesson_counts_from_now_when_its_end_is_past(engine):
    taught = teach(engine)
    late = now() + timedelta(hours=1, minutes=30)
    after = change(taught, lambda session, lesson: lessons.extend_lesson(session, lesson, 20, late))
    assert after.ends_at == late + timedelta(minutes=20)


def test_closed_lesson_gives_its_codes_back(engine):
    taught = teach(engine)
    after = change(taught, lambda session, lesson: lessons.close_lesson(session, lesson, now()))
    assert (after.code, after.helper_code) == (None, None)
    assert after.closed_at is not None
    with Session(engine) as session:
        assert lessons.find_lesson_by_code(session, taught.code, now()) is None
    again = change(taught, lambda session, lesson: lessons.extend_lesson(session, lesson, 20, now()))
    assert again.code is None


def test_codes_of_old_lessons_are_taken_back_and_drawn_anew_if_it_goes_on(engine):
    taught, later = teach(engine), now() + timedelta(hours=3, minutes=5)
    with open_session(engine) as session:
        assert lessons.free_old_codes(session, now()) == 0
        assert lessons.free_old_codes(session, later) == 1
    assert taught.read().code is None
    assert change(taught, lambda session, lesson: lessons.extend_lesson(session, lesson, 20, later)).code


def test_second_instructor_comes_in_by_code_and_may_teach(engine):
    taught = teach(engine)
    with open_session(engine) as session:
        other, third = make_owner(session, "second"), make_owner(session, "third")
        for _ in range(2):
            staff = lessons.join_as_helper(session, taught.helper_code, other, now())
            assert staff is not None
            assert staff.lesson_id == taught.id
        assert lessons.join_as_helper(session, "10203040", other, now()) is None
        assert lessons.join_as_helper(session, taught.helper_code, third, now() + timedelta(hours=4)) is None
    with Session(engine) as session:
        lesson = session.get_one(Lesson, taught.id)
        who = (lesson.owner_id, other, third, "")
        assert [lessons.may_teach(session, lesson, one) for one in who] == [True, True, False, False]
        assert [one.id for one in lessons.list_lessons(session, other)] == [taught.id]
        assert lessons.list_lessons(session, third) == []


def test_old_lessons_go_with_everybody_in_them(engine):
    taught, kept = teach(engine), teach(engine, name="other")
    with open_session(engine) as session:
        for one in (taught, kept):
            join(session, session.get_one(Lesson, one.id), b"a" * 32, "", "", now())
        lessons.join_as_helper(session, taught.helper_code, make_owner(session, "second"), now())
        lessons.set_report(session, session.get_one(Lesson, taught.id), (), today())
    with open_session(engine) as session:
        assert lessons.erase_old_lessons(session, today()) == 0
        assert lessons.erase_old_lessons(session, today() + timedelta(days=1)) == 1
    with Session(engine) as session:
        assert [one.id for one in session.exec(select(Lesson))] == [kept.id]
        assert [one.lesson_id for one in session.exec(select(Learner))] == [kept.id]
        assert len(list(session.exec(select(LearnerWay)))) == 1
        assert list(session.exec(select(LessonStaff))) == []


def test_lessons_are_kept_for_thirty_days(engine):
    lesson = teach(engine).read()
    assert lesson.delete_on == day_of(lesson.ends_at) + timedelta(days=30)


def test_ids_that_are_none_find_nothing(engine):
    with Session(engine) as session:
        assert lessons.find_lesson(session, "\0") is None
        assert find_learner(session, "\0", b"a" * 32) is None


def test_one_browser_is_one_learner(engine):
    taught = teach(engine)
    for seat in ("", "１２", ""):
        with open_session(engine) as session:
            join(session, session.get_one(Lesson, taught.id), b"a" * 32, seat, "", now())
    people = list_people(engine, taught.id)
    assert [one.seat for one in people] == ["12"]


def test_slip_makes_another_device_the_same_learner(engine):
    taught = teach(engine)
    with open_session(engine) as session:
        lesson = session.get_one(Lesson, taught.id)
        first = join(session, lesson, b"a" * 32, "3", "", now())
        join(session, lesson, b"b" * 32, "", "", now())
        let_in(session, first, b"b" * 32)
        let_in(session, first, b"c" * 32)
    with Session(engine) as session:
        found = [find_learner(session, taught.id, secret * 32) for secret in (b"a", b"b", b"c")]
        assert {one and one.seat for one in found} == {"3"}
    assert len(list_people(engine, taught.id)) == 1, "who had not begun is not on the board twice"


def test_slip_leaves_somebody_who_has_begun(engine):
    taught = teach(engine)
    with open_session(engine) as session:
        lesson = session.get_one(Lesson, taught.id)
        first, second = (join(session, lesson, secret * 32, "", "", now()) for secret in (b"a", b"b"))
        second.tutorial = "sample"
        let_in(session, first, b"b" * 32)
    assert len(list_people(engine, taught.id)) == 2


def test_raised_hand_keeps_its_place(engine):
    taught = teach(engine)
    with open_session(engine) as session:
        learner = join(session, session.get_one(Lesson, taught.id), b"a" * 32, "", "", now())
        raise_hand(session, learner, now())
        first = learner.hand_at
        raise_hand(session, learner, now() + timedelta(seconds=9))
        assert (learner.hand_at, learner.hands) == (first, 1)


@pytest.mark.parametrize(
    "typed", ["482915", "482 915", "482-915", "４８２９１５", " 482ー915\t", "４８２　９１５", "482・915"]
)
def test_code_is_read_however_it_is_written(typed):
    assert read_code(typed) == "482915"


@pytest.mark.parametrize("typed", ["", "48291", "4829155", "48291a", "四八二九一五", "482915\0x", "٤٨٢٩١٥"])
def test_what_is_no_code_is_none(typed):
    assert read_code(typed) is None


def test_wrong_codes_in_the_same_moment_break_nothing(postgres_engine):
    pepper = b"p" * 32
    with Session(postgres_engine) as one, ThreadPoolExecutor() as pool:
        note_wrong_code(one, "a", "library", "482915", now(), pepper)
        later = pool.submit(_note_from_elsewhere, postgres_engine, pepper)
        time.sleep(0.3)
        one.commit()
        later.result(timeout=10)
    with Session(postgres_engine) as session:
        assert len(list(session.exec(select(JoinTry)))) == 4, "two browsers, one address, one code"


def _note_from_elsewhere(engine, pepper):
    """Note the same wrong code from another browser of the same address."""
    with open_session(engine) as session:
        note_wrong_code(session, "b", "library", "482915", now(), pepper)


def test_slips_of_the_hand_are_near():
    assert is_near("482915", ["482916"])
    assert is_near("482915", ["842915"])
    assert not is_near("482915", ["482951"[::-1], "482937", "4829155"])
