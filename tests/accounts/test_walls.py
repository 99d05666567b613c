"""Who may reach what, whose forms are taken, and that nothing typed is lost when a sign-in ends meanwhile."""

import re
from datetime import datetime, timedelta, timezone
from html import unescape

import pytest
import time_machine

from tests.accounts.helping import PASSWORD, make, sign_in
from tests.accounts.test_sign_in import csrf_of, rows, try_in
from webapp.accounts.tables import AuditEntry

START = datetime(2026, 11, 27, 1, 0, tzinfo=timezone.utc)
TYPED = [("name", "そうた<b>&\"'"), ("seat", "1"), ("seat", "2"), ("then", "voice:en"), ("long", "行1\r\n行2")]


def hidden_of(page, form: str) -> list[tuple[str, str]]:
    """Return the hidden fields of the form that goes to an address."""
    inside = re.search(rf'<form method="post" action="{re.escape(form)}"[^>]*>(.*?)</form>', page.text, re.S)[1]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', inside)
    return [(unescape(name), unescape(value)) for name, value in found]


def as_data(pairs) -> dict[str, list[str]]:
    """Return pairs as the test client sends them."""
    data: dict[str, list[str]] = {}
    for name, value in pairs:
        data.setdefault(name, []).append(value)
    return data


def test_form_of_this_sign_in_is_taken(client, app):
    account = sign_in(client, app)
    csrf = csrf_of(client.get("/ja/try/1"))
    answer = client.post("/ja/try/1", data={"csrf": csrf, "name": "x"})
    assert answer.json == {"part": "1", "sent": [["name", "x"]]}
    last = rows(app, AuditEntry)[-1]
    assert (last.account_id, last.what, last.about) == (account, "tried", "1")


def test_without_the_role_nothing_is_there(client, app):
    sign_in(client, app, roles=())
    csrf = csrf_of(client.get("/ja/staff/account"))
    assert client.get("/ja/try/1").status_code == 404
    assert client.post("/ja/try/1", data={"csrf": csrf}).status_code == 404
    assert client.post("/ja/try/1", data={"csrf": "0"}).status_code == 404


@pytest.mark.parametrize("token", ["", "0" * 128, "x"])
def test_form_without_its_token_changes_nothing(client, app, token):
    sign_in(client, app)
    assert client.post("/ja/try/1", data={"csrf": token}).status_code == 403
    assert rows(app, AuditEntry)[-1].what != "tried"


def test_token_of_another_sign_in_or_of_the_browser_is_refused(client, app):
    sign_in(client, app)
    other = app.test_client()
    sign_in(other, app, name="other")
    client.get("/ja/slip")
    browser = client.get_cookie("browser").value
    assert client.post("/ja/try/1", data={"csrf": csrf_of(other.get("/ja/try/1"))}).status_code == 403
    assert client.post("/ja/try/1", data={"csrf": browser * 2}).status_code == 403


@pytest.mark.parametrize("headers", [
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
])  # fmt: skip
def test_forms_of_other_sites_are_refused_before_anything_is_shown(client, app, headers):
    sign_in(client, app)
    csrf = csrf_of(client.get("/ja/try/1"))
    answer = client.post("/ja/try/1", data={"csrf": csrf, "word": "planted"}, headers=headers)
    assert answer.status_code == 403
    assert "planted" not in answer.text
    assert client.post("/ja/staff/sign-in", data={}, headers=headers).status_code == 403


def test_older_browser_that_says_null_can_sign_in(client, app):
    make(app)
    data, null = {"name": "sensei", "password": PASSWORD}, {"Origin": "null"}
    assert client.post("/ja/staff/sign-in", data=data, headers=null).status_code == 403
    client.get("/ja/staff/sign-in")
    assert client.post("/ja/staff/sign-in", data=data, headers=null).status_code == 303


