"""Staff at the ward's own sign-in service: proving anew, links, forms, tries, both databases, settings."""

import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from tests.accounts.helping import make, make_csrf
from tests.accounts.provider import list_settings
from tests.accounts.sso.journeys import FACTOR, INBOX, OFFICER, PEOPLE, SSO, all_of, allow, go
from tests.conftest import make_copy
from webapp.accounts.jobs import erase_ended_sign_ins
from webapp.accounts.rules_oidc import Proven
from webapp.accounts.service import make_account
from webapp.accounts.service_people import find_person
from webapp.accounts.service_single_sign_on import allow as allow_link
from webapp.accounts.service_single_sign_on import find_person_of, is_linked, use_state
from webapp.accounts.tables import AuditEntry, SingleSignOn
from webapp.config import SettingError, load_settings
from webapp.kit.clock import now
from webapp.kit.database import open_session


def signed_in(app, op, client):
    """Sign the officer in whom the service vouches for, at a time of our own."""
    op.claims = {"amr": ["otp"]}
    assert go(client, op) == INBOX


def test_proving_anew_asks_the_service_to_ask_again_and_looks_when_it_did(app, client, op, chief, sqlite_engine):
    account_id = make(app, ("administrator",), "kakari")
    allow(chief, account_id)
    op.claims = {"amr": ["otp"]}
    assert go(client, op, back=PEOPLE) == PEOPLE
    with time_machine.travel(now() + timedelta(minutes=11), tick=True):
        asked = client.get(PEOPLE).location
        page = client.get(asked).text
        assert f'action="{SSO}/proof"' in page
        assert 'id="password"' in page, "who has a password may use it"
        begun = {"csrf": make_csrf(client), "back": PEOPLE}
        for wrong, reason in (({"auth_time": None}, "stale"), ({"auth_time": int(time.time()) - 3600}, "stale"),
                              ({"auth_time": "soon"}, "answer"), ({"amr": ["pwd"]}, "weak"), ({"sub": "x"}, "another")):  # fmt: skip
            op.claims = {"amr": ["otp"], **wrong}
            away = client.post(f"{SSO}/proof", data=begun).location
            assert client.get(op.go(away)).location == f"{SSO}/problem/{reason}"
            assert client.get(PEOPLE).status_code == 303
        op.claims = {"amr": ["otp"]}
        away = client.post(f"{SSO}/proof", data=begun).location
        query = parse_qs(urlsplit(away).query)
        assert (query["prompt"], query["max_age"], query["scope"]) == (["login"], ["0"], ["openid profile"])
        assert client.get(op.go(away)).location == PEOPLE
        assert client.get(PEOPLE).status_code == 200
    assert [one.what for one in all_of(sqlite_engine, AuditEntry)].count("proved-anew") == 1


def test_a_form_that_came_too_late_waits_while_its_writer_signs_in_beside_it(app, client, op, chief):
    allow(chief, make(app, ("instructor",), "kakari"))
    kept = {"csrf": "0" * 128, "text": "書いたもの"}
    page = client.post("/ja/try/one", data=kept)
    assert page.status_code == 401
    assert 'target="_blank"' in page.text
    assert go(client, op, beside="yes") == f"{SSO}/done"
    assert client.get(f"{SSO}/done").status_code == 200
    carried = client.post(FACTOR, data={"csrf": "", "kept_to": "/ja/try/one", "kept-text": "書いたもの"})
    assert 'value="書いたもの"' in carried.text
    assert 'action="/ja/try/one"' in carried.text


def test_taking_the_link_off_ends_what_was_signed_in_with_it(app, client, op, chief, kakari, sqlite_engine):
    signed_in(app, op, client)
    page = chief.get(f"{PEOPLE}{kakari}/").text
    assert "つながっています" in page
    assert allow(chief, kakari, "off").endswith("?done=sso-off")
    assert client.get(INBOX).location.startswith("/ja/staff/sign-in")
    assert go(client, op) == f"{SSO}/problem/unknown"
    allow(chief, kakari)
    assert "までに" in chief.get(f"{PEOPLE}{kakari}/?done=sso-on").text
    chief.post(f"{PEOPLE}{kakari}/recover", data={"csrf": make_csrf(chief)})
    assert all_of(sqlite_engine, SingleSignOn) == [], "who is helped back in is linked anew, too"


