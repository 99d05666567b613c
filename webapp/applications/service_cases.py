"""An application as its section works on it: opened only inside the wall, changed one at a time, with its history."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from webapp.accounts.rules import Clerk
from webapp.accounts.service_audit import note
from webapp.applications.rules_cases import ANSWERED, HAPPENINGS, SHOWN, find_reason, works_in
from webapp.applications.rules_inbox import read_labels, write_labels
from webapp.applications.rules_replies import GOES_ON
from webapp.applications.service import answers_key
from webapp.applications.service_vault import Vault
from webapp.applications.tables import Application, Happening
from webapp.kit.crypto import seal, unseal
from webapp.kit.ids import is_id, new_id


class Stale(Exception):
    """Somebody else changed the application since the page was shown; nothing was done."""


@dataclass(frozen=True, slots=True)
class Case:
    """An application that lies open: its row, its data key (which opens its files, too) and its answers."""

    row: Application
    data_key: bytes
    answers: Mapping[str, Any]

    @property
    def key(self) -> bytes:
        """Return the application's own key, under which everything about it is sealed."""
        return answers_key(self.data_key, self.row.id)


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened: when, by whom (None: the resident, or nobody), what, and what was said."""

    at: datetime
    account_id: str | None
    kind: str
    is_shown: bool
    content: Mapping[str, Any]


def find_row(session: Session, clerk: Clerk, application_id: str, write: bool = False) -> Application | None:
    """Return an application of a section that somebody works in, without opening it; None for any other.

    With `write` it stays locked until the request ends.
    """
    if not is_id(application_id):
        return None
    query = select(Application).where(Application.id == application_id)
    row = session.exec(query.with_for_update() if write else query).first()
    return row if row is not None and works_in(clerk, row.section) else None


def open_case(row: Application, vault: Vault) -> Case:
    """Open an application that `find_row` gave. Raises CannotOpen."""
    return open_with(row, vault.unwrap(row))


def open_with(row: Application, data_key: bytes) -> Case:
    """Open an application with its data key, as the resident's draft holds it, too. Raises CannotOpen."""
    plain = unseal(answers_key(data_key, row.id), row.sealed_answers, f"application|{row.id}|answers")
    return Case(row, data_key, json.loads(plain))


def change(session: Session, row: Application, now: datetime, version: int | None = None, **columns: Any) -> None:
    """Change an application. Raises Stale if it is no longer the version that was looked at."""
    if version is not None and version != row.version:
        raise Stale
    row.sqlmodel_update({**columns, "version": row.version + 1, "changed_at": now})
    session.add(row)


def write_down(
    session: Session, case: Case, kind: str, now: datetime, account_id: str | None = None, **content: Any
) -> Happening:
    """Add one thing to an application's history, sealed under its key; and to the ward's log, which outlives it."""
    if kind not in HAPPENINGS:
        raise ValueError(kind)
    if kind in GOES_ON:
        case.row.labels = write_labels(set(read_labels(case.row.labels)) - {ANSWERED})
        session.add(case.row)
    made = Happening(
        id=new_id(), application_id=case.row.id, at=now, account_id=account_id, kind=kind, is_shown=kind in SHOWN
    )
    made.sealed_content = seal(case.key, json.dumps(content).encode(), f"happening|{made.id}|content")
    session.add(made)
    note(session, now, account_id, f"application-{kind}", case.row.id, find_reason(kind, content))
    return made


def write_received(
    session: Session, draft_id: str, procedure: str, data_key: bytes, now: datetime, kept: Mapping[str, str]
) -> None:
    """Begin the history of what a draft just sent. `kept`: the day since which an answer was kept, by fact."""
    query = select(Application).where(Application.draft_id == draft_id, Application.procedure == procedure)
    case = open_with(session.exec(query).one(), data_key)
    said: dict[str, Any] = {"kept": dict(kept)} if kept else {}
    write_down(session, case, "received", now, **said)


def list_happenings(session: Session, case: Case, shown_only: bool = False) -> list[Happened]:
    """Return the history of an application, the oldest first."""
    query = (
        select(Happening).where(Happening.application_id == case.row.id).order_by(col(Happening.at), col(Happening.id))
    )
    rows = session.exec(query.where(col(Happening.is_shown)) if shown_only else query)
    return [
        Happened(row.at, row.account_id, row.kind, row.is_shown,
                 json.loads(unseal(case.key, row.sealed_content, f"happening|{row.id}|content")))
        for row in rows
    ]  # fmt: skip
