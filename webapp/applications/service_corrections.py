"""What a section asks a resident to mend: asked, taken back, answered once; the answers before stay beside the new ones."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from webapp.applications.service import put_in_section, seal_answers
from webapp.applications.service_cases import Case, change, write_down
from webapp.applications.service_telling import stop_correction
from webapp.applications.service_vault import Vault
from webapp.applications.tables import Application, Correction
from webapp.kit.clock import day_of
from webapp.kit.crypto import seal, unseal
from webapp.kit.ids import is_id, new_id


@dataclass(frozen=True, slots=True)
class Marks:
    """What is to be mended: by fact what is wrong ("why") and a note, a note about everything, and the writer's language."""

    facts: Mapping[str, Mapping[str, str]]
    note: str
    asked_in: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One correction that lies open. `draft_id` is where the resident mends it; `before` and `after` are there once answered."""

    id: str
    state: str
    asked_by: str
    asked_at: datetime
    answer_by: date
    answered_at: datetime | None
    draft_id: str | None
    marks: Marks
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether the resident can still answer it."""
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class Ending:
    """A correction whose day comes soon: the draft that its application was sent from, and its resident's voice."""

    id: str
    draft_id: str
    voice: str
    answer_by: date


def ask_correction(
    session: Session, case: Case, account_id: str, marks: Marks, answer_by: date, now: datetime, version: int
) -> str:
    """Ask for something to be mended; return the correction's id. Raises Stale."""
    change(session, case.row, now, version, state="mend")
    row = Correction(
        id=new_id(), application_id=case.row.id, asked_by=account_id, asked_at=now, answer_by=answer_by,
        sealed_content=b"",
    )  # fmt: skip
    content = {"facts": {key: dict(one) for key, one in marks.facts.items()}, "note": marks.note,
               "asked_in": marks.asked_in}  # fmt: skip
    _seal(row, case, content)
    session.add(row)
    write_down(
        session, case, "correction-asked", now, account_id, correction=row.id, answer_by=answer_by.isoformat(),
        facts=list(marks.facts),
    )  # fmt: skip
    return row.id


def take_back(session: Session, case: Case, correction_id: str, account_id: str, now: datetime) -> bool:
    """Ask no more for what is open; tell whether it still was.

    As when it is answered, the days that it lay with the resident are added to the day by which the ward answers.
    """
    row = _find_row(session, case, correction_id, write=True)
    if row is None or row.state != "open":
        return False
    row.state = "taken-back"
    session.add(row)
    stop_correction(session, row.id, now)
    change(session, case.row, now, state="checking", answer_by=_move_on(case, row, now))
    write_down(session, case, "correction-taken-back", now, account_id, correction=row.id)
    return True


def answer_correction(
    session: Session, case: Case, correction_id: str, answers: Mapping[str, Any], vault: Vault, now: datetime
) -> tuple[str, ...] | None:
    """Put mended answers in the place of the old ones, once; return the facts that changed, None where nothing is open.

    The days that it lay with the resident are added to the day by which the ward answers.
    """
    row = _find_row(session, case, correction_id, write=True)
    if row is None or row.state != "open":
        return None
    before = dict(case.answers)
    changed = tuple(key for key in {**before, **answers} if before.get(key) != answers.get(key))
    _seal(row, case, {**_read(row, case), "before": before, "after": dict(answers)})
    row.state, row.answered_at = "answered", now
    session.add(row)
    stop_correction(session, row.id, now)
    seal_answers(case.row, case.data_key, answers)
    put_in_section(session, case.row, case.row.section, case.data_key, answers, vault)
    change(session, case.row, now, state="checking", answer_by=_move_on(case, row, now))
    write_down(session, case, "correction-answered", now, correction=row.id, changed=list(changed))
    return changed


def _move_on(case: Case, row: Correction, now: datetime) -> date:
    """Return the day by which the ward answers once what lay with the resident is with the ward again."""
    return case.row.answer_by + max(day_of(now) - day_of(row.asked_at), timedelta(0))


def list_corrections(session: Session, case: Case) -> list[Asked]:
    """Return everything that was asked about one application, the latest first."""
    query = select(Correction).where(Correction.application_id == case.row.id)
    return [_open(row, case) for row in session.exec(query.order_by(col(Correction.asked_at).desc()))]


def find_correction(session: Session, case: Case, correction_id: str, write: bool = False) -> Asked | None:
    """Return one correction of an application, or None. With `write` it stays locked until the request ends."""
    row = _find_row(session, case, correction_id, write)
    return _open(row, case) if row else None


def find_open(session: Session, case: Case) -> Asked | None:
    """Return what the resident is asked to mend now, or None."""
    return next((one for one in list_corrections(session, case) if one.is_open), None)


def list_ending(session: Session, first: date, last: date) -> list[Ending]:
    """Return what residents are asked to mend until one of these days, and were not asked for on the first of them."""
    query = select(Correction, Application.draft_id, Application.voice).join(Application)
    query = query.where(Correction.state == "open", Correction.answer_by >= first, Correction.answer_by <= last)
    found = session.exec(query.order_by(Correction.id))
    return [Ending(one.id, draft, voice, one.answer_by) for one, draft, voice in found if day_of(one.asked_at) < first]


def is_open(session: Session, correction_id: str) -> bool:
    """Tell whether a correction can still be answered; not one that is gone."""
    return session.exec(select(Correction.state).where(Correction.id == correction_id)).first() == "open"


def note_draft(session: Session, case: Case, correction_id: str, draft_id: str) -> None:
    """Note in which draft a correction is mended."""
    row = _find_row(session, case, correction_id, write=True)
    if row is not None:
        row.draft_id = draft_id
        session.add(row)


def _find_row(session: Session, case: Case, correction_id: str, write: bool = False) -> Correction | None:
    """Return a correction of this application; with `write` as it is now, locked until the request ends."""
    if not is_id(correction_id):
        return None
    query = select(Correction).where(Correction.id == correction_id, Correction.application_id == case.row.id)
    if write:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.exec(query).first()


def _seal(row: Correction, case: Case, content: Mapping[str, Any]) -> None:
    """Put content into a correction, sealed under the application's key."""
    row.sealed_content = seal(case.key, json.dumps(dict(content)).encode(), f"correction|{row.id}|content")


def _read(row: Correction, case: Case) -> dict[str, Any]:
    """Return a correction's content. Raises CannotOpen."""
    content: dict[str, Any] = json.loads(unseal(case.key, row.sealed_content, f"correction|{row.id}|content"))
    return content


def _open(row: Correction, case: Case) -> Asked:
    """Return a correction as it is shown."""
    content = _read(row, case)
    marks = Marks(content["facts"], content["note"], content["asked_in"])
    return Asked(
        row.id, row.state, row.asked_by, row.asked_at, row.answer_by, row.answered_at, row.draft_id, marks,
        content.get("before"), content.get("after"),
    )  # fmt: skip
