"""The service as an app: what browsers are told, what the worker knows, what is said to whoever keeps pages."""

import json
import re

import brotli
import pytest

from tests.autopilot import Autopilot
from webapp.config import ROOT
from webapp.kit.clock import today
from webapp.offline.rules import Readable, list_readable, tell_size
from webapp.offline.service import make_worker

VOICES = ("ja", "ja-easy", "en")


def read_settings(app):
    """Return what the server writes above the worker's program."""
    return json.loads(make_worker(app).decode().partition("const SET = ")[2].partition(";\n")[0])


@pytest.mark.parametrize("voice", VOICES)
def test_the_manifest_tells_one_app_in_each_voice(client, voice):
    answer = client.get(f"/{voice}/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    assert "max-age=3600" in answer.headers["Cache-Control"]
    told = json.loads(answer.data)
    assert (told["id"], told["scope"], told["start_url"], told["display"]) == ("/", "/", f"/{voice}/", "standalone")
    assert told["lang"] == ("en" if voice == "en" else "ja")
    assert {(icon["sizes"], icon["purpose"]) for icon in told["icons"]} == {
        (size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")
    }
    assert all(client.get(icon["src"]).mimetype == "image/png" for icon in told["icons"])
    assert len(told["shortcuts"]) == 3
    assert all(client.get(one["url"]).status_code == 200 for one in told["shortcuts"])


def test_the_worker_is_asked_for_again_at_each_visit_and_is_small(app, client):
    answer = client.get("/worker.js", headers={"Accept-Encoding": "br"})
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert brotli.decompress(answer.data) == make_worker(app)
    assert client.get("/worker.js", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    source = (ROOT / "static" / "js" / "worker.js").read_bytes()
    assert source.count(b"\n") <= 200
    assert len(brotli.compress(source)) <= 3_000
    assert len(answer.data) <= 6_500


def test_a_changed_style_sheet_makes_a_new_version(app):
    before = read_settings(app)["version"]
    app.extensions.pop("offline_worker")
    addresses = app.extensions["assets"].addresses
    kept = addresses["css/main.css"]
    addresses["css/main.css"] = "/static/css/main.changed.css"
    try:
        assert read_settings(app)["version"] != before
    finally:
        addresses["css/main.css"] = kept


def test_all_that_is_listed_can_be_read_and_is_public(app):
    client = app.test_client()
    told = read_settings(app)
    assert len(told["pages"]) == len(set(told["pages"])) > 100
    for page in told["pages"]:
        answer = client.get(f"/en/{page}")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache"), page
        assert answer.headers["ETag"]


def test_what_every_device_gets_exists_and_is_public(app, client):
    told = read_settings(app)
    assert {"offline", "device"} <= set(told["shell"])
    for voice in told["voices"]:
        for page in told["shell"]:
            answer = client.get(f"/{voice}/{page}")
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
            assert not re.search(r"csrf", answer.text)


def test_the_worker_knows_the_readings_of_days(app):
    readings = read_settings(app)["readings"]
    assert [len(readings[name]) for name in ("months", "days", "hours")] == [12, 31, 24]
    assert "ついたち" in readings["days"][0]
    assert "はつか" in readings["days"][19]
    assert "ごご" in readings["hours"][15]


def test_every_note_has_a_place_for_the_time(app):
    for words in read_settings(app)["voices"].values():
        assert all("{when}" in words[look][why] for look in ("off", "on") for why in ("gone", "slow"))


@pytest.mark.parametrize("voice", VOICES)
def test_the_size_that_is_told_is_the_size_that_comes(app, voice):
    client = app.test_client()
    paths = app.extensions["offline_lists"].paths
    shown = client.get(f"/{voice}/device").text
    pages = [client.get(f"/{voice}/{path}", headers={"Accept-Encoding": "br"}).data for path in paths]
    sent, kept = (float(one) for one in re.findall(r"([\d.]+)\s*MB", shown)[:2])
    assert sent == pytest.approx(sum(map(len, pages)) / 1_000_000, rel=0.25)
    assert kept == pytest.approx(sum(len(brotli.decompress(page)) for page in pages) / 1_000_000, rel=0.25)
    assert re.search(rf"(?<!\d){len(paths)}(?!\d)", shown)


def test_pages_are_counted_and_measured_exactly():
    paths = list_readable(["a", "b"], ["e"], ["x"], ["t"])
    assert len(paths) == 8 + 2 + 1 + 1 + 2
    assert "learn/t/print/a4" in paths
    assert tell_size(1000, "en", True) == tell_size(1000, "en", False)
    assert tell_size(1000, "ja", True).kept == "41"
    assert Readable(paths).office is None


def test_without_a_script_the_page_says_what_works_without(client):
    shown = client.get("/ja/device").text
    assert "data-without" in shown
    assert re.search(r"<div data-with hidden>", shown)
    assert "iPhone" in shown


def test_the_offline_page_has_a_telephone_number(app, client):
    office = app.extensions["offline_lists"].office
    assert f'href="tel:{office.define.phone.replace("-", "")}"' in client.get("/ja/offline").text


def test_a_slip_can_be_kept_but_not_a_practised_one(app, client):
    pilot = Autopilot(client, app.extensions["madoguchi"].dictionary, today())
    check = pilot.walk_to_check(pilot.start("dog-change-or-death"))
    pilot.send(check)
    sent = client.get(f"{check.rsplit('/', 1)[0]}/sent").text
    assert len(re.findall("data-keep-slip=", sent)) == 1
    assert re.search(r'data-keep-slip="[A-Z0-9-]+" hidden', sent)


def test_pages_lead_to_the_app(client):
    shown = client.get("/en/help").text
    assert 'rel="manifest" href="/en/manifest.webmanifest"' in shown
    assert 'rel="apple-touch-icon"' in shown
    assert 'href="/en/device"' in shown


class SharedMachine:
    """A machine that everybody uses."""

    name = "kiosk"

    def marks(self):
        """Return its marks."""
        return "data-kiosk"

    def head(self):
        """Return nothing."""
        return ""

    bar = foot = head


def test_a_shared_machine_is_offered_nothing_of_it(app, client):
    app.before_request_funcs[None].append(lambda: setattr(__import__("flask").g, "surface", SharedMachine()))
    shown = client.get("/ja/device").text
    assert "manifest" not in shown
    assert "device.js" not in shown
    assert "data-keep" not in shown
    assert 'href="/ja/device"' not in shown.partition("<footer")[2]
