"""Mending what was sent: a draft of its own with the pages that the section marked, filled from the application.

It has the data key of the draft that the application was sent from. So whoever opens that one, by whatever slip, finds it
again, and a file that is added belongs to the application as soon as its row says so.
"""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, select

from webapp.applications.service_cases import Case
from webapp.applications.service_corrections import answer_correction, find_correction, is_open, note_draft
from webapp.applications.service_vault import open_vault
from webapp.config import Settings
from webapp.drafts.rules import Plan, plan, split_answers
from webapp.drafts.rules_flat import raise_answers
from webapp.drafts.rules_mend import Mend, keep_rest, note_start
from webapp.drafts.service import OpenDraft, add_browser, open_row, save_draft
from webapp.drafts.service_stores import REAL
from webapp.drafts.service_uploads import drop_unused
from webapp.drafts.tables import Draft, Upload
from webapp.kit.clock import day_of
from webapp.kit.ids import new_id
from webapp.procedures.rules_book import Book


def start_correction(
    session: Session, parent: OpenDraft, case: Case, correction_id: str, book: Book, browser_secret: bytes,
    now: datetime, settings: Settings,
) -> OpenDraft | None:  # fmt: skip
    """Make the draft in which a correction is mended, or find the one there is; None where nothing is asked any more.

    `book` holds the questions that the application was written by.
    """
    asked = find_correction(session, case, correction_id, write=True)
    if asked is None or not asked.is_open:
        return None
    row = session.get(Draft, asked.draft_id) if asked.draft_id else None
    if row is not None:
        draft = replace(open_row(row, parent.key, parent.way), helpers=parent.helpers)
    else:
        draft = _make_draft(parent, case, correction_id, book, now, settings)
        mend = Mend(parent.row.id, case.row.id, asked.marks.facts, asked.marks.note, asked.marks.asked_in)
        answers = raise_answers(case.answers, book.dictionary, mend.facts, new_id)
        made = plan(list(book.procedures.values()), book.dictionary, answers, day_of(now))
        draft.mend, draft.answers = note_start(mend, made), dict(made.stored)
        save_draft(session, draft, now, settings)
        session.flush()
        note_draft(session, case, correction_id, draft.row.id)
    add_browser(session, draft, browser_secret)
    return draft


def _make_draft(
    parent: OpenDraft, case: Case, correction_id: str, book: Book, now: datetime, settings: Settings
) -> OpenDraft:
    """Return an empty draft for mending, under the key of the draft that the application was sent from."""
    row = Draft(
        id=new_id(), procedures=case.row.procedure, definition=book.hash, voice=parent.row.voice, started_at=now,
        saved_at=now, expires_on=REAL.expiry(day_of(now), settings), corrects=correction_id,
    )  # fmt: skip
    return OpenDraft(row, parent.key, helpers=parent.helpers, way=parent.way)


def has_ended(session: Session, draft: OpenDraft) -> bool:
    """Tell whether there is nothing more to mend in a draft: it was answered, taken back, or is gone."""
    return draft.is_sent or not is_open(session, draft.row.corrects or "")


def mended_answers(case: Case, draft: OpenDraft, book: Book, made: Plan, now: datetime) -> dict[str, object]:
    """Return the answers of an application as they are after mending."""
    (procedure,) = book.procedures.values()
    return keep_rest(case.answers, split_answers(procedure, made, day_of(now)), draft.mend or Mend("", ""))


def send_correction(
    session: Session, draft: OpenDraft, case: Case, book: Book, made: Plan, settings: Settings, now: datetime
) -> None:
    """Answer a correction: the application gets the mended answers and the files, the draft keeps nothing of them.

    The draft stays as one that was sent until its day, so that a form that comes twice leads to the same page.
    """
    answers = mended_answers(case, draft, book, made, now)
    answer_correction(session, case, draft.row.corrects or "", answers, open_vault(settings), now)
    drop_unused(session, draft, made)
    session.flush()
    for upload in session.exec(select(Upload).where(Upload.draft_id == draft.row.id)):
        upload.draft_id = case.row.draft_id
        session.add(upload)
    draft.row.sent_at = now
    draft.answers, draft.typed, draft.shelf, draft.prefill = {}, {}, {}, {}
    draft.mend = Mend(case.row.draft_id, case.row.id)
    save_draft(session, draft, now, settings)
