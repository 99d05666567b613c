"""Coming into a class: six digits or a QR code, three actions at most, no name, and nobody locked out by others' slips."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlmodel import Session, select

from tests.autopilot import read_form
from tests.conftest import CheckedClient
from tests.learning.classes import come_in, csrf_of, list_people, teach
from tests.learning.sample_tutorial import sample
from webapp.app import create_app
from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.learning.service_lessons import close_lesson, edit_lesson
from webapp.learning.service_tries import forget_code_tries
from webapp.learning.tables import JoinTry, Lesson

__all__ = ["sample"]
VOICES = ("ja", "ja-easy", "en")


@pytest.fixture
def taught(sqlite_engine, sample):
    """Return a class of one tutorial."""
    return teach(sqlite_engine)


def browser(app):
    """Return another browser that checks every page."""
    return CheckedClient(app, app.response_class)


def wrong_code(taught) -> str:
    """Return a code that no class has, far from any slip of the hand."""
    return "".join(str((int(digit) + 3) % 9 + 1) for digit in taught.code)


@pytest.mark.parametrize("voice", VOICES)
def test_two_actions_with_digits_lead_into_the_one_tutorial(client, taught, voice):
    first = client.get(f"/{voice}/class/")
    form = read_form(first.text)
    assert 'inputmode="numeric"' in first.text
    assert form is not None
    where = come_in(client, taught, voice=voice)
    assert where.startswith(f"/{voice}/learn/runs/")
    assert client.get(where, follow_redirects=True).status_code == 200
    person = list_people(taught.engine, taught.id)[0]
    assert (person.seat, person.nickname) == ("", "")
    assert (person.tutorial, person.level) == ("sample", "together")


def test_qr_code_leads_straight_to_the_page_of_the_class(client, taught):
    answer = client.get(f"/k/{taught.code}", headers={"Accept-Language": "en"})
    assert answer.status_code == 303
    assert answer.location == f"/en/class/?code={taught.code}"
    assert "中央図書館" in client.get(answer.location).text


def test_qr_code_of_nothing_leads_to_the_field(client):
    assert client.get("/k/hello").location == "/ja/class/"


def test_page_of_the_class_says_what_the_instructor_sees(client, taught):
    page = client.get(f"/ja/class/?code={taught.code}").text
    assert "だれにも見えません" in page
    assert page.index("先生に見えるのは") < page.index('name="seat"')
    assert "no-store" in client.get(f"/ja/class/?code={taught.code}").headers["Cache-Control"]


def test_digits_may_be_wide_and_parted(client, taught):
    wide = taught.code[:3].translate(str.maketrans("0123456789", "０１２３４５６７８９")) + "　－" + taught.code[3:]
    assert client.get("/ja/class/", query_string={"code": wide}).status_code == 200


def test_seat_and_nickname_reach_the_instructor(client, taught):
    come_in(client, taught, "Ａ-3", "  はな\u202eこ ")
    person = list_people(taught.engine, taught.id)[0]
    assert (person.seat, person.nickname) == ("A-3", "はなこ")


def test_too_long_a_name_is_told_and_kept(client, taught):
    answer = client.post("/ja/class/", data={"code": taught.code, "seat": "123456789", "nickname": "花" * 20})
    assert answer.status_code == 422
    assert 'value="123456789"' in answer.text
    assert "花" * 20 in answer.text
    assert list_people(taught.engine, taught.id) == []


def test_joining_twice_is_joining_once(client, taught):
    first = come_in(client, taught)
    again = client.post("/ja/class/", data={"code": taught.code})
    assert again.status_code == 303
    assert again.location.split("/")[4] == first.split("/")[4], "the run that was begun goes on"
    assert client.get(f"/ja/class/?code={taught.code}").location == f"/ja/class/{taught.id}/"
    assert len(list_people(taught.engine, taught.id)) == 1


@pytest.mark.parametrize("typed", ["", "12", "abcdef", "1234567", "\0", "1" * 5000, "<script>"])
def test_what_is_no_code_is_asked_for_again_and_costs_no_try(client, taught, typed):
    for _ in range(12):
        answer = client.get("/ja/class/", query_string={"code": typed})
        assert answer.status_code == 422
    assert "<script>" not in answer.text
    assert client.get(f"/ja/class/?code={taught.code}").status_code == 200


def test_unknown_and_ended_codes_get_one_kind_answer(client, taught, app):
    unknown = client.get(f"/ja/class/?code={wrong_code(taught)}")
    with open_session(taught.engine) as session:
        close_lesson(session, session.get_one(Lesson, taught.id), now())
    ended = browser(app).get(f"/ja/class/?code={taught.code}")
    assert unknown.status_code == ended.status_code == 422
    assert re.sub(r'value="[^"]*"|\?code=\d+', "", unknown.text) == re.sub(r'value="[^"]*"|\?code=\d+', "", ended.text)
    assert "先生に聞いて" in ended.text


def test_class_can_be_joined_until_two_hours_after_its_end(client, taught, app):
    with time_machine.travel(now() + timedelta(hours=2, minutes=50), tick=False):
        assert client.get(f"/ja/class/?code={taught.code}").status_code == 200
    with time_machine.travel(now() + timedelta(hours=3, minutes=10), tick=False):
        assert client.get(f"/ja/class/?code={taught.code}").status_code == 422
        assert client.post("/ja/class/", data={"code": taught.code}).status_code == 422


def test_code_works_after_the_class_was_changed(client, taught):
    with open_session(taught.engine) as session:
        edit_lesson(session, session.get_one(Lesson, taught.id), ("sample",), "別の部屋", now() + timedelta(hours=3))
    assert "別の部屋" in client.get(f"/ja/class/?code={taught.code}").text


def test_ten_wrong_codes_make_a_browser_wait_and_nobody_else(client, taught, app):
    client.get(f"/ja/class/?code={taught.code}")
    for _ in range(10):
        assert client.get(f"/ja/class/?code={wrong_code(taught)}").status_code == 422
    answer = client.get(f"/ja/class/?code={taught.code}")
    assert answer.status_code == 429
    assert taught.code in answer.text
    assert client.post("/ja/class/", data={"code": taught.code}).status_code == 429
    assert come_in(browser(app), taught)
    with time_machine.travel(now() + timedelta(seconds=61), tick=False):
        assert come_in(client, taught)
        assert client.get(f"/ja/class/?code={wrong_code(taught)}").status_code == 422, "the count begins anew"
        assert client.get(f"/ja/class/?code={wrong_code(taught)}").status_code == 422


def test_forty_learners_with_slips_and_an_old_handout_lock_nobody_out(taught, app):
    last = "1" if taught.code[-1] != "1" else "2"
    for _ in range(40):
        one = app.test_client()
        assert one.get(f"/ja/class/?code={wrong_code(taught)}").status_code == 422
        for digit in (last, str(9 - int(last))):
            one.get(f"/ja/class/?code={taught.code[:-1]}{digit}")
    assert come_in(browser(app), taught)


def test_trying_many_codes_from_one_address_ends_for_some_minutes(taught, app):
    for n in range(60):
        code = str(900_000 - n * 37)
        app.test_client().get("/ja/class/", query_string={"code": code if code != taught.code else "900001"})
    answer = app.test_client().get(f"/ja/class/?code={taught.code}")
    assert answer.status_code == 429
    with time_machine.travel(now() + timedelta(minutes=5, seconds=1), tick=False):
        assert come_in(browser(app), taught)


def test_wrong_codes_that_are_sent_count_as_well(client, taught):
    client.get(f"/ja/class/?code={taught.code}")
    for _ in range(10):
        assert client.post("/ja/class/", data={"code": wrong_code(taught)}).status_code == 422
    assert client.post("/ja/class/", data={"code": taught.code}).status_code == 429


def test_tries_are_kept_without_saying_whose_and_are_forgotten(client, taught):
    client.get(f"/ja/class/?code={wrong_code(taught)}")
    with open_session(taught.engine) as session:
        assert {len(one.who) for one in session.exec(select(JoinTry))} == {32}
        forget_code_tries(session, now() + timedelta(days=2))
    with Session(taught.engine) as session:
        assert list(session.exec(select(JoinTry))) == []


def test_class_of_two_tutorials_lets_one_choose(client, app, sample, sqlite_engine):
    other = next(slug for slug in app.extensions["madoguchi"].tutorials if slug != "sample")
    taught = teach(sqlite_engine, ("sample", other))
    where = come_in(client, taught, "7")
    assert where == f"/ja/class/{taught.id}/"
    page = client.get(where).text
    assert 'value="7"' in page
    started = client.post(f"{where}start", data={"csrf": csrf_of(client, taught), "tutorial": "sample"})
    assert started.status_code == 303
    assert started.location.split("/")[4] in client.get(where).text, "the page leads on with what was begun"
    nowhere = client.post(f"{where}start", data={"csrf": csrf_of(client, taught), "tutorial": "nowhere"})
    assert nowhere.status_code == 404


def test_whoever_is_not_in_a_class_is_asked_in(client, taught):
    assert client.get(f"/ja/class/{taught.id}/").location == "/ja/class/"
    assert client.get("/ja/class/000000000000000000000000/").location == "/ja/class/"


def test_seat_can_be_changed_later(client, taught):
    come_in(client, taught, "7")
    csrf, home = csrf_of(client, taught), f"/ja/class/{taught.id}/"
    assert client.post(f"{home}name", data={"csrf": csrf, "seat": "8", "nickname": ""}).status_code == 303
    assert list_people(taught.engine, taught.id)[0].seat == "8"
    refused = client.post(f"{home}name", data={"csrf": csrf, "seat": "9" * 9})
    assert refused.status_code == 422
    assert "9" * 9 in refused.text
    assert list_people(taught.engine, taught.id)[0].seat == "8"


@pytest.mark.parametrize("voice", VOICES)
def test_ratings_are_kept_and_never_needed(client, taught, voice):
    come_in(client, taught, voice=voice)
    home = f"/{voice}/class/{taught.id}/"
    csrf = csrf_of(client, taught)
    page = client.get(home).text
    assert page.count('<svg class="face"') == 3
    said = {"csrf": csrf, "before": "middle", "age_band": "70-79", "visits": "first", "back": home}
    assert client.post(f"{home}about", data=said).location == home
    person = list_people(taught.engine, taught.id)[0]
    assert (person.before, person.age_band, person.visits, person.after) == ("middle", "70-79", "first", "")
    assert re.search(r'value="middle" checked', client.get(home).text)
    client.post(f"{home}about", data={"csrf": csrf, "before": "", "back": "//elsewhere.example"})
    person = list_people(taught.engine, taught.id)[0]
    assert (person.before, person.age_band) == ("", "70-79")


def test_answers_that_nobody_offered_are_refused(client, taught):
    come_in(client, taught)
    sent = {"csrf": csrf_of(client, taught), "before": "best ever"}
    assert client.post(f"/ja/class/{taught.id}/about", data=sent).status_code == 400


def test_nothing_of_the_class_can_be_sent_from_elsewhere(client, taught, app):
    come_in(client, taught)
    for page in ("start", "name", "about", "hand", "follow"):
        assert client.post(f"/ja/class/{taught.id}/{page}", data={"csrf": "0" * 128}).status_code == 403
    strange = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/ja/class/", data={"code": taught.code}, headers=strange).status_code == 403
    stranger = browser(app)
    stranger.get(f"/ja/class/?code={taught.code}")
    csrf = csrf_of(client, taught)
    assert stranger.post(f"/ja/class/{taught.id}/hand", data={"csrf": csrf, "value": "up"}).status_code == 403


def test_class_survives_a_restart(client, taught, settings, app):
    come_in(client, taught, "5")
    cookie = client.get_cookie("browser").value
    fresh = create_app(settings, taught.engine)
    fresh.extensions["madoguchi"] = app.extensions["madoguchi"]
    again = browser(fresh)
    again.set_cookie("browser", cookie)
    page = again.get(f"/ja/class/{taught.id}/")
    assert page.status_code == 200
    assert 'value="5"' in page.text
    assert come_in(browser(fresh), taught)
