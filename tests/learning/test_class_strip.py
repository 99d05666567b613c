"""The strip of a class on a learner's pages: hand, queue, the instructor's words, and the cheap poll behind it."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event
from sqlmodel import Session

from tests.conftest import CheckedClient
from tests.learning.classes import come_in, csrf_of, list_people, quiet, teach
from tests.learning.sample_tutorial import sample
from webapp.app import create_app
from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.learning.service_learners import answer_hand, find_learner, find_queue_place, join, settle_hand
from webapp.learning.service_lessons import close_lesson, set_pace
from webapp.learning.service_state import find_state
from webapp.learning.tables import Learner, Lesson

__all__ = ["sample"]
VOICES = ("ja", "ja-easy", "en")


@pytest.fixture
def taught(sqlite_engine, sample):
    """Return a class of one tutorial."""
    return teach(sqlite_engine)


@pytest.fixture
def home(client, taught) -> str:
    """Return the address of the class's page; the client is in the class."""
    come_in(client, taught, "1")
    return f"/ja/class/{taught.id}/"


def press(client, taught, what: str, value: str, back: str = ""):
    """Press a button of the strip on the class's page."""
    home = f"/ja/class/{taught.id}/"
    sent = {"csrf": csrf_of(client, taught), "value": value, "back": back or home}
    return client.post(f"{home}{what}", data=sent)


def lead(taught, mode: str, step: str = "", paused: bool = False) -> None:
    """Lead the class as its instructor does."""
    with open_session(taught.engine) as session:
        set_pace(session, session.get_one(Lesson, taught.id), mode, "sample", step, paused)


def strip_of(html: str) -> str:
    """Return the strip of a page."""
    found = re.search(r'<section class="class-strip".*?</section>', html, re.S)
    assert found, "no strip"
    return re.sub(r"<rt.*?</rt>|<rp.*?</rp>|<span[^>]*>|</span>|</?ruby[^>]*>", "", found[0])


def poll_address(html: str) -> tuple[str, str]:
    """Return the address that a strip is asked for at, and its mark."""
    poll, rev = re.search(r'data-poll="([^"]+)"', html), re.search(r'data-rev="([^"]+)"', html)
    assert poll
    assert rev
    return poll[1].replace("&amp;", "&"), rev[1]


def person(taught) -> Learner:
    """Return the only one in the class."""
    return list_people(taught.engine, taught.id)[0]


def test_hand_goes_up_and_down_without_script(client, taught, home):
    assert 'aria-pressed="false"' in strip_of(client.get(home).text)
    answer = press(client, taught, "hand", "up")
    assert answer.location == f"{home}#class"
    strip = strip_of(client.get(home).text)
    assert 'aria-pressed="true"' in strip
    assert "あなたは1番目です" in strip
    assert 'id="hand-hand"' in strip, "the button keeps its id, so that focus stays on it"
    press(client, taught, "hand", "down")
    assert person(taught).hand_at is None
    assert person(taught).hands == 1


def test_queue_is_in_the_order_of_hands(client, taught, home, app):
    others = [CheckedClient(app, app.response_class) for _ in range(2)]
    for one in (*others, client):
        if one is not client:
            come_in(one, taught)
        press(one, taught, "hand", "up")
    assert "あなたは3番目です" in strip_of(client.get(home).text)
    press(others[0], taught, "hand", "down")
    assert "あなたは2番目です" in strip_of(client.get(home).text)


def test_learner_reads_that_the_instructor_is_on_the_way(client, taught, home):
    press(client, taught, "hand", "up")
    with open_session(taught.engine) as session:
        answer_hand(session, session.get_one(Learner, person(taught).id), now())
    assert "向かっています" in strip_of(client.get(home).text)
    with open_session(taught.engine) as session:
        settle_hand(session, session.get_one(Learner, person(taught).id))
    strip = strip_of(client.get(home).text)
    assert "向かっています" not in strip
    assert 'aria-pressed="false"' in strip


def test_strange_values_change_nothing(client, taught, home):
    before = person(taught).rev
    for what, value in (("hand", "wave"), ("hand", ""), ("follow", "fly")):
        assert press(client, taught, what, value).status_code == 303
    assert person(taught).rev == before
    assert press(client, taught, "hand", "up", back="https://elsewhere.example/").location == "/#class"


