"""What one address may begin: a flood waits with everything it typed, a class, a library and a shared machine do not."""

import io
from dataclasses import replace

import pytest
from sqlalchemy import func
from sqlmodel import select

from tests.autopilot import Autopilot, read_form
from tests.drafts.test_journeys import DICTIONARY, go_to_file, make_picture
from tests.kiosk.helping import add_machine, make_staff, pair, sit_down
from webapp.app import create_app
from webapp.drafts.tables import Draft
from webapp.kit.clock import today
from webapp.kit.database import open_session
from webapp.kit.limits import Buckets, group_address

START = "/ja/procedures/dog-registration/start"
FAR = {"REMOTE_ADDR": "203.0.113.7"}


def test_bucket_holds_half_an_hours_worth_and_fills_again():
    bucket = Buckets(600)
    assert [bucket.take("a", 0.0) for _ in range(300)] == [0] * 300
    assert bucket.take("a", 0.0) == 6
    assert bucket.take("b", 0.0) == 0
    assert bucket.take("a", 5.5) == 1
    assert bucket.take("a", 6.1) == 0
    assert sum(bucket.take("a", 4000.0) == 0 for _ in range(400)) == 300


def test_flood_from_ever_new_addresses_takes_no_more_memory():
    bucket = Buckets(10, most=100)
    for number in range(5000):
        bucket.take(str(number), float(number))
    assert len(bucket) == 100


@pytest.mark.parametrize(("address", "group"), [
    ("203.0.113.7", "203.0.113.7"), ("::ffff:203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ("127.0.0.1", ""), ("::1", ""), ("127.9.9.9", ""), ("", ""), ("nonsense", ""),
])  # fmt: skip
def test_addresses_are_counted_as_lines_and_this_machine_is_not(address, group):
    assert group_address(address) == group


@pytest.fixture
def narrow(settings, sqlite_engine):
    """Return an app in which an address may begin two things at once, and give two files."""
    app = create_app(replace(settings, starts_an_hour=4), sqlite_engine)
    app.extensions["limits"] = {kind: Buckets(4) for kind in ("start", "file")}
    return app


def count_drafts(app) -> int:
    with open_session(app.extensions["engine"]) as session:
        return session.exec(select(func.count()).select_from(Draft)).one()


def test_flood_of_drafts_gets_a_kind_page_that_can_send_the_form_again(narrow):
    client = narrow.test_client()
    for _ in range(2):
        assert client.post(START, environ_base=FAR).status_code == 303
    answer = client.post("/ja/learn/residence-certificate/start", data={"level": "alone"}, environ_base=FAR)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 900
    assert "15分くらい待って" in answer.text
    assert '<input type="hidden" name="level" value="alone">' in answer.text
    assert 'action="/ja/learn/residence-certificate/start"' in answer.text
    assert count_drafts(narrow) == 2
    assert client.post(START, environ_base={"REMOTE_ADDR": "203.0.113.8"}).status_code == 303
    for _ in range(3):  # this machine itself: a proxy that nobody named, or a test
        assert client.post(START).status_code == 303


def test_one_file_too_many_is_asked_for_again_later_and_what_was_typed_stays(narrow):
    client = narrow.test_client()
    where, fact = go_to_file(Autopilot(client, DICTIONARY, today()), client, "road-damage-report")
    hidden = dict(read_form(client.get(where).text).hidden)

    def give(name: str):
        return client.post(
            where, data=hidden | {fact: (io.BytesIO(make_picture()), name), "then": f"file:{fact}"}, environ_base=FAR
        )

    assert [give(name).status_code for name in ("a.png", "b.png")] == [303, 303]
    answer = give("c.png")
    assert answer.status_code == 422
    assert "15分くらい待って、「c.png」を" in answer.text
    assert "a.png" in client.get(where).text


def test_shared_machine_never_waits(narrow):
    staff = make_staff(narrow)
    kiosk = pair(narrow, staff, add_machine(staff))
    sit_down(kiosk)
    assert [kiosk.post(START, environ_base=FAR).status_code for _ in range(4)] == [303] * 4
    assert count_drafts(narrow) == 4


def test_class_of_forty_and_a_library_behind_one_address_begin_without_waiting(app):
    client = app.test_client()
    codes = [client.post(START, environ_base={"REMOTE_ADDR": "198.51.100.20"}).status_code for _ in range(40)]
    bucket = Buckets(app.extensions["madoguchi"].settings.starts_an_hour)
    assert codes == [303] * 40
    assert [bucket.take("class", second / 2) for second in range(40 * 7)] == [0] * 280


def test_no_limit_where_it_is_switched_off(settings, sqlite_engine):
    app = create_app(replace(settings, starts_an_hour=0), sqlite_engine)
    assert app.extensions["limits"] == {}
    assert app.test_client().post(START, environ_base=FAR).status_code == 303
