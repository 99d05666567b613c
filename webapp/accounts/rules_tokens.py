"""Tokens of sections' own systems: how they are written, how long they last, how often one may ask. Pure decisions."""

import hashlib
import re
import secrets
import string
import unicodedata
import zlib
from datetime import datetime, timedelta
from typing import Literal

PREFIX = "mdg_"
"""How every token begins, so that programs that look for lost secrets know ours."""
DAYS = (90, 180, 365)
"""How long a token may last, as somebody chooses; never longer than a year."""
OVERLAP = timedelta(days=7)
"""How long the old token still works once there is a new one: time to put it into the system."""
WARN = timedelta(days=30)
MOST_A_MINUTE = 600
LONGEST_SYSTEM = 40
State = Literal["good", "soon", "ended", "revoked"]
_LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_LENGTH, _CHECK = 43, 6
_HEADER = re.compile(rf"bearer +({PREFIX}[0-9A-Za-z]{{{_LENGTH + _CHECK}}}) *", re.IGNORECASE)
_SYSTEM = re.compile(r"\w(?:[\w .・()（）-]*[\w.)）])?")


def new_token() -> str:
    """Return a random 256-bit token: `mdg_`, 43 letters and digits, and 6 that tell a slip of the hand."""
    body = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return PREFIX + body + _make_check(body)


def find_token(header: str) -> str | None:
    """Return the token in an Authorization header, or None if there is none that could be ours."""
    found = _HEADER.fullmatch(header)
    if found is None or not found[1].startswith(PREFIX):
        return None
    body, check = found[1][len(PREFIX) : -_CHECK], found[1][-_CHECK:]
    return found[1] if check == _make_check(body) else None


def hash_token(token: str) -> bytes:
    """Return the hash under which a token is found; the token is random, so a plain hash keeps it."""
    return hashlib.sha256(token.encode()).digest()


def _make_check(body: str) -> str:
    """Return the check letters of a token: they keep nothing secret, and spare a search for what was cut in copying."""
    number, letters = zlib.crc32(body.encode()), ""
    for _ in range(_CHECK):
        number, place = divmod(number, len(_LETTERS))
        letters += _LETTERS[place]
    return letters


def fold_system(typed: str) -> str:
    """Return a system's name as it is kept: in one width, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", typed[:400]).split())


def find_system_fault(name: str) -> str:
    """Return what is to mend about a system's folded name: "none", "long", "signs", or "" for nothing."""
    if not name:
        return "none"
    if len(name) > LONGEST_SYSTEM:
        return "long"
    return "" if _SYSTEM.fullmatch(name) else "signs"


def state_of(ends_at: datetime, revoked_at: datetime | None, now: datetime) -> State:
    """Return how a token stands; "soon" is within a month of its end."""
    if revoked_at is not None:
        return "revoked"
    if ends_at <= now:
        return "ended"
    return "soon" if ends_at - now <= WARN else "good"
