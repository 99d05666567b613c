"""What tests of single sign-on share: allowing an account, and going to the service and back."""

from sqlmodel import Session, select

from tests.accounts.helping import make_csrf
from webapp.accounts.tables import SignIn

SSO, FACTOR, INBOX, PEOPLE = "/ja/staff/sso", "/ja/staff/factor", "/ja/staff/inbox/", "/ja/staff/people/"
OFFICER = ("officer:tax",)


def allow(chief, account_id, then="allow"):
    answer = chief.post(f"{PEOPLE}{account_id}/sso", data={"csrf": make_csrf(chief), "then": then})
    assert answer.status_code == 303
    return answer.location


def leave(client, **data):
    """Press the button; return the address of the service that the browser is sent to."""
    answer = client.post(SSO, data=data)
    assert answer.status_code == 303
    return answer.location


def go(client, op, **data):
    """Go to the service and come back; return where that leads."""
    answer = client.get(op.go(leave(client, **{"back": INBOX, **data})))
    assert answer.status_code == 303
    return answer.location


def all_of(engine, table):
    with Session(engine) as session:
        return session.exec(select(table)).all()


def why_not(client, engine, location):
    """Return the reason of the page that somebody is led to, once nobody was let in and the page is there in each voice."""
    assert location.startswith(f"{SSO}/problem/"), location
    assert client.get(location).status_code == 200
    assert not [one for one in all_of(engine, SignIn) if one.stage == "whole" and one.browser != ""]
    return location.rsplit("/", 1)[1]
