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

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, select

from webapp.drafts.rules_helpers import WHOLE, Way, has_ended
from webapp.drafts.service import OpenDraft, open_row, read_way
from webapp.drafts.service_family import find_family
from webapp.drafts.service_stores import Store
from webapp.drafts.tables import Tries
from webapp.kit.clock import today
from webapp.kit.crypto import CannotOpen, derive_key, keyed_hash, seal, stretch_key, unseal
from webapp.kit.ids import new_confirmation_code, new_receipt_number, new_token

FREE_TRIES = {"number": 5, "address": 60, "counter": 10}
"""How many wrong tries cost no wait: with one number, from one address, by one person at the counter."""
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
    add_ways(session, draft, slip, pepper, Way())
    return slip


def renew_slip(session: Session, draft: OpenDraft, pepper: bytes, forget_browsers: bool) -> Slip:
    """Make a slip with the same number, but another confirmation number and QR code; the old ones open nothing any more.

    Browsers and cards keep the draft unless they are to forget it. Helpers' slips stay as they are. Drafts in which something
    of this one is mended or written again have the same key: their ways go with these, and their slips are made anew when
    they are asked for. So do those that lead here, where a browser is to forget: it would come back through them.
    """
    number = get_slip(session, draft, pepper).number
    kinds = ["qr", "code"] + (["browser", "desk", "identity"] if forget_browsers else [])
    store, family = draft.store, find_family(session, draft)
    others = family.inner | family.outer if forget_browsers else family.inner
    table = store.way_in
    mine = (col(table.draft_id).in_([draft.row.id, *others]), table.scope == WHOLE, col(table.kind).in_(kinds))
    session.flush()
    session.exec(delete(table).where(*mine))  # type: ignore[arg-type]  # SQLModel types columns as values
    for row in session.exec(select(store.draft).where(col(store.draft.id).in_(others))):
        row.sealed_slip = b""
        session.add(row)
    slip = Slip(number, new_confirmation_code(), new_token())
    draft.row.sealed_slip = seal(draft.key, json.dumps(asdict(slip)).encode(), f"draft|{draft.row.id}|slip")
    session.add(draft.row)
    add_ways(session, draft, slip, pepper, Way())
    return slip


def add_ways(session: Session, draft: OpenDraft, slip: Slip, pepper: bytes, way: Way) -> None:
    """Wrap the draft's key under a slip's token and under its stretched confirmation number, as far as `way` reaches."""
    salt = secrets.token_bytes(16)
    code_key, qr_key = stretch_key(slip.code, salt, pepper), derive_key(bytes.fromhex(slip.token), "qr")
    for kind, lookup, key, its_salt in (
        ("code", number_lookup(slip.number, pepper), code_key, salt),
        ("qr", token_lookup(slip.token, pepper), qr_key, b""),
    ):
        wrapped = seal(key, draft.key, f"way_in|{draft.row.id}|{kind}")
        row = draft.store.way_in(
            lookup=lookup, draft_id=draft.row.id, kind=kind, salt=its_salt, wrapped_key=wrapped, scope=way.scope,
            ends_on=way.ends_on, helper=way.helper,
        )  # fmt: skip
        session.add(row)


def number_lookup(number: str, pepper: bytes) -> bytes:
    """Return the hash under which a receipt number is found."""
    return keyed_hash(pepper, f"number|{number}")


def token_lookup(token: str, pepper: bytes) -> bytes:
    """Return the hash under which a QR token is found."""
    return keyed_hash(pepper, f"token|{token}")


def find_numbered(session: Session, store: Store, number: str, pepper: bytes) -> str | None:
    """Return the draft whose slip has a number, without opening it; a helper's slip is nobody's own."""
    way: Any = session.get(store.way_in, number_lookup(number, pepper))
    return str(way.draft_id) if way is not None and way.scope == WHOLE else None


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
    ways = ((store, session.get(store.way_in, token_lookup(token, pepper))) for store in stores)
    return next((store for store, way in ways if way is not None and not has_ended(way.ends_on, today())), None)


def _open_way(session: Session, store: Store, way: Any, key: bytes) -> OpenDraft | None:
    """Open the draft behind a way in with the key of what was shown."""
    row = session.get(store.draft, way.draft_id) if way else None
    if way is None or row is None or has_ended(way.ends_on, today()):
        return None
    try:
        return open_row(row, unseal(key, way.wrapped_key, f"way_in|{row.id}|{way.kind}"), read_way(way))
    except CannotOpen:
        return None


def find_wait(session: Session, whos: dict[str, str], now: datetime, pepper: bytes) -> timedelta | None:
    """Return how long to wait before the next try, or None. `whos`: what is tried ("number") and from where ("address").

    The rows are held until the try is over and counted, so that of many tries at the same moment no more get through than
    one after the other.
    """
    rows = [_hold_row(session, _hash_who(kind, who, pepper), now) for kind, who in whos.items()]
    return max((row.wait_until - now for row in rows if row.wait_until > now), default=None)


def note_wrong_try(session: Session, whos: dict[str, str], now: datetime, pepper: bytes) -> None:
    """Count a wrong try; past the free ones the wait starts at a minute and doubles up to an hour."""
    for kind, who in whos.items():
        row = _hold_row(session, _hash_who(kind, who, pepper), now)
        row.wrong += 1
        over = row.wrong - FREE_TRIES[kind]
        if over >= 0:
            row.wait_until = now + min(timedelta(minutes=2 ** min(over, 10)), LONGEST_WAIT)
        session.add(row)


def forget_tries(session: Session, whos: dict[str, str], pepper: bytes) -> None:
    """Start the count of a number anew after it was opened rightly; who tried and from where is counted on.

    Else whoever opens something of their own between wrong tries would never wait. Where nothing was counted nothing is kept.
    """
    for kind, who in whos.items():
        row = session.get(Tries, _hash_who(kind, who, pepper))
        if row is not None and (kind == "number" or row.wrong == 0):
            session.delete(row)


def _hold_row(session: Session, key: bytes, now: datetime) -> Tries:
    """Return the count under a hash, for this transaction alone; made the first time, by whoever is first."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = insert(Tries).values(who=key, wrong=0, wait_until=now).on_conflict_do_nothing(index_elements=["who"])
    while (row := session.get(Tries, key, with_for_update=True)) is None:
        session.exec(fresh)
    return row


def _hash_who(kind: str, who: str, pepper: bytes) -> bytes:
    """Return the hash that stands for a number or an address."""
    return keyed_hash(pepper, f"tries|{kind}|{who}")
