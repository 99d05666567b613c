"""Signing in: who gets in, what is stored, what a wrong try is told, how long it lasts."""

import hashlib
import re
import time
from datetime import datetime, timedelta, timezone

import pytest
import time_machine
from sqlmodel import Session, select

from tests.accounts.helping import PASSWORD, REAL_HASHER, make, sign_in
from webapp.accounts import service_passwords
from webapp.accounts.jobs import erase_ended_sign_ins, forget_old_tries
from webapp.accounts.rules import FREE_TRIES
from webapp.accounts.service import let_in
from webapp.accounts.tables import Account, AuditEntry, SignIn, SignInTry
from webapp.kit.clock import now
from webapp.kit.database import open_session

ACCOUNT = "/ja/staff/account"
START = datetime(2026, 11, 27, 1, 0, tzinfo=timezone.utc)


def rows(app, table):
    """Return what a table holds."""
    with Session(app.extensions["engine"]) as session:
        return list(session.exec(select(table)))


def try_in(client, name="sensei", password=PASSWORD, **more):
    """Send the sign-in form."""
    return client.post("/ja/staff/sign-in", data={"name": name, "password": password, **more})


def csrf_of(page) -> str:
    """Return the token of a page's forms."""
    return re.search(r'name="csrf" value="([0-9a-f]{128})"', page.text)[1]


@pytest.mark.parametrize("voice", ["ja", "ja-easy", "en"])
def test_instructor_signs_in_and_sees_the_account(client, app, voice):
    sign_in(client, app, voice=voice)
    page = client.get(f"/{voice}/staff/account")
    assert page.status_code == 200
    assert "sensei" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]


def test_sign_in_leads_to_the_classes_or_back_to_the_page_that_was_asked_for(client, app):
    make(app)
    away = client.get("/ja/try/1?x=2")
    assert away.status_code == 303
    assert away.location == "/ja/staff/sign-in?back=%2Fja%2Ftry%2F1%3Fx%3D2"
    page = client.get(away.location)
    assert 'name="back" value="/ja/try/1?x=2"' in page.text
    assert try_in(client, back="/ja/try/1?x=2").location == "/ja/try/1?x=2"
    assert client.get("/ja/staff/sign-in").location == "/ja/teach/"


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example/", "/\\evil.example", "x", "/a\nb"])
def test_nobody_is_led_away_after_signing_in(client, app, back):
    make(app)
    assert try_in(client, back=back).location == "/ja/teach/"


def test_name_and_password_are_understood_in_full_width_and_any_case_of_the_name(client, app):
    make(app, name="Ｈanako", password="abcde-12345-fghij")
    assert try_in(client, " HANAKO ", "ａｂｃｄｅ－１２３４５－ｆｇｈｉｊ").status_code == 303
    assert try_in(app.test_client(), "hanako", "ABCDE-12345-FGHIJ").status_code == 422


def test_only_hashes_are_stored_and_the_secret_is_new_each_time(client, app):
    sign_in(client, app)
    first = client.get_cookie("staff").value
    assert len(bytes.fromhex(first)) == 32
    assert [row.lookup for row in rows(app, SignIn)] == [hashlib.sha256(bytes.fromhex(first)).digest()]
    assert rows(app, Account)[0].password_hash.startswith("$argon2id$")
    try_in(client)
    assert client.get_cookie("staff").value != first
    assert len(rows(app, SignIn)) == 1, "the older one of this browser is over"


def test_planted_cookie_is_not_taken_over(client, app):
    client.set_cookie("staff", "ab" * 32)
    sign_in(client, app)
    assert client.get_cookie("staff").value != "ab" * 32


