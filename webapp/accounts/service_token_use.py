"""A system that shows its token: known by it, counted, and slowed down where it asks too often or shows wrong ones."""

from datetime import datetime, timedelta

from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from webapp.accounts.rules import SEEN_EVERY, Clerk, Grant
from webapp.accounts.rules_tokens import MOST_A_MINUTE, hash_token, state_of
from webapp.accounts.service_audit import note
from webapp.accounts.service_sign_in import count_try
from webapp.accounts.tables import ApiToken, SignInTry
from webapp.kit.crypto import keyed_hash
from webapp.kit.database import open_session

WINDOW = timedelta(minutes=1)


class WrongToken(Exception):
    """No token, or one that is unknown, has ended or was revoked."""


class TooOften(Exception):
    """Too many requests; `wait` is how long until the next."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait


def meet_system(engine: Engine, token: str | None, address: str, now: datetime, pepper: bytes) -> Clerk:
    """Return the system that shows a token, as somebody who works in its section. Raises WrongToken, TooOften.

    A right token is let in whatever was tried from its address: a whole ward shares one. Every request is counted on the
    disk, so that the limit holds across processes.
    """
    try:
        found = _find_and_count(engine, token, now, pepper)
    except IntegrityError:  # two that were each the first of a token at the same moment: the second goes again
        found = _find_and_count(engine, token, now, pepper)
    if found is None:
        _count_wrong(engine, token, address, now, pepper)
        raise WrongToken
    row, wait = found
    if wait is not None:
        raise TooOften(wait)
    return Clerk(row.id, row.system, frozenset({Grant("officer", row.section)}))


def _find_and_count(
    engine: Engine, token: str | None, now: datetime, pepper: bytes
) -> tuple[ApiToken, timedelta | None] | None:
    """Return the token's row and how long to wait, if at all; None for a token that lets nobody in."""
    if token is None:
        return None
    with open_session(engine) as session:
        row = session.exec(select(ApiToken).where(ApiToken.lookup == hash_token(token))).first()
        if row is None or state_of(row.ends_at, row.revoked_at, now) in ("ended", "revoked"):
            return None
        wait = _count(session, row.id, now, pepper)
        if wait is None and (row.used_at is None or now - row.used_at >= SEEN_EVERY):
            row.used_at = now
            session.add(row)
        return row, wait


def _count(session: Session, token_id: str, now: datetime, pepper: bytes) -> timedelta | None:
    """Count a request of this minute, or return how long until the next minute if there were too many."""
    key = keyed_hash(pepper, f"requests|token|{token_id}")
    row = session.get(SignInTry, key, with_for_update=True) or SignInTry(who=key, wait_until=now)
    if row.wait_until <= now:
        row.wrong, row.wait_until = 0, now + WINDOW
    if row.wrong >= MOST_A_MINUTE:
        return row.wait_until - now
    row.wrong += 1
    session.add(row)
    return None


def _count_wrong(engine: Engine, token: str | None, address: str, now: datetime, pepper: bytes) -> None:
    """Count a wrong token of an address, and write it down; about which token, if it once was one. Raises TooOften."""
    wait = count_try(engine, {"token": address}, now, pepper)
    if wait is not None:
        raise TooOften(wait)
    with open_session(engine) as session:
        query = select(ApiToken.id).where(ApiToken.lookup == hash_token(token or ""))
        note(session, now, None, "token-refused", session.exec(query).first() or "")
