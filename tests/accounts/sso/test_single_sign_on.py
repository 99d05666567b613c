"""Staff at the ward's own sign-in service: signing in, in order and out of it."""

import time
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from sqlmodel import Session

from tests.accounts.helping import code_of, make, make_csrf, set_up_codes
from tests.accounts.provider import KEYS
from tests.accounts.sso.journeys import FACTOR, INBOX, OFFICER, SSO, all_of, allow, go, leave, why_not
from tests.conftest import make_copy
from webapp.accounts import service_oidc_line
from webapp.accounts.service_oidc_line import forget_lines
from webapp.accounts.tables import Account, AuditEntry, SingleSignOn
from webapp.kit.clock import now


def test_first_sign_in_links_the_account_that_was_allowed_and_the_number_counts_from_then_on(
    app, client, op, kakari, settings, sqlite_engine
):
    assert go(client, op, back=INBOX) == f"{FACTOR}?back=%2Fja%2Fstaff%2Finbox%2F"
    assert client.get("/ja/staff/account").location.startswith(FACTOR)
    set_up_codes(app, kakari)
    answer = client.post(FACTOR, data={"csrf": make_csrf(client), "code": code_of(now()), "back": INBOX})
    assert answer.location == INBOX
    op.person["preferred_username"] = "married-since"
    assert go(app.test_client(), op).startswith(FACTOR)
    op.person["sub"] = "somebody else"
    op.person["preferred_username"] = "kakari"
    assert go(app.test_client(), op) == f"{SSO}/problem/unknown"
    assert len(all_of(sqlite_engine, SingleSignOn)) == 1
    told = [(one.what, one.about) for one in all_of(sqlite_engine, AuditEntry)]
    assert ("sso-linked", kakari) in told
    assert [what for what, _ in told].count("sso-taken") == 2
    sqlite_engine.dispose()
    raw = b"".join(path.read_bytes() for path in settings.data_dir.glob("madoguchi.db*"))
    assert b"248289761001" not in raw
    assert b"married-since" not in raw


def test_nobody_is_let_in_whom_no_administrator_allowed_under_that_very_name(app, client, op, chief, sqlite_engine):
    account_id = make(app, OFFICER, "kakari")
    assert why_not(client, sqlite_engine, go(client, op)) == "unknown"
    allow(chief, account_id)
    op.person["preferred_username"] = "kakari2"
    assert why_not(client, sqlite_engine, go(client, op)) == "unknown"
    op.person["preferred_username"] = None
    assert why_not(client, sqlite_engine, go(client, op)) == "unknown"
    op.person["preferred_username"] = "kakari"
    for disabled_at, later in ((now(), timedelta()), (None, timedelta(hours=73))):
        with Session(sqlite_engine) as session:
            session.get_one(Account, account_id).disabled_at = disabled_at
            session.commit()
        with time_machine.travel(now() + later, tick=True):
            assert why_not(client, sqlite_engine, go(client, op)) == "unknown"


@pytest.mark.parametrize("claims", [{"amr": ["pwd", "otp"]}, {"acr": "two"}])
def test_a_second_factor_that_the_service_vouches_for_is_not_asked_for_again(client, op, kakari, claims):
    op.claims = claims
    assert go(client, op) == INBOX
    assert client.get(INBOX).status_code == 200


@pytest.mark.parametrize("claims", [{}, {"amr": ["pwd"]}, {"amr": "otp"}, {"acr": "one"}])
def test_what_the_service_does_not_vouch_for_is_asked_for_here(client, op, kakari, claims):
    op.claims = claims
    if claims == {"amr": "otp"}:  # methods are a list, or the answer is none
        assert go(client, op) == f"{SSO}/problem/answer"
    else:
        assert go(client, op).startswith(FACTOR)


def test_people_who_need_one_factor_only_are_in_at_once(app, client, op, chief):
    allow(chief, make(app, ("instructor",), "kakari"))
    assert go(client, op, back="/ja/staff/account") == "/ja/staff/account"


