"""Staff add a machine and pair it by a code; from then on it is known by its key, and nothing else changes for anybody else."""

import json
from datetime import timedelta

import pytest

from tests.kiosk.helping import add_machine, make_code, make_staff, pair, press, sit_down
from webapp.kiosk import views
from webapp.kit.clock import now

WRONG = "この番号では、使えるようになりません"


@pytest.fixture
def staff(app, client):
    return make_staff(app)


@pytest.fixture
def machine(staff):
    return add_machine(staff)


def test_code_pairs_a_machine_once(app, staff, machine):
    code = make_code(staff, machine)
    first, second = app.test_client(), app.test_client()
    answer = first.post("/ja/kiosk/pair", data={"code": code.replace("-", " ")})
    assert (answer.status_code, answer.location) == (303, "/ja/kiosk/")
    cookie = answer.headers.getlist("Set-Cookie")[0]
    assert cookie.startswith("kiosk=")
    assert "HttpOnly" in cookie
    assert "Max-Age=31536000" in cookie
    assert "はじめる" in first.get("/ja/kiosk/").text
    again = second.post("/ja/kiosk/pair", data={"code": code})
    assert again.status_code == 422
    assert WRONG in again.text


def test_every_code_that_pairs_nothing_gets_the_same_words(app, staff, machine, monkeypatch):
    old = make_code(staff, machine)
    monkeypatch.setattr(views, "now", lambda: now() + timedelta(minutes=16))
    pages = []
    for number, typed in enumerate((old, "000-000", "12", "", "あいう")):
        client = app.test_client()
        answer = client.post("/ja/kiosk/pair", data={"code": typed}, environ_base={"REMOTE_ADDR": f"10.0.0.{number}"})
        assert answer.status_code == 422
        assert WRONG in answer.text
        pages.append(answer.text.replace(f'value="{typed}"', 'value=""'))
    assert len(set(pages)) == 1


def test_wrong_codes_make_their_address_wait(app, staff, machine):
    code, client = make_code(staff, machine), app.test_client()
    for _ in range(5):
        assert client.post("/ja/kiosk/pair", data={"code": "000000"}).status_code in (422, 429)
    waits = client.post("/ja/kiosk/pair", data={"code": code})
    assert waits.status_code == 429
    assert "分くらい待って" in waits.text
    elsewhere = app.test_client().post("/ja/kiosk/pair", data={"code": code}, environ_base={"REMOTE_ADDR": "10.9.9.9"})
    assert elsewhere.status_code == 303


def test_wrong_codes_from_everywhere_stop_pairing_until_a_new_code_is_made(app, staff, machine):
    code = make_code(staff, machine)
    for number in range(60):
        where = {"REMOTE_ADDR": f"10.1.{number}.1"}
        assert app.test_client().post("/ja/kiosk/pair", data={"code": "000000"}, environ_base=where).status_code == 422
    assert app.test_client().post("/ja/kiosk/pair", data={"code": code}).status_code == 429
    fresh = make_code(staff, machine)
    assert app.test_client().post("/ja/kiosk/pair", data={"code": fresh}).status_code == 303


def test_program_that_prepares_a_machine_gets_its_key_and_wakes_it_with_a_port(app, staff, machine):
    program = app.test_client()
    answer = program.post("/ja/kiosk/pair", data={"code": make_code(staff, machine), "for": "machine"})
    made = json.loads(answer.text)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(made["key"]) == 64
    assert program.get_cookie("kiosk") is None
    browser = app.test_client()
    woken = browser.get(made["wake"] + "?restart=8123")
    assert (woken.status_code, woken.location) == (303, "/ja/kiosk/")
    assert browser.get_cookie("kiosk").value == made["key"]
    assert browser.get_cookie("kiosk-restart").value == "8123"
    assert 'data-kiosk-next="http://127.0.0.1:8123/done"' in browser.get("/ja/kiosk/bye").text
    wrong = program.post("/ja/kiosk/pair", data={"code": "000000", "for": "machine"})
    assert wrong.status_code == 422
    assert json.loads(wrong.text)["error"] == "wrong"


@pytest.mark.parametrize("port", ["80", "99999", "8123/evil", "x", ""])
def test_only_a_port_of_the_machine_itself_is_kept(app, staff, machine, port):
    key = json.loads(
        app.test_client().post("/ja/kiosk/pair", data={"code": make_code(staff, machine), "for": "machine"}).text
    )["key"]
    browser = app.test_client()
    browser.get(f"/ja/kiosk/wake/{key}?restart={port}")
    assert browser.get_cookie("kiosk-restart") is None


@pytest.mark.parametrize("key", ["00" * 32, "00" * 31, "zz", "0" * 63])
def test_key_of_no_machine_wakes_nothing(client, key):
    answer = client.get(f"/ja/kiosk/wake/{key}")
    assert answer.status_code == 404
    assert client.get_cookie("kiosk") is None


def test_key_never_reaches_the_log(app, staff, machine, caplog):
    key = json.loads(
        app.test_client().post("/ja/kiosk/pair", data={"code": make_code(staff, machine), "for": "machine"}).text
    )["key"]
    from webapp.kit.logs import log

    log.addHandler(caplog.handler)
    try:
        app.test_client().get(f"/ja/kiosk/wake/{key}")
    finally:
        log.removeHandler(caplog.handler)
    facts = [record.facts for record in caplog.records if hasattr(record, "facts")]
    assert facts
    assert key not in json.dumps(facts)
    assert facts[-1]["route"] == "/<voice>/kiosk/wake/<key>"


def test_closed_machine_shows_that_it_is_closed_and_nothing_else(app, staff, machine):
    client = pair(app, staff, machine)
    sit_down(client)
    press(staff, machine, "close")
    assert client.get("/ja/").location == "/ja/kiosk/"
    assert "この機械は、今は使えません" in client.get("/ja/kiosk/").text
    assert client.post("/ja/kiosk/begin", data={"voice": "ja"}).location == "/ja/kiosk/"
    assert client.post("/ja/kiosk/beat", data={"state": "waiting"}).status_code == 410


def test_machine_paired_anew_closes_the_old_key_and_opens_a_new_one(app, staff, machine):
    old = pair(app, staff, machine)
    fresh = pair(app, staff, machine)
    assert "今は使えません" in old.get("/ja/kiosk/").text
    assert old.get("/ja/").status_code == 303
    assert "はじめる" in fresh.get("/ja/kiosk/").text


def test_a_key_that_is_none_never_turns_a_machine_into_an_ordinary_browser(app):
    client = app.test_client()
    client.set_cookie("kiosk", "not a key")
    assert client.get("/ja/").location == "/ja/kiosk/"
    assert "今は使えません" in client.get("/ja/kiosk/").text


def test_other_browsers_notice_nothing(client):
    page = client.get("/ja/")
    assert page.status_code == 200
    assert "kiosk" not in page.text
    assert "Set-Cookie" not in page.headers
    assert client.get("/ja/kiosk/").location == "/ja/kiosk/pair"


def test_other_browsers_cost_no_lookup(app, client, monkeypatch):
    from webapp.kiosk import door

    monkeypatch.setattr(door, "get_session", lambda: pytest.fail("looked something up"))
    assert client.get("/ja/").status_code == 200