def test_pages_with_the_button_let_forms_lead_to_the_service_and_other_pages_do_not(
    client, op, settings, sqlite_engine, roomy_app
):
    page = client.get("/ja/staff/sign-in?back=/ja/staff/log")
    assert f"form-action 'self' {op.base};" in page.headers["Content-Security-Policy"]
    assert f'action="{SSO}"' in page.text
    assert "form-action 'self';" in client.get("/ja/slip").headers["Content-Security-Policy"]
    left = replace(settings, oidc_staff=replace(settings.oidc_staff, end_url=f"{op.base}/end"))
    out = make_copy(roomy_app, left, sqlite_engine).test_client().get("/ja/staff/signed-out").text
    assert (
        f'href="{op.base}/end?client_id=madoguchi&amp;post_logout_redirect_uri=http%3A%2F%2Flocalhost%2Fja%2Fstaff%2Fsigned-out"'
        in out
    )
    assert "/end" not in client.get("/ja/staff/signed-out").text


def test_tries_without_an_end_wait_before_the_service_is_asked(client, op, kakari):
    with time_machine.travel(datetime(2026, 11, 28, tzinfo=timezone.utc), tick=False):
        told = [client.get("/sso/staff/return?state=x&code=y").location for _ in range(61)]
    assert told[0] == f"{SSO}/problem/state"
    assert told[-1] == f"{SSO}/problem/wait"
    assert op.asked == []


def test_pages_of_what_went_wrong_are_there_for_the_known_reasons_only(client, op):
    assert client.get(f"{SSO}/problem/<script>").status_code == 404
    for voice in ("ja-easy", "en"):
        assert client.get(f"/{voice}/staff/sso/problem/clock").status_code == 200


def test_links_are_made_once_and_journeys_count_once_on_both_databases(engine, settings):
    issuer, pepper = settings.oidc_staff.issuer, settings.pepper
    person = Proven(issuer, "7", "kakari", False, None)
    with open_session(engine) as session:
        account_id = make_account(session, "kakari", None, OFFICER, now()).id
        assert find_person_of(session, person, now(), pepper) is None
        allow_link(session, issuer, account_id, "", now(), pepper)
    with open_session(engine) as session:
        assert find_person_of(session, person, now(), pepper).id == account_id
        assert find_person_of(session, replace(person, subject="8"), now(), pepper) is None
        assert find_person_of(session, replace(person, issuer="https://another.example"), now(), pepper) is None
    with open_session(engine) as session:
        assert is_linked(session, person, account_id, pepper)
        assert find_person(session, account_id).invited is False
        erase_ended_sign_ins(session, now() + timedelta(days=9))
        assert is_linked(session, person, account_id, pepper)
    assert [use_state(engine, "x", now(), pepper) for _ in range(2)] == [True, False]


MISTAKES = (
    ({"OIDC_STAFF_ISSUER": "http://example.jp"}, "OIDC_STAFF_ISSUER"), ({"OIDC_STAFF_CLIENT_ID": ""}, "OIDC_STAFF_CLIENT_ID"),
    ({"OIDC_STAFF_CLIENT_SECRET_FILE": ""}, "OIDC_STAFF_CLIENT_SECRET_FILE"), ({"OIDC_STAFF_ALGS": "none"}, "OIDC_STAFF_ALGS"),
    ({"OIDC_STAFF_ALGS": "HS256"}, "OIDC_STAFF_ALGS"), ({"OIDC_STAFF_SCOPES": "profile"}, "OIDC_STAFF_SCOPES"),
    ({"OIDC_STAFF_TOKEN_URL": "https://a.example/t"}, "OIDC_STAFF_TOKEN_URL"), ({"OIDC_STAFF_LEEWAY": "999"}, "OIDC_STAFF_LEEWAY"),
    ({"OIDC_STAFF_CLIENT_AUTH": "none"}, "OIDC_STAFF_CLIENT_AUTH"), ({"OIDC_STAFF_FORM_ORIGINS": "*"}, "address"),
    ({"OIDC_STAFF_AUTHORIZE_URL": "https://a.example/x; script-src *"}, "OIDC_STAFF"),
)  # fmt: skip


def test_a_wrong_setting_stops_the_start_and_is_named(tmp_path, op):
    for change, named in MISTAKES:
        env = {"DATA_DIR": str(tmp_path / "data"), **list_settings(op, tmp_path), **change}
        with pytest.raises(SettingError, match=named):
            load_settings(env)