def test_what_was_typed_goes_through_the_sign_in_and_is_sent_after_asking(client, app):
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, app)
        csrf = csrf_of(client.get("/ja/try/1"))
        clock.shift(timedelta(minutes=20))
        sent = as_data([*TYPED, ("csrf", csrf), ("old_password", "geheim")])
        page = client.post("/ja/try/1?x=1", data=sent)
        assert page.status_code == 401
        assert "geheim" not in page.text
        assert csrf not in page.text
        kept = hidden_of(page, "/ja/staff/sign-in")
        assert kept == [("kept_to", "/ja/try/1?x=1"), *((f"kept-{name}", value) for name, value in TYPED)]
        wrong = client.post("/ja/staff/sign-in", data={**as_data(kept), "name": "sensei", "password": "wrong"})
        assert wrong.status_code == 422
        assert hidden_of(wrong, "/ja/staff/sign-in") == kept
        asks = client.post("/ja/staff/sign-in", data={**as_data(kept), "name": "sensei", "password": PASSWORD})
        assert asks.status_code == 200
        assert asks.headers["Cache-Control"] == "no-store"
        again = hidden_of(asks, "/ja/try/1?x=1")
        assert [pair for pair in again if pair[0] != "csrf"] == TYPED
        answer = client.post("/ja/try/1?x=1", data=as_data(again))
        assert answer.json["sent"] == sorted([list(pair) for pair in TYPED])


def test_carried_form_survives_a_switch_of_look_and_voice_on_both_pages(client, app):
    make(app)
    page = client.post("/ja/try/1", data=as_data(TYPED))
    assert page.status_code == 401
    kept = hidden_of(page, "/ja/staff/sign-in")
    data = {**as_data(kept), "name": "sensei"}
    larger = client.post("/ja/staff/sign-in", data={**data, "then": "look:size-up"})
    assert larger.status_code == 200
    assert 'data-size="1"' in larger.text
    assert 'value="sensei"' in larger.text
    assert hidden_of(client.post("/ja/staff/sign-in", data={**data, "then": "reading"}), "/ja/staff/sign-in") == kept
    english = client.post("/ja/staff/sign-in", data={**data, "then": "voice:en"})
    assert '<html lang="en"' in english.text
    assert hidden_of(english, "/en/staff/sign-in") == kept
    asks = client.post("/en/staff/sign-in", data={**data, "password": PASSWORD})
    switch = hidden_of(asks, "/en/staff/carry")
    back = client.post("/en/staff/carry", data={**as_data(switch), "then": "voice:ja"})
    assert '<html lang="ja"' in back.text
    assert [pair for pair in hidden_of(back, "/ja/try/1") if pair[0] != "csrf"] == TYPED
    assert client.post("/ja/try/1", data=as_data(hidden_of(back, "/ja/try/1"))).status_code == 200


def test_form_of_before_a_new_sign_in_is_asked_about_not_lost(client, app):
    sign_in(client, app)
    old = csrf_of(client.get("/ja/try/1"))
    try_in(client)
    page = client.post("/ja/try/1", data={"csrf": old, "word": "kept"})
    assert page.status_code == 403
    answer = client.post("/ja/try/1", data=as_data(hidden_of(page, "/ja/try/1")))
    assert answer.json["sent"] == [["word", "kept"]]


@pytest.mark.parametrize("to", [
    "//evil.example/", "https://evil.example/", "/look", "/ja/slip", "/ja/nowhere", "/ja/staff/sign-in", "javascript:1",
    "/static/js/page.js", "/ja/staff/left", "/\\evil",
])  # fmt: skip
def test_what_was_typed_is_carried_only_to_forms_of_people_who_are_signed_in(client, app, to):
    make(app)
    answer = try_in(client, **{"kept_to": to, "kept-a": "planted"})
    assert answer.status_code == 303
    csrf = csrf_of(client.get("/ja/staff/account"))
    carry = client.post("/ja/staff/carry", data={"csrf": csrf, "kept_to": to, "kept-a": "planted"})
    assert carry.status_code == 303


def test_what_somebody_may_not_do_is_not_carried_either(client, app):
    make(app, roles=())
    assert try_in(client, **{"kept_to": "/ja/try/1", "kept-a": "b"}).location == "/ja/staff/account"


def test_guard_refuses_where_nobody_answers_for_it(client, app):
    sign_in(client, app)
    app.extensions.pop("staff_refusal")
    assert client.post("/ja/try/1", data={}).status_code == 403
