"""One resident after the other: waiting, in use, over. The server is the truth, whatever the page says."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.autopilot import Autopilot
from tests.kiosk.helping import add_machine, find_procedure, pair, press, read_hidden, sit_down, sitting_of
from webapp.kiosk import door, pages, views, views_staff
from webapp.kiosk.rules import Settings
from webapp.kiosk.service import call_help, find_call, forget_old_calls, hash_secret, make_kiosk
from webapp.kiosk.service_sittings import begin, end_left, find_sitting, forget_old, open_waiting
from webapp.kit.clock import now, today
from webapp.kit.database import open_session
from webapp.timetable import TIMETABLE


def later(monkeypatch, **more):
    """Let time pass for the machines."""
    moment = now() + timedelta(**more)
    for module in (door, views, views_staff):
        monkeypatch.setattr(module, "now", lambda: moment)
    return moment


@pytest.mark.parametrize(
    "path", ["/", "/ja/", "/ja/find?q=a", "/en/procedures/", "/ja/slip", "/ja/no-such-page", "/ja/reading"]
)
def test_where_nobody_sits_every_page_leads_to_the_waiting_page(kiosk, path):
    answer = kiosk.get(path)
    assert (answer.status_code, answer.location) == (303, "/ja/kiosk/")


def test_forms_of_nobody_lead_to_the_waiting_page_too(kiosk):
    assert kiosk.post("/look", data={"change": "size-up"}).location == "/ja/kiosk/"
    assert kiosk.get("/healthz").status_code == 200


@pytest.mark.parametrize("voice", ["ja", "ja-easy", "en"])
def test_each_voice_begins_with_its_own_button(kiosk, voice):
    page = kiosk.get("/ja/kiosk/").text
    assert page.count('name="voice"') == 3
    assert 'value="en" lang="en"' in page
    sit_down(kiosk, voice)
    front = kiosk.get(f"/{voice}/")
    assert front.status_code == 200
    assert 'data-kiosk="used"' in front.text
    assert "no-store" in front.headers["Cache-Control"]


def test_every_waiting_page_has_a_cookie_of_its_own(kiosk):
    seen = set()
    for _ in range(3):
        kiosk.get("/ja/kiosk/")
        seen.add(kiosk.get_cookie("sitting").value)
    assert len(seen) == 3


def test_what_is_chosen_while_waiting_holds_from_the_beginning_and_goes_with_the_resident(kiosk):
    kiosk.get("/ja/kiosk/")
    step = kiosk.post("/ja/kiosk/settings", data={"change": "size-larger", "chosen": ""}).location
    step = kiosk.post("/ja/kiosk/settings", data={"change": "aloud-on", "chosen": step.partition("=")[2]}).location
    page = kiosk.get(step).text
    assert 'data-size="2"' in page
    assert 'data-kiosk-aloud="on"' in page
    kiosk.post("/ja/kiosk/begin", data={"voice": "ja", "chosen": read_hidden(page, "chosen")})
    front = kiosk.get("/ja/").text
    assert 'data-size="2"' in front
    assert 'data-kiosk-aloud="on"' in front
    kiosk.post("/ja/kiosk/end", data={"sure": "yes"})
    page = kiosk.get("/ja/kiosk/").text
    assert 'data-size="0"' in page
    assert 'data-kiosk-aloud="off"' in page
    sit_down(kiosk)
    front = kiosk.get("/ja/").text
    assert 'data-size="0"' in front
    assert 'data-kiosk-aloud="off"' in front


def test_settings_change_while_somebody_sits_there(kiosk):
    sit_down(kiosk)
    for change in ("keypad-on", "lower-on", "volume-up", "volume-up", "speed-slow", "nonsense", "volume-99"):
        answer = kiosk.post("/ja/kiosk/settings", data={"change": change, "back": "/ja/help"})
        assert answer.location == "/ja/help"
    page = kiosk.get("/ja/").text
    assert 'data-kiosk-keypad="on" data-kiosk-lower="on" data-kiosk-volume="7" data-kiosk-speed="slow"' in page
    for _ in range(12):
        kiosk.post("/ja/kiosk/settings", data={"change": "volume-up", "back": "/ja/"})
    assert 'data-kiosk-volume="10"' in kiosk.get("/ja/").text


def test_settings_lead_nowhere_else(kiosk):
    sit_down(kiosk)
    answer = kiosk.post("/ja/kiosk/settings", data={"change": "lower-on", "back": "https://evil.example/"})
    assert answer.location == "/"


def test_waiting_page_asks_whoever_still_sits_there(kiosk):
    sit_down(kiosk)
    assert kiosk.get("/ja/kiosk/").location == "/ja/kiosk/end"
    assert "つづける" in kiosk.get("/ja/kiosk/end").text
    assert kiosk.get("/ja/").status_code == 200


def test_somebody_who_begins_anew_ends_whoever_was_forgotten(app, kiosk):
    sit_down(kiosk)
    other = app.test_client()
    other.set_cookie("kiosk", kiosk.get_cookie("kiosk").value)
    sit_down(other)
    assert kiosk.get("/ja/").location == "/ja/kiosk/"
    assert other.get("/ja/").status_code == 200


def test_sitting_of_another_machine_opens_nothing(app, staff, kiosk):
    sit_down(kiosk)
    second = pair(app, staff, add_machine(staff, "図書館の2番"))
    second.set_cookie("sitting", kiosk.get_cookie("sitting").value)
    assert second.get("/ja/").location == "/ja/kiosk/"


def test_beats_keep_a_sitting_only_while_somebody_is_there(kiosk, monkeypatch):
    sit_down(kiosk)
    beat = {"state": "used", "sitting": sitting_of(kiosk.get("/ja/").text), "news": "alone-none"}
    later(monkeypatch, seconds=140)
    assert kiosk.post("/ja/kiosk/beat", data={**beat, "active": "1"}).status_code == 204
    later(monkeypatch, seconds=280)
    assert kiosk.post("/ja/kiosk/beat", data={**beat, "active": "0"}).status_code == 204
    later(monkeypatch, seconds=140 + 120 + 16 * 60)
    assert kiosk.post("/ja/kiosk/beat", data={**beat, "active": "0"}).status_code == 410
    assert kiosk.get("/ja/").location == "/ja/kiosk/"


def test_network_that_comes_back_takes_nothing_from_whoever_writes(app, kiosk, monkeypatch):
    sit_down(kiosk)
    sitting = sitting_of(kiosk.get("/ja/").text)
    later(monkeypatch, minutes=10)
    beat = {"state": "used", "sitting": sitting, "news": "alone-none", "active": "1"}
    assert kiosk.post("/ja/kiosk/beat", data=beat).status_code == 204
    assert kiosk.get("/ja/").status_code == 200


def test_somebody_who_comes_to_what_was_left_long_ago_sees_nothing_of_it(kiosk, monkeypatch):
    sit_down(kiosk)
    later(monkeypatch, minutes=4)
    assert kiosk.get("/ja/").location == "/ja/kiosk/"


def test_form_on_a_page_that_was_left_long_ago_does_not_bring_its_time_back(kiosk, monkeypatch):
    """A browser sends a form itself only where no page lives; what a living page's script sends is heard for longer."""
    sit_down(kiosk)
    later(monkeypatch, minutes=4)
    script = kiosk.post("/look", data={"change": "size-up"}, headers={"Sec-Fetch-Mode": "cors"})
    assert script.location != "/ja/kiosk/"
    later(monkeypatch, minutes=8)
    assert (
        kiosk.post("/look", data={"change": "size-up"}, headers={"Sec-Fetch-Mode": "navigate"}).location == "/ja/kiosk/"
    )
    assert kiosk.get("/ja/").location == "/ja/kiosk/"


