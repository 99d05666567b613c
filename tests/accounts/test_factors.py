"""The second factor: one-time codes, the stage before them, waits, and proving again."""

import re
from datetime import datetime, timedelta, timezone

import time_machine

from tests.accounts.helping import PASSWORD, code_of, come_by_link, make, make_csrf, set_up_codes, sign_in
from tests.accounts.test_sign_in import ACCOUNT, csrf_of, rows, try_in
from tests.accounts.test_walls import TYPED, as_data, hidden_of
from webapp.accounts.jobs import erase_ended_sign_ins
from webapp.accounts.rules import Grant
from webapp.accounts.service import set_grants
from webapp.accounts.tables import Account, AuditEntry, SignIn
from webapp.kit.clock import now
from webapp.kit.database import open_session

START = datetime(2026, 11, 27, 1, 0, tzinfo=timezone.utc)
FACTOR, SETUP = "/ja/staff/factor", "/ja/staff/factor/setup"


def prove(client, code, **more):
    """Send a one-time code."""
    return client.post(FACTOR, data={"csrf": make_csrf(client), "code": code, **more})


def letters_of(page) -> bytes:
    """Return the secret that a page of setting up shows."""
    import base64

    plain = re.search(r'translate="no">([A-Z2-7 ]{32,})</dd>', page.text)[1].replace(" ", "")
    return base64.b32decode(plain)


def test_somebody_new_sets_codes_up_in_the_middle_of_signing_in(client, app):
    account = come_by_link(app, make(app, ("officer:tax",), "kakari"))
    away = client.get("/ja/staff/account")
    halfway = try_in(client, "kakari", back="/ja/staff/account?done=ended")
    assert away.location.startswith("/ja/staff/sign-in")
    assert halfway.location == f"{FACTOR}?back=%2Fja%2Fstaff%2Faccount%3Fdone%3Dended"
    cookie = client.get_cookie("staff").value
    page = client.get(halfway.location)
    fields, secret = dict(hidden_of(page, SETUP)), letters_of(page)
    wrong = client.post(SETUP, data={**fields, "code": "000000"})
    assert wrong.status_code == 422
    assert letters_of(wrong) == secret
    answer = client.post(SETUP, data={**dict(hidden_of(wrong, SETUP)), "code": code_of(now(), secret)})
    assert answer.location == "/ja/staff/account?done=ended"
    assert client.get_cookie("staff").value != cookie
    assert client.get(ACCOUNT).status_code == 200
    client.set_cookie("staff", cookie)
    assert client.get(ACCOUNT).status_code == 303
    kept = rows(app, Account)[0]
    assert secret not in kept.sealed_totp
    assert [one.what for one in rows(app, AuditEntry) if one.account_id == account] == [
        "password-taken", "codes-set-up", "signed-in",
    ]  # fmt: skip


def test_before_the_second_factor_nothing_opens(client, app):
    account = make(app, ("instructor", "reception"), "kakari")
    set_up_codes(app, account)
    try_in(client, "kakari")
    csrf = make_csrf(client)
    for path in (ACCOUNT, "/ja/try/1", "/ja/staff/kiosks", "/ja/teach/"):
        assert client.get(path).location.startswith(FACTOR), path
    assert client.post("/ja/try/1", data={"csrf": csrf, "x": "1"}).status_code == 401
    assert client.get("/ja/staff/left").json == {"left": 0}
    for path, data in ((SETUP, {"code": "1"}), (f"{FACTOR}/keys", {"answer": "{}"})):
        page = client.post(path, data={"csrf": csrf, **data})
        assert "letters" not in page.text, "who has a second factor proves it, and sets up no other"
        assert 'id="code"' in page.text
    assert client.get(f"{FACTOR}/setup").location.startswith(FACTOR)
    assert client.post(f"{FACTOR}/challenge", data={"csrf": csrf, "what": "new"}).status_code == 403
    assert rows(app, Account)[0].sealed_totp


def test_halfway_sign_in_lasts_a_quarter_of_an_hour_at_most(client, app):
    with time_machine.travel(START, tick=False) as clock:
        set_up_codes(app, make(app, ("reception",), "kakari"))
        try_in(client, "kakari")
        clock.shift(timedelta(minutes=14))
        assert client.get(FACTOR).status_code == 200
        clock.shift(timedelta(minutes=2))
        assert client.get(FACTOR).location.startswith("/ja/staff/sign-in")


def test_code_is_taken_once_and_a_wrong_one_is_told(client, app):
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, app, ("reception",), "kakari")
        other = app.test_client()
        try_in(other, "kakari")
        again = prove(other, code_of(START))
        assert again.status_code == 422
        assert 'aria-invalid="true"' in again.text
        assert prove(other, "").status_code == 422
        clock.shift(timedelta(seconds=30))
        assert prove(other, code_of(now())).location == "/ja/staff/"
    assert "factor-refused" in [one.what for one in rows(app, AuditEntry)]


