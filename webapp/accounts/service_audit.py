"""The log of what was done and looked at: a chain in which no entry can be changed, removed or moved unseen."""

import json
from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, col, select

from webapp.accounts.tables import AuditEntry, AuditHead
from webapp.kit.crypto import keyed_hash
from webapp.kit.database import signing_key

HEAD = 1
NOTHING = bytes(32)


def note(
    session: Session, now: datetime, account_id: str | None, what: str, about: str = "", why: str = ""
) -> AuditEntry:
    """Write into the log that somebody did something, in this transaction.

    `what` is a word of our own, `about` an id (never what it said), `why` the key of a reason. The end of the chain is held
    until the transaction is over, so that entries written at the same moment stand one after the other.
    """
    head = _hold_head(session)
    entry = AuditEntry(
        number=head.number + 1, at=now, account_id=account_id, what=what[:40], about=about[:80], why=why[:24], mac=b""
    )
    entry.mac = make_mac(signing_key(session), head.mac, entry)
    head.number, head.mac = entry.number, entry.mac
    session.add_all((entry, head))
    session.flush()
    return entry


def _hold_head(session: Session) -> AuditHead:
    """Return the end of the chain for this transaction alone, as it is now on the disk."""
    query = select(AuditHead).where(AuditHead.id == HEAD).with_for_update().execution_options(populate_existing=True)
    return session.exec(query).one()


def make_mac(key: bytes, before: bytes, entry: AuditEntry) -> bytes:
    """Return what binds an entry to the one before it."""
    parts = [
        entry.number,
        entry.at.isoformat(timespec="microseconds"),
        entry.account_id,
        entry.what,
        entry.about,
        entry.why,
    ]
    return keyed_hash(key, before.hex() + json.dumps(parts))


def walk_entries(session: Session, after: int = 0) -> Iterator[AuditEntry]:
    """Yield the entries after a number, in their order, a thousand at a time."""
    while True:
        query = select(AuditEntry).where(AuditEntry.number > after).order_by(col(AuditEntry.number)).limit(1000)
        rows = session.exec(query).all()
        yield from rows
        if not rows:
            return
        after = rows[-1].number
        session.expunge_all()
