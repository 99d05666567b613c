"""Kiosks: added and paired by staff, known by a key of which only the hash is stored, heard from, closed; calls for help."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from webapp.drafts.service_slips import find_wait, forget_tries, note_wrong_try
from webapp.kiosk.rules import CALLS_KEPT_FOR, CODE_DIGITS, CODE_FOR, HEARD_EVERY, read_report, state_of, write_report
from webapp.kiosk.tables import HelpCall, Kiosk, Sitting
from webapp.kit.crypto import keyed_hash, new_key
from webapp.kit.ids import is_id, new_id


@dataclass(frozen=True, slots=True)
class SeenKiosk:
    """A machine as staff see it; `helped` while they stand beside somebody."""

    row: Kiosk
    state: str
    helped: bool
    call: HelpCall | None
    report: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paired:
    """What came of a code: the key of the machine, or how long to wait, or neither."""

    key: bytes | None = None
    wait: timedelta | None = None


def hash_secret(secret: bytes) -> bytes:
    """Return the hash under which a machine or a sitting is found; the secret is random, so a plain hash keeps it."""
    return hashlib.sha256(secret).digest()


def make_kiosk(session: Session, name: str, place: str, now: datetime) -> Kiosk:
    """Add a machine; it can do nothing until it is paired."""
    kiosk = Kiosk(id=new_id(), name=name, place=place, made_at=now)
    session.add(kiosk)
    session.flush()
    return kiosk


def find_kiosk(session: Session, kiosk_id: str) -> Kiosk | None:
    """Return a machine by its id."""
    return session.get(Kiosk, kiosk_id) if is_id(kiosk_id) else None


def find_machine(session: Session, key: bytes) -> Kiosk | None:
    """Return the machine that a key belongs to, closed ones too."""
    return session.exec(select(Kiosk).where(Kiosk.key_lookup == hash_secret(key))).first()


def new_code(session: Session, kiosk: Kiosk, now: datetime, pepper: bytes) -> str:
    """Give a machine a code to pair it with, which is returned and stored nowhere."""
    while True:
        code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
        lookup = _hash_code(code, pepper)
        if session.exec(select(Kiosk.id).where(Kiosk.pair_lookup == lookup)).first() is None:
            break
    kiosk.pair_lookup, kiosk.pair_until = lookup, now + CODE_FOR
    session.add(kiosk)
    return code


def pair(session: Session, code: str, address: str, now: datetime, pepper: bytes) -> Paired:
    """Pair a machine by its code under a new key; the former one opens nothing any more.

    Wrong codes slow down their address, and, while codes are good, everybody: six digits are few.
    """
    newest = session.exec(select(Kiosk.pair_until).where(col(Kiosk.pair_until) > now)).all()
    whos = {"number": f"kiosk|{address}"} | ({"address": f"kiosk|{max(filter(None, newest))}"} if newest else {})
    wait = find_wait(session, whos, now, pepper)
    if wait is not None:
        return Paired(wait=wait)
    query = select(Kiosk).where(Kiosk.pair_lookup == _hash_code(code, pepper), col(Kiosk.pair_until) > now)
    kiosk = session.exec(query.with_for_update()).first()
    if kiosk is None:
        note_wrong_try(session, whos, now, pepper)
        return Paired()
    forget_tries(session, whos, pepper)
    key = new_key()
    kiosk.key_lookup, kiosk.pair_lookup, kiosk.pair_until = hash_secret(key), None, None
    kiosk.paired_at, kiosk.revoked_at, kiosk.seen_at = now, None, now
    session.add(kiosk)
    return Paired(key)


def _hash_code(code: str, pepper: bytes) -> bytes:
    """Return the hash under which a code is found."""
    return keyed_hash(pepper, f"kiosk|pair|{code}")


def revoke(session: Session, kiosk: Kiosk, now: datetime) -> None:
    """Close a machine. Its key stays known, so that it shows a closed page and never turns into an ordinary browser."""
    kiosk.revoked_at, kiosk.pair_lookup, kiosk.pair_until = now, None, None
    session.add(kiosk)


def note_heard(session: Session, kiosk_id: str, now: datetime) -> None:
    """Note that a machine was heard from."""
    kiosk = session.get(Kiosk, kiosk_id)
    if kiosk is not None and (kiosk.seen_at is None or now - kiosk.seen_at >= HEARD_EVERY):
        kiosk.seen_at = now
        session.add(kiosk)


def keep_report(session: Session, kiosk_id: str, checks: Mapping[str, str], now: datetime) -> None:
    """Keep what a machine found out about itself: "safe", "unsafe" or "unknown" by check."""
    kiosk = session.get(Kiosk, kiosk_id)
    if kiosk is not None:
        kiosk.report, kiosk.reported_at = write_report(checks), now
        session.add(kiosk)


def has_kiosks(session: Session) -> bool:
    """Tell whether any machine is paired."""
    return session.exec(select(Kiosk.id).where(col(Kiosk.paired_at).is_not(None)).limit(1)).first() is not None


def list_kiosks(session: Session, now: datetime) -> list[SeenKiosk]:
    """Return every machine by name; those from which somebody calls come first, those that are closed last."""
    used = {one.kiosk_id: one for one in session.exec(select(Sitting).where(Sitting.state == "used"))}
    calls = {one.kiosk_id: one for one in list_calls(session)}
    seen = [_see(row, used.get(row.id), calls.get(row.id), now) for row in session.exec(select(Kiosk))]
    return sorted(seen, key=lambda one: (one.state == "revoked", one.call is None, one.row.name))


def see_kiosk(session: Session, kiosk: Kiosk, now: datetime) -> SeenKiosk:
    """Return one machine as staff see it."""
    used = session.exec(select(Sitting).where(Sitting.kiosk_id == kiosk.id, Sitting.state == "used")).first()
    return _see(kiosk, used, find_call(session, kiosk.id), now)


def _see(row: Kiosk, sitting: Sitting | None, call: HelpCall | None, now: datetime) -> SeenKiosk:
    """Put together what is shown of a machine."""
    state = state_of(row.key_lookup is not None, row.revoked_at is not None, row.seen_at, sitting is not None, now)
    helped = sitting is not None and sitting.helped_until is not None and sitting.helped_until > now
    return SeenKiosk(row, state, helped, call, read_report(row.report))


def list_calls(session: Session) -> Sequence[HelpCall]:
    """Return the calls that nobody has ended yet, the oldest last."""
    return session.exec(
        select(HelpCall).where(col(HelpCall.ended_at).is_(None)).order_by(col(HelpCall.asked_at).desc())
    ).all()


def find_call(session: Session, kiosk_id: str) -> HelpCall | None:
    """Return the call from a machine that nobody has ended yet."""
    query = select(HelpCall).where(HelpCall.kiosk_id == kiosk_id, col(HelpCall.ended_at).is_(None))
    return session.exec(query.order_by(col(HelpCall.asked_at))).first()


def call_help(session: Session, kiosk_id: str, now: datetime) -> None:
    """Call for help; calling twice is one call."""
    if find_call(session, kiosk_id) is None:
        session.add(HelpCall(id=new_id(), kiosk_id=kiosk_id, asked_at=now))


def answer_call(session: Session, kiosk_id: str, account_id: str, now: datetime) -> None:
    """Tell whoever called that somebody is on the way."""
    call = find_call(session, kiosk_id)
    if call is not None and call.coming_at is None:
        call.coming_at, call.coming_by = now, account_id
        session.add(call)


def end_calls(session: Session, kiosk_id: str, now: datetime) -> None:
    """End what was called from a machine: somebody came, or whoever called is gone."""
    for call in session.exec(select(HelpCall).where(HelpCall.kiosk_id == kiosk_id, col(HelpCall.ended_at).is_(None))):
        call.ended_at = now
        session.add(call)


def forget_old_calls(session: Session, now: datetime) -> None:
    """Forget calls that ended a week ago."""
    session.exec(delete(HelpCall).where(col(HelpCall.ended_at) < now - CALLS_KEPT_FOR))
