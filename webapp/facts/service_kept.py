"""Boxes of what residents let the ward keep: found and opened by a secret that the resident holds, by nothing else.

A secret is the data key of a draft. What the ward stores of it is a keyed hash by which the box is found, and the box's
own key, sealed under it. Whatever changes a box locks and reads it again first, so that nothing is lost between two tabs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session, col, delete, select

from webapp.facts.rules_reuse import KeptContent, Use, forget_fact, forget_person, merge
from webapp.facts.tables import KeptBox, KeptWay
from webapp.kit.clock import day_of
from webapp.kit.crypto import CannotOpen, derive_key, keyed_hash, new_key, seal, unseal
from webapp.kit.ids import new_id


@dataclass
class OpenBox:
    """A box whose content lies open for this request."""

    row: KeptBox
    key: bytes
    content: KeptContent


def holder_lookup(secret: bytes) -> bytes:
    """Return the hash under which the box that a secret opens is found."""
    return keyed_hash(derive_key(secret, "kept lookup"), "holder")


def find_box(session: Session, secrets: Sequence[bytes], write: bool = False) -> OpenBox | None:
    """Open the newest box that one of these secrets opens; with `write` it stays locked until the request ends."""
    by_lookup = {holder_lookup(secret): secret for secret in secrets}
    ways = select(KeptBox.id, KeptWay.lookup, KeptWay.wrapped_key).join(KeptWay)
    held = ways.where(col(KeptWay.lookup).in_(by_lookup)).order_by(col(KeptBox.saved_at).desc(), col(KeptBox.id))
    for box_id, lookup, wrapped in session.exec(held).all():
        row = _read_row(session, box_id, write)
        box = _open_row(row, by_lookup[lookup], wrapped) if row else None
        if box is not None:
            return box
    return None


def _read_row(session: Session, box_id: str, write: bool) -> KeptBox | None:
    """Return a box as it is now, or None when it has just been erased."""
    query = select(KeptBox).where(KeptBox.id == box_id).execution_options(populate_existing=True)
    return session.exec(query.with_for_update() if write else query).first()


def _open_row(row: KeptBox, secret: bytes, wrapped: bytes) -> OpenBox | None:
    """Open a box by one of its ways; None if way or content were tampered with."""
    try:
        key = unseal(derive_key(secret, "kept key"), wrapped, f"kept_way|{row.id}|key")
        return OpenBox(row, key, _read_content(row, key))
    except CannotOpen:
        return None


def _read_content(row: KeptBox, key: bytes) -> KeptContent:
    """Return what is in a box. Raises CannotOpen."""
    return KeptContent.from_json(unseal(key, row.sealed_content, f"kept_box|{row.id}|content"))


def keep(
    session: Session, secrets: Sequence[bytes], holder_secret: bytes, content: KeptContent, now: datetime, days: int
) -> OpenBox:
    """Add to the box that the holder has, or to a new one, and let `holder_secret` open it; it is erased after `days`.

    A secret that opens a box of its own keeps to that one, even where another secret of the holder opens a newer one.
    """
    box = _find_own(session, secrets, holder_secret) or _make_box(session, secrets, holder_secret, now)
    box.content = merge(box.content, content)
    box.row.saved_at = now
    box.row.expires_on = day_of(now + timedelta(days=days))
    _save(session, box)
    add_holder(session, box, holder_secret)
    return box


def _find_own(session: Session, secrets: Sequence[bytes], holder_secret: bytes) -> OpenBox | None:
    """Open the box that a secret opens itself, else the newest of the holder's other secrets, for writing."""
    return find_box(session, [holder_secret], write=True) or find_box(session, secrets, write=True)


def _make_box(session: Session, secrets: Sequence[bytes], holder_secret: bytes, now: datetime) -> OpenBox:
    """Make an empty box, unless another request of the same holder has just made one."""
    _queue_up(session, [*secrets, holder_secret])
    found = _find_own(session, secrets, holder_secret)
    if found is not None:
        return found
    row = KeptBox(id=new_id(), saved_at=now, expires_on=day_of(now), sealed_content=b"")
    return OpenBox(row, new_key(), KeptContent())


def _queue_up(session: Session, secrets: Sequence[bytes]) -> None:
    """Let requests that hold one of these secrets pass one by one until each ends; SQLite's writers always do."""
    if session.get_bind().dialect.name == "postgresql":
        for lookup in sorted({holder_lookup(secret) for secret in secrets}):
            number = int.from_bytes(lookup[:8], "big", signed=True)
            session.connection().execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def _save(session: Session, box: OpenBox) -> None:
    """Seal the content as it stands."""
    box.row.version += 1
    box.row.sealed_content = seal(box.key, box.content.to_json(), f"kept_box|{box.row.id}|content")
    session.add(box.row)
    session.flush()


def add_holder(session: Session, box: OpenBox, secret: bytes) -> None:
    """Let another secret open the box from now on; one that opens a box of its own already keeps to that one."""
    if find_box(session, [secret]) is None and _read_row(session, box.row.id, write=True) is not None:
        wrapped = seal(derive_key(secret, "kept key"), box.key, f"kept_way|{box.row.id}|key")
        session.merge(KeptWay(lookup=holder_lookup(secret), box_id=box.row.id, wrapped_key=wrapped))
        session.flush()


def note_uses(session: Session, box: OpenBox, uses: Sequence[Use], now: datetime) -> None:
    """Write down where something kept was used."""
    if _change(session, box, lambda content: merge(content, KeptContent(uses=list(uses)))):
        box.row.saved_at = now


def forget(session: Session, box: OpenBox, key: str | None = None, person: str | None = None) -> None:
    """Erase one fact by its key, or one person by their identifier."""
    if key is not None:
        _change(session, box, lambda content: forget_fact(content, key))
    if person is not None:
        _change(session, box, lambda content: forget_person(content, person))


def _change(session: Session, box: OpenBox, change: Callable[[KeptContent], KeptContent]) -> bool:
    """Change what is in the box by now, whoever else has saved meanwhile; False if it was erased meanwhile."""
    row = _read_row(session, box.row.id, write=True)
    if row is None:
        return False
    box.row, box.content = row, change(_read_content(row, box.key))
    _save(session, box)
    return True


def erase_box(session: Session, box: OpenBox) -> None:
    """Erase a box and every way to it."""
    session.exec(delete(KeptWay).where(col(KeptWay.box_id) == box.row.id))
    session.exec(delete(KeptBox).where(col(KeptBox.id) == box.row.id))
