"""What waits with staff is not lost with its way, and not told when it is true no more."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from tests.notifications.waiting import CALL, LETTER
from webapp.kit.clock import day_of
from webapp.kit.database import open_session
from webapp.notifications.jobs import tidy_lists
from webapp.notifications.rules_days import is_late, is_over
from webapp.notifications.service_letters import list_letters, list_printed, note_printed, print_again, read_letters
from webapp.notifications.service_lists import (
    find_call,
    list_calls,
    list_unreached,
    note_outcome,
    read_call,
    take_call,
)
from webapp.notifications.service_texts import load_message_texts
from webapp.notifications.service_ways import mark_gone, stop_way
from webapp.notifications.tables import CallTask, LetterTask, Way
from webapp.outbox.service import forget_waiting, withdraw, withdraw_kinds
from webapp.reading.service import load_voices

MAIL = {"address": "hanako@example.jp"}
CLERK = "c" * 24


@pytest.fixture
def texts(ward):
    """Return what messages say."""
    return load_message_texts(ward.settings.content_dir, tuple(load_voices(ward.settings.content_dir)))


def states(ward, *ids):
    """Return where messages stand."""
    return [ward.message(one).state for one in ids]


def call_and_say(ward, call_id, outcome):
    """Take a call and write down what came of it."""
    with open_session(ward.engine) as session:
        assert take_call(session, call_id, CLERK, ward.clock(), ward.settings)
        assert note_outcome(session, call_id, CLERK, outcome, ward.clock(), ward.settings)


@pytest.mark.parametrize(("channel", "details"), [("call", CALL), ("letter", LETTER)])
def test_who_stops_a_way_is_told_what_waited_on_it_as_soon_as_there_is_another(any_ward, channel, details):
    about = any_ward.new_about()
    way = any_ward.add(about, channel, details)
    first, second = any_ward.tell(about, "correction-asked"), any_ward.tell(about, "decided")
    any_ward.deliver()
    assert states(any_ward, first, second) == ["listed", "listed"]
    with open_session(any_ward.engine) as session:
        assert stop_way(session, about, way, any_ward.clock())
    any_ward.deliver()
    assert states(any_ward, first, second) == ["unheard", "unheard"]
    any_ward.add(about, "letter", LETTER)
    any_ward.deliver()
    assert states(any_ward, first, second) == ["listed", "listed"]
    assert {one.state for one in any_ward.rows(LetterTask)} == {"waiting"}


@pytest.mark.parametrize("outcome", ["wrong-number", "wants-no-calls"])
def test_a_second_message_leaves_a_number_that_is_not_called_any_more(ward, outcome):
    about = ward.new_about()
    ward.add(about, "call", CALL)
    first, second = ward.tell(about, "decided"), ward.tell(about, "message-left")
    ward.deliver()
    ward.add(about, "letter", LETTER)
    (call,) = [one for one in ward.rows(CallTask) if one.message_id == first]
    call_and_say(ward, call.id, outcome)
    with open_session(ward.engine) as session:
        assert list_calls(session, ward.settings, ward.clock()) == []
    ward.deliver()
    assert second in {one.message_id for one in ward.rows(LetterTask)}
    assert states(ward, second) == ["listed"]


def test_who_could_not_be_reached_is_called_again_on_a_new_number(ward):
    about = ward.new_about()
    ward.add(about, "call", CALL)
    message_id = ward.tell(about, "decided")
    ward.deliver()
    call_and_say(ward, ward.rows(CallTask)[0].id, "wrong-number")
    assert states(ward, message_id) == ["failed"]
    with open_session(ward.engine) as session:
        assert len(list_unreached(session)) == 1
    ward.add(about, "call", {**CALL, "number": "0398765432"})
    ward.deliver()
    with open_session(ward.engine) as session:
        assert (len(list_calls(session, ward.settings, ward.clock())), list_unreached(session)) == (1, [])


def test_what_a_lost_way_left_behind_is_put_back(ward):
    about = ward.new_about()
    way = ward.add(about, "call", CALL)
    lost, alone = ward.tell(about, "decided"), ward.tell(about, "message-left")
    ward.deliver()
    with open_session(ward.engine) as session:
        session.get(Way, way).gone_at = ward.clock()
        session.delete(session.exec(select(CallTask).where(CallTask.message_id == alone)).one())
    with open_session(ward.engine) as session:
        tidy_lists(session, ward.clock(), ward.settings)
    assert (states(ward, lost, alone), ward.rows(CallTask)) == (["waiting", "waiting"], [])


def test_what_was_withdrawn_is_neither_called_nor_printed_nor_woken(any_ward):
    ids = []
    for channel, details in (("call", CALL), ("letter", LETTER), ("", {})):
        about = any_ward.new_about()
        if channel:
            any_ward.add(about, channel, details)
        ids.append(any_ward.tell(about, "correction-asked"))
    any_ward.deliver()
    (letter,), (call,) = any_ward.rows(LetterTask), any_ward.rows(CallTask)
    names = [any_ward.message(one).once for one in ids]
    with open_session(any_ward.engine) as session:
        for once in names:
            withdraw(session, once, any_ward.clock())
        session.flush()
        assert list_calls(session, any_ward.settings, any_ward.clock()) == list_letters(session) == []
        assert find_call(session, call.id) is None
        assert note_printed(session, [letter.id], CLERK, any_ward.clock()) == []
    any_ward.add(about, "letter", LETTER)
    assert any_ward.deliver() == 0
    assert states(any_ward, *ids) == ["stopped"] * 3


def test_only_what_nobody_has_been_told_is_withdrawn(ward):
    about = ward.new_about()
    ward.add_device(about)
    told = ward.tell(about)
    ward.deliver()
    waiting, other = ward.tell(about), ward.tell(about, "decided")
    with open_session(ward.engine) as session:
        withdraw_kinds(session, about, ("received",), ward.clock())
        forget_waiting(session, about, "test")
    assert states(ward, told, waiting, other) == ["sent", "stopped", "waiting"]


@pytest.mark.parametrize("kind", ["draft-ending", "hand-over-ending", "correction-ending"])
def test_a_reminder_whose_day_has_passed_is_not_told_any_more(ward, texts, kind):
    by_phone, by_letter = ward.new_about(), ward.new_about()
    ward.add(by_phone, "call", CALL)
    ward.add(by_letter, "letter", LETTER)
    day = day_of(ward.clock()) + timedelta(days=1)
    ids = [ward.tell(one, kind, day.isoformat()) for one in (by_phone, by_letter)]
    ward.deliver()
    ((call,), (letter,)) = ward.rows(CallTask), ward.rows(LetterTask)
    with open_session(ward.engine) as session:
        assert len(read_letters(session, [letter.id], texts, ward.settings, day)) == 1
        after = day + timedelta(days=1)
        assert read_letters(session, [letter.id], texts, ward.settings, after) == []
        assert read_call(session, call, texts, ward.settings, after) is None
        tidy_lists(session, ward.clock() + timedelta(days=2), ward.settings)
    late = ward.tell(by_phone, kind, (day - timedelta(days=2)).isoformat())
    ward.deliver()
    assert states(ward, *ids, late) == ["stopped"] * 3


def test_what_can_still_be_mended_is_told_late_with_a_word_about_the_day(ward, texts):
    about = ward.new_about()
    ward.add(about, "letter", LETTER)
    ward.tell(about, "correction-asked", "2026-11-20")
    ward.deliver()
    (row,) = ward.rows(LetterTask)
    with open_session(ward.engine) as session:
        (late,) = read_letters(session, [row.id], texts, ward.settings, date(2026, 11, 27))
        (in_time,) = read_letters(session, [row.id], texts, ward.settings, date(2026, 11, 20))
    assert any("もう過ぎました" in one for one in late.words.paragraphs)
    assert not any("もう過ぎました" in one for one in in_time.words.paragraphs)
    params = {"day": "2026-11-20", "last": "2026-11-20"}
    assert [is_over("decided", params, date(2027, 1, 1)), is_late("decided", params, date(2027, 1, 1))] == [False] * 2


def test_nobody_is_called_outside_the_hours_they_chose(ward):
    about = ward.new_about()
    ward.clock.pass_time(hours=-2)
    ward.add(about, "call", {**CALL, "hours": "morning"})
    ward.tell(about, "decided")
    ward.deliver()
    (call,) = ward.rows(CallTask)
    ward.clock.pass_time(hours=6, minutes=30)
    with open_session(ward.engine) as session:
        (row,) = list_calls(session, ward.settings, ward.clock())
        assert (row.is_due, row.next_at.isoformat()) == (False, "2026-11-30T09:00:00+09:00"), "Monday, not Friday 16:30"
        assert not take_call(session, call.id, CLERK, ward.clock(), ward.settings)
        ward.clock.pass_time(days=3, hours=-6)
        monday = day_of(ward.clock())
        (row,) = list_calls(session, ward.settings, ward.clock(), {monday})
        assert (row.is_due, row.next_at.date()) == (False, monday + timedelta(days=1)), "a day off of the ward"
        assert take_call(session, call.id, CLERK, ward.clock(), ward.settings)


def test_a_letter_that_is_true_no_more_is_not_printed_again(any_ward):
    ids = []
    for kind in ("correction-asked", "decided"):
        about = any_ward.new_about()
        any_ward.add(about, "letter", LETTER)
        ids.append(any_ward.tell(about, kind))
    any_ward.deliver()
    letters, once = [one.id for one in any_ward.rows(LetterTask)], any_ward.message(ids[0]).once
    with open_session(any_ward.engine) as session:
        assert len(note_printed(session, letters, CLERK, any_ward.clock())) == 2
    with open_session(any_ward.engine) as session:
        withdraw(session, once, any_ward.clock())
    with open_session(any_ward.engine) as session:
        (still,) = list_printed(session, any_ward.clock())
        assert print_again(session, letters, any_ward.clock()) == [still.id]
    assert states(any_ward, *ids) == ["overtaken", "listed"]


def test_letters_that_a_printer_lost_come_back_the_same_day(ward):
    about = ward.new_about()
    ward.add(about, "letter", LETTER)
    message_id = ward.tell(about, "decided")
    ward.deliver()
    (letter,) = ward.rows(LetterTask)
    with open_session(ward.engine) as session:
        assert note_printed(session, [letter.id, "x", "f" * 24], CLERK, ward.clock()) == [letter.id]
        assert note_printed(session, [letter.id], CLERK, ward.clock()) == []
        assert [one.id for one in list_printed(session, ward.clock())] == [letter.id]
        assert print_again(session, [letter.id], ward.clock() + timedelta(days=1)) == []
        assert print_again(session, [letter.id, letter.id], ward.clock()) == [letter.id]
        assert print_again(session, [letter.id], ward.clock()) == []
        assert [one.id for one in list_letters(session)] == [letter.id]
    assert states(ward, message_id) == ["listed"]


def test_a_way_that_is_gone_twice_is_gone_once(ward):
    about = ward.new_about()
    way = ward.add(about, "mail", MAIL)
    with open_session(ward.engine) as session:
        mark_gone(session, way, ward.clock())
        mark_gone(session, way, ward.clock() + timedelta(days=1))
        mark_gone(session, "f" * 24, ward.clock())
    assert ward.rows(Way)[0].gone_at == ward.clock()
