"""The people who work here: invited by a link, given roles, switched off, helped back in."""

import re
from datetime import datetime, timedelta, timezone

import pytest
import time_machine
from sqlmodel import Session

from tests.accounts.helping import SECRET, code_of, make, make_csrf, set_up_codes, sign_in
from tests.accounts.test_factors import letters_of
from tests.accounts.test_sign_in import ACCOUNT, rows, try_in
from tests.accounts.test_walls import hidden_of
from webapp.accounts.jobs import erase_ended_sign_ins
from webapp.accounts.rules import find_grant_faults
from webapp.accounts.rules_audit import read_about
from webapp.accounts.service import list_grants
from webapp.accounts.tables import Account, AuditEntry, Invitation, SignIn
from webapp.kit.clock import now
from webapp.kit.database import open_session

START = datetime(2026, 11, 27, 1, 0, tzinfo=timezone.utc)
PEOPLE, NEW = "/ja/staff/people/", "midori-no-densha-9"


@pytest.fixture
def chief(app, client):
    """Return the browser of an administrator, whose pages are checked like those of `client`."""
    browser = app.test_client()
    sign_in(browser, app, ("administrator",), "kanri")
    return browser


def press(browser, path, **data):
    """Send a form of the pages of people."""
    return browser.post(f"{PEOPLE}{path}", data={"csrf": make_csrf(browser), **data})


def link_of(page) -> str:
    """Return the path of the link that a page shows."""
    assert page.status_code == 200, page.text
    assert page.headers["Cache-Control"] == "no-store"
    return re.search(r"http://localhost(/ja/staff/welcome/[0-9a-f]{32})", page.text)[1]


def grants_of(app, account_id):
    """Return what somebody may do."""
    with Session(app.extensions["engine"]) as session:
        return {str(one) for one in list_grants(session, account_id)}


def find_id(app, name):
    """Return somebody's id."""
    return next(one.id for one in rows(app, Account) if one.name == name)


def test_person_is_invited_sets_a_password_then_a_second_factor_and_is_in(client, app, chief):
    chief.get(f"{PEOPLE}new")
    link = link_of(press(chief, "new", name="Taro", grant=["officer:tax", "head:pension", "reception"]))
    assert "リンクを待っています" in re.sub(r"<rt.*?</rt>|<[^>]+>", "", chief.get(PEOPLE).text)
    taro = find_id(app, "taro")
    assert grants_of(app, taro) == {"officer:tax", "head:pension", "reception"}
    assert try_in(client, "taro", "").status_code == 422
    page = client.get(link)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert client.get(link).status_code == 200, "looking uses nothing up"
    for new, again in (("short", "short"), (NEW, "other"), ("", "")):
        assert client.post(link, data={"new_password": new, "again_password": again}).status_code == 422
    done = client.post(link, data={"new_password": NEW, "again_password": NEW})
    assert done.location == "/ja/staff/factor"
    assert client.get(link).status_code == 404
    assert client.post(link, data={"new_password": NEW, "again_password": NEW}).status_code == 404
    page = client.get(done.location)
    fields = dict(hidden_of(page, "/ja/staff/factor/setup"))
    there = client.post("/ja/staff/factor/setup", data={**fields, "code": code_of(now(), letters_of(page))})
    assert there.location == "/ja/staff/"
    assert client.get(ACCOUNT).status_code == 200
    kanri = find_id(app, "kanri")
    assert [(one.account_id, one.what) for one in rows(app, AuditEntry) if one.about == taro] == [
        (None, "account-made"), (kanri, "invited"), (taro, "link-used"), (taro, "codes-set-up"),
    ]  # fmt: skip
    assert list_roles_logged(app, taro) == [
        (kanri, "role-given", "head:pension"), (kanri, "role-given", "officer:tax"), (kanri, "role-given", "reception"),
    ]  # fmt: skip


def list_roles_logged(app, account_id):
    """Return which roles of somebody were given or taken away by whom."""
    found = [(one, *read_about(one.about)) for one in rows(app, AuditEntry) if one.what.startswith("role-")]
    return [(one.account_id, one.what, grant) for one, whose, grant in found if whose == account_id]


def test_instructor_who_was_invited_is_in_by_password_alone(client, app, chief):
    link = link_of(press(chief, "new", name="sensei2", grant="instructor"))
    done = client.post(link.replace("/ja/", "/en/"), data={"new_password": NEW, "again_password": NEW})
    assert done.location == "/en/teach/"


def test_link_lasts_three_days_and_is_stored_as_a_hash_only(client, app):
    with time_machine.travel(START, tick=False) as clock:
        chief = app.test_client()
        sign_in(chief, app, ("administrator",), "kanri")
        link = link_of(press(chief, "new", name="taro", grant="auditor"))
        token = link.rsplit("/", 1)[1]
        raw = b"".join(
            path.read_bytes() for path in app.extensions["madoguchi"].settings.data_dir.glob("madoguchi.db*")
        )
        assert token.encode() not in raw
        assert bytes.fromhex(token) not in raw
        clock.shift(timedelta(hours=71, minutes=59))
        assert client.get(link).status_code == 200
        clock.shift(timedelta(minutes=2))
        assert client.get(link).status_code == 404
        with open_session(app.extensions["engine"]) as session:
            erase_ended_sign_ins(session, now())
        assert rows(app, Invitation) == []


