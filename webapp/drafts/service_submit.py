"""Sending: one draft becomes one application for each of its procedures, all at once, however often it is pressed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlmodel import Session

from webapp.applications.rules import Status
from webapp.applications.service import Parcel, list_statuses, receive
from webapp.config import Settings
from webapp.drafts.rules import Plan, split_answers
from webapp.drafts.service import OpenDraft, save_draft
from webapp.drafts.service_slips import get_slip
from webapp.kit.clock import day_of
from webapp.procedures.rules import Procedure


@dataclass(frozen=True, slots=True)
class NotReady:
    """Why a draft cannot be sent yet: the keys of pages still open, and whether it changed since it was checked."""

    open_pages: tuple[str, ...] = ()
    changed: bool = False


def hash_definition(procedure: Procedure) -> str:
    """Return the hash that names exactly this version of a procedure's definition."""
    return hashlib.blake2b(msgspec.json.encode(procedure.define, order="deterministic"), digest_size=16).hexdigest()


def submit(
    session: Session,
    draft: OpenDraft,
    made: Plan,
    procedures: Mapping[str, Procedure],
    version: int,
    settings: Settings,
    now: datetime,
) -> list[Status] | NotReady:
    """Send a draft in the request's one transaction. A draft that was sent gives the same applications again."""
    if draft.is_sent:
        return list_statuses(session, draft.row.id)
    still_open = tuple(page.key for page in made.pages if not made.is_answered(page))
    if still_open or version != draft.row.version:
        return NotReady(still_open, version != draft.row.version)
    sent = [
        receive(session, _pack(draft, procedures[slug], made, now), settings.master_keys[0], now, settings.keep_days)
        for slug in draft.slugs
    ]
    get_slip(session, draft, settings.pepper)
    draft.row.sent_at = now
    draft.answers, draft.typed = {}, {}
    save_draft(session, draft, now, settings.keep_days)
    return sent


def _pack(draft: OpenDraft, procedure: Procedure, made: Plan, now: datetime) -> Parcel:
    """Pack what one procedure gets."""
    form = procedure.define.form
    return Parcel(
        draft_id=draft.row.id,
        procedure=procedure.slug,
        definition=hash_definition(procedure),
        voice=draft.row.voice,
        answers=split_answers(procedure, made, day_of(now)),
        answer_days=form.answer_days if form else 0,
        data_key=draft.key,
    )
