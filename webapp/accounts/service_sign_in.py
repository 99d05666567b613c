"""Signing in and out: a random 256-bit secret in a cookie, of which only the hash is stored, with an idle and a whole limit."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from webapp.accounts.rules import IDLE, WHOLE, time_left
from webapp.accounts.service import find_account, get_account
from webapp.accounts.service_audit import note
from webapp.accounts.service_passwords import fits, hash_password, is_outdated, take_try
from webapp.accounts.tables import Account, SignIn
from webapp.kit.crypto import new_key
from webapp.kit.database import open_session

BY_PASSWORD, ELSEWHERE, WHOLLY = "password", "sso", "whole"
"""How far a sign-in is: halfway by a password, halfway by the ward's own sign-in service, or all the way."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a try: whose account it opens, or how long to wait, or neither. `fresh_hash`: to be stored instead."""

    account_id: str | None = None
    wait: timedelta | None = None
    fresh_hash: str | None = None


def try_password(engine: Engine, whos: dict[str, str], password: str, now: datetime, pepper: bytes) -> Tried:
    """Try a password for the name in `whos`, from the address in it. Raises TooBusy.

    The try is counted, and the count is on disk, before the slow part begins, so that tries at the same time cannot slip
    past it; and no lock is held while the password is worked out. Whoever calls holds no transaction open.
    """
    wait = count_try(engine, whos, now, pepper)
    if wait is not None:
        return Tried(wait=wait)
    with open_session(engine) as session:
        found = find_account(session, whos["name"])
        account_id, kept = (found.id, found.password_hash) if found and found.disabled_at is None else (None, None)
    if not fits(password, kept):
        return Tried()
    return Tried(account_id, None, hash_password(password) if kept and is_outdated(kept) else None)


def count_try(engine: Engine, whos: dict[str, str], now: datetime, pepper: bytes) -> timedelta | None:
    """Count a try on the disk, or return how long to wait.

    Two that are each the first of a name at the same moment meet in the table, and the second goes again.
    """
    try:
        with open_session(engine) as session:
            return take_try(session, whos, now, pepper)
    except IntegrityError:
        with open_session(engine) as session:
            return take_try(session, whos, now, pepper)


def begin_sign_in(
    session: Session, tried: Tried, browser: str, now: datetime, stage: str = WHOLLY, taken: str = "password-taken"
) -> bytes:
    """Sign a browser in under a new secret, which is returned and stored nowhere. `taken`: the log's word for what was shown.

    Halfway it opens nothing but the page that asks for the second factor, and not for long.
    """
    if stage == BY_PASSWORD and taken == "sso-taken":
        stage = ELSEWHERE
    secret = new_key()
    account = get_account(session, tried.account_id or "")
    if tried.fresh_hash:
        account.password_hash = tried.fresh_hash
        session.add(account)
    whole = stage == WHOLLY
    session.add(SignIn(
        lookup=hash_secret(secret), account_id=account.id, made_at=now, seen_at=now, ends_at=now + (WHOLE if whole else IDLE),
        browser=browser[:80], stage=stage, proved_at=now if whole else None,
    ))  # fmt: skip
    by = "by-password" if taken == "password-taken" else "by-single-sign-on"
    note(session, now, account.id, "signed-in" if whole else taken, why=by if whole else "")
    return secret


def renew_sign_in(session: Session, lookup: bytes, now: datetime, by: str = "") -> bytes:
    """Make a sign-in whole, or note that its person proved anew who they are: the old secret is dead, return the new one.

    `by`: the log's word for what they proved it with.
    """
    old, secret = session.get_one(SignIn, lookup), new_key()
    whole = old.stage == WHOLLY
    session.add(SignIn(
        lookup=hash_secret(secret), account_id=old.account_id, made_at=old.made_at, seen_at=now,
        ends_at=old.ends_at if whole else now + WHOLE, browser=old.browser, stage=WHOLLY, proved_at=now,
    ))  # fmt: skip
    session.delete(old)
    note(session, now, old.account_id, "proved-anew" if whole else "signed-in", why=by)
    return secret


def note_refusal(session: Session, name: str, now: datetime) -> None:
    """Write into the log that a password was wrong: about which account, but never what was typed as a name."""
    account = find_account(session, name)
    note(session, now, None, "sign-in-refused", account.id if account else "")


def find_sign_in(session: Session, secret: bytes | None, now: datetime) -> tuple[SignIn, Account] | None:
    """Return what a cookie's secret is signed in as, if that is not over and the account is still good."""
    if secret is None:
        return None
    query = select(SignIn, Account).join(Account).where(SignIn.lookup == hash_secret(secret))
    found = session.exec(query).first()
    if found is None or found[1].disabled_at is not None:
        return None
    return found if time_left(found[0].seen_at, found[0].ends_at, now) > timedelta() else None


def note_seen(session: Session, lookup: bytes, now: datetime) -> None:
    """Note that a sign-in is in use."""
    row = session.get(SignIn, lookup)
    if row is not None:
        row.seen_at = now
        session.add(row)


def end_sign_in(session: Session, secret: bytes | None, now: datetime) -> None:
    """End what a cookie's secret is signed in as."""
    row = session.get(SignIn, hash_secret(secret)) if secret else None
    if row is not None:
        session.delete(row)
        note(session, now, row.account_id, "signed-out")


def list_sign_ins(session: Session, account_id: str, now: datetime) -> Sequence[SignIn]:
    """Return what an account is signed in with now, the last used first."""
    query = select(SignIn).where(SignIn.account_id == account_id).order_by(col(SignIn.seen_at).desc())
    return [row for row in session.exec(query) if time_left(row.seen_at, row.ends_at, now) > timedelta()]


def show_id(lookup: bytes) -> str:
    """Return a short name for a sign-in that opens nothing and leads back to nothing."""
    return hashlib.sha256(lookup).hexdigest()[:16]


def end_others(session: Session, account_id: str, keep: bytes, which: str, now: datetime) -> int:
    """End one other sign-in of an account by its short name, or all others for "all"; return how many."""
    rows = session.exec(select(SignIn).where(SignIn.account_id == account_id, SignIn.lookup != keep))
    gone = [row for row in rows if which in ("all", show_id(row.lookup))]
    for row in gone:
        session.delete(row)
    if gone:
        note(session, now, account_id, "sign-ins-ended", str(len(gone)))
    return len(gone)


def hash_secret(secret: bytes) -> bytes:
    """Return the hash under which a sign-in is found; the secret is random, so a plain hash keeps it."""
    return hashlib.sha256(secret).digest()
