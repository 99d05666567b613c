"""Signing a test's browser in, as a person does it."""

from collections.abc import Sequence
from datetime import datetime

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from webapp.accounts import service_passwords
from webapp.accounts.rules import LINK_LASTS, needs_second_factor, read_grant
from webapp.accounts.rules_totp import make_code, step_of
from webapp.accounts.service import make_account
from webapp.accounts.tables import Account, Invitation
from webapp.kit.clock import now
from webapp.kit.crypto import seal
from webapp.kit.database import open_session
from webapp.kit.safety import make_token

REAL_HASHER = service_passwords._hasher
service_passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""What a password costs to work out would be most of a test's time; the tests of just that take the real costs."""

PASSWORD = "gorogoro-kaminari-7"
SECRET = b"twenty secret bytes."
"""What the code apps of tests hold."""


def make(app: Flask, roles: Sequence[str] = ("instructor",), name: str = "sensei", password: str = PASSWORD) -> str:
    """Make an account; return its id."""
    with open_session(app.extensions["engine"]) as session:
        return make_account(session, name, password, tuple(roles), now()).id


def sign_in(
    client: FlaskClient, app: Flask, roles: Sequence[str] = ("instructor",), name: str = "sensei", voice: str = "ja"
) -> str:
    """Make an account and sign this browser in through the real forms, second step and all; return the account's id."""
    account_id = make(app, roles, name)
    set_up_codes(app, account_id) if needs_second_factor(read_grant(one).role for one in roles) else None
    answer = client.post(f"/{voice}/staff/sign-in", data={"name": name, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    if answer.location == f"/{voice}/staff/factor":
        answer = client.post(answer.location, data={"csrf": make_csrf(client), "code": code_of(now())})
        assert answer.status_code == 303, answer.text
    return account_id


def come_by_link(app: Flask, account_id: str) -> str:
    """Have somebody have used their link just now, as those do who begin here; return the account's id."""
    moment = now()
    with open_session(app.extensions["engine"]) as session:
        session.add(Invitation(
            lookup=account_id.encode(), account_id=account_id, kind="invite", made_at=moment, ends_at=moment + LINK_LASTS,
            used_at=moment,
        ))  # fmt: skip
    return account_id


def set_up_codes(app: Flask, account_id: str) -> None:
    """Give somebody a code app whose secret is `SECRET`."""
    keys = app.extensions["madoguchi"].settings.master_keys
    with open_session(app.extensions["engine"]) as session:
        session.get_one(Account, account_id).sealed_totp = seal(keys[0], SECRET, f"account|{account_id}|totp")


def code_of(moment: datetime, secret: bytes = SECRET) -> str:
    """Return what a code app shows at a moment."""
    return make_code(secret, step_of(moment))


def make_csrf(client: FlaskClient) -> str:
    """Return a token for forms of this browser's sign-in."""
    cookie = client.get_cookie("staff")
    assert cookie
    return make_token(bytes.fromhex(cookie.value))
