"""Drafts as the counter uses them: begun for somebody, found again in the clerk's browser, and what is missing in one."""

from collections.abc import Mapping
from typing import Any

from flask import current_app, g

from webapp.accounts.rules import Clerk
from webapp.drafts.door import Door, find_sending, get_books, make_door, set_browser_cookie
from webapp.drafts.door_ways import offices_of
from webapp.drafts.pages_missing import list_missing, raise_known
from webapp.drafts.service import find_draft
from webapp.drafts.service_books import find_old_book, keep_book
from webapp.drafts.service_desk import Begun, begin_at_desk, forget_at_desk, is_desk_of
from webapp.drafts.service_hand_over import Content
from webapp.drafts.service_slips import Slip, get_slip
from webapp.drafts.service_stores import REAL
from webapp.drafts.views import next_open
from webapp.drafts.views_hand_over import hand_over_words
from webapp.drafts.views_slips import slip_words
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.procedures.rules_book import Book

__all__ = ["Door", "find_sending", "hand_over_words", "list_missing", "offices_of", "slip_words"]


def begin_for(scope: str, clerk_id: str, at: str, flat: Mapping[str, Any] | None = None, word: str = "") -> str | None:
    """Begin a draft for somebody at the desk or on the phone; return where it begins. None where nothing can be written.

    Perhaps with answers that are known: `flat`, of what was prepared at home under the code `word`.
    """
    book = get_books().find(scope)
    if book is None:
        return None
    session, secret = get_session(), g.browser_secret or set_browser_cookie()
    keep_book(session, get_books(), scope, now())
    begun = Begun(book, g.voice.code, clerk_id, at, raise_known(book, flat or {}), word)
    door = make_door(begin_at_desk(session, begun, secret, now(), current_app.extensions["madoguchi"].settings))
    door.replan()
    door.save()
    return next_open(door)


def find_at_desk(draft_id: str, clerk: Clerk, write: bool = False) -> Door | None:
    """Open a draft that a clerk began in this browser today; None for any other."""
    draft = find_draft(get_session(), REAL, draft_id, g.browser_secret, write)
    if draft is None or not is_desk_of(draft, clerk, offices_of(draft.slugs)):
        return None
    return make_door(draft)


def slip_at_desk(door: Door) -> Slip:
    """Return the slip of a draft that was filled in at the desk, made where there was none."""
    return get_slip(get_session(), door.draft, door.ward.settings.pepper)


def forget(door: Door) -> bool:
    """Let this browser go of a draft that was filled in at the desk; tell whether a slip still opens it."""
    return forget_at_desk(get_session(), door.draft, g.browser_secret or b"", now(), door.ward.settings.data_dir)


def book_of(content: Content) -> Book | None:
    """Return the book that something handed over was written by; today's where the old one is to be had no longer."""
    scope = f"events/{content.event}" if content.event else f"procedures/{content.procedures[0]}"
    live = get_books().find(scope)
    if live is not None and live.hash == content.definition:
        return live
    return find_old_book(get_session(), content.definition) or live