def test_instructor_is_where_the_strip_says(client, taught, home):
    lead(taught, "follow", "place")
    strip = strip_of(client.get(home).text)
    assert "先生は今、ステップ3「3番目の題」です" in strip
    assert 'data-follow="sample/place" data-follow-in="5"' in strip
    assert "いっしょに行く" in strip
    assert "data-moves hidden" in strip, "without a script nothing moves, so nothing is said of it"


def test_going_along_leads_to_the_step_with_a_way_back(client, taught, home):
    lead(taught, "follow", "place")
    answer = press(client, taught, "follow", "go")
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert page.request.path.endswith("/place.where")
    assert "先生と同じところにいます" in strip_of(page.text)
    assert "data-follow-in" not in strip_of(page.text)
    assert "follow:back" in page.text


def test_declining_is_respected_until_one_comes_along_again(client, taught, home):
    lead(taught, "follow", "place")
    press(client, taught, "follow", "stay")
    lead(taught, "follow", "seen")
    strip = strip_of(client.get(home).text)
    assert "data-follow-in" not in strip
    assert "先生は今、ステップ4" in strip
    assert "いっしょに行く" not in strip
    press(client, taught, "follow", "on")
    assert "いっしょに行く" in strip_of(client.get(home).text)


def test_going_when_nobody_leads_any_more_leads_back(client, taught, home):
    assert press(client, taught, "follow", "go").location == f"{home}#class"


def test_buttons_on_a_page_of_questions_keep_what_is_typed(client, taught, home):
    lead(taught, "follow", "seen")
    where = press(client, taught, "follow", "go").location
    lead(taught, "follow", "send")
    strip = strip_of(client.get(where).text)
    assert strip.count('form="question" formnovalidate name="then"') == 3
    assert 'value="hand:up"' in strip
    assert "<form" not in strip
    assert f'href="{home}"' not in strip, "a link would lose what is typed"


def test_the_last_step_for_now_is_told(client, taught, home):
    lead(taught, "cap", "name")
    assert "今は、ステップ2「2番目の題」まで進みます" in strip_of(client.get(home).text)
    with open_session(taught.engine) as session:
        session.get_one(Learner, person(taught).id).step = "place"
    assert "ここまで、できました" in strip_of(client.get(home).text)


def test_pause_asks_to_listen_and_moves_nobody(client, taught, home):
    lead(taught, "follow", "place", paused=True)
    strip = strip_of(client.get(home).text)
    assert "先生の話を聞く時間です" in strip
    assert "data-follow-in" not in strip


def test_end_of_the_class_is_told_beforehand_and_all_goes_on_after_it(client, taught, home):
    strip = strip_of(client.get(home).text)
    assert re.search(r"この教室は、午[前後]\d+時(\d+分)?までです", strip)
    with open_session(taught.engine) as session:
        close_lesson(session, session.get_one(Lesson, taught.id), now())
    page = client.get(home)
    assert "この教室は終わりました" in strip_of(page.text)
    assert "data-poll" not in page.text
    assert "/ja/learn/runs/" in page.text, "the page still leads on with what was begun"


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize(("mode", "paused"), [("free", False), ("cap", True), ("follow", False)])
def test_strip_is_a_good_part_of_a_page_in_every_voice(client, taught, home, voice, mode, paused):
    lead(taught, mode, "place", paused)
    for look in ("", "?look=furigana-on"):
        assert client.get(home.replace("/ja/", f"/{voice}/") + look).status_code == 200


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


def test_strip_never_shows_what_was_typed(client, taught, home):
    lead(taught, "follow", "name")
    where = press(client, taught, "follow", "go").location
    page = client.get(where).text
    csrf = re.search(r'name="csrf" value="([0-9a-f]{128})"', page)[1]
    sent = {"csrf": csrf, "applicant.name:name": "秘密の名前", "then": "hand:up"}
    answer = client.post(where.partition("#")[0], data=sent)
    assert answer.status_code == 303
    seen = person(taught)
    assert seen.hand_at is not None
    assert "秘密" not in str(seen.model_dump())
    assert "秘密の名前" in client.get(where).text, "what was typed is kept where it was typed"
