"""Helpers' slips: how the resident lets family or a carer look at a draft or fill it in, until a day, and ends it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, delete, select

from webapp.drafts.rules_helpers import Way
from webapp.drafts.service import OpenDraft, keep_content
from webapp.drafts.service_slips import Slip, add_ways, get_slip
from webapp.kit.ids import new_confirmation_code, new_id, new_receipt_number, new_token


@dataclass(frozen=True, slots=True)
class Helper:
    """One helper's slip: what the resident calls the helper, what they may do, its last day, and its numbers."""

    id: str
    name: str
    scope: str
    ends_on: date
    slip: Slip


def make_helper(session: Session, draft: OpenDraft, name: str, scope: str, ends_on: date, pepper: bytes) -> Helper:
    """Make a helper's slip. The resident's own slip is made with it: what somebody else opens must not be lost to them."""
    get_slip(session, draft, pepper)
    slip = Slip(new_receipt_number(), new_confirmation_code(), new_token())
    made = Helper(new_id(), name, scope, ends_on, slip)
    plain = {"name": name, "scope": scope, "ends_on": ends_on.isoformat(), "slip": asdict(slip)}
    draft.helpers = {**_list_living(session, draft), made.id: plain}
    keep_content(session, draft)
    add_ways(session, draft, slip, pepper, Way("", scope, ends_on, made.id))
    return made


def list_helpers(session: Session, draft: OpenDraft, today: date) -> list[Helper]:
    """Return the helpers' slips that still open a draft, the one that ends first before the others."""
    found = [_read(key, one) for key, one in _list_living(session, draft).items()]
    return sorted((one for one in found if one.ends_on >= today), key=lambda one: (one.ends_on, one.name))


def end_helper(session: Session, draft: OpenDraft, helper_id: str) -> None:
    """End a helper's slip: it, and every browser that was opened with it, opens nothing any more, nor what it mended."""
    if helper_id not in draft.helpers:
        return
    table = draft.store.way_in
    session.exec(delete(table).where(table.helper == helper_id))  # type: ignore[arg-type]  # SQLModel types columns as values
    draft.helpers = {key: one for key, one in _list_living(session, draft).items() if key != helper_id}
    keep_content(session, draft)


def _list_living(session: Session, draft: OpenDraft) -> dict[str, Any]:
    """Return the helpers' slips without those whose ways were erased on their day."""
    table = draft.store.way_in
    living = set(session.exec(select(table.helper).where(table.draft_id == draft.row.id)))
    return {key: one for key, one in draft.helpers.items() if key in living}


def _read(key: str, plain: Mapping[str, Any]) -> Helper:
    """Return a helper's slip as it was kept."""
    return Helper(key, plain["name"], plain["scope"], date.fromisoformat(plain["ends_on"]), Slip(**plain["slip"]))