def test_cookie_is_bound_to_the_host_where_https_allows(client, app):
    make(app)
    app.config["SESSION_COOKIE_SECURE"] = True
    cookie = try_in(client).headers.getlist("Set-Cookie")[0]
    assert cookie.startswith("__Host-staff=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "Max-Age" not in cookie


def test_wrong_password_unknown_name_and_switched_off_account_get_the_same_answer(client, app):
    make(app)
    gone = make(app, name="gone")
    with open_session(app.extensions["engine"]) as session:
        session.get(Account, gone).disabled_at = now()
    answers = [try_in(client, name, word) for name, word in (
        ("sensei", "wrong"), ("nobody", "wrong"), ("gone", PASSWORD), ("a b\0", PASSWORD), ("sensei", "x" * 5000),
    )]  # fmt: skip
    assert {a.status_code for a in answers} == {422}
    assert len({re.sub(r'name="name" value="[^"]*"', "", a.text) for a in answers}) == 1
    assert 'name="name" value="nobody"' in answers[1].text
    assert all(PASSWORD not in a.text for a in answers)


def test_unknown_name_takes_as_long_as_a_wrong_password(client, app, monkeypatch):
    monkeypatch.setattr(service_passwords, "_hasher", REAL_HASHER)
    make(app)
    took = {"sensei": [], "nobody": []}
    for _ in range(4):
        for name, times in took.items():
            began = time.perf_counter()
            try_in(client, name, "wrong")
            times.append(time.perf_counter() - began)
    assert 0.5 < min(took["sensei"]) / min(took["nobody"]) < 2  # the quickest: others waited for what else runs here


def test_empty_fields_are_named_and_cost_no_try(client, app):
    answer = try_in(client, "", "")
    assert answer.status_code == 422
    assert 'href="#name"' in answer.text
    assert 'href="#password"' in answer.text
    assert rows(app, SignInTry) == []


def test_wrong_tries_slow_a_name_down_with_waits_that_double_and_end(client, app):
    make(app)
    make(app, name="other")
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(5):
            assert try_in(client, password="wrong").status_code == 422
        for minutes in (1, 2, 4, 8, 15, 15):
            held_up = try_in(client)
            assert held_up.status_code == 429
            assert f"あと{minutes}分" in re.sub(r"<rt.*?</rt>|<[^>]+>", "", held_up.text)
            assert held_up.headers["Retry-After"] == str(minutes * 60)
            assert try_in(app.test_client(), "other").status_code == 303, "another name is not slowed down"
            clock.shift(timedelta(minutes=minutes, seconds=1))
            assert try_in(client, password="wrong").status_code == 422
        clock.shift(timedelta(minutes=16))
        assert try_in(client).status_code == 303
        assert try_in(app.test_client(), password="wrong").status_code == 422, "the name starts anew"


def test_many_names_from_one_address_are_slowed_down_generously(client, app, monkeypatch):
    monkeypatch.setitem(FREE_TRIES, "address", 4)
    make(app)
    for number in range(3):
        assert try_in(client, f"nobody{number}", "wrong").status_code == 422
        assert try_in(client).status_code == 303, "a right one is not counted"
    assert try_in(client, "nobody8", "wrong").status_code == 422
    assert try_in(client).status_code == 429


def test_tries_and_the_log_hold_nothing_that_was_typed(client, app, capfd):
    account = make(app)
    try_in(client, "sensei", "my-wrong-word")
    try_in(client, "my-secret-name", "my-wrong-word")
    try_in(client)
    client.post("/ja/staff/sign-out")
    log = [(entry.account_id, entry.what, entry.about) for entry in rows(app, AuditEntry)]
    assert log == [
        (None, "account-made", account), (None, "role-given", f"{account} instructor"),
        (None, "sign-in-refused", account), (None, "sign-in-refused", ""),
        (account, "signed-in", ""), (account, "signed-out", ""),
    ]  # fmt: skip
    raw = b"".join(path.read_bytes() for path in app.extensions["madoguchi"].settings.data_dir.glob("madoguchi.db*"))
    written = raw + "".join(capfd.readouterr()).encode()
    for word in ("my-wrong-word", "my-secret-name", PASSWORD):
        assert word.encode() not in written


def test_sign_in_ends_after_15_idle_minutes_and_use_keeps_it(client, app):
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, app)
        for _ in range(4):
            clock.shift(timedelta(minutes=14))
            assert client.get(ACCOUNT).status_code == 200
        clock.shift(timedelta(minutes=15))
        assert client.get(ACCOUNT).location == "/ja/staff/sign-in?back=%2Fja%2Fstaff%2Faccount"


