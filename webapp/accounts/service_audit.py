"""The log of what was done and looked at: a chain in which no entry can be changed, removed or moved unseen."""

from datetime import datetime
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session, col, select

from webapp.accounts.rules_audit import make_mac
from webapp.accounts.tables import AuditEntry, AuditHead
from webapp.kit.database import signing_key

HEAD = 1
_WAITING = "entries of the log"


def note(
    session: Session, now: datetime, account_id: str | None, what: str, about: str = "", why: str = ""
) -> AuditEntry:
    """Write into the log that somebody did something, in this transaction.

    `what` is a word of our own, `about` an id (never what it said), `why` the key of a reason. The entry joins the chain at
    the very end of the transaction: the end of the chain is held only then, so that whoever holds an application meanwhile
    and whoever writes into the log never wait for each other.
    """
    signing_key(session)  # whoever has none learns it here, not when everything else is done
    if not session.in_transaction():
        session.begin()  # so that a rollback reaches what was noted
    entry = AuditEntry(number=0, at=now, account_id=account_id, what=what[:40], about=about[:80], why=why[:24], mac=b"")
    session.info.setdefault(_WAITING, []).append(entry)
    return entry


def _join_chain(session: AnySession) -> None:
    """Give what was noted its place behind the last entry, one after the other."""
    waiting: list[AuditEntry] = session.info.pop(_WAITING, [])
    if not waiting:
        return
    session.flush()
    key, head = signing_key(session), _hold_head(session)  # type: ignore[arg-type]  # every session of ours is SQLModel's
    for entry in waiting:
        entry.number = head.number + 1
        entry.mac = make_mac(key, head.mac, entry)
        head.number, head.mac = entry.number, entry.mac
        session.add(entry)
    session.add(head)
    session.flush()


def _forget_waiting(session: AnySession, *_previous: Any) -> None:
    """Let go of what was noted about something that was not done after all."""
    session.info.pop(_WAITING, None)


event.listen(Session, "before_commit", _join_chain)
event.listen(Session, "after_soft_rollback", _forget_waiting)


def _hold_head(session: Session) -> AuditHead:
    """Return the end of the chain for this transaction alone, as it is now on the disk."""
    query = select(AuditHead).where(AuditHead.id == HEAD).with_for_update().execution_options(populate_existing=True)
    return session.exec(query).one()


def find_last(session: Session, what: str, about: str) -> str | None:
    """Return the reason (`why`) of the last entry about something, for jobs that write there how far they came."""
    query = select(AuditEntry.why).where(AuditEntry.what == what, AuditEntry.about == about)
    return session.exec(query.order_by(col(AuditEntry.number).desc()).limit(1)).first()
