"""What a section's own system is to fetch: listed by change without opening any, and acknowledged version by version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, tuple_
from sqlmodel import Session, col
from sqlmodel import select as sqlmodel_select

from webapp.accounts.rules import Clerk
from webapp.accounts.service_audit import note
from webapp.applications.service_cases import Stale
from webapp.applications.tables import Acknowledgement, Application

_LISTED = tuple(
    getattr(Application, name)
    for name in ("id", "receipt", "procedure", "state", "outcome", "version", "sent_at", "changed_at", "answer_by")
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which applications a system asks for: `new_only` leaves out what it acknowledged as it is now.

    `after` is the moment and the id of the last one that it saw.
    """

    procedure: str = ""
    states: tuple[str, ...] = ()
    new_only: bool = True
    after: tuple[datetime, str] | None = None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """That a system has an application safely as it was in a version, since when."""

    system: str
    version: int
    taken_at: datetime


def list_changed(session: Session, clerk: Clerk, asked: Asked, most: int) -> Sequence[Any]:
    """Return applications of a system's section, the one that changed longest ago first, `most` at most."""
    changed, id_ = col(Application.changed_at), col(Application.id)
    query = select(*_LISTED).where(col(Application.section).in_(sorted(clerk.sections("officer", "head"))))
    if asked.procedure:
        query = query.where(col(Application.procedure) == asked.procedure)
    if asked.states:
        query = query.where(col(Application.state).in_(asked.states))
    if asked.after:
        query = query.where(tuple_(changed, id_) > asked.after)
    if asked.new_only:
        query = query.where(~exists().where(
            col(Acknowledgement.application_id) == id_, col(Acknowledgement.system) == clerk.shown_name,
            col(Acknowledgement.version) == col(Application.version),
        ))  # fmt: skip
    return session.connection().execute(query.order_by(changed, id_).limit(most)).all()


def list_acknowledged(session: Session, application_id: str) -> list[Acknowledged]:
    """Return which systems have an application, by name."""
    query = sqlmodel_select(Acknowledgement).where(Acknowledgement.application_id == application_id)
    return [_show(row) for row in session.exec(query.order_by(col(Acknowledgement.system)))]


def find_acknowledged(session: Session, application_id: str, system: str) -> Acknowledged | None:
    """Return what a system last said about an application."""
    row = session.get(Acknowledgement, (application_id, system))
    return _show(row) if row else None


def acknowledge(session: Session, clerk: Clerk, row: Application, version: int, now: datetime) -> Acknowledged:
    """Write down that a system has an application safely; saying so again changes nothing.

    `row` is locked by `find_row`. Raises Stale for a version that is not the application's own.
    """
    if version != row.version:
        raise Stale
    kept = session.get(Acknowledgement, (row.id, clerk.shown_name))
    if kept is None or kept.version != version:
        kept = kept or Acknowledgement(application_id=row.id, system=clerk.shown_name, version=version, taken_at=now)
        kept.version, kept.taken_at = version, now
        session.add(kept)
        note(session, now, clerk.id, "application-acknowledged", row.id)
    return _show(kept)


def _show(row: Acknowledgement) -> Acknowledged:
    """Return an acknowledgement as other rooms see it."""
    return Acknowledged(row.system, row.version, row.taken_at)
