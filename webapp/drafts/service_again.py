"""Writing again what was sent: a new draft with the same answers. What was sent stays until the new one is sent in its place.

It has the data key of the draft that was sent before. So whoever opens that one, by whatever slip, finds it again, and it can
take back what it replaces without another key.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from webapp.applications.rules_cases import may_withdraw
from webapp.applications.service_cases import Case
from webapp.applications.service_decisions import find_own, withdraw
from webapp.config import Settings
from webapp.drafts.service import OpenDraft, begin_draft, keep_content, open_row
from webapp.drafts.service_stores import REAL
from webapp.drafts.service_submit import ends
from webapp.drafts.tables import Draft
from webapp.notifications.service_ways import add_way, list_ways
from webapp.procedures.rules import Procedure
from webapp.procedures.rules_book import Book


def find_again(session: Session, parent: OpenDraft, application_id: str) -> OpenDraft | None:
    """Return the draft in which something sent is written again; None where none was begun, or it is gone."""
    row = session.get(Draft, parent.again.get(application_id, ""))
    return open_row(row, parent.key) if row is not None else None


def begin_again(
    session: Session, parent: OpenDraft, case: Case, book: Book, answers: Mapping[str, Any], browser_secret: bytes,
    now: datetime, settings: Settings,
) -> OpenDraft:  # fmt: skip
    """Make a draft over today's questions with answers that were sent before; the draft that was sent remembers it."""
    voice = parent.row.voice
    draft = begin_draft(session, REAL, book, voice, browser_secret, now, settings, parent.key)
    draft.answers = dict(answers)
    draft.replaces = {"draft": parent.row.id, "application": case.row.id}
    parent.again = {**parent.again, case.row.id: draft.row.id}
    keep_content(session, parent)
    return draft


def may_begin_again(case: Case, procedure: Procedure | None) -> bool:
    """Tell whether something sent can be written again: while nobody has looked at it, or once it was taken back.

    What the counter takes is only prepared here: that takes nothing's place, so what the counter took is mended by the office.
    """
    if case.row.outcome == "withdrawn":
        return True
    return may_withdraw(case.row.state) and (procedure is None or ends(procedure) == "send")


def find_replaced(session: Session, draft: OpenDraft, write: bool = False) -> Case | None:
    """Open what a draft is sent in the place of, or None. With `write` it stays as it is until the request ends."""
    old = draft.replaces
    return find_own(session, old["draft"], draft.key, old["application"], write) if old else None


def name_replacing(old: Case | None, procedures: Iterable[Procedure]) -> str:
    """Return "yes" where sending these takes the place of something sent, "late" where that is read already, else ""."""
    if old is None or old.row.outcome == "withdrawn":
        return ""
    if not any(one.slug == old.row.procedure and ends(one) == "send" for one in procedures):
        return ""
    return "yes" if may_withdraw(old.row.state) else "late"


def replace_sent(session: Session, draft: OpenDraft, old: Case, settings: Settings, now: datetime) -> None:
    """Take back what a draft that was just sent replaces; who was told about the one is told about the other.

    There is one mail address, one number and one letter address: those that were given for the new one stay.
    """
    withdraw(session, old, now)
    given = {way.channel for way in list_ways(session, draft.row.id, settings.master_keys)} - {"push"}
    for way in list_ways(session, old.row.draft_id, settings.master_keys):
        if way.channel in given:
            continue
        details = {name: words for name, words in way.details.items() if name != "stop"}
        add_way(session, draft.row.id, way.channel, draft.row.voice, details, settings, now)
