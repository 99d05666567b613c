"""Deliveries that break off, fail, are erased in the middle, or are made by several workers at once."""

import time
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

import webapp.notifications.service_delivery as service_delivery
from tests.notifications.push_service import Answer
from tests.notifications.waiting import LETTER, make_waiting
from webapp.kit.database import open_session
from webapp.kit.logs import log
from webapp.notifications.rules_ladder import PAUSES, Outcome
from webapp.notifications.service_delivery import DeliveryLines
from webapp.notifications.service_release import lock_way
from webapp.notifications.service_ways import OpenWay, forget_ways, stop_way
from webapp.notifications.tables import Attempt, Way
from webapp.outbox.service import forget_about
from webapp.outbox.service_claims import claim_due
from webapp.outbox.tables import Message


def test_a_delivery_that_broke_off_is_repeated_and_counted_under_the_same_topic(any_ward, push_service):
    about = any_ward.new_about()
    any_ward.add_device(about)
    message_id = any_ward.tell(about)
    deliverer = any_ward.deliverer
    with open_session(any_ward.engine) as session:
        errand = deliverer._prepare(session, claim_due(session, "a" * 24, any_ward.clock()))
    assert deliverer._send(errand, errand.ways[0]).result == "sent"  # and here the worker is killed
    assert [(one.outcome, one.ended_at) for one in any_ward.attempts(message_id)] == [("", None)]
    assert any_ward.deliver() == 0
    any_ward.clock.pass_time(minutes=2, seconds=1)
    assert any_ward.deliver() == 1
    row = any_ward.message(message_id)
    assert (row.state, row.repeats) == ("sent", 1)
    assert len({got.headers["topic"] for got in push_service.received}) == 1
    assert len(push_service.received) == 2


def test_after_a_kill_a_device_that_was_told_is_not_told_again(ward, push_service):
    about = ward.new_about()
    first, second = ward.add_device(about), ward.add_device(about)
    message_id = ward.tell(about)

    class Killed(BaseException):
        """The worker is gone."""

    def die(errand, way):
        """Send to the first device only."""
        if way.details["endpoint"] == second.endpoint:
            raise Killed
        return deliverer._push(errand, way)

    deliverer = ward.deliverer
    object.__setattr__(deliverer, "_send", die)
    with pytest.raises(Killed):
        deliverer.deliver_next()
    ward.clock.pass_time(minutes=3)
    push_service.answers[second.name].append(Answer(410))
    ward.deliver()
    assert [name for name, _ in push_service.asked] == [first.name, second.name]
    assert (ward.message(message_id).state, ward.message(message_id).repeats) == ("sent", 1)


def test_one_message_that_fails_stops_no_other(any_ward, push_service, monkeypatch):
    broken, whole = any_ward.new_about(), any_ward.new_about()
    for about in (broken, whole):
        any_ward.add_device(about)
    unknown, first, second = any_ward.tell(broken, "no-such-kind"), any_ward.tell(broken), any_ward.tell(whole)
    with open_session(any_ward.engine) as session:
        session.get(Message, first).sealed_content = b"changed"
    any_ward.deliver()
    assert any_ward.message(second).state == "sent"
    for message_id in (unknown, first):
        row = any_ward.message(message_id)
        assert (row.state, row.tries, row.due_at) == ("waiting", 1, any_ward.clock() + PAUSES[0])
    for pause in (*PAUSES, timedelta(days=1)):
        any_ward.clock.pass_time(seconds=pause.total_seconds())
        any_ward.deliver()
    assert {any_ward.message(one).state for one in (unknown, first)} == {"failed"}


def test_a_message_that_the_database_refuses_stops_no_other(any_ward, push_service, monkeypatch):
    broken, whole = any_ward.new_about(), any_ward.new_about()
    any_ward.add_device(whole)
    first, second = any_ward.tell(broken), any_ward.tell(whole)
    real = service_delivery.list_ways

    def list_some(session, about, keys):
        """Return a way that was erased a moment ago."""
        gone = OpenWay("f" * 24, about, "call", "ja", {}, any_ward.clock())
        return [gone] if about == broken else real(session, about, keys)

    monkeypatch.setattr(service_delivery, "list_ways", list_some)
    any_ward.deliver()
    row = any_ward.message(first)
    assert (row.state, row.tries, row.lease_by) == ("waiting", 1, "")
    assert any_ward.message(second).state == "sent"