def test_who_has_no_password_is_not_asked_to_change_it(app, client, op, chief, sqlite_engine):
    account_id = make(app, ("instructor",), "kakari")
    allow(chief, account_id)
    page = client.get(go(client, op, back="/ja/staff/account")).text
    assert 'name="old_password"' in page
    with Session(sqlite_engine) as session:
        session.get_one(Account, account_id).password_hash = ""
        session.commit()
    page = client.get("/ja/staff/account").text
    assert 'name="old_password"' not in page
    assert "パスワードは決めていません" in page


FUTURE = int(time.time()) + 86_400


WRONG = (
    ({"nonce": "another"}, "answer"), ({"nonce": None}, "answer"), ({"aud": "another"}, "answer"), ({"aud": []}, "answer"),
    ({"aud": ["madoguchi", "another"]}, "answer"), ({"azp": "another"}, "answer"), ({"iss": "http://127.0.0.1:1"}, "answer"),
    ({"exp": int(time.time()) - 61}, "clock"), ({"exp": None}, "answer"), ({"iat": FUTURE}, "clock"), ({"nbf": FUTURE}, "clock"),
    ({"sub": None}, "answer"), ({"sub": 7}, "answer"), ({"sub": "x" * 300}, "answer"), ({"sub": "a\x00b"}, "answer"), ({"sub": "ひと"}, "answer"), ({"at_hash": "wrong"}, "answer"),
)  # fmt: skip


def test_an_answer_that_is_not_for_us_now_and_for_this_journey_lets_nobody_in(client, op, kakari, sqlite_engine):
    for claims, reason in WRONG:
        op.claims = {"amr": ["otp"], **claims}
        assert why_not(client, sqlite_engine, go(client, op)) == reason, claims


def test_an_answer_without_the_services_own_signature_lets_nobody_in(client, op, kakari, sqlite_engine):
    op.claims = {"amr": ["otp"]}
    for op.bad in ("alg none", "our secret", "signature", "no token"):
        assert why_not(client, sqlite_engine, go(client, op)) == "answer", op.bad
    op.bad = ""
    assert go(client, op) == INBOX


def test_a_journey_that_is_not_this_browsers_or_came_back_before_lets_nobody_in(app, client, op, kakari, sqlite_engine):
    op.claims = {"amr": ["otp"]}
    back = op.go(leave(client, back=INBOX))
    assert why_not(client, sqlite_engine, app.test_client().get(back).location) == "state"
    tampered = back.replace("state=", "state=x")
    assert why_not(client, sqlite_engine, client.get(tampered).location) == "state"
    assert why_not(client, sqlite_engine, client.get(back).location) == "state", "it is over after one try"
    cookie_of = app.test_client()
    back = op.go(leave(cookie_of, back=INBOX))
    sealed = cookie_of.get_cookie("sso-staff").value
    assert cookie_of.get(back).location == INBOX
    cookie_of.set_cookie("sso-staff", sealed)
    assert cookie_of.get(back).location == f"{SSO}/problem/state", "even with the cookie put back"
    late = op.go(leave(client, back=INBOX))
    with time_machine.travel(now() + timedelta(minutes=11), tick=True):
        assert client.get(late).location == f"{SSO}/problem/state"
    other = op.go(leave(client, back=INBOX))
    assert client.get(other + "&iss=http://elsewhere.example").location != INBOX


def test_the_code_is_taken_with_the_verifier_of_its_own_journey_only(app, client, op, kakari):
    """A code that was begun in another browser is worth nothing here, even with our own state."""
    stolen = parse_qs(urlsplit(op.go(leave(app.test_client()))).query)["code"][0]
    mine = op.go(leave(client, back=INBOX))
    own = parse_qs(urlsplit(mine).query)["code"][0]
    assert client.get(mine.replace(own, stolen)).location == f"{SSO}/problem/answer"


@pytest.mark.parametrize("path", ["/token", "/keys", "/.well-known/openid-configuration"])
def test_a_service_that_is_down_gets_a_kind_page_and_the_next_try_works(client, op, kakari, path):
    op.claims, op.status = {"amr": ["otp"]}, {path: 503}
    location = client.post(SSO).location
    reached = client.get(op.go(location)).location if location.startswith(op.base) else location
    assert reached == f"{SSO}/problem/down"
    page = client.get(reached)
    assert "少し待ってから" in page.text
    op.status = {}
    assert go(client, op) == INBOX