def test_wrong_codes_wait_like_wrong_passwords_and_a_right_password_does_not_help(client, app):
    with time_machine.travel(START, tick=False) as clock:
        set_up_codes(app, make(app, ("reception",), "kakari"))
        for _ in range(2):
            assert try_in(client, "kakari").status_code == 303
            assert prove(client, "000000").status_code == 422
        assert try_in(client, "kakari").status_code == 303
        held_up = prove(client, code_of(START))
        assert held_up.status_code == 429
        assert held_up.headers["Retry-After"] == "60"
        assert try_in(client, "kakari").status_code == 429
        clock.shift(timedelta(seconds=61))
        assert prove(client, code_of(now())).status_code == 303
        for _ in range(5):
            assert try_in(app.test_client(), "kakari", "wrong").status_code == 422, "the name starts anew"


def test_instructor_signs_in_by_password_alone_until_more_is_set_up(client, app):
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, app)
        page = client.get(SETUP)
        secret = letters_of(page)
        done = client.post(SETUP, data={**dict(hidden_of(page, SETUP)), "code": code_of(now(), secret)})
        assert done.location == f"{ACCOUNT}?done=factor"
        assert client.get(done.location).status_code == 200
        clock.shift(timedelta(minutes=1))
        other = app.test_client()
        assert try_in(other).location == FACTOR
        assert prove(other, code_of(now(), secret)).location == "/ja/teach/"
        gone = client.post(f"{FACTOR}/remove", data={"csrf": make_csrf(client)})
        assert gone.location == f"{ACCOUNT}?done=removed"
        assert try_in(app.test_client()).location == "/ja/teach/"


def test_the_only_second_factor_that_is_needed_stays(client, app):
    sign_in(client, app, ("reception",), "kakari")
    refused = client.post(f"{FACTOR}/remove", data={"csrf": make_csrf(client)})
    assert refused.status_code == 422
    assert 'href="#factors"' in refused.text
    assert rows(app, Account)[0].sealed_totp


def test_proof_that_is_too_old_is_asked_for_again_and_leads_back(client, app):
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, app, ("administrator",), "kanri")
        assert client.get("/ja/staff/people/").status_code == 200
        clock.shift(timedelta(minutes=11))
        away = client.get("/ja/staff/people/?x=1")
        assert away.location == f"{FACTOR}?back=%2Fja%2Fstaff%2Fpeople%2F%3Fx%3D1"
        page, before = client.get(away.location), client.get_cookie("staff").value
        fields = dict(hidden_of(page, FACTOR))
        assert client.post(FACTOR, data={**fields, "code": "000000"}).status_code == 422
        assert client.post(FACTOR, data={**fields, "code": code_of(now())}).location == "/ja/staff/people/?x=1"
        assert client.get_cookie("staff").value != before
        assert client.get("/ja/staff/people/").status_code == 200
        ends = rows(app, SignIn)[0].ends_at
        assert ends == START + timedelta(hours=12), "proving again makes no sign-in longer"


def test_people_without_a_second_factor_prove_by_their_password(client, app):
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, app)
        clock.shift(timedelta(minutes=11))
        away = client.get(SETUP)
        fields = dict(hidden_of(client.get(away.location), FACTOR))
        assert client.post(FACTOR, data={**fields, "password": "wrong"}).status_code == 422
        assert client.post(FACTOR, data={**fields, "password": ""}).status_code == 422
        assert client.post(FACTOR, data={**fields, "password": PASSWORD}).location == SETUP


def test_what_was_typed_goes_through_both_steps_and_a_switch_of_voice(client, app):
    set_up_codes(app, make(app, ("instructor", "reception"), "kakari"))
    page = client.post("/ja/try/1", data=as_data(TYPED))
    kept = as_data(hidden_of(page, "/ja/staff/sign-in"))
    second = client.post("/ja/staff/sign-in", data={**kept, "name": "kakari", "password": PASSWORD})
    assert second.status_code == 200
    assert second.headers["Cache-Control"] == "no-store"
    english = client.post(FACTOR, data={**as_data(hidden_of(second, FACTOR)), "then": "voice:en"})
    assert '<html lang="en"' in english.text
    wrong = client.post("/en/staff/factor", data={**as_data(hidden_of(english, "/en/staff/factor")), "code": "000000"})
    assert wrong.status_code == 422
    fields = as_data(hidden_of(wrong, "/en/staff/factor"))
    asks = client.post("/en/staff/factor", data={**fields, "code": code_of(now())})
    again = hidden_of(asks, "/ja/try/1")
    assert [pair for pair in again if pair[0] != "csrf"] == TYPED
    assert client.post("/ja/try/1", data=as_data(again)).json["sent"] == sorted([list(pair) for pair in TYPED])