def test_a_failure_of_ours_while_sending_is_tried_again(ward, push_service, monkeypatch):
    about = ward.new_about()
    ward.add_device(about)
    message_id = ward.tell(about)

    def fail(*_args):
        """Fail as nobody foresaw."""
        raise RuntimeError("花子")

    monkeypatch.setattr(service_delivery, "send_push", fail)
    ward.deliver()
    monkeypatch.undo()
    assert (ward.message(message_id).tries, ward.attempts(message_id)[0].outcome) == (1, "unreachable")
    ward.clock.pass_time(minutes=1)
    ward.deliver()
    assert ward.message(message_id).state == "sent"


def test_what_is_erased_while_it_is_sent_is_no_failure(any_ward, push_service, monkeypatch):
    about = any_ward.new_about()
    for _ in range(2):
        any_ward.add_device(about)
    any_ward.tell(about)

    def erase(*_args):
        """Erase everything about the resident in the middle."""
        with open_session(any_ward.engine) as session:
            forget_about(session, about)
            forget_ways(session, about)
        return Outcome("sent", 201)

    monkeypatch.setattr(service_delivery, "send_push", erase)
    assert any_ward.deliver() == 1
    assert [any_ward.rows(table) for table in (Message, Attempt, Way)] == [[], [], []]


def test_several_workers_tell_each_device_once(any_ward, push_service):
    push_service.usual = Answer(wait=0.02)
    for _ in range(30):
        about = any_ward.new_about()
        any_ward.add_device(about)
        any_ward.tell(about)
    workers = [DeliveryLines(any_ward.deliverer) for _ in range(2)]
    for worker in workers:
        worker.start()
    end = time.monotonic() + 60
    while time.monotonic() < end and any(row.state == "waiting" for row in any_ward.rows(Message)):
        time.sleep(0.05)
    for worker in workers:
        worker.stop()
    assert {(row.state, row.repeats, row.lease_by) for row in any_ward.rows(Message)} == {("sent", 0, "")}
    assert sorted(got.device for got in push_service.received) == sorted(push_service.devices)
    assert {attempt.outcome for attempt in any_ward.rows(Attempt)} == {"sent"}


def test_a_database_that_is_away_for_a_moment_does_not_end_the_delivery(ward, push_service, monkeypatch):
    about = ward.new_about()
    ward.add_device(about)
    message_id = ward.tell(about)
    monkeypatch.setattr(service_delivery, "LOOK_SECONDS", 0.05)
    real, calls = service_delivery.is_due, []

    def look(session, moment):
        """Fail the first few times."""
        calls.append(moment)
        if len(calls) < 6:
            raise OperationalError("select", {}, Exception("away"))
        return real(session, moment)

    monkeypatch.setattr(service_delivery, "is_due", look)
    lines = DeliveryLines(ward.deliverer)
    lines.start()
    end = time.monotonic() + 30
    while time.monotonic() < end and ward.message(message_id).state == "waiting":
        time.sleep(0.05)
    lines.stop()
    assert ward.message(message_id).state == "sent"


@pytest.mark.parametrize("is_stopped", [False, True])
def test_a_message_whose_way_is_just_changed_is_looked_at_again_soon(
    settings, postgres_engine, push_service, clock, caplog, is_stopped
):
    ward = make_waiting(postgres_engine, settings, push_service, clock)
    about = ward.new_about()
    way = ward.add(about, "letter", LETTER)
    message_id = ward.tell(about, "decided")
    log.addHandler(caplog.handler)
    try:
        with open_session(postgres_engine) as resident:
            lock_way(resident, way)
            assert ward.deliver() == 1, "nobody waits for the other, and the line goes on to other messages"
            assert (ward.message(message_id).state, ward.message(message_id).tries) == ("waiting", 0)
            if is_stopped:
                assert stop_way(resident, about, way, clock())
        clock.pass_time(seconds=service_delivery.LOOK_SECONDS)
        assert ward.deliver() == 1
    finally:
        log.removeHandler(caplog.handler)
    assert ward.message(message_id).state == ("unheard" if is_stopped else "listed")
    assert [one for one in caplog.records if one.levelname in ("WARNING", "ERROR")] == []
