"""Tries at the same time, on both databases; hashes of other days."""

from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from sqlmodel import Session

from tests.accounts.helping import REAL_HASHER
from webapp.accounts import service_passwords
from webapp.accounts.rules import FREE_TRIES, new_password
from webapp.accounts.service import get_account, make_account
from webapp.accounts.service_passwords import fits, hash_password, is_outdated
from webapp.accounts.service_sign_in import begin_sign_in, find_sign_in, try_password
from webapp.kit.clock import now
from webapp.kit.database import open_session

PEPPER = b"p" * 32


def test_many_tries_at_the_same_moment_count_as_many(engine):
    with ThreadPoolExecutor(12) as pool:
        tries = list(
            pool.map(lambda _: try_password(engine, {"name": "x", "address": "y"}, "wrong", now(), PEPPER), range(24))
        )
    assert sum(tried.wait is None for tried in tries) == FREE_TRIES["name"]
    assert try_password(engine, {"name": "x", "address": "y"}, "wrong", now(), PEPPER).wait is not None


def test_hash_of_cheaper_days_is_renewed_at_sign_in(engine, monkeypatch):
    monkeypatch.setattr(service_passwords, "_hasher", REAL_HASHER)
    with open_session(engine) as session:
        account = make_account(session, "sensei", "word-word-word", ("instructor",), now())
        account.password_hash = PasswordHasher(1, 8, 1).hash("word-word-word")
    tried = try_password(engine, {"name": "sensei", "address": "y"}, "word-word-word", now(), PEPPER)
    assert tried.account_id == account.id
    with open_session(engine) as session:
        secret = begin_sign_in(session, tried, "", now())
    with Session(engine) as session:
        kept = get_account(session, account.id).password_hash
        assert find_sign_in(session, secret, now())
    assert not is_outdated(kept)
    assert fits("word-word-word", kept)
    assert not fits("word-word-wore", kept)


def test_nobody_has_the_password_of_nobody():
    assert not fits("", None)
    assert not fits("x" * 100_000, hash_password("x" * 201))


def test_passwords_that_are_made_can_be_read_out():
    words = {new_password() for _ in range(200)}
    assert len(words) == 200
    assert not set("".join(words)) & set("01ilou")