def test_program_at_the_machine_learns_by_its_key_when_a_page_was_heard(kiosk, monkeypatch):
    kiosk.get("/ja/kiosk/")
    key = kiosk.get_cookie("kiosk").value
    later(monkeypatch, minutes=3)
    assert 179 <= kiosk.post("/ja/kiosk/heard", data={"key": key}).json["seconds"] <= 240
    kiosk.post("/ja/kiosk/beat", data={"state": "waiting"})
    assert kiosk.post("/ja/kiosk/heard", data={"key": key}).json["seconds"] == 0
    for wrong in ("00" * 32, "x", ""):
        assert kiosk.post("/ja/kiosk/heard", data={"key": wrong}).status_code == 404


def test_beat_of_a_page_from_an_earlier_sitting_is_told_that_it_is_over(kiosk):
    sit_down(kiosk)
    old = sitting_of(kiosk.get("/ja/").text)
    kiosk.post("/ja/kiosk/end", data={"sure": "yes"})
    sit_down(kiosk)
    assert kiosk.post("/ja/kiosk/beat", data={"state": "used", "sitting": old}).status_code == 410
    assert kiosk.get("/ja/").status_code == 200


@pytest.mark.parametrize("what", ["beat", "help", "settings", "end", "begin"])
def test_nothing_can_be_pressed_from_another_site(kiosk, what):
    sit_down(kiosk)
    answer = kiosk.post(f"/ja/kiosk/{what}", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_job_ends_the_sitting_of_a_browser_that_is_gone(app, settings, kiosk):
    sit_down(kiosk)
    pilot = Autopilot(kiosk, app.extensions["madoguchi"].dictionary, today())
    pilot.start(find_procedure(app))
    tidy = {name: job for name, _, job in TIMETABLE}["tidy-kiosks"]
    assert _drafts(app) == 1
    with open_session(app.extensions["engine"]) as session:
        assert end_left(session, now() + timedelta(seconds=120 + 899), settings.data_dir) == 0
        assert end_left(session, now() + timedelta(seconds=120 + 902), settings.data_dir) == 1
        tidy(session, settings)
    assert _drafts(app) == 0
    assert kiosk.get("/ja/").location == "/ja/kiosk/"


def _drafts(app):
    """Return how many drafts there are."""
    with app.extensions["engine"].connect() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM draft").scalar()


def test_staff_beside_somebody_give_ten_minutes(staff, machine, kiosk, monkeypatch):
    sit_down(kiosk)
    press(staff, machine, "beside", then="on")
    page = kiosk.get("/ja/").text
    assert 'data-idle="600"' in page
    assert "てつだい中" in page
    later(monkeypatch, minutes=10)
    assert kiosk.get("/ja/").status_code == 200
    press(staff, machine, "beside", then="off")
    assert 'data-idle="60"' in kiosk.get("/ja/").text


def test_help_is_called_answered_and_over(staff, machine, kiosk, monkeypatch):
    sit_down(kiosk)
    sitting = sitting_of(kiosk.get("/ja/").text)
    assert kiosk.post("/ja/kiosk/help", data={"back": "/ja/help"}).location == "/ja/help"
    kiosk.post("/ja/kiosk/help", data={"back": "/ja/help"})
    listed = staff.get("/ja/staff/kiosks").text
    assert listed.count("呼んだ時") == 1
    beat = {"state": "used", "sitting": sitting, "news": "alone-none"}
    assert json.loads(kiosk.post("/ja/kiosk/beat", data=beat).text)["news"] == "alone-asked"
    with monkeypatch.context() as patch:
        patch.setattr(pages, "now", lambda: now() + timedelta(minutes=4))
        assert json.loads(kiosk.post("/ja/kiosk/beat", data=beat).text)["news"] == "alone-late"
    press(staff, machine, "help", then="coming")
    assert json.loads(kiosk.post("/ja/kiosk/beat", data=beat).text)["news"] == "alone-coming"
    assert "係が行きます。" in kiosk.get("/ja/").text
    press(staff, machine, "help", then="done")
    assert "呼んだ時" not in staff.get("/ja/staff/kiosks").text


def test_call_ends_with_whoever_called(staff, machine, kiosk):
    sit_down(kiosk)
    kiosk.post("/ja/kiosk/help", data={"back": "/ja/"})
    kiosk.post("/ja/kiosk/end", data={"sure": "yes"})
    assert "呼んだ時" not in staff.get("/ja/staff/kiosks").text


def test_addresses_and_telephones_are_words_where_no_other_page_can_be_shown(app, client, kiosk):
    sit_down(kiosk)
    procedures = app.extensions["madoguchi"].catalogue.procedures
    slug = next(slug for slug, one in procedures.items() if "external" in one.define.links)
    page, usual = (one.get(f"/ja/procedures/{slug}").text for one in (kiosk, client))
    assert procedures[slug].define.links["external"] in page
    assert 'class="qr"' in page
    assert not re.findall(r'href="(?:https?|tel|mailto):[^"]*"', page)
    assert 'href="tel:' in usual


def test_every_telephone_number_in_the_templates_is_no_link_at_a_machine():
    for path in Path("webapp").rglob("templates/**/*.html"):
        before = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            assert 'href="tel:' not in line or "surface" in before + line or path.name == "offline.html", path
            before = line


def test_practice_and_classes_work_at_a_machine(kiosk):
    sit_down(kiosk)
    assert kiosk.get("/ja/learn/").status_code == 200
    assert kiosk.get("/ja/class/").status_code == 200


def test_both_databases_keep_one_sitting_a_machine(engine, settings):
    moment = now()
    with open_session(engine) as session:
        kiosk_id = make_kiosk(session, "1", "", moment).id
        first = open_waiting(session, kiosk_id, moment, settings.data_dir)
        assert begin(session, hash_secret(first), Settings(aloud=True), moment)
        assert not begin(session, hash_secret(first), Settings(), moment)
    with open_session(engine) as session:
        second = open_waiting(session, kiosk_id, moment + timedelta(seconds=5), settings.data_dir)
        assert find_sitting(session, kiosk_id, first).ended_by == "replaced"
        assert begin(session, hash_secret(second), Settings(), moment)
        call_help(session, kiosk_id, moment)
    with open_session(engine) as session:
        assert end_left(session, moment + timedelta(minutes=16), settings.data_dir) == 0
        assert end_left(session, moment + timedelta(minutes=18), settings.data_dir) == 1
        assert find_call(session, kiosk_id) is None
        forget_old(session, moment + timedelta(days=2))
        forget_old_calls(session, moment + timedelta(days=9))
    with open_session(engine) as session:
        assert find_sitting(session, kiosk_id, second) is None
