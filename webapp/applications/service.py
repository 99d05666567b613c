"""Receiving what was sent, and showing how it stands."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sqlmodel import Session, delete, select

from webapp.applications.rules import STATES, Status
from webapp.applications.rules_names import find_label, list_tokens
from webapp.applications.service_vault import Vault
from webapp.applications.tables import Application, NameToken, PracticeApplication
from webapp.kit.clock import day_of
from webapp.kit.crypto import derive_key, seal, unseal
from webapp.kit.ids import new_id, new_receipt_number


class Applications(Enum):
    """Which table what was sent lies in: the real one, or that of practice, whose receipts open nothing real."""

    REAL = Application
    PRACTICE = PracticeApplication


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a draft hands over for one procedure. `data_key` opens its answers and files.

    `section` is the office that it goes to, `filled_by` who of the staff filled it in for the resident.
    """

    draft_id: str
    procedure: str
    definition: str
    voice: str
    answers: Mapping[str, Any]
    answer_days: int
    data_key: bytes
    section: str = ""
    filled_by: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """One application as it was sent: its procedure, receipt number, the hash of its questions, and its answers."""

    procedure: str
    receipt: str
    definition: str
    answers: Mapping[str, Any]


def receive(
    session: Session, where: Applications, parcel: Parcel, vault: Vault, now: datetime, keep_days: int
) -> Status:
    """Record one application; its answers are sealed under its own key, which the ward's master key opens."""
    row = where.value(
        id=new_id(),
        receipt=new_receipt_number(practice=where is Applications.PRACTICE),
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
    seal_answers(row, parcel.data_key, parcel.answers)
    row.wrapped_key = vault.wrap(row.id, parcel.data_key)
    if isinstance(row, Application):
        row.changed_at, row.filled_by = now, parcel.filled_by
        session.add(row)
        session.flush()
        put_in_section(session, row, parcel.section, parcel.data_key, parcel.answers, vault)
    session.add(row)
    return _show(row)


def seal_answers(row: Any, data_key: bytes, answers: Mapping[str, Any]) -> None:
    """Put answers into a row, sealed under the application's own key."""
    content = json.dumps(dict(answers), ensure_ascii=True).encode()
    row.sealed_answers = seal(answers_key(data_key, row.id), content, f"application|{row.id}|answers")


def put_in_section(
    session: Session, row: Application, section: str, data_key: bytes, answers: Mapping[str, Any], vault: Vault
) -> None:
    """Give an application to a section, where it is found by its name; the name itself is sealed under its own key."""
    label = find_label(answers)
    row.section = section
    row.sealed_label = seal(answers_key(data_key, row.id), json.dumps(label).encode(), f"application|{row.id}|label")
    session.exec(delete(NameToken).where(NameToken.application_id == row.id))  # type: ignore[arg-type]  # SQLModel types columns as values
    tokens = list_tokens(label, section, vault.index_key) if section else []
    session.add_all(NameToken(application_id=row.id, token=one) for one in tokens)


def answers_key(data_key: bytes, application_id: str) -> bytes:
    """Return the key of one application's answers."""
    return derive_key(data_key, f"application|{application_id}")


def list_statuses(session: Session, where: Applications, draft_id: str) -> list[Status]:
    """Return how the applications of one draft stand, by procedure."""
    rows = session.exec(select(where.value).where(where.value.draft_id == draft_id))
    return sorted((_show(row) for row in rows), key=lambda status: status.procedure)


def read_sent(session: Session, where: Applications, draft_id: str, data_key: bytes) -> list[Sent]:
    """Return what was sent from one draft, by procedure, for whoever has the draft open."""
    rows = session.exec(select(where.value).where(where.value.draft_id == draft_id))
    found = [Sent(row.procedure, row.receipt, row.definition, _open_answers(row, data_key)) for row in rows]
    return sorted(found, key=lambda one: one.procedure)


def _open_answers(row: Any, data_key: bytes) -> dict[str, Any]:
    """Return the answers of one application."""
    place = f"application|{row.id}|answers"
    answers: dict[str, Any] = json.loads(unseal(answers_key(data_key, row.id), row.sealed_answers, place))
    return answers


def _show(row: Any) -> Status:
    """Return the resident's view of a row."""
    state = next(s for s in STATES if s == row.state)
    return Status(row.procedure, row.receipt, state, row.sent_at, row.answer_by)
