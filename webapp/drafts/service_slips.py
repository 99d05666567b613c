"""Slips: a number, a confirmation number and a QR token that open a draft on any device, without mail, phone or account.

Nothing a slip holds is stored: lookups are keyed hashes, and what wraps the draft's key needs the secret itself. The slip
is sealed under the draft's own key so that the same slip can be shown again to whoever has the draft open.
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from webapp.drafts.service import OpenDraft, open_row
from webapp.drafts.service_stores import Store
from webapp.drafts.tables import Tries
from webapp.kit.crypto import CannotOpen, derive_key, keyed_hash, seal, stretch_key, unseal
from webapp.kit.ids import new_confirmation_code, new_receipt_number, new_token

FREE_TRIES = {"number": 5, "address": 60}
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Slip:
    """What the resident holds: receipt number, confirmation number, and the QR code's token."""

    number: str
    code: str
    token: str


def get_slip(session: Session, draft: OpenDraft, pepper: bytes) -> Slip:
    """Return the draft's slip, making it the first time it is asked for."""
    place = f"draft|{draft.row.id}|slip"
    if draft.row.sealed_slip:
        return Slip(**json.loads(unseal(draft.key, draft.row.sealed_slip, place)))
    slip = Slip(new_receipt_number(practice=draft.store.is_practice), new_confirmation_code(), new_token())
    draft.row.sealed_slip = seal(draft.key, json.dumps(asdict(slip)).encode(), place)
    session.add(draft.row)
    _add_ways(session, draft, slip, pepper)
    return slip


def _add_ways(session: Session, draft: OpenDraft, slip: Slip, pepper: bytes) -> None:
    """Wrap the draft's key under the token and under the stretched confirmation number."""
    salt = secrets.token_bytes(16)
    code_key, qr_key = stretch_key(slip.code, salt, pepper), derive_key(bytes.fromhex(slip.token), "qr")
    for kind, lookup, key, its_salt in (
        ("code", number_lookup(slip.number, pepper), code_key, salt),
        ("qr", token_lookup(slip.token, pepper), qr_key, b""),
    ):
        wrapped = seal(key, draft.key, f"way_in|{draft.row.id}|{kind}")
        session.add(
            draft.store.way_in(lookup=lookup, draft_id=draft.row.id, kind=kind, salt=its_salt, wrapped_key=wrapped)
        )


def number_lookup(number: str, pepper: bytes) -> bytes:
    """Return the hash under which a receipt number is found."""
    return keyed_hash(pepper, f"number|{number}")


def token_lookup(token: str, pepper: bytes) -> bytes:
    """Return the hash under which a QR token is found."""
    return keyed_hash(pepper, f"token|{token}")


def open_by_code(session: Session, store: Store, number: str, code: str, pepper: bytes) -> OpenDraft | None:
    """Open a draft by its two numbers; a wrong number takes as long as a wrong confirmation number."""
    way = session.get(store.way_in, number_lookup(number, pepper))
    key = stretch_key(code, way.salt if way else b"no such number--", pepper)
    return _open_way(session, store, way, key)


def open_by_token(session: Session, store: Store, token: str, pepper: bytes) -> OpenDraft | None:
    """Open a draft by its QR token."""
    way = session.get(store.way_in, token_lookup(token, pepper))
    return _open_way(session, store, way, derive_key(bytes.fromhex(token), "qr"))


def find_token_store(session: Session, stores: Iterable[Store], token: str, pepper: bytes) -> Store | None:
    """Return the store in which a QR token still opens something, without opening it; None if it opens nothing."""
    lookup = token_lookup(token, pepper)
    return next((store for store in stores if session.get(store.way_in, lookup) is not None), None)


def _open_way(session: Session, store: Store, way: Any, key: bytes) -> OpenDraft | None:
    """Open the draft behind a way in with the key of what was shown."""
    row = session.get(store.draft, way.draft_id) if way else None
    if way is None or row is None:
        return None
    try:
        return open_row(row, unseal(key, way.wrapped_key, f"way_in|{row.id}|{way.kind}"))
    except CannotOpen:
        return None


def find_wait(session: Session, whos: dict[str, str], now: datetime, pepper: bytes) -> timedelta | None:
    """Return how long to wait before the next try, or None. `whos`: what is tried ("number") and from where ("address")."""
    rows = (session.get(Tries, _hash_who(kind, who, pepper)) for kind, who in whos.items())
    waits = [row.wait_until - now for row in rows if row and row.wait_until > now]
    return max(waits, default=None)


def note_wrong_try(session: Session, whos: dict[str, str], now: datetime, pepper: bytes) -> None:
    """Count a wrong try; past the free ones the wait starts at a minute and doubles up to an hour."""
    for kind, who in whos.items():
        key = _hash_who(kind, who, pepper)
        row = session.get(Tries, key) or Tries(who=key, wait_until=now)
        row.wrong += 1
        over = row.wrong - FREE_TRIES[kind]
        if over >= 0:
            row.wait_until = now + min(timedelta(minutes=2 ** min(over, 10)), LONGEST_WAIT)
        session.add(row)


def forget_tries(session: Session, number: str, pepper: bytes) -> None:
    """Start the count of a number anew after it was opened rightly."""
    row = session.get(Tries, _hash_who("number", number, pepper))
    if row is not None:
        session.delete(row)


def _hash_who(kind: str, who: str, pepper: bytes) -> bytes:
    """Return the hash that stands for a number or an address."""
    return keyed_hash(pepper, f"tries|{kind}|{who}")
