"""The cheap poll behind the strip of a class: empty until something changes, and never dear."""

import time
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event
from sqlmodel import Session

from tests.conftest import CheckedClient
from tests.learning.classes import come_in, quiet, teach
from tests.learning.strip_fixtures import home, sample, taught
from tests.learning.strips import lead, person, poll_address, press, strip_of
from webapp.app import create_app
from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.learning.service_learners import find_learner, find_queue_place, join
from webapp.learning.service_state import find_state
from webapp.learning.tables import Lesson

__all__ = ["home", "sample", "taught"]


def test_poll_is_empty_until_something_changes(client, taught, home, app):
    page = client.get(home).text
    browser = quiet(app)
    browser.set_cookie("browser", client.get_cookie("browser").value)
    poll, rev = poll_address(strip_of(page))
    same = browser.get(f"{poll}&rev={rev}")
    assert (same.status_code, same.data) == (204, b"")
    assert same.headers["Cache-Control"] == "no-store"
    lead(taught, "follow", "place")
    changed = browser.get(f"{poll}&rev={rev}")
    assert changed.status_code == 200
    assert "先生は今" in strip_of(changed.text)
    assert changed.text.lstrip().startswith('<section class="class-strip" id="class"')
    assert "no-store" in changed.headers["Cache-Control"]
    _, rev = poll_address(changed.text)
    assert browser.get(f"{poll}&rev={rev}").status_code == 204


def test_poll_tells_when_others_ahead_lower_their_hands(client, taught, home, app):
    other = CheckedClient(app, app.response_class)
    come_in(other, taught)
    press(other, taught, "hand", "up")
    press(client, taught, "hand", "up")
    poll, rev = poll_address(strip_of(client.get(home).text))
    browser = quiet(app)
    browser.set_cookie("browser", client.get_cookie("browser").value)
    assert browser.get(f"{poll}&rev={rev}").status_code == 204
    press(other, taught, "hand", "down")
    assert "あなたは1番目です" in strip_of(browser.get(f"{poll}&rev={rev}").text)


def test_poll_ends_with_the_class(client, taught, home, app):
    poll, rev = poll_address(strip_of(client.get(home).text))
    browser = quiet(app)
    browser.set_cookie("browser", client.get_cookie("browser").value)
    with time_machine.travel(now() + timedelta(hours=3, minutes=5), tick=False):
        last = browser.get(f"{poll}&rev={rev}")
    assert last.status_code == 200
    assert "data-poll" not in last.text
    assert "この教室は終わりました" in strip_of(last.text)


@pytest.mark.parametrize(
    "odd", ["form=%22%3E", "form=question&back=//x", "rev=%00", "back=%00&form=question", "form=a%0a"]
)
def test_poll_takes_anything(client, taught, home, app, odd):
    browser = quiet(app)
    browser.set_cookie("browser", client.get_cookie("browser").value)
    assert browser.get(f"{home}state?{odd}").status_code in (200, 404)


def test_poll_of_a_stranger_finds_nothing(taught, app):
    assert quiet(app).get(f"/ja/class/{taught.id}/state").status_code == 404
    assert quiet(app).get("/ja/class/nowhere/state").status_code == 404


def test_poll_works_after_a_restart(client, taught, home, app, settings):
    poll, rev = poll_address(strip_of(client.get(home).text))
    fresh = create_app(settings, taught.engine)
    fresh.extensions["madoguchi"] = app.extensions["madoguchi"]
    browser = quiet(fresh)
    browser.set_cookie("browser", client.get_cookie("browser").value)
    assert browser.get(f"{poll}&rev={rev}").status_code == 204


def test_last_contact_is_noted_every_twenty_seconds_and_only_then(client, taught, home, app):
    poll, rev = poll_address(strip_of(client.get(home).text))
    browser = quiet(app)
    browser.set_cookie("browser", client.get_cookie("browser").value)
    before = person(taught)
    browser.get(f"{poll}&rev={rev}")
    assert person(taught).seen_at == before.seen_at
    with time_machine.travel(now() + timedelta(seconds=25), tick=False):
        assert browser.get(f"{poll}&rev={rev}").status_code == 204
    assert person(taught).seen_at > before.seen_at
    assert person(taught).rev == before.rev


def test_poll_without_news_is_one_small_read(client, taught, home, app):
    poll, rev = poll_address(strip_of(client.get(home).text))
    browser = quiet(app)
    browser.set_cookie("browser", client.get_cookie("browser").value)
    asked: list[str] = []
    event.listen(taught.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    browser.get(f"{poll}&rev={rev}")
    assert [one.split()[0] for one in asked if not one.startswith("BEGIN")] == ["SELECT"]


def test_hundred_polls_cost_little(client, taught, home, app):
    """Generous against a busy machine: what is aimed at is 2 ms."""
    with open_session(taught.engine) as session:
        lesson = session.get_one(Lesson, taught.id)
        for n in range(40):
            join(session, lesson, bytes([n]) * 32, "", "", now()).hand_at = now()
    press(client, taught, "hand", "up")
    poll, rev = poll_address(strip_of(client.get(home).text))
    browser = quiet(app)
    browser.set_cookie("browser", client.get_cookie("browser").value)
    took = []
    for _ in range(100):
        begun = time.perf_counter()
        assert browser.get(f"{poll}&rev={rev}").status_code == 204
        took.append(time.perf_counter() - begun)
    assert sorted(took)[50] < 0.02


def test_state_is_the_same_by_either_way_of_reading(engine):
    taught = teach(engine)
    secrets = [bytes([n]) * 32 for n in range(3)]
    with open_session(engine) as session:
        lesson = session.get_one(Lesson, taught.id)
        moment = now()
        for secret in secrets:
            join(session, lesson, secret, "", "", moment).hand_at = moment
        join(session, lesson, b"z" * 32, "", "", moment)
    with Session(engine) as session:
        for secret in (*secrets, b"z" * 32):
            state, learner = (
                find_state(session.connection(), taught.id, secret),
                find_learner(session, taught.id, secret),
            )
            assert state is not None
            assert learner is not None
            assert state.place == find_queue_place(session, learner)
            assert (state.learner_id, state.learner_rev) == (learner.id, learner.rev)
        places = {find_state(session.connection(), taught.id, secret).place for secret in secrets}
    assert places == {1, 2, 3}, "hands of one moment have an order, too"
