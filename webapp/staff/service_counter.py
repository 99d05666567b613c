"""The counter takes what was prepared at home: in one transaction it becomes applications, and its preparation is gone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from webapp.accounts.rules import Clerk
from webapp.accounts.service_audit import note
from webapp.applications.service import Applications, Parcel, receive
from webapp.applications.service_desk import list_taken, write_down_all
from webapp.applications.service_vault import open_vault
from webapp.config import Settings
from webapp.drafts.rules import only_items
from webapp.drafts.service import OpenDraft, open_row
from webapp.drafts.service_hand_over import Content, Opened, find_hand_over, look_at, take_some, unlock_draft_key
from webapp.drafts.service_slips import find_wait, note_wrong_try
from webapp.drafts.service_stores import REAL
from webapp.drafts.service_submit import keep_days
from webapp.kit.clock import day_of
from webapp.kit.crypto import CannotOpen
from webapp.outbox.service import News, enqueue, withdraw_kinds
from webapp.procedures.rules import Procedure
from webapp.procedures.rules_book import Book

LONGEST_ONCE = 120


@dataclass(frozen=True, slots=True)
class Seen:
    """What a clerk saw: which kind of paper showed who it is, and which of the originals that are to be brought."""

    identity: str
    papers: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One application that the counter received: its procedure, receipt number, and when an answer comes."""

    procedure: str
    number: str
    answer_by: date


def find_pause(session: Session, clerk: Clerk, now: datetime, pepper: bytes) -> timedelta | None:
    """Return how long somebody at the counter waits before the next try, after many wrong ones."""
    return find_wait(session, {"counter": clerk.id}, now, pepper)


def look(session: Session, clerk: Clerk, word: str, now: datetime, pepper: bytes) -> Opened | None:
    """Open what was prepared without using it up; None for what is wrong, used up or expired, which is counted and logged."""
    opened = look_at(session, REAL.hand_over, word, pepper, day_of(now))
    if opened is None or not opened.content.draft_key:
        note_wrong_try(session, {"counter": clerk.id}, now, pepper)
        note(session, now, clerk.id, "hand-over-not-found")
        return None
    return opened


def accept(
    session: Session, clerk: Clerk, word: str, chosen: Collection[str], seen: Seen, book: Book, settings: Settings,
    now: datetime,
) -> str | None:  # fmt: skip
    """Make the applications of the chosen procedures and erase what was prepared of them; return the draft it came from.

    The others stay prepared. None, and nothing is made, if another counter was faster with one of them.
    """
    opened = look_at(session, REAL.hand_over, word, settings.pepper, day_of(now))
    draft = _open_draft(session, opened, settings) if opened else None
    procedures = [book.procedures[slug] for slug in chosen if slug in book.procedures]
    slugs = [one.slug for one in procedures]
    table, today = REAL.hand_over, day_of(now)
    content = take_some(session, table, word, slugs, draft.key, settings.pepper, today) if draft else None
    if draft is None or content is None:
        return None
    draft_id = str(draft.row.id)
    for one in procedures:
        _receive_one(session, draft, content, one, settings, now)
    session.flush()
    for one in procedures:
        told = {"at": "counter", "identity": seen.identity, "papers": list(seen.papers.get(one.slug, ()))}
        write_down_all(session, draft_id, draft.key, [one.slug], "received", now, clerk.id, **told)
    last = max(keep_days(draft, one, settings) for one in procedures)
    draft.row.expires_on = max(draft.row.expires_on, today + timedelta(days=last))
    session.add(draft.row)
    if find_hand_over(session, table, draft_id) is None:
        withdraw_kinds(session, draft_id, ("hand-over-ending",), now)
    # Each procedure is taken once, so the first names the taking.
    once = f"received|{draft_id}|{slugs[0]}"[:LONGEST_ONCE]
    news = News("received", draft_id, draft.row.voice, once, {"day": today.isoformat()})
    enqueue(session, news, settings.master_keys[0], now)
    note(session, now, clerk.id, "hand-over-accepted", draft_id, seen.identity)
    return draft_id


def _open_draft(session: Session, opened: Opened, settings: Settings) -> OpenDraft | None:
    """Open the draft that handed something over, with the key that it handed over; None if it is gone."""
    row = session.get(REAL.draft, opened.row.draft_id)
    try:
        return open_row(row, unlock_draft_key(opened.content, row.id, settings.pepper)) if row else None
    except CannotOpen:
        return None


def _receive_one(
    session: Session, draft: OpenDraft, content: Content, procedure: Procedure, settings: Settings, now: datetime
) -> None:
    """Record the application of one procedure; the resident's draft opens it as any other.

    Who took it stands in its history; who filled it in is the resident, or whoever did it for them at the desk.
    """
    form = procedure.define.form
    parcel = Parcel(
        draft_id=draft.row.id, procedure=procedure.slug, definition=content.definition, voice=content.voice,
        answers=answers_of(content, procedure), answer_days=form.answer_days if form else 0, data_key=draft.key,
        section=procedure.define.office, filled_by=draft.row.filled_by,
    )  # fmt: skip
    receive(session, Applications.REAL, parcel, open_vault(settings), now, keep_days(draft, procedure, settings))


def answers_of(content: Content, procedure: Procedure) -> dict[str, Any]:
    """Return what one procedure uses of everything that was handed over."""
    items = {one.fact: one.items for one in (procedure.define.form.asks if procedure.define.form else ())}
    uses = content.uses.get(procedure.slug, ())
    return {key: only_items(content.answers[key], items.get(key, ())) for key in uses if key in content.answers}


def list_receipts(session: Session, clerk: Clerk, draft_id: str) -> list[Receipt]:
    """Return what somebody received at the counter from one draft, without opening anything."""
    rows = list_taken(session, draft_id, clerk.id)
    return [Receipt(row.procedure, row.receipt, row.answer_by) for row in rows]
