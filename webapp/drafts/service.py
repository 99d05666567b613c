"""A draft and its answers: begun, opened by the browser that holds it, saved, thrown away."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from webapp.drafts.rules import Plan, plan
from webapp.drafts.tables import Draft, WayIn
from webapp.facts.rules import Dictionary
from webapp.kit.crypto import CannotOpen, derive_key, keyed_hash, new_key, seal, unseal
from webapp.kit.ids import is_id, new_id
from webapp.procedures.rules import Procedure

Stash = dict[str, dict[str, list[str]]]


@dataclass
class OpenDraft:
    """A draft whose answers lie open for this request: `typed` keeps what was typed on pages that are not finished."""

    row: Draft
    key: bytes
    answers: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, Stash] = field(default_factory=dict)

    @property
    def slugs(self) -> list[str]:
        """Return the procedures of this draft."""
        return self.row.procedures.split()

    @property
    def is_sent(self) -> bool:
        """Tell whether it was sent: then nothing in it changes any more."""
        return self.row.sent_at is not None

    def plan(self, procedures: Mapping[str, Procedure], dictionary: Dictionary, today: date) -> Plan:
        """Return the pages of this draft as its answers stand."""
        return plan([procedures[slug] for slug in self.slugs], dictionary, self.answers, today)


def begin_draft(
    session: Session, slugs: list[str], voice: str, browser_secret: bytes, now: datetime, days: int
) -> OpenDraft:
    """Make an empty draft that this browser can open; it is erased after `days` without a change."""
    key = new_key()
    expires = (now + timedelta(days=days)).date()
    row = Draft(id=new_id(), procedures=" ".join(slugs), voice=voice, started_at=now, saved_at=now, expires_on=expires)
    draft = OpenDraft(row, key)
    _seal_content(draft)
    session.add(row)
    session.flush()
    add_browser(session, draft, browser_secret)
    return draft


def add_browser(session: Session, draft: OpenDraft, browser_secret: bytes) -> None:
    """Let a browser open the draft from now on."""
    lookup = browser_lookup(browser_secret, draft.row.id)
    if session.get(WayIn, lookup) is None:
        wrapped = seal(derive_key(browser_secret, "draft key"), draft.key, f"way_in|{draft.row.id}|browser")
        session.add(
            WayIn(
                lookup=lookup,
                draft_id=draft.row.id,
                kind="browser",
                holder=holder_hash(browser_secret),
                wrapped_key=wrapped,
            )
        )


def browser_lookup(browser_secret: bytes, draft_id: str) -> bytes:
    """Return the hash under which a browser's way into a draft is found."""
    return keyed_hash(derive_key(browser_secret, "lookup"), draft_id)


def holder_hash(browser_secret: bytes) -> bytes:
    """Return the hash under which everything that a browser holds is found."""
    return keyed_hash(derive_key(browser_secret, "holder"), "browser")


def find_draft(session: Session, draft_id: str, browser_secret: bytes | None, write: bool) -> OpenDraft | None:
    """Open a draft for the browser that holds it; None for anybody else and for a draft that is gone.

    With `write` the row stays locked until the request ends, so that two tabs never lose each other's answers.
    """
    if browser_secret is None or not is_id(draft_id):
        return None
    lookup = browser_lookup(browser_secret, draft_id)
    query = select(Draft, WayIn.wrapped_key).join(WayIn).where(WayIn.lookup == lookup, Draft.id == draft_id)
    found = session.exec(query.with_for_update(of=Draft) if write else query).first()
    if found is None:
        return None
    row, wrapped = found
    try:
        key = unseal(derive_key(browser_secret, "draft key"), wrapped, f"way_in|{draft_id}|browser")
    except CannotOpen:
        return None
    return open_row(row, key)


def open_row(row: Draft, key: bytes) -> OpenDraft:
    """Open a draft's answers with its data key. Raises CannotOpen for answers that were tampered with."""
    content = json.loads(unseal(key, row.sealed_answers, f"draft|{row.id}|answers"))
    return OpenDraft(row, key, content["answers"], content["typed"])


def save_draft(session: Session, draft: OpenDraft, now: datetime, days: int) -> None:
    """Keep the answers as they stand, sealed; the day of erasure moves on with every change."""
    draft.row.saved_at = now
    draft.row.version += 1
    draft.row.expires_on = (now + timedelta(days=days)).date()
    _seal_content(draft)
    session.add(draft.row)


def _seal_content(draft: OpenDraft) -> None:
    """Seal answers and unfinished typing together."""
    content = json.dumps({"answers": draft.answers, "typed": draft.typed}, ensure_ascii=True).encode()
    draft.row.sealed_answers = seal(draft.key, content, f"draft|{draft.row.id}|answers")


def list_held(session: Session, browser_secret: bytes | None) -> list[Draft]:
    """Return the drafts that this browser holds, the latest first."""
    if browser_secret is None:
        return []
    held = select(WayIn.draft_id).where(WayIn.holder == holder_hash(browser_secret))
    rows = session.exec(select(Draft).where(Draft.id.in_(held)))  # type: ignore[attr-defined]  # a column at class level
    return sorted(rows, key=lambda row: row.saved_at, reverse=True)


def let_go(session: Session, browser_secret: bytes) -> None:
    """Make this browser forget every draft; slips still open them."""
    for way in session.exec(select(WayIn).where(WayIn.holder == holder_hash(browser_secret))):
        session.delete(way)
