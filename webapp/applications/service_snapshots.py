"""Snapshots: the questions that drafts and applications were written by, kept for ever under the hash of their content."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, select

from webapp.applications.tables import Snapshot
from webapp.procedures.rules_book import BookUnreadable, hash_body


class SnapshotBroken(Exception):
    """A snapshot whose body is not what its hash names."""


def keep_snapshot(session: Session, hash: str, body: bytes, now: datetime) -> None:
    """Keep a written book under its hash unless it is there already, also if somebody else keeps it at this moment.

    Raises SnapshotBroken if the body has another hash: a wrong one would stay for ever.
    """
    _verify(hash, body)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(Snapshot).values(hash=hash, made_at=now, body=body)
    session.exec(row.on_conflict_do_nothing(index_elements=["hash"]))


def find_snapshot(session: Session, hash: str) -> bytes | None:
    """Return the written book with this hash, or None. Raises SnapshotBroken for one that was changed since."""
    body = session.exec(select(Snapshot.body).where(Snapshot.hash == hash)).first()
    if body is not None:
        _verify(hash, body)
    return body


def _verify(hash: str, body: bytes) -> None:
    """Raise SnapshotBroken unless the content of a body has this hash."""
    try:
        found = hash_body(body)
    except BookUnreadable as error:
        raise SnapshotBroken(f"snapshot {hash}: {error}") from error
    if found != hash:
        raise SnapshotBroken(f"snapshot {hash} holds the content of {found}")