@pytest.mark.parametrize("token", ["0" * 32, "x", "0" * 31 + "g", "../x", "0" * 5000])
def test_link_that_is_none_leads_nowhere(client, token):
    assert client.get(f"/ja/staff/welcome/{token}").status_code == 404
    assert client.post(f"/ja/staff/welcome/{token}", data={"new_password": NEW}).status_code == 404


def test_token_of_a_link_is_in_no_log(client, app, chief, caplog):
    link = link_of(press(chief, "new", name="taro", grant="auditor"))
    client.get(link)
    client.post(link, data={"new_password": NEW, "again_password": NEW})
    written = "".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "/<voice>/staff/welcome/<token>" in written
    assert link.rsplit("/", 1)[1] not in written


@pytest.mark.parametrize(("name", "grant", "field"), [
    ("", ["auditor"], "name"), ("a b", ["auditor"], "name"), ("KANRI", ["auditor"], "name"), ("taro", [], "grant"),
    ("taro", ["boss"], "grant"), ("taro", ["officer"], "grant"), ("taro", ["officer:nowhere"], "grant"),
    ("taro", ["auditor:tax"], "grant"), ("x" * 500, ["auditor"], "name"),
])  # fmt: skip
def test_what_is_to_mend_about_an_invitation_is_named_and_nobody_is_made(app, chief, name, grant, field):
    answer = press(chief, "new", name=name, grant=grant)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert len(rows(app, Account)) == 1
    assert all(f'value="{one}" checked' in answer.text for one in grant if one == "auditor")


def test_new_roles_end_what_was_signed_in(client, app, chief):
    taro = sign_in(client, app, name="taro")
    set_up_codes(app, taro)
    answer = press(chief, f"{taro}/roles", grant=["instructor", "officer:tax"])
    assert answer.location == f"{PEOPLE}{taro}/?done=roles"
    assert chief.get(answer.location).status_code == 200
    assert list_roles_logged(app, taro)[1:] == [(find_id(app, "kanri"), "role-given", "officer:tax")]
    assert client.get(ACCOUNT).status_code == 303
    assert try_in(client, "taro").location == "/ja/staff/factor"
    assert press(chief, f"{taro}/roles").status_code == 422
    assert press(chief, f"{taro}/roles", grant="officer:nowhere").status_code == 422
    assert grants_of(app, taro) == {"instructor", "officer:tax"}


def test_promoted_to_what_needs_a_second_factor_begins_anew_by_a_link_and_the_old_password_opens_nothing(
    client, app, chief
):
    taro = sign_in(client, app, name="taro")
    page = bare(chief.get(f"{PEOPLE}{taro}/"))
    assert "講師のほかの役割にすると、今のパスワードは使えなくなり、新しいリンクが出ます" in page
    page = press(chief, f"{taro}/roles", grant=["officer:tax"])
    assert "パスワードを使えなくしました" in bare(page)
    stranger = app.test_client()
    assert try_in(stranger, "taro").status_code == 422, "whoever knows the old password gets nowhere"
    assert client.get(ACCOUNT).status_code == 303
    done = client.post(link_of(page), data={"new_password": NEW, "again_password": NEW})
    assert letters_of(client.get(done.location))
    assert [what for _, what, _ in list_roles_logged(app, taro)] == ["role-given", "role-taken", "role-given"]
    assert "recovery-begun" in [one.what for one in rows(app, AuditEntry) if one.about == taro]


def test_promotion_leaves_alone_who_has_no_password_or_needs_no_second_factor(app, chief):
    waiting = link_of(press(chief, "new", name="mada", grant="instructor"))
    mada = find_id(app, "mada")
    assert press(chief, f"{mada}/roles", grant="officer:tax").location == f"{PEOPLE}{mada}/?done=roles"
    assert app.test_client().get(waiting).status_code == 200, "the link that they were given goes on"
    jiro = make(app, ("auditor",), "jiro")
    assert press(chief, f"{jiro}/roles", grant="instructor").location == f"{PEOPLE}{jiro}/?done=roles"
    assert try_in(app.test_client(), "jiro").location == "/ja/teach/"


def bare(page):
    """Return a page's words without readings."""
    return re.sub(r"<rt.*?</rt>|<[^>]+>", "", page.text)


