"""Coming back by one's card beside the slip: linked by consent, opened on another device, taken off, and never anywhere else."""

from dataclasses import replace
from re import findall
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import Session, select

import webapp.app
from tests.accounts.provider import Service, list_settings, open_service
from tests.autopilot import Autopilot
from tests.conftest import CheckedClient
from tests.drafts.test_journeys import DICTIONARY, SHORT
from tests.kiosk.helping import add_machine, make_staff, pair, sit_down
from webapp.accounts.service_oidc_line import forget_lines
from webapp.accounts.tables import AuditEntry
from webapp.config import load_settings
from webapp.drafts.service import find_draft
from webapp.drafts.service_slips import renew_slip
from webapp.drafts.service_stores import REAL
from webapp.drafts.tables import WayIn
from webapp.kit.clock import today
from webapp.kit.database import open_session
from webapp.kit.safety import make_token

NAME = "デジタル認証アプリ"
PROBLEM = "/ja/identity/problem"


@pytest.fixture(scope="module")
def service():
    with open_service() as found:
        yield found


@pytest.fixture
def op(service) -> Service:
    """Return the service in order; it is told of no names."""
    service.__init__(service.base)
    forget_lines()
    return service


@pytest.fixture
def settings(tmp_path, op):
    more = list_settings(op, tmp_path, "RESIDENT")
    return load_settings({"DATA_DIR": str(tmp_path / "data"), "PUBLIC_URL": "http://localhost", **more})


@pytest.fixture
def base(client) -> str:
    """Return the address of an unfinished draft with a slip."""
    return begin(client)


def begin(client) -> str:
    pilot = Autopilot(client, DICTIONARY, today())
    where = pilot.follow(pilot.start(SHORT))
    found = where.rsplit("/", 1)[0]
    assert client.post(f"{found}/slip", data={"csrf": token(client)}).status_code == 303
    return found


def token(client):
    return make_token(bytes.fromhex(client.get_cookie("browser").value))


def link(client, op, base, then="link"):
    """Press the button beside the slip; return where that leads in the end."""
    location = client.post(f"{base}/identity", data={"csrf": token(client), "then": then}).location
    return client.get(op.go(location)).location if location.startswith(op.base) else location


def come_back(client, op):
    location = client.post("/ja/identity").location
    return client.get(op.go(location)).location if location.startswith(op.base) else location


def ways(engine):
    with Session(engine) as session:
        return session.exec(select(WayIn).where(WayIn.kind == "identity")).all()


@pytest.fixture
def stranger(app):
    app.test_client_class = CheckedClient
    return app.test_client()


def test_a_linked_draft_opens_on_another_device_as_its_slip_would(client, stranger, op, base, settings, sqlite_engine):
    page = client.get(f"{base}/slip")
    assert f"form-action 'self' {op.base};" in page.headers["Content-Security-Policy"]
    assert NAME in page.text
    assert 'name="then" value="link"' in page.text
    assert link(client, op, base) == f"{base}/slip?identity=on"
    assert "つなぎました" in client.get(f"{base}/slip?identity=on").text
    assert come_back(stranger, op) == "/ja/identity"
    listed = stranger.get("/ja/identity").text
    assert f'href="{base}/"' in listed
    assert stranger.get(f"{base}/").status_code == 303
    assert stranger.get(f"{base}/slip").status_code == 200
    sqlite_engine.dispose()
    raw = b"".join(path.read_bytes() for path in settings.data_dir.glob("madoguchi.db*"))
    assert op.person["sub"].encode() not in raw


def test_the_service_is_asked_for_a_card_and_for_no_name(client, op, base):
    away = client.post(f"{base}/identity", data={"csrf": token(client), "then": "link"}).location
    asked = {key: values[0] for key, values in parse_qs(urlsplit(away).query).items()}
    assert (asked["scope"], asked["acr_values"], asked["code_challenge_method"]) == ("openid", "aal3 crl", "S256")
    assert asked["redirect_uri"] == "http://localhost/sso/resident/return"
    client.get(op.go(away))
    assert op.asked == ["/authorize", "/token", "/keys"], "no discovery, no userinfo"
    assert len(op.assertions) == 1, "the ward proved by its key who it is"


def test_each_person_opens_what_is_linked_to_them_and_nothing_else(client, stranger, op, base, sqlite_engine):
    link(client, op, base)
    second = begin(client)
    link(client, op, second)
    op.person["sub"] = "somebody else"
    assert come_back(stranger, op) == f"{PROBLEM}/nothing"
    assert stranger.get(f"{PROBLEM}/nothing").status_code == 200
    assert stranger.get(f"{base}/").status_code == 404
    op.person["sub"] = "248289761001"
    assert come_back(stranger, op) == "/ja/identity"
    assert all(f'href="{one}/"' in stranger.get("/ja/identity").text for one in (base, second))
    assert len({one.holder for one in ways(sqlite_engine)}) == 1
    assert len({one.lookup for one in ways(sqlite_engine)}) == 2
    with Session(sqlite_engine) as session:
        told = [(one.what, one.account_id, one.about, one.why) for one in session.exec(select(AuditEntry))]
    assert ("identity-failed", None, "", "nothing") in told