def test_a_service_that_is_slow_or_gone_is_not_waited_for(client, op, kakari, monkeypatch):
    monkeypatch.setattr(service_oidc_line, "TIMEOUT", (0.2, 0.2))
    back = op.go(leave(client, back=INBOX))
    op.slow = 0.5
    assert client.get(back).location == f"{SSO}/problem/down"
    forget_lines()
    assert client.post(SSO).location == f"{SSO}/problem/down"
    op.slow = 0.0
    back = op.go(leave(client, back=INBOX))
    op.bad = "cut"
    assert client.get(back).location == f"{SSO}/problem/down", "half an answer is none"


def test_who_stops_at_the_service_is_told_how_to_go_on(client, op, kakari, sqlite_engine):
    op.deny = "access_denied"
    assert why_not(client, sqlite_engine, go(client, op)) == "refused"
    op.deny = "temporarily_unavailable"
    assert why_not(client, sqlite_engine, go(client, op)) == "down"
    whys = [one.why for one in all_of(sqlite_engine, AuditEntry) if one.what == "sso-failed"]
    assert whys == ["refused", "down"]


ASTRAY = (
    {"issuer": "http://127.0.0.1:1"}, {"authorization_endpoint": "https://elsewhere.example/auth"},
    {"token_endpoint": "http://elsewhere.example/token"}, {"jwks_uri": None}, {"issuer": None},
)  # fmt: skip


def test_a_service_that_calls_itself_something_else_or_leads_elsewhere_is_not_believed(client, op):
    for op.metadata in ASTRAY:
        forget_lines()
        assert client.post(SSO).location == f"{SSO}/problem/settings"


def test_a_service_that_promises_to_say_who_it_is_has_to(client, op, kakari):
    op.metadata, op.claims = {"authorization_response_iss_parameter_supported": True}, {"amr": ["otp"]}
    back = op.go(leave(client, back=INBOX))
    without = back.partition("&iss=")[0]
    assert client.get(without).location == f"{SSO}/problem/answer"
    assert go(client, op) == INBOX


def test_a_token_that_lasts_a_minute_is_used_at_once_to_ask_for_the_name(client, op, kakari):
    op.expires_in, op.claims, op.told = 60, {"amr": ["otp"]}, {"preferred_username": "KAKARI"}
    del op.person["preferred_username"]
    assert go(client, op) == INBOX
    assert op.asked[-1] == "/userinfo"


def test_userinfo_about_somebody_else_is_not_believed(client, op, kakari):
    del op.person["preferred_username"]
    op.told = {"sub": "another", "preferred_username": "kakari"}
    assert go(client, op) == f"{SSO}/problem/answer"


def test_a_key_that_is_new_is_asked_for_and_rs256_is_taken_too(client, op, kakari, monkeypatch):
    monkeypatch.setattr(service_oidc_line, "KEYS_ASKED_EVERY", 0.0)
    op.claims, op.keys = {"amr": ["otp"]}, [KEYS["RS256"]]
    op.alg = "RS256"
    assert go(client, op) == INBOX
    op.alg, op.keys = "ES256", [KEYS["ES256"], KEYS["RS256"]]
    assert go(client, op) == INBOX


@pytest.mark.parametrize("auth", ["client_secret_post", "private_key_jwt"])
def test_the_ward_proves_who_it_is_as_the_service_wants(op, kakari, roomy_app, settings, sqlite_engine, auth):
    key = KEYS["client"].as_pem(private=True).decode()
    staff = replace(settings.oidc_staff, client_auth=auth)
    staff = replace(staff, secret=key) if auth == "private_key_jwt" else staff
    client = make_copy(roomy_app, replace(settings, oidc_staff=staff), sqlite_engine).test_client()
    op.claims = {"amr": ["otp"]}
    assert go(client, op) == INBOX
    assert bool(op.assertions) == (auth == "private_key_jwt")
