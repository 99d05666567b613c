"""Receiving what was sent, showing how it stands, and letting it go when its time is over."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from webapp.applications.rules import STATES, Status
from webapp.applications.tables import Application
from webapp.kit.clock import day_of
from webapp.kit.crypto import derive_key, seal, unseal
from webapp.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a draft hands over for one procedure. `data_key` opens its answers and files."""

    draft_id: str
    procedure: str
    definition: str
    voice: str
    answers: Mapping[str, Any]
    answer_days: int
    data_key: bytes


def receive(session: Session, parcel: Parcel, master_key: bytes, now: datetime, keep_days: int) -> Status:
    """Record one application; its answers are sealed under its own key, which the ward's master key opens."""
    row = Application(
        id=new_id(),
        draft_id=parcel.draft_id,
        procedure=parcel.procedure,
        definition=parcel.definition,
        voice=parcel.voice,
        sent_at=now,
        answer_by=day_of(now) + timedelta(days=parcel.answer_days),
        erase_after=day_of(now) + timedelta(days=keep_days),
        sealed_answers=b"",
        wrapped_key=b"",
    )
    content = json.dumps(dict(parcel.answers), ensure_ascii=True).encode()
    row.sealed_answers = seal(answers_key(parcel.data_key, row.id), content, f"application|{row.id}|answers")
    row.wrapped_key = seal(master_key, parcel.data_key, f"application|{row.id}|key")
    session.add(row)
    return _show(row)


def answers_key(data_key: bytes, application_id: str) -> bytes:
    """Return the key of one application's answers."""
    return derive_key(data_key, f"application|{application_id}")


def list_statuses(session: Session, draft_id: str) -> list[Status]:
    """Return how the applications of one draft stand, by procedure."""
    rows = session.exec(select(Application).where(Application.draft_id == draft_id))
    return sorted((_show(row) for row in rows), key=lambda status: status.procedure)


def read_sent_answers(session: Session, draft_id: str, data_key: bytes) -> dict[str, Any]:
    """Return what was sent from one draft, for whoever has the draft open."""
    answers: dict[str, Any] = {}
    for row in session.exec(select(Application).where(Application.draft_id == draft_id)):
        place = f"application|{row.id}|answers"
        answers |= json.loads(unseal(answers_key(data_key, row.id), row.sealed_answers, place))
    return answers


def _show(row: Application) -> Status:
    """Return the resident's view of a row."""
    state = next(s for s in STATES if s == row.state)
    return Status(row.procedure, state, row.sent_at, row.answer_by)


def erase_old(session: Session, today: date) -> list[str]:
    """Erase applications whose time is over; return their drafts' ids."""
    rows = list(session.exec(select(Application).where(Application.erase_after < today)))
    for row in rows:
        session.delete(row)
    return [row.draft_id for row in rows]
