"""A log with entries, and somebody who may do everything with its database but has no key."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlmodel import Session

from webapp.accounts.service_audit import note
from webapp.accounts.service_audit_check import verify
from webapp.kit.database import open_session

MOMENT = datetime(2026, 11, 27, 1, 2, 3, 456789, tzinfo=timezone.utc)
ENTRIES = 12
DROP = {
    "sqlite": ("DROP TRIGGER audit_entry_stays", "DROP TRIGGER audit_entry_is_written_once"),
    "postgresql": ("DROP TRIGGER audit_entry_stays ON audit_entry",),
}


def write(engine: Engine, count: int = ENTRIES) -> None:
    """Write entries into the log, each in its own transaction."""
    for number in range(count):
        with open_session(engine) as session:
            note(session, MOMENT + timedelta(minutes=number), f"a{number}", "tried", f"case{number}", "assigned")


@contextmanager
def burglar(engine: Engine) -> Iterator[Session]:
    """Yield a session of somebody who may do everything with the database but has no key; nothing of it stays."""
    with engine.connect() as connection:
        transaction = connection.begin()
        for statement in DROP[engine.dialect.name]:
            connection.execute(text(statement))
        with Session(connection) as session:
            yield session
        transaction.rollback()


def found(session: Session) -> set[tuple[str, int]]:
    """Return what is found, and where."""
    session.flush()
    session.expire_all()
    return {(one.kind, one.number) for one in verify(session, {}).findings}
