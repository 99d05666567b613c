"""Practised drafts for the rooms that stand beside them: begun, opened, and pages filled in by the real checks."""

from collections.abc import Mapping
from typing import Any

from flask import current_app, g

from webapp.drafts.door import Door, get_books, make_door, set_browser_cookie
from webapp.drafts.pages import read_kept_words
from webapp.drafts.rules import Page
from webapp.drafts.service import begin_draft, find_draft
from webapp.drafts.service_kept import offer_kept
from webapp.drafts.service_samples import find_sample, make_household
from webapp.drafts.service_slips import Slip, get_slip
from webapp.drafts.service_stores import PRACTICE
from webapp.drafts.views import check_answers
from webapp.drafts.views_start import SAMPLE_TITLE
from webapp.facts.rules import Fact
from webapp.kit.clock import now, today
from webapp.kit.database import get_session

__all__ = [
    "Door",
    "Page",
    "begin_practice",
    "fill_page",
    "find_practice",
    "find_words",
    "set_browser_cookie",
    "slip_of",
]


def begin_practice(scope: str, household: bool) -> Door | None:
    """Begin to practise a scope ("procedures/<slug>" or "events/<slug>"), perhaps with the sample family offered.

    None where nothing can be practised.
    """
    ward, book = current_app.extensions["madoguchi"], get_books().find(scope)
    if book is None:
        return None
    secret = g.browser_secret or set_browser_cookie()
    draft = begin_draft(get_session(), PRACTICE, book, g.voice.code, secret, now(), ward.settings)
    door = make_door(draft)
    if household:
        content = make_household(ward.samples, book.dictionary, today(), SAMPLE_TITLE)
        offer_kept(door.draft, content, book.dictionary)
        door.draft.fit(book, today())
        door.replan()
        door.save()
    return door


def find_practice(draft_id: str, write: bool = False) -> Door | None:
    """Open a practised draft that this browser holds; None for any other."""
    draft = find_draft(get_session(), PRACTICE, draft_id, g.browser_secret, write)
    return make_door(draft) if draft is not None else None


def fill_page(door: Door, page: Page, typed: Mapping[str, Any]) -> bool:
    """Answer a page with samples, `typed` first, by the real checks; tell whether it was taken. Nothing is saved."""
    words = {question.fact.key: find_words(door, question.fact, typed) for question in page.questions}
    if check_answers(door, page, words):
        return False
    door.draft.typed.pop(page.key, None)
    door.replan()
    now_page = door.made.find_page(page.key)
    return now_page is None or door.made.is_answered(now_page)


def find_words(door: Door, fact: Fact, typed: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what to type for a fact, by part: as given, as it was offered from the sample family, or a sample."""
    given = typed.get(fact.key)
    if given is not None:
        return {
            part: [str(w) for w in words] if isinstance(words, list) else [str(words)] for part, words in given.items()
        }
    kept = door.draft.prefill.get(fact.key)
    if kept is not None:
        return read_kept_words(fact, kept)
    return find_sample(door.ward.samples, fact, today()) or {}


def slip_of(door: Door) -> Slip | None:
    """Return the slip of a practised draft if one was made."""
    return get_slip(get_session(), door.draft, door.ward.settings.pepper) if door.draft.row.sealed_slip else None