def test_section_that_is_no_office_any_more_can_be_kept_and_taken_away(app, chief):
    taro = make(app, ("officer:old-office",), "taro")
    set_up_codes(app, taro)
    assert 'value="officer:old-office" checked' in chief.get(f"{PEOPLE}{taro}/").text
    assert press(chief, f"{taro}/roles", grant=["officer:old-office", "auditor"]).status_code == 303
    assert press(chief, f"{taro}/roles", grant=["auditor"]).status_code == 303
    assert press(chief, f"{taro}/roles", grant=["officer:old-office"]).status_code == 422


def test_last_administrator_stays_one(app, chief):
    kanri = find_id(app, "kanri")
    make(app, ("administrator",), "off")
    with open_session(app.extensions["engine"]) as session:
        session.get_one(Account, find_id(app, "off")).disabled_at = now()
    press(chief, "new", name="invited", grant="administrator")
    refused = press(chief, f"{kanri}/roles", grant="auditor")
    assert refused.status_code == 422
    assert grants_of(app, kanri) == {"administrator"}
    make(app, ("administrator",), "second")
    assert press(chief, f"{kanri}/roles", grant="auditor").location == ACCOUNT
    assert grants_of(app, kanri) == {"auditor"}
    assert chief.get(ACCOUNT).status_code == 200
    assert chief.get(PEOPLE).status_code == 404


def test_own_roles_renew_the_own_sign_in(app, chief):
    kanri, before = find_id(app, "kanri"), chief.get_cookie("staff").value
    assert press(chief, f"{kanri}/roles", grant=["administrator", "auditor"]).status_code == 303
    assert chief.get_cookie("staff").value != before
    assert chief.get(f"{PEOPLE}{kanri}/").status_code == 200


@pytest.mark.parametrize("what", ["off", "on", "recover", "end"])
def test_nobody_shuts_themselves_out(app, chief, what):
    assert press(chief, f"{find_id(app, 'kanri')}/{what}", which="all").status_code == 404
    assert chief.get(PEOPLE).status_code == 200


def test_person_is_switched_off_and_on(client, app, chief):
    taro = sign_in(client, app, ("reception",), "taro")
    assert press(chief, f"{taro}/off").location == f"{PEOPLE}{taro}/?done=off"
    assert rows(app, SignIn)[0].account_id != taro
    assert client.get(ACCOUNT).status_code == 303
    assert try_in(client, "taro").status_code == 422
    assert press(chief, f"{taro}/recover").status_code == 404
    chief.get(f"{PEOPLE}{taro}/")
    press(chief, f"{taro}/on")
    assert try_in(client, "taro").location == "/ja/staff/factor"
    assert "switched-on" in [one.what for one in rows(app, AuditEntry)]


def test_link_of_somebody_who_was_switched_off_is_over(client, app, chief):
    link = link_of(press(chief, "new", name="taro", grant="auditor"))
    press(chief, f"{find_id(app, 'taro')}/off")
    press(chief, f"{find_id(app, 'taro')}/on")
    assert client.get(link).status_code == 404


def test_recovery_takes_password_second_factor_and_sign_ins_away_and_gives_a_link(client, app, chief):
    taro = sign_in(client, app, ("reception",), "taro")
    first = link_of(press(chief, f"{taro}/recover"))
    link = link_of(press(chief, f"{taro}/recover"))
    assert client.get(first).status_code == 404, "only the newest link works"
    assert client.get(ACCOUNT).status_code == 303
    assert try_in(client, "taro").status_code == 422
    assert not next(one for one in rows(app, Account) if one.id == taro).sealed_totp
    done = client.post(link, data={"new_password": NEW, "again_password": NEW})
    assert letters_of(client.get(done.location)) != SECRET
    assert rows(app, Invitation)[0].made_by == find_id(app, "kanri")


def test_sign_ins_of_somebody_are_seen_and_ended(client, app, chief):
    taro = sign_in(client, app, name="taro")
    others = [app.test_client() for _ in range(2)]
    for other in others:
        try_in(other, "taro")
    which = re.findall(r'name="which" value="([0-9a-f]{16})"', chief.get(f"{PEOPLE}{taro}/").text)
    assert len(which) == 3
    assert press(chief, f"{taro}/end", which=which[0]).location == f"{PEOPLE}{taro}/?done=ended"
    assert len([one for one in rows(app, SignIn) if one.account_id == taro]) == 2
    press(chief, f"{taro}/end", which="all")
    assert {one.get(ACCOUNT).status_code for one in (client, *others)} == {303}


@pytest.mark.parametrize("account_id", ["0" * 24, "x"])
def test_nobody_is_found_under_what_is_no_id(chief, account_id):
    assert chief.get(f"{PEOPLE}{account_id}/").status_code == 404
    assert press(chief, f"{account_id}/off").status_code == 404


def test_grants_are_judged_by_rules_alone():
    assert find_grant_faults([], ["tax"]) == ("none",)
    assert find_grant_faults(["auditor", "head:tax"], ["tax"]) == ()
    assert find_grant_faults(["head:tax"], []) == ("unknown",)
    assert find_grant_faults(["head"], ["tax"]) == ("unknown",)
