"""Signing a test's browser in, as a person does it."""

from collections.abc import Sequence

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from webapp.accounts import service_passwords
from webapp.accounts.service import make_account
from webapp.kit.clock import now
from webapp.kit.database import open_session

REAL_HASHER = service_passwords._hasher
service_passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""What a password costs to work out would be most of a test's time; the tests of just that take the real costs."""

PASSWORD = "gorogoro-kaminari-7"


def make(app: Flask, roles: Sequence[str] = ("instructor",), name: str = "sensei", password: str = PASSWORD) -> str:
    """Make an account; return its id."""
    with open_session(app.extensions["engine"]) as session:
        return make_account(session, name, password, tuple(roles), now()).id


def sign_in(
    client: FlaskClient, app: Flask, roles: Sequence[str] = ("instructor",), name: str = "sensei", voice: str = "ja"
) -> str:
    """Make an account and sign this browser in through the real form; return the account's id."""
    account_id = make(app, roles, name)
    answer = client.post(f"/{voice}/staff/sign-in", data={"name": name, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return account_id
