"""The log of what was done and looked at: a chain in which no entry can be changed, removed or moved unseen."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session, col, select

from webapp.accounts.rules_audit import CHANGED, OF_KEYS, make_mac, name_key
from webapp.accounts.tables import AuditEntry, AuditHead
from webapp.kit.database import signing_keys

HEAD = 1
_WAITING = "entries of the log"


class KeyMissing(LookupError):
    """This process does not have the key that the log is signed with by now; nothing is done that cannot be logged."""


def note(
    session: Session, now: datetime, account_id: str | None, what: str, about: str = "", why: str = ""
) -> AuditEntry:
    """Write into the log that somebody did something, in this transaction.

    `what` is a word of our own, `about` an id (never what it said), `why` the key of a reason. The entry joins the chain at
    the very end of the transaction: the end of the chain is held only then, so that whoever holds an application meanwhile
    and whoever writes into the log never wait for each other.
    """
    signing_keys(session)  # whoever has none learns it here, not when everything else is done
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
    head = _hold_head(session)  # type: ignore[arg-type]  # every session of ours is SQLModel's
    keys = signing_keys(session)  # type: ignore[arg-type]  # as above; only now, as the one who held it may have changed them
    key = find_key(session, keys)  # type: ignore[arg-type]  # as above
    for entry in waiting:
        entry.number = head.number + 1
        entry.mac = make_mac(key, head.mac, entry)
        head.number, head.mac = entry.number, entry.mac
        session.add(entry)
        if entry.what == CHANGED:
            key = _pick(keys, entry.why)
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


def find_key(session: Session, keys: Sequence[bytes]) -> bytes:
    """Return the key that signs the next entry: the one that the log names last, else the oldest. Raises KeyMissing."""
    query = select(AuditEntry.why).where(AuditEntry.about == OF_KEYS, AuditEntry.what == CHANGED)
    named = session.exec(query.order_by(col(AuditEntry.number).desc()).limit(1)).first()
    return keys[-1] if named is None else _pick(keys, named)


def _pick(keys: Sequence[bytes], named: str) -> bytes:
    """Return the key that is called so. Raises KeyMissing."""
    found = next((key for key in keys if name_key(key) == named), None)
    if found is None:
        raise KeyMissing("AUDIT_KEY lacks the key that the log is signed with now")
    return found


def was_noted(session: Session, account_id: str, what: str, about: str, since: datetime) -> bool:
    """Tell whether somebody's deed about something was written down since a moment."""
    query = select(AuditEntry.number).where(AuditEntry.about == about, AuditEntry.account_id == account_id)
    return session.exec(query.where(AuditEntry.what == what, AuditEntry.at >= since).limit(1)).first() is not None


def find_last(session: Session, what: str, about: str) -> str | None:
    """Return the reason (`why`) of the last entry about something, for jobs that write there how far they came."""
    query = select(AuditEntry.why).where(AuditEntry.what == what, AuditEntry.about == about)
    return session.exec(query.order_by(col(AuditEntry.number).desc()).limit(1)).first()