def test_sign_in_ends_after_12_hours_whatever_is_done(client, app):
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, app)
        for _ in range(12 * 6 - 1):
            clock.shift(timedelta(minutes=10))
            assert client.get(ACCOUNT).status_code == 200
        clock.shift(timedelta(minutes=10))
        assert client.get(ACCOUNT).status_code == 303


def test_use_is_noted_at_most_once_a_minute(client, app):
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, app)
        clock.shift(timedelta(seconds=59))
        client.get(ACCOUNT)
        assert rows(app, SignIn)[0].seen_at == START
        clock.shift(timedelta(seconds=1))
        client.get(ACCOUNT)
        assert rows(app, SignIn)[0].seen_at == START + timedelta(minutes=1)


def test_asking_how_long_it_lasts_does_not_make_it_longer_but_staying_does(client, app):
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, app)
        csrf = csrf_of(client.get(ACCOUNT))
        clock.shift(timedelta(minutes=13))
        assert client.get("/ja/staff/left").json == {"left": 120}
        assert client.get("/ja/staff/left").json == {"left": 120}
        kept = client.post("/ja/staff/keep", data={"csrf": csrf}, headers={"Accept": "application/json"})
        assert kept.json == {"left": 900}
        assert client.post("/ja/staff/keep", data={"csrf": csrf, "back": "/ja/try/1"}).location == "/ja/try/1"
        clock.shift(timedelta(minutes=16))
        assert client.get("/ja/staff/left").json == {"left": 0}
    assert app.test_client().get("/ja/staff/left").json == {"left": 0}


def test_old_cookie_is_dead_after_signing_out(client, app):
    sign_in(client, app)
    cookie = client.get_cookie("staff").value
    answer = client.post("/ja/staff/sign-out")
    assert answer.location == "/ja/staff/signed-out"
    assert client.get_cookie("staff") is None
    assert client.get(answer.location).status_code == 200
    client.set_cookie("staff", cookie)
    assert client.get(ACCOUNT).status_code == 303
    assert client.post("/ja/staff/sign-out").status_code == 303


def test_what_is_over_is_erased(client, app):
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, app)
        try_in(app.test_client(), password="wrong")
        for later, sign_ins, tries in (
            (timedelta(minutes=14), 1, 2),
            (timedelta(minutes=2), 0, 2),
            (timedelta(days=2), 0, 0),
        ):
            clock.shift(later)
            with open_session(app.extensions["engine"]) as session:
                erase_ended_sign_ins(session, now())
                forget_old_tries(session, now())
            assert (len(rows(app, SignIn)), len(rows(app, SignInTry))) == (sign_ins, tries)


def test_new_password_from_the_command_ends_sign_ins_and_waits(client, app):
    sign_in(client, app)
    for _ in range(5):
        try_in(app.test_client(), password="wrong")
    with open_session(app.extensions["engine"]) as session:
        name, password, made = let_in(
            session, "SENSEI", "instructor", now(), app.extensions["madoguchi"].settings.pepper
        )
    assert (name, made) == ("sensei", False)
    assert client.get(ACCOUNT).status_code == 303
    assert try_in(client, password=PASSWORD).status_code == 422
    assert try_in(client, password=password).status_code == 303


def test_account_that_is_switched_off_is_out_at_once(client, app):
    account = sign_in(client, app)
    with open_session(app.extensions["engine"]) as session:
        session.get(Account, account).disabled_at = now()
    assert client.get(ACCOUNT).status_code == 303
