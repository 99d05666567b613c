"""Coming back with a slip: on any device, without mail or account; wrong numbers slow down and tell nothing."""

import re

import pytest

from tests.autopilot import Autopilot, read_form
from tests.drafts.test_journeys import DICTIONARY, SHORT
from webapp.kit.clock import today
from webapp.kit.ids import new_confirmation_code, new_receipt_number, new_token


@pytest.fixture
def slip(client) -> dict[str, str]:
    """Return the slip of an unfinished draft with its address."""
    pilot = Autopilot(client, DICTIONARY, today())
    where = pilot.follow(pilot.start(SHORT))
    base = where.rsplit("/", 1)[0]
    csrf = read_form(client.get(where).text).hidden["csrf"]
    assert client.post(f"{base}/slip", data={"csrf": csrf}).status_code == 303
    page = client.get(f"{base}/slip").text
    number = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{4}", page)
    code = re.search(r"\d{4}-\d{4}-\d{4}", page)
    assert number
    assert code
    return {"number": number[0], "code": code[0], "base": base, "where": where}


def test_slip_opens_the_draft_on_another_device(slip, app):
    other = app.test_client()
    answer = other.post("/ja/slip", data={"number": slip["number"].lower(), "code": slip["code"].replace("-", "")})
    assert answer.status_code == 303
    assert other.get(slip["where"]).status_code == 200


def test_full_width_digits_are_understood(slip, app):
    wide = slip["code"].translate(str.maketrans("0123456789-", "０１２３４５６７８９ー"))
    assert app.test_client().post("/ja/slip", data={"number": slip["number"], "code": wide}).status_code == 303


def test_wrong_number_and_wrong_code_get_the_same_answer(slip, app):
    wrong_code = app.test_client().post("/ja/slip", data={"number": slip["number"], "code": new_confirmation_code()})
    other_number = new_receipt_number()
    wrong_number = app.test_client().post("/ja/slip", data={"number": other_number, "code": slip["code"]})
    assert wrong_code.status_code == wrong_number.status_code == 422
    pattern = r'value="[^"]*"'
    assert re.sub(pattern, "", wrong_code.text) == re.sub(pattern, "", wrong_number.text)


def test_wrong_tries_slow_down_but_a_qr_code_still_opens(slip, app, client):
    stranger = app.test_client()
    for _ in range(5):
        data = {"number": slip["number"], "code": new_confirmation_code()}
        assert stranger.post("/ja/slip", data=data).status_code == 422
    held_up = stranger.post("/ja/slip", data={"number": slip["number"], "code": slip["code"]})
    assert held_up.status_code == 429
    assert slip["number"] in held_up.text


def test_slip_with_a_slip_of_the_hand_costs_no_try(slip, app):
    stranger = app.test_client()
    code = slip["code"]
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    for _ in range(10):
        assert stranger.post("/ja/slip", data={"number": slip["number"], "code": wrong}).status_code == 422
    assert stranger.post("/ja/slip", data={"number": slip["number"], "code": code}).status_code == 303


def test_unknown_token_says_what_to_do(client):
    answer = client.get(f"/ja/slip/{new_token()}")
    assert answer.status_code == 404
    assert "/ja/help" in answer.text


def test_leaving_the_device_forgets_everything_but_the_slip_still_opens(slip, client):
    csrf = read_form(client.get(slip["where"]).text).hidden["csrf"]
    assert client.post("/ja/leave", data={"csrf": csrf}).status_code == 303
    assert client.get(slip["where"]).status_code == 404
    assert client.post("/ja/slip", data={"number": slip["number"], "code": slip["code"]}).status_code == 303


def test_slip_is_printed_on_both_papers(slip, client):
    for paper in ("a4", "80mm"):
        page = client.get(f"{slip['base']}/print/{paper}")
        assert page.status_code == 200
        assert slip["number"] in page.text
        assert "<svg" in page.text


def test_stolen_database_shows_no_answer_and_no_secret(slip, client, settings, sqlite_engine):
    sqlite_engine.dispose()
    raw = b"".join(path.read_bytes() for path in settings.data_dir.glob("madoguchi.db*"))
    for secret in (slip["number"], slip["number"].replace("-", ""), slip["code"].replace("-", "")):
        assert secret.encode() not in raw
