"""A draft that somebody of the staff fills in for a resident: begun in the clerk's browser, sent, handed over and forgotten."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from webapp.accounts.rules import Clerk
from webapp.accounts.service_audit import note
from webapp.applications.service_desk import find_wrapped, list_mending, write_down_all
from webapp.applications.service_vault import Vault
from webapp.config import Settings
from webapp.drafts.jobs import erase_draft
from webapp.drafts.rules_helpers import Way, may_receive
from webapp.drafts.service import OpenDraft, add_browser, begin_draft, let_go_one, open_row, save_draft
from webapp.drafts.service_family import find_family
from webapp.drafts.service_hand_over import find_hand_over, look_at, take_some, unlock_draft_key
from webapp.drafts.service_slips import Slip, renew_slip
from webapp.drafts.service_stores import REAL
from webapp.kit.clock import day_of
from webapp.kit.crypto import CannotOpen
from webapp.outbox.service import withdraw_kinds
from webapp.procedures.rules_book import Book

PLACES = ("desk", "phone")


@dataclass(frozen=True, slots=True)
class Begun:
    """What is begun at the desk: over which book, by whom, for somebody who is "desk" or "phone", and what is known already.

    `word` is the code of what was prepared at home and is written here instead.
    """

    book: Book
    voice: str
    clerk_id: str
    at: str
    answers: Mapping[str, Any]
    word: str = ""


def begin_at_desk(
    session: Session, begun: Begun, browser_secret: bytes, now: datetime, settings: Settings
) -> OpenDraft:
    """Make a draft in a clerk's browser, which opens it only while that clerk is signed in, and on this day only."""
    draft = begin_draft(session, REAL, begun.book, begun.voice, browser_secret, now, settings)
    let_go_one(session, draft, browser_secret)
    draft.way = Way(kind="desk", ends_on=day_of(now))
    add_browser(session, draft, browser_secret)
    draft.row.filled_by, draft.desk, draft.answers = (
        begun.clerk_id,
        {"at": begun.at, "word": begun.word},
        dict(begun.answers),
    )
    save_draft(session, draft, now, settings)
    note(session, now, begun.clerk_id, "desk-begun", draft.row.id, begun.at)
    return draft


def is_desk_of(draft: OpenDraft, clerk: Clerk, offices: Iterable[str]) -> bool:
    """Tell whether a draft lies open at the desk of somebody who may still fill in what it is for (`offices`) for others.

    A way without a last day was made before such ways had one, and is over.
    """
    way, row = draft.way, draft.row
    if way.kind != "desk" or way.ends_on is None or row.filled_by != clerk.id:
        return False
    return clerk.has("reception") or (not row.event and may_receive(clerk, offices))


def note_filled(session: Session, draft: OpenDraft, now: datetime, pepper: bytes) -> None:
    """Write down that what was sent had been filled in by somebody of the staff, in the log and for the resident.

    What was prepared at home of the same procedures is sent with it, and no longer waits at the counter.
    """
    clerk, at = draft.row.filled_by, draft.desk.get("at", "desk")
    note(session, now, clerk, "desk-sent", draft.row.id, at)
    session.flush()
    by_phone = at == "phone"
    write_down_all(session, draft.row.id, draft.key, draft.slugs, "filled-in", now, clerk, by_phone=by_phone)
    if not draft.desk.get("word"):
        return
    opened = look_at(session, REAL.hand_over, draft.desk["word"], pepper, day_of(now))
    mine = [slug for slug in opened.content.procedures if slug in draft.slugs] if opened else []
    if opened is None or not mine:
        return
    key = unlock_draft_key(opened.content, opened.row.draft_id, pepper)
    if take_some(session, REAL.hand_over, draft.desk["word"], mine, key, pepper, day_of(now)):
        note(session, now, clerk, "hand-over-rewritten", opened.row.draft_id)
        if find_hand_over(session, REAL.hand_over, opened.row.draft_id) is None:
            withdraw_kinds(session, opened.row.draft_id, ("hand-over-ending",), now)


def forget_at_desk(session: Session, draft: OpenDraft, browser_secret: bytes, now: datetime, data_dir: Path) -> bool:
    """Let a clerk's browser go of a draft; one that nobody holds a slip of is erased. Tell whether it still exists."""
    note(session, now, draft.row.filled_by, "desk-forgotten", draft.row.id)
    let_go_one(session, draft, browser_secret)
    kept = draft.is_sent or bool(draft.row.sealed_slip)
    if not kept:
        erase_draft(session, draft.store, draft.row.id, data_dir)
    return kept


def hold_drafts(session: Session, draft_id: str, vault: Vault) -> None:
    """Keep a draft, and all that belong to it, from being sent meanwhile; before their applications are locked."""
    held = sorted((draft_id, *list_mending(session, draft_id)))
    table = REAL.draft
    session.exec(select(table.id).where(col(table.id).in_(held)).order_by(col(table.id)).with_for_update()).all()
    row, sent = session.get(table, draft_id), find_wrapped(session, draft_id)
    if row is None or sent is None:
        return
    try:
        family = find_family(session, open_row(row, vault.unwrap(sent)))
    except CannotOpen:
        return  # whoever goes on to open it finds that out again
    more = select(table).where(col(table.id).in_(family.inner | family.outer)).order_by(col(table.id))
    session.exec(more.with_for_update().execution_options(populate_existing=True)).all()


def renew_slip_of(session: Session, row: Any, vault: Vault, pepper: bytes, lost_phone: bool) -> Slip | None:
    """Make another slip for the draft that an application came from, by the ward's key; None where there is no draft.

    Raises CannotOpen.
    """
    draft = session.get(REAL.draft, row.draft_id)
    if draft is None:
        return None
    return renew_slip(session, open_row(draft, vault.unwrap(row)), pepper, lost_phone)
