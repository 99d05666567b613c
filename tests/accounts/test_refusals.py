"""What somebody who works here was refused is in the log: once an hour for each page, whoever presses however often."""

from datetime import timedelta

import time_machine
from sqlmodel import Session, select

from tests.accounts.helping import make_csrf, sign_in
from webapp.accounts.tables import AuditEntry
from webapp.kit.clock import now

ELSE = "/ja/staff/inbox/000000000000000000000000/"


def refusals(app) -> list[tuple[str, str]]:
    """Return what was refused, and by which answer."""
    query = select(AuditEntry).where(AuditEntry.what == "refused").order_by(AuditEntry.number)
    with Session(app.extensions["engine"]) as session:
        return [(one.about, one.why) for one in session.exec(query)]


def test_refusals_by_role_and_by_the_wall_are_noted_once_an_hour_and_page(client, app):
    with time_machine.travel(now(), tick=False) as clock:
        account = sign_in(client, app, ("officer:tax",), "kakari")
        for _ in range(3):
            assert client.get("/ja/staff/people/").status_code == 404
            assert client.get(ELSE).status_code == 404
            assert client.get(ELSE.replace("0", "1")).status_code == 404
        assert refusals(app) == [("/staff/people/", "404"), ("/staff/inbox/<application_id>/", "404")]
        clock.shift(timedelta(minutes=10))
        client.get("/en/staff/people/")
        for _ in range(6):
            clock.shift(timedelta(minutes=9))
            client.get("/ja/staff/account")
        client.get("/en/staff/people/")
        assert refusals(app)[2:] == [("/staff/people/", "404")]
    with Session(app.extensions["engine"]) as session:
        people = session.exec(select(AuditEntry.account_id).where(AuditEntry.what == "refused")).all()
    assert set(people) == {account}


def test_refused_forms_are_noted_too(client, app):
    sign_in(client, app, ("officer:tax",), "kakari")
    path, other, cross = "/ja/staff/people/new", "/ja/staff/account/end", {"Sec-Fetch-Site": "cross-site"}
    assert client.post(path, data={"csrf": make_csrf(client), "name": "x"}).status_code == 404
    assert client.post(other, data={"csrf": make_csrf(client)}, headers=cross).status_code == 403
    assert refusals(app) == [("/staff/people/new", "404"), ("/staff/account/end", "403")]


def test_pages_that_are_nowhere_strangers_and_what_is_allowed_leave_nothing(client, app):
    assert client.get("/ja/staff/people/").status_code == 303
    sign_in(client, app, ("officer:tax",), "kakari")
    assert client.get("/ja/staff/nowhere").status_code == 404
    assert client.get("/ja/procedures/nothing").status_code == 404
    assert client.get("/ja/staff/account").status_code == 200
    assert refusals(app) == []


def test_log_says_what_somebody_signed_in_with(client, app):
    sign_in(client, app, ("officer:tax",), "kakari")
    sign_in(app.test_client(), app, ("instructor",), "sensei")
    with Session(app.extensions["engine"]) as session:
        query = select(AuditEntry.why).where(AuditEntry.what == "signed-in").order_by(AuditEntry.number)
        assert session.exec(query).all() == ["by-code", "by-password"]