def test_what_was_typed_goes_through_setting_up_and_proving_again(client, app):
    with time_machine.travel(START, tick=False) as clock:
        come_by_link(app, make(app, ("instructor", "administrator"), "kanri"))
        page = client.post("/ja/try/1", data=as_data(TYPED))
        kept = as_data(hidden_of(page, "/ja/staff/sign-in"))
        setup = client.post("/ja/staff/sign-in", data={**kept, "name": "kanri", "password": PASSWORD})
        secret = letters_of(setup)
        switched = client.post(SETUP, data={**as_data(hidden_of(setup, SETUP)), "then": "look:size-up"})
        assert letters_of(switched) == secret, "an app that has read it stays right"
        fields = as_data(hidden_of(switched, SETUP))
        asks = client.post(SETUP, data={**fields, "code": code_of(now(), secret)})
        assert [pair for pair in hidden_of(asks, "/ja/try/1") if pair[0] != "csrf"] == TYPED
        clock.shift(timedelta(minutes=11))
        late = client.post("/ja/staff/people/new", data={"csrf": make_csrf(client), "name": "taro", "grant": "auditor"})
        assert late.status_code == 403
        fields = as_data(hidden_of(late, FACTOR))
        asks = client.post(FACTOR, data={**fields, "code": code_of(now(), secret)})
        again = hidden_of(asks, "/ja/staff/people/new")
        assert [pair for pair in again if pair[0] != "csrf"] == [("name", "taro"), ("grant", "auditor")]


def test_step_whose_token_is_old_loses_nothing_that_it_carried(client, app):
    set_up_codes(app, make(app, ("instructor", "reception"), "kakari"))
    page = client.post("/ja/try/1", data=as_data(TYPED))
    kept = as_data(hidden_of(page, "/ja/staff/sign-in"))
    second = client.post("/ja/staff/sign-in", data={**kept, "name": "kakari", "password": PASSWORD})
    fields = as_data(hidden_of(second, FACTOR))
    try_in(client, "kakari")
    again = client.post(FACTOR, data={**fields, "code": "000000"})
    assert again.status_code == 401
    assert as_data(hidden_of(again, "/ja/staff/sign-in")) == kept
    prove(client, code_of(now()))
    asks = client.post(FACTOR, data={**fields, "code": "000000"})
    assert [pair for pair in hidden_of(asks, "/ja/try/1") if pair[0] != "csrf"] == TYPED


def test_secret_of_another_sign_in_is_not_set_up(client, app):
    for name in ("one", "two"):
        come_by_link(app, make(app, ("reception",), name))
    other = app.test_client()
    try_in(other, "two")
    page = other.get(FACTOR)
    sealed, secret = dict(hidden_of(page, SETUP))["sealed"], letters_of(page)
    try_in(client, "one")
    for word in (sealed, "", "x", "A" * 400, "☃"):
        data = {"csrf": make_csrf(client), "sealed": word, "code": code_of(now(), secret)}
        assert client.post(SETUP, data=data).status_code == 422
    assert not any(one.sealed_totp for one in rows(app, Account))


def test_new_role_that_needs_more_asks_for_more_at_the_next_sign_in(client, app):
    account = make(app)
    try_in(client)
    with open_session(app.extensions["engine"]) as session:
        set_grants(session, account, frozenset({Grant("auditor")}), now())
    assert try_in(app.test_client()).location == FACTOR


def test_password_alone_begins_nothing_without_a_link_or_once_the_link_would_be_over(client, app):
    with time_machine.travel(START, tick=False) as clock:
        account = make(app, ("officer:tax",), "kakari")
        assert try_in(client, "kakari").location == FACTOR
        refuses(client, app)
        come_by_link(app, account)
        assert letters_of(client.get(FACTOR))
        clock.shift(timedelta(hours=71))
        with open_session(app.extensions["engine"]) as session:
            erase_ended_sign_ins(session, now())
        try_in(client, "kakari")
        fields = dict(hidden_of(client.get(FACTOR), SETUP))
        clock.shift(timedelta(hours=1))
        try_in(client, "kakari")
        refuses(client, app, **fields)


def refuses(client, app, **fields):
    """Make sure that whoever is halfway in is told whom to ask, in whatever way a second factor is tried to be set up."""
    csrf = make_csrf(client)
    for page in (
        client.get(FACTOR),
        client.post(SETUP, data={**fields, "csrf": csrf, "code": "123456"}),
        client.post(f"{FACTOR}/keys", data={"csrf": csrf, "answer": "{}"}),
        prove(client, "123456"),
    ):
        assert "管理する人に「サインインのリンクをください」と言ってください" in re.sub(
            r"<rt.*?</rt>|<[^>]+>", "", page.text
        )
        assert "otpauth" not in page.text
    assert client.post(f"{FACTOR}/challenge", data={"csrf": csrf, "what": "new"}).status_code == 403
    assert not rows(app, Account)[0].sealed_totp
    assert client.get(ACCOUNT).status_code == 303


def test_csrf_token_is_needed_for_every_step(client, app):
    set_up_codes(app, make(app, ("reception",), "kakari"))
    try_in(client, "kakari")
    for path in (FACTOR, SETUP, f"{FACTOR}/keys", f"{FACTOR}/challenge"):
        assert client.post(path, data={"code": code_of(now())}).location == "/ja/staff/sign-in"
    assert csrf_of(client.get(FACTOR))
