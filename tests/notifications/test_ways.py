"""Ways to reach people, below the pages: sealed, found again by the same address only, stopped by a mail's link; when to call."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from tests.notifications.helping import CALL, device, everything, rows
from webapp.kit.clock import WARD_ZONE, now
from webapp.kit.database import open_session
from webapp.kit.ids import new_id, new_token
from webapp.notifications.rules_ways import (
    CALL_AGAIN,
    HOURS,
    find_call_gaps,
    find_mail_gap,
    first_call,
    fits_now,
    next_call,
)
from webapp.notifications.service_ways import (
    MOST_DEVICES,
    add_way,
    find_reachable,
    forget_ways,
    list_gone,
    list_ways,
    mark_gone,
    stop_by_token,
)
from webapp.notifications.tables import Way
from webapp.outbox.tables import Message

ABOUT = new_id()


def add(app, settings, channel, details, about=ABOUT):
    """Add a way; return its id."""
    with open_session(app.extensions["engine"]) as session:
        return add_way(session, about, channel, "ja", details, settings, now())


def find(app, settings, about=ABOUT):
    """Return the ways of something."""
    with Session(app.extensions["engine"]) as session:
        return list_ways(session, about, settings.master_keys)


def test_a_way_that_is_gone_is_not_listed_and_comes_back_when_it_is_given_again(app, settings):
    phone = device()
    way_id = add(app, settings, "push", phone)
    with open_session(app.extensions["engine"]) as session:
        mark_gone(session, way_id, now())
    assert find(app, settings) == []
    with Session(app.extensions["engine"]) as session:
        assert [way.id for way in list_gone(session, ABOUT, settings.master_keys)] == [way_id]
    assert add(app, settings, "push", phone) == way_id
    assert [way.id for way in find(app, settings)] == [way_id]


def test_only_so_many_devices_are_told(app, settings):
    ids = [add(app, settings, "push", device()) for _ in range(MOST_DEVICES + 2)]
    assert {way.id for way in find(app, settings)} == set(ids[2:])


def test_the_same_device_may_be_told_about_several_things(app, settings):
    phone, other = device(), new_id()
    assert add(app, settings, "push", phone) != add(app, settings, "push", phone, other)
    with open_session(app.extensions["engine"]) as session:
        assert find_reachable(session, [ABOUT, other, new_id()]) == {ABOUT, other}
        forget_ways(session, ABOUT)
    assert find(app, settings) == []
    assert len(find(app, settings, other)) == 1


def test_a_way_sealed_under_a_lost_key_holds_nobody_up(app, settings):
    add(app, settings, "call", CALL)
    with Session(app.extensions["engine"]) as session:
        assert list_ways(session, ABOUT, (b"\0" * 32,)) == []


def test_details_of_one_row_do_not_open_in_another(app, settings):
    add(app, settings, "call", CALL)
    add(app, settings, "mail", {"address": "a@example.jp"})
    with open_session(app.extensions["engine"]) as session:
        call, mail = sorted((session.merge(row) for row in rows(app, Way)), key=lambda row: row.channel)
        call.sealed = mail.sealed
    assert [way.channel for way in find(app, settings)] == ["mail"]


def test_a_new_mail_address_is_welcomed_once_and_says_how_to_stop(app, settings):
    for address in ("a@example.jp", "a@example.jp", "b@example.jp"):
        add(app, settings, "mail", {"address": address})
    (waiting,) = rows(app, Message)
    assert waiting.kind == "way-added", "the last address alone is written to, once, however many were given before"


def test_looking_at_a_stop_link_stops_nothing_and_pressing_does(client, app, settings):
    add(app, settings, "mail", {"address": "a@example.jp"})
    (way,) = find(app, settings)
    address = f"/ja/notices/stop/{way.details['stop']}"
    for _ in range(2):
        assert client.get(address).status_code == 200
    assert len(find(app, settings)) == 1
    assert client.post(address, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(address).location == "/ja/notices/stop/done"
    assert find(app, settings) == []
    assert way.details["stop"] not in everything(app)


def test_a_stop_link_that_never_was_gets_the_same_answers(client, app, settings):
    add(app, settings, "mail", {"address": "a@example.jp"})
    (way,) = find(app, settings)
    for token in (new_token(), "not-a-token-at-all", "0" * 500):
        unknown, known = client.get(f"/ja/notices/stop/{token}"), client.get(f"/ja/notices/stop/{way.details['stop']}")
        assert unknown.status_code == known.status_code == 200
        assert unknown.text.replace(token, "") == known.text.replace(way.details["stop"], "")
        assert client.post(f"/ja/notices/stop/{token}").location == "/ja/notices/stop/done"
    with open_session(app.extensions["engine"]) as session:
        assert not stop_by_token(session, new_token(), settings, now())
    assert len(find(app, settings)) == 1


def test_nobody_is_called_on_a_holiday_or_a_day_off_of_the_ward():
    new_year, monday = datetime(2026, 12, 28, 18, tzinfo=WARD_ZONE), datetime(2027, 1, 4, 9, tzinfo=WARD_ZONE)
    assert first_call("any", new_year) == monday
    assert first_call("any", new_year, {monday.date()}) == monday + timedelta(days=1)
    assert not fits_now("any", datetime(2026, 11, 23, 10, tzinfo=WARD_ZONE)), "the day of thanks for work, a Monday"


@pytest.mark.parametrize("hours", sorted(HOURS))
def test_calls_come_in_the_best_hours_on_weekdays_and_three_hours_later_at_the_soonest(hours):
    start = datetime(2026, 11, 27, 0, 7, tzinfo=WARD_ZONE)
    for step in range(0, 9 * 24 * 60, 47):
        moment = start + timedelta(minutes=step)
        again = next_call(hours, moment)
        assert fits_now(hours, again)
        assert again >= moment + CALL_AGAIN
        assert fits_now(hours, first_call(hours, moment))
        assert first_call(hours, again) == again


@pytest.mark.parametrize(
    "typed", ["a@b", "a b@c.jp", "a@c.jp,d@e.jp", "<a@c.jp>", "あ@例え.jp", "a@c.jp\nB: c", "a" * 250 + "@c.jp"]
)
def test_mail_addresses_that_are_none(typed):
    assert find_mail_gap(typed)[1] == {"address": "wrong"}


@pytest.mark.parametrize("typed", ["a@example.jp", " A.b+c@sub.example.co.jp ", "ａ＠ｅｘａｍｐｌｅ．ｊｐ"])
def test_mail_addresses_that_are_some(typed):
    assert find_mail_gap(typed)[1] == {}


@pytest.mark.parametrize(
    ("typed", "digits"),
    [("+81 3-3312-2111", "0333122111"), ("0081 90 1234 5678", "09012345678"), ("03(3312)2111", "0333122111")],
)
def test_phone_numbers_begin_with_a_zero(typed, digits):
    details, gaps = find_call_gaps({**CALL, "number": typed})
    assert (details["number"], gaps) == (digits, {})
