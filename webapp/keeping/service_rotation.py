"""A new master key takes the old one's place, while the service runs: row after row is opened and sealed anew.

What it can be broken off at: anywhere. The key file names the new key first and the old one behind it until nothing needs
the old one; every process reads that file again when it changes, seals with the first key and opens with either.
"""

import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Engine
from sqlmodel import Session, col

import webapp.accounts.service_sealed
import webapp.applications.service_sealed
import webapp.notifications.service_sealed
import webapp.outbox.service_sealed
from webapp.accounts.service_audit import note
from webapp.accounts.service_audit_last import KEYS_ROTATED, OLD_KEYS_DROPPED
from webapp.kit.clock import now
from webapp.kit.crypto import CannotOpen, new_key, seal, unseal, unseal_with_any
from webapp.kit.database import open_session
from webapp.kit.sealed import SealedColumn

COLUMNS: tuple[SealedColumn, ...] = (
    *webapp.accounts.service_sealed.SEALED,
    *webapp.applications.service_sealed.SEALED,
    *webapp.notifications.service_sealed.SEALED,
    *webapp.outbox.service_sealed.SEALED,
)
"""Everything that lies under the master keys. A test looks through all columns of bytes for one that is missing here."""

AT_ONCE = 500
MOST_ROUNDS = 5
ROTATED, DROPPED = KEYS_ROTATED, OLD_KEYS_DROPPED


class OldKeyNeeded(Exception):
    """Something could not be taken over, so the old keys stay; the message says what."""


@dataclass
class Counted:
    """How many values were looked at, taken over by the first key, and opened by no key at all."""

    seen: int = 0
    moved: int = 0
    lost: int = 0

    def add(self, other: "Counted") -> None:
        """Count on."""
        self.seen, self.moved, self.lost = self.seen + other.seen, self.moved + other.moved, self.lost + other.lost


def begin_new_key(path: Path) -> bool:
    """Put a fresh key in front in the key file; False where there is more than one already: that change goes on instead."""
    words = path.read_text(encoding="utf-8").replace(",", " ").split()
    if len(words) > 1:
        return False
    write_keys(path, [new_key(), *(bytes.fromhex(word) for word in words)])
    return True


def write_keys(path: Path, keys: Sequence[bytes]) -> None:
    """Write a key file for the service's own eyes: whole or not at all, and on the disk before anything is sealed with it."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(" ".join(key.hex() for key in keys))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def take_over(
    engine: Engine, keys: Sequence[bytes], after_batch: Callable[[], None] = lambda: None
) -> dict[str, Counted]:
    """Seal everything with the first key that lies under another one; return what was found in each column.

    It begins anew until a whole round finds nothing more: a request that was under way may have sealed with the old key.
    """
    found = {one.name: Counted() for one in COLUMNS}
    for _ in range(MOST_ROUNDS):
        moved = 0
        for sealed in COLUMNS:
            counted = _walk(engine, sealed, keys, after_batch)
            moved += counted.moved
            total = found[sealed.name]
            total.seen, total.moved, total.lost = counted.seen, total.moved + counted.moved, counted.lost
        if not moved:
            break
    with open_session(engine) as session:
        note(session, now(), None, ROTATED, f"{sum(one.moved for one in found.values())} values")
    return found


def drop_old(engine: Engine, path: Path) -> int:
    """Take every key but the first out of the key file, once nothing needs them; return how many. Raises OldKeyNeeded.

    What was sealed in between is taken over still, with the keys that only this process has by then.
    """
    keys = [bytes.fromhex(word) for word in path.read_text(encoding="utf-8").replace(",", " ").split()]
    if len(keys) == 1:
        return 0
    take_over(engine, keys)
    left = {one.name: count for one in COLUMNS if (count := _count_older(engine, one, keys))}
    if left:
        raise OldKeyNeeded(", ".join(f"{name}: {count}" for name, count in left.items()))
    write_keys(path, keys[:1])
    take_over(engine, keys)
    with open_session(engine) as session:
        note(session, now(), None, DROPPED, f"{len(keys) - 1} keys")
    return len(keys) - 1


def _walk(engine: Engine, sealed: SealedColumn, keys: Sequence[bytes], after_batch: Callable[[], None]) -> Counted:
    """Take over one column, some rows in each transaction."""
    counted, after = Counted(), ""
    while True:
        with open_session(engine) as session:
            rows = _read_batch(session, sealed, after, lock=True)
            for row_id, value in rows:
                counted.add(_take_over_one(session, sealed, row_id, value, keys))
        if not rows:
            return counted
        after_batch()
        after = rows[-1][0]


def _read_batch(session: Session, sealed: SealedColumn, after: str, lock: bool = False) -> list[Any]:
    """Return ids and sealed bytes of the next rows."""
    table = sealed.table
    query = select(table.id, getattr(table, sealed.column)).where(table.id > after).order_by(table.id).limit(AT_ONCE)
    return list(session.execute(query.with_for_update() if lock else query).all())


def _take_over_one(session: Session, sealed: SealedColumn, row_id: str, value: bytes, keys: Sequence[bytes]) -> Counted:
    """Seal one value with the first key if it lies under another one, unless it was changed meanwhile."""
    place = sealed.place(row_id)
    if not value or _opens(keys[0], value, place):
        return Counted(seen=bool(value))
    try:
        plain = unseal_with_any(keys[1:], value, place)
    except CannotOpen:
        return Counted(seen=1, lost=1)
    column = getattr(sealed.table, sealed.column)
    fresh = {sealed.column: seal(keys[0], plain, place)}
    session.execute(update(sealed.table).where(col(sealed.table.id) == row_id, column == value).values(**fresh))
    return Counted(seen=1, moved=1)


def _count_older(engine: Engine, sealed: SealedColumn, keys: Sequence[bytes]) -> int:
    """Return how many values of a column only an older key opens."""
    count, after = 0, ""
    while True:
        with Session(engine) as session:
            rows = _read_batch(session, sealed, after)
        for row_id, value in rows:
            place = sealed.place(row_id)
            if value and not _opens(keys[0], value, place):
                count += any(_opens(key, value, place) for key in keys[1:])
        if not rows:
            return count
        after = rows[-1][0]


def _opens(key: bytes, value: bytes, place: str) -> bool:
    """Tell whether a key opens sealed bytes."""
    try:
        unseal(key, value, place)
    except CannotOpen:
        return False
    return True
