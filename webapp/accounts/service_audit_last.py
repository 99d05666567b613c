"""When the service itself last did something by the log, and how often of late: what nobody did who works here, only numbers."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from webapp.accounts.tables import AuditEntry

KEYS_ROTATED, OLD_KEYS_DROPPED, BACKUP_MADE = "keys-rotated", "old-keys-dropped", "backup-made"
"""What the commands about keys and copies write into the log."""


def find_last_at(session: Session, *whats: str) -> datetime | None:
    """Return when the service last did any of these things; None if it never did."""
    query = select(AuditEntry.at).where(col(AuditEntry.account_id).is_(None), col(AuditEntry.what).in_(whats))
    return session.exec(query.order_by(col(AuditEntry.number).desc()).limit(1)).first()


def find_first_at(session: Session) -> datetime | None:
    """Return when the log began; None while it is empty."""
    return session.exec(select(AuditEntry.at).order_by(col(AuditEntry.number)).limit(1)).first()


def count_since(session: Session, whats: Collection[str], since: datetime) -> Mapping[str, int]:
    """Return how often the service has done each of these things since a moment."""
    query = select(AuditEntry.what, func.count()).where(
        col(AuditEntry.account_id).is_(None), col(AuditEntry.what).in_(whats), AuditEntry.at >= since
    )
    found = dict(session.exec(query.group_by(col(AuditEntry.what))).all())
    return {what: found.get(what, 0) for what in whats}
