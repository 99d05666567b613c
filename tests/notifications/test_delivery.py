"""From the outbox to the resident: the ladder with real ways, both databases, a push service and nobody else."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session

from tests.notifications.push_service import Answer
from tests.notifications.waiting import CALL, LETTER
from webapp.config import ROOT
from webapp.kit.database import open_session
from webapp.notifications.jobs import erase_old_messages
from webapp.notifications.rules_ladder import PAUSES
from webapp.notifications.service_tasks import move_to_letter
from webapp.notifications.service_ways import list_ways
from webapp.notifications.tables import Attempt, CallTask, LetterTask, Way
from webapp.outbox.service_claims import end_listed
from webapp.outbox.tables import Message


def test_every_device_is_told_and_one_that_answers_is_enough(any_ward, push_service):
    about = any_ward.new_about()
    devices = [any_ward.add_device(about, voice) for voice in ("ja", "ja-easy", "en")]
    push_service.answers[devices[0].name].append(Answer(503))
    message_id = any_ward.tell(about)
    assert any_ward.deliver() == 1
    assert {got.device for got in push_service.received} == {one.name for one in devices[1:]}
    row = any_ward.message(message_id)
    assert (row.state, row.channel, row.lease_by, row.repeats) == ("sent", "push", "", 0)
    assert sorted(one.outcome for one in any_ward.attempts(message_id)) == ["later", "sent", "sent"]
    assert all(one.ended_at for one in any_ward.attempts(message_id))


def test_each_device_is_told_in_its_language(ward, push_service):
    about = ward.new_about()
    for voice in ("ja", "ja-easy", "en"):
        ward.add_device(about, voice)
    ward.tell(about)
    ward.deliver()
    notes = [got.content["notification"] for got in push_service.received]
    assert [note["lang"] for note in notes] == ["ja", "ja", "en"]
    site = "https://madoguchi.example.jp"
    assert [note["navigate"] for note in notes] == [f"{site}/{voice}/notice" for voice in ("ja", "ja-easy", "en")]
    assert notes[2]["title"].isascii()
    assert len({note["tag"] for note in notes}) == 1
    assert all("《" not in note["title"] + note["body"] for note in notes)


@pytest.mark.parametrize("kind", ["received", "draft-ending", "hand-over-ending", "test"])
def test_nothing_about_the_resident_is_in_a_push(ward, push_service, kind):
    about = ward.new_about()
    ward.add_device(about)
    ward.add(about, "call", CALL)
    ward.add(about, "letter", LETTER)
    message_id = ward.tell(about, kind, day="2031-05-17")
    ward.deliver()
    (got,) = push_service.received
    words = json.dumps(got.content, ensure_ascii=False) + json.dumps(got.headers)
    way_ids = [row.id for row in ward.rows(Way)]
    private = (
        about,
        message_id,
        *way_ids,
        "花子",
        "すぎなみ",
        "0312345678",
        "1660004",
        "阿佐谷",
        "2031",
        "5月17",
        "転入",
    )
    assert [word for word in private if word in words] == []
    assert got.content["notification"].keys() == {"title", "body", "lang", "dir", "navigate", "silent", "tag"}


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_not_asked_again(any_ward, push_service, status):
    about = any_ward.new_about()
    gone, there = any_ward.add_device(about), any_ward.add_device(about)
    push_service.answers[gone.name].append(Answer(status))
    for _ in range(2):
        any_ward.tell(about)
        any_ward.deliver()
    assert [name for name, _ in push_service.asked].count(gone.name) == 1
    assert [got.device for got in push_service.received] == [there.name] * 2


def test_a_service_that_is_down_is_asked_again_for_half_a_day_and_then_a_call_is_listed(any_ward, push_service):
    about = any_ward.new_about()
    any_ward.add_device(about)
    any_ward.add(about, "call", CALL)
    push_service.usual = Answer(503)
    any_ward.settings = replace(any_ward.settings, quiet_hours=(0, 0))
    message_id = any_ward.tell(about)
    began, moments = any_ward.clock(), []
    for _ in range(len(PAUSES) + 1):
        assert any_ward.deliver() >= 1
        moments.append(any_ward.clock() - began)
        any_ward.clock.moment = max(any_ward.message(message_id).due_at, any_ward.clock())
    assert [int(moment.total_seconds() / 60) for moment in moments] == [0, 1, 6, 36, 156, 876]
    assert len(push_service.asked) == 6
    row = any_ward.message(message_id)
    assert (row.state, row.channel) == ("listed", "call")
    (call,) = any_ward.rows(CallTask)
    assert (call.message_id, call.state) == (message_id, "open")


def test_how_long_a_service_asks_to_wait_is_honoured(ward, push_service):
    about = ward.new_about()
    device = ward.add_device(about)
    push_service.answers[device.name].append(Answer(429, (("Retry-After", "600"),)))
    message_id = ward.tell(about)
    ward.deliver()
    assert ward.message(message_id).due_at == ward.clock() + timedelta(minutes=10)
    ward.clock.pass_time(minutes=9, seconds=59)
    assert ward.deliver() == 0
    ward.clock.pass_time(seconds=1)
    ward.deliver()
    assert ward.message(message_id).state == "sent"


def test_what_is_refused_goes_to_the_next_channel_at_once(ward, push_service):
    about = ward.new_about()
    ward.add_device(about)
    ward.add(about, "letter", LETTER)
    push_service.usual = Answer(413)
    message_id = ward.tell(about)
    ward.deliver()
    assert ward.message(message_id).state == "listed"
    assert [one.message_id for one in ward.rows(LetterTask)] == [message_id]
    assert len(push_service.asked) == 1


def test_nobody_to_tell_is_noted_and_a_new_way_wakes_it(any_ward, push_service):
    about = any_ward.new_about()
    message_id, reminder = any_ward.tell(about), any_ward.tell(about, due=any_ward.clock() + timedelta(days=9))
    any_ward.deliver()
    assert any_ward.message(message_id).state == "unheard"
    any_ward.add_device(about)
    any_ward.deliver()
    assert any_ward.message(message_id).state == "sent"
    assert any_ward.message(reminder).state == "waiting"
    assert len(push_service.received) == 1


def test_a_device_that_is_gone_and_nothing_else_leaves_a_message_unheard(ward, push_service):
    about = ward.new_about()
    ward.add_device(about)
    push_service.usual = Answer(410)
    message_id = ward.tell(about)
    ward.deliver()
    assert ward.message(message_id).state == "unheard"
    push_service.usual = Answer()
    ward.add_device(about)
    ward.deliver()
    assert ward.message(message_id).state == "sent"


def test_a_test_calls_nobody_and_ends_quietly(ward, push_service):
    about = ward.new_about()
    ward.add_device(about)
    ward.add(about, "call", CALL)
    push_service.usual = Answer(410)
    message_id = ward.tell(about, "test")
    ward.deliver()
    assert ward.message(message_id).state == "stopped"
    assert ward.rows(CallTask) == []


def test_the_night_is_quiet_but_for_what_was_just_asked_for(ward, push_service):
    about = ward.new_about()
    ward.add_device(about)
    ward.clock.pass_time(hours=10)  # ten in the evening in the ward
    message_id, test_id = ward.tell(about), ward.tell(about, "test")
    ward.deliver()
    assert (ward.message(message_id).state, ward.message(test_id).state) == ("waiting", "sent")
    ward.clock.pass_time(hours=9, minutes=59)
    assert ward.deliver() == 0
    ward.clock.pass_time(minutes=1)
    ward.deliver()
    assert ward.message(message_id).state == "sent"
    assert len(push_service.received) == 2


def test_calls_are_listed_at_night_for_the_hours_that_were_chosen(ward):
    about = ward.new_about()
    ward.add(about, "call", {**CALL, "hours": "morning"})
    ward.clock.pass_time(hours=10)  # Friday night
    ward.tell(about)
    ward.deliver()
    (call,) = ward.rows(CallTask)
    assert call.next_at.isoformat() == "2026-11-30T00:00:00+00:00", "Monday at nine"


def test_a_call_that_ends_in_writing(any_ward):
    about = any_ward.new_about()
    any_ward.add(about, "call", CALL)
    message_id = any_ward.tell(about)
    any_ward.deliver()
    (call,) = any_ward.rows(CallTask)
    with open_session(any_ward.engine) as session:
        assert not move_to_letter(session, call.id, any_ward.clock()), "no address was given"
        assert not move_to_letter(session, "f" * 24, any_ward.clock())
    any_ward.add(about, "letter", LETTER)
    for _ in range(2):
        with open_session(any_ward.engine) as session:
            assert move_to_letter(session, call.id, any_ward.clock())
    assert [one.state for one in any_ward.rows(CallTask)] == ["to-letter"]
    assert [one.message_id for one in any_ward.rows(LetterTask)] == [message_id]


def test_old_messages_go_after_ninety_days_with_all_that_was_tried_but_not_open_calls(any_ward, push_service):
    about, calling = any_ward.new_about(), any_ward.new_about()
    any_ward.add_device(about)
    any_ward.add(calling, "call", CALL)
    any_ward.tell(about)
    listed = any_ward.tell(calling)
    any_ward.deliver()
    for days, left in ((90, 2), (0.01, 1)):
        any_ward.clock.pass_time(days=days)
        with open_session(any_ward.engine) as session:
            erase_old_messages(session, any_ward.clock())
        assert len(any_ward.rows(Message)) == left
    assert any_ward.rows(Attempt) == []
    with open_session(any_ward.engine) as session:
        (call,) = any_ward.rows(CallTask)
        session.get(CallTask, call.id).state = "reached"
        end_listed(session, listed, any_ward.clock())
    any_ward.clock.pass_time(days=91)
    with open_session(any_ward.engine) as session:
        assert erase_old_messages(session, any_ward.clock()) == 1
    assert any_ward.rows(CallTask) == []


def test_ways_are_listed_in_the_order_of_the_ladder(ward):
    about = ward.new_about()
    ward.add(about, "letter", LETTER)
    ward.add(about, "call", CALL)
    ward.add_device(about)
    with Session(ward.engine) as session:
        found = [way.channel for way in list_ways(session, about, ward.settings.master_keys)]
    assert found == ["push", "call", "letter"]


def test_the_web_server_does_not_load_what_only_the_worker_needs():
    script = "import sys, webapp.app, webapp.timetable; print([n for n in ('pywebpush','requests','aiohttp') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
