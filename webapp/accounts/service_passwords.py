"""Passwords: argon2id with a cap on how many are worked out at once, and wrong tries that slow the next ones down."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session

from webapp.accounts.rules import LONGEST_PASSWORD, fold_password, wait_after
from webapp.accounts.tables import SignInTry
from webapp.kit.crypto import keyed_hash

AT_ONCE = 2
LONGEST_QUEUE = 10.0
_hasher = PasswordHasher()  # argon2id as RFC 9106 advises for little memory: 64 MiB, 3 passes
_room = BoundedSemaphore(AT_ONCE)


class TooBusy(Exception):
    """Too many passwords are being worked out; another moment will do."""


@contextmanager
def _take_room() -> Iterator[None]:
    """Wait for one of the places: each takes 64 MiB and a processor, and a flood of tries must not take them all."""
    if not _room.acquire(timeout=LONGEST_QUEUE):
        raise TooBusy
    try:
        yield
    finally:
        _room.release()


def hash_password(typed: str) -> str:
    """Return what is stored of a password. Raises TooBusy."""
    with _take_room():
        return _hasher.hash(_to_bytes(typed))


def fits(typed: str, kept: str | None) -> bool:
    """Tell whether a password is the one behind a hash; without a hash it takes as long to say no. Raises TooBusy."""
    with _take_room():
        try:
            _hasher.verify(kept or _nobody(), _to_bytes(typed))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None and len(typed) <= LONGEST_PASSWORD


def is_outdated(kept: str) -> bool:
    """Tell whether a hash was made with other costs than today's."""
    return _hasher.check_needs_rehash(kept)


def _to_bytes(typed: str) -> bytes:
    """Return what is worked on; a password much too long is cut, as it is refused anyway."""
    return fold_password(typed[: LONGEST_PASSWORD + 1]).encode("utf-8", "surrogatepass")


def _nobody() -> str:
    """Return a hash of today's costs that no password has."""
    salt, digest = (b64encode(keyed_hash(b"nobody", word)).decode().rstrip("=") for word in ("salt", "hash"))
    costs = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${digest}"


def take_try(session: Session, whos: Mapping[str, str], now: datetime, pepper: bytes) -> timedelta | None:
    """Count a try before it is known to be right, or return how long to wait for the next one.

    `whos`: which "name" is tried and from which "address". The rows are held while they are looked at, so that of many
    tries at the same moment no more get through than one after the other.
    """
    rows = {kind: _hold_row(session, _hash_who(kind, who, pepper), now) for kind, who in whos.items()}
    wait = max((row.wait_until - now for row in rows.values() if row.wait_until > now), default=None)
    if wait is None:
        for kind, row in rows.items():
            row.wrong += 1
            row.wait_until = now + (wait_after(kind, row.wrong) or timedelta())
            session.add(row)
    return wait


def _hold_row(session: Session, key: bytes, now: datetime) -> SignInTry:
    """Return the row of a name or an address, making it if it is the first time, for this transaction alone."""
    row = session.get(SignInTry, key, with_for_update=True)
    if row is None:
        row = SignInTry(who=key, wait_until=now)
        session.add(row)
        session.flush()
    return row


def forget_try(session: Session, whos: Mapping[str, str], now: datetime, pepper: bytes) -> None:
    """Take back what was counted for a try that was right: the name starts anew, the address has one less."""
    for kind, who in whos.items():
        row = session.get(SignInTry, _hash_who(kind, who, pepper), with_for_update=True)
        if row is not None and kind == "name":
            session.delete(row)
        elif row is not None:
            row.wrong, row.wait_until = max(row.wrong - 1, 0), now
            session.add(row)


def _hash_who(kind: str, who: str, pepper: bytes) -> bytes:
    """Return the hash that stands for a name or an address."""
    return keyed_hash(pepper, f"sign-in|{kind}|{who}")