def test_the_link_can_be_taken_off_or_be_anothers_and_the_slip_stays(client, stranger, op, base, sqlite_engine):
    link(client, op, base)
    op.person["sub"] = "the new card"
    link(client, op, base)
    assert len(ways(sqlite_engine)) == 1
    op.status = {"/token": 500}
    assert link(client, op, base, "remove") == f"{base}/slip?identity=off", "that needs no service"
    assert ways(sqlite_engine) == []
    op.status = {}
    assert come_back(stranger, op) == f"{PROBLEM}/nothing"
    assert "つながりを外しました" in client.get(f"{base}/slip?identity=off").text


def test_what_goes_wrong_at_the_service_leads_to_the_slip(client, op, base, sqlite_engine):
    for bad, reason in (({"claims": {"nonce": "x"}}, "answer"), ({"bad": "signature"}, "answer"), ({"alg": "RS256"}, "answer"),
                        ({"deny": "access_denied"}, "refused"), ({"status": {"/token": 500}}, "down")):  # fmt: skip
        op.__init__(op.base)
        forget_lines()
        vars(op).update(bad)
        assert link(client, op, base) == f"{PROBLEM}/{reason}"
        page = client.get(f"{PROBLEM}/{reason}").text
        assert 'href="/ja/slip"' in page
    assert ways(sqlite_engine) == []


def test_a_journey_links_only_the_draft_that_its_browser_holds(client, stranger, op, base, sqlite_engine):
    away = client.post(f"{base}/identity", data={"csrf": token(client), "then": "link"}).location
    back = op.go(away)
    assert stranger.get(back).location == f"{PROBLEM}/state"
    client.post("/ja/leave", data={"csrf": token(client)})
    assert client.get(back).location == f"{PROBLEM}/gone"
    assert ways(sqlite_engine) == []


def test_helpers_practice_and_drafts_without_a_slip_are_not_offered_it(client, app, op, base, sqlite_engine):
    csrf = token(client)
    answer = client.post(f"{base}/helpers", data={"csrf": csrf, "name": "むすめ", "scope": "fill", "days": "30"})
    helper = client.get(answer.location).text
    number, code = findall(r"[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{4}", helper)[0], findall(r"\d{4}-\d{4}-\d{4}", helper)[0]
    other = app.test_client()
    assert other.post("/ja/slip", data={"number": number, "code": code}).status_code == 303
    csrf = token(other)
    assert other.post(f"{base}/identity", data={"csrf": csrf, "then": "link"}).status_code == 403
    assert other.post(f"{base}/identity", data={"csrf": csrf, "then": "remove"}).status_code == 403
    pilot = Autopilot(client, DICTIONARY, today())
    bare = pilot.follow(pilot.start(SHORT)).rsplit("/", 1)[0]
    assert NAME not in client.get(f"{bare}/slip").text
    assert client.post(f"{bare}/identity", data={"csrf": token(client), "then": "link"}).status_code == 404
    practised = client.post(f"/ja/practice/{base.split('/')[-1]}/identity", data={"csrf": token(client)})
    assert practised.status_code == 404


def test_shared_machines_are_never_offered_it(app, op):
    staff = make_staff(app)
    kiosk = pair(app, staff, add_machine(staff))
    sit_down(kiosk)
    page = kiosk.get("/ja/slip")
    assert page.status_code == 200
    assert NAME not in page.text
    assert "form-action 'self';" in page.headers["Content-Security-Policy"]
    assert kiosk.post("/ja/identity").status_code == 404
    assert kiosk.get("/ja/identity").status_code == 404


def test_after_a_new_slip_that_makes_everybody_forget_the_card_opens_nothing_either(client, stranger, op, base, app):
    link(client, op, base)
    secret = bytes.fromhex(client.get_cookie("browser").value)
    for forget, leads in ((False, "/ja/identity"), (True, f"{PROBLEM}/nothing")):
        with open_session(app.extensions["engine"]) as session:
            draft = find_draft(session, REAL, base.split("/")[-1], secret, True)
            renew_slip(session, draft, app.extensions["madoguchi"].settings.pepper, forget)
        assert come_back(stranger, op) == leads


def test_a_level_that_the_ward_wants_is_looked_for_in_the_answer(op, sqlite_engine, settings):
    wants = replace(settings, oidc_resident=replace(settings.oidc_resident, strong_acr=("aal3",)))
    app = webapp.app.create_app(wants, sqlite_engine)
    other = app.test_client()
    assert come_back(other, op) == f"{PROBLEM}/weak"
    op.claims = {"acr": "aal3"}
    assert come_back(other, op) == f"{PROBLEM}/nothing"
