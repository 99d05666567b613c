"""One resident after the other: every waiting page begins a sitting under a cookie of its own, and the server ends it.

A sitting never says who sits there. Its `holder` leads to the drafts of its browser, so that they can be let go of even
where the machine itself is gone.
"""

import hashlib
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, delete, select

from webapp.drafts.service import drop_unslipped, let_go_holder
from webapp.drafts.service_held import list_held
from webapp.drafts.service_stores import REAL
from webapp.kiosk.rules import (
    HEARD_EVERY,
    HELPED_FOR,
    IDLE_SECONDS,
    KEPT_FOR,
    WARN_SECONDS,
    Settings,
    is_left,
    write_settings,
)
from webapp.kiosk.service import end_calls, hash_secret
from webapp.kiosk.tables import Sitting
from webapp.kit.crypto import new_key


def show_sitting(lookup: bytes) -> str:
    """Return a short name for a sitting that opens nothing and leads back to nothing."""
    return hashlib.sha256(lookup).hexdigest()[:12]


def find_sitting(session: Session, kiosk_id: str, secret: bytes | None) -> Sitting | None:
    """Return the sitting of a cookie's secret at this machine, whatever its state."""
    row = session.get(Sitting, hash_secret(secret)) if secret else None
    return row if row is not None and row.kiosk_id == kiosk_id else None


def open_waiting(session: Session, kiosk_id: str, now: datetime, data_dir: Path) -> bytes:
    """End whoever sat at the machine and let it wait under a new secret, which is returned and stored nowhere."""
    end_all(session, kiosk_id, "replaced", now, data_dir)
    secret = new_key()
    session.add(Sitting(lookup=hash_secret(secret), kiosk_id=kiosk_id, began_at=now, touched_at=now))
    return secret


def begin(session: Session, lookup: bytes, settings: Settings, now: datetime) -> bool:
    """Begin somebody's time at a waiting machine; tell whether it was waiting."""
    row = session.get(Sitting, lookup, with_for_update=True)
    if row is None or row.state != "waiting":
        return False
    row.state, row.began_at, row.touched_at, row.settings = "used", now, now, write_settings(settings)
    session.add(row)
    return True


def set_settings(session: Session, lookup: bytes, settings: Settings) -> None:
    """Keep what a resident set."""
    row = session.get(Sitting, lookup)
    if row is not None and row.state == "used":
        row.settings = write_settings(settings)
        session.add(row)


def touch(session: Session, lookup: bytes, now: datetime) -> None:
    """Note that somebody is there."""
    row = session.get(Sitting, lookup)
    if row is not None and row.state == "used" and now > row.touched_at:
        row.touched_at = now
        session.add(row)


def is_stale(sitting: Sitting, now: datetime) -> bool:
    """Tell whether it is time to note again that somebody is there."""
    return now - sitting.touched_at >= HEARD_EVERY


def hold(session: Session, lookup: bytes, holder: bytes) -> None:
    """Note by which browser secret somebody's drafts are found."""
    row = session.get(Sitting, lookup)
    if row is not None and row.state == "used":
        row.holder = holder
        session.add(row)


def list_unheld(
    session: Session, browser_secret: bytes | None, began_at: datetime, noted: Collection[str]
) -> list[Any]:
    """Return what was begun in a sitting and sent or given a slip, but for those of which the slip was opened to be taken along.

    What is older than the sitting was opened with a slip that somebody has in their hands already.
    """
    rows = [row for row in list_held(session, browser_secret) if isinstance(row, REAL.draft) and row.id not in noted]
    return [row for row in rows if row.started_at >= began_at and (row.sealed_slip or row.sent_at is not None)]


def help_beside(session: Session, kiosk_id: str, on: bool, now: datetime) -> None:
    """Give whoever sits at a machine more time while staff stand beside them, or no more of it."""
    for row in session.exec(select(Sitting).where(Sitting.kiosk_id == kiosk_id, Sitting.state == "used")):
        row.helped_until = now + HELPED_FOR if on else None
        row.touched_at = now
        session.add(row)


def end(session: Session, lookup: bytes, by: str, now: datetime, data_dir: Path) -> None:
    """End a sitting: its cookie opens nothing any more, and its drafts are let go of; those without a slip are erased."""
    row = session.get(Sitting, lookup, with_for_update=True)
    if row is None or row.state == "ended":
        return
    was_used, holder = row.state == "used", row.holder
    row.state, row.ended_at, row.ended_by, row.holder, row.helped_until = "ended", now, by, None, None
    session.add(row)
    if holder is not None:
        drop_unslipped(session, holder, data_dir)
        let_go_holder(session, holder)
    if was_used:
        end_calls(session, row.kiosk_id, now)


def end_all(session: Session, kiosk_id: str, by: str, now: datetime, data_dir: Path) -> None:
    """End every sitting at a machine; those that only waited are forgotten."""
    query = select(Sitting.lookup).where(Sitting.kiosk_id == kiosk_id, Sitting.state == "used")
    for lookup in list(session.exec(query)):
        end(session, lookup, by, now, data_dir)
    session.exec(delete(Sitting).where(col(Sitting.kiosk_id) == kiosk_id, col(Sitting.state) == "waiting"))


def end_left(
    session: Session, now: datetime, data_dir: Path, usual: float = IDLE_SECONDS, warned: float = WARN_SECONDS
) -> int:
    """End every sitting whose page has not been heard from; return how many."""
    rows = session.exec(select(Sitting).where(Sitting.state == "used")).all()
    left = [row.lookup for row in rows if is_left(row.touched_at, row.helped_until, now, usual, warned)]
    for lookup in left:
        end(session, lookup, "idle", now, data_dir)
    return len(left)


def forget_old(session: Session, now: datetime) -> None:
    """Forget sittings that ended a day ago, and waiting ones that nobody began."""
    old = now - KEPT_FOR
    session.exec(delete(Sitting).where(col(Sitting.ended_at) < old))
    session.exec(delete(Sitting).where(col(Sitting.state) == "waiting", col(Sitting.began_at) < old))
