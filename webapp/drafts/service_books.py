"""Which book of questions a draft is written by: the one it began with, or the newer one that the resident chose."""

from datetime import date, datetime

from sqlmodel import Session

from webapp.applications.service_snapshots import SnapshotBroken, find_snapshot, keep_snapshot
from webapp.drafts.rules_events import is_over
from webapp.drafts.service import OpenDraft
from webapp.kit.logs import log_failure
from webapp.procedures.rules_book import Book, BookUnreadable, cut_book
from webapp.procedures.rules_book_changes import Changes, compare
from webapp.procedures.service_books import BookShelf, open_book


def keep_book(session: Session, shelf: BookShelf, scope: str, now: datetime) -> None:
    """Keep the book of a scope as it is today, so that what is written by it can be shown for ever."""
    book = shelf.find(scope)
    if book is not None:
        keep_snapshot(session, book.hash, shelf.get_body(scope), now)


def keep_written(session: Session, shelf: BookShelf, draft: OpenDraft, book: Book, now: datetime) -> None:
    """Keep the book that a draft is sent by where it is today's; an older one was kept when the draft was begun."""
    live = shelf.find(draft.scope)
    if live is not None and live.hash == book.hash and not draft.store.is_practice:
        keep_book(session, shelf, draft.scope, now)


def find_book(session: Session, shelf: BookShelf, draft: OpenDraft) -> Book | None:
    """Return the book that a draft is written by; None where neither it nor a newer one is to be had.

    Drafts from before there were books, and those of practice, which keeps nothing, are written by today's.
    """
    live = shelf.find(draft.scope)
    if draft.mend is not None:
        return find_sent_book(session, shelf, draft.row.definition, draft.row.procedures)
    if draft.store.is_practice or not draft.row.definition or (live and live.hash == draft.row.definition):
        return live
    return find_old_book(session, draft.row.definition) or live


def find_sent_book(session: Session, shelf: BookShelf, definition: str, slug: str) -> Book | None:
    """Return the questions of one procedure as an application of it was sent; today's where those are nowhere to be had."""
    live = shelf.find(f"procedures/{slug}")
    book = live if live and live.hash == definition else find_old_book(session, definition) or live
    return cut_book(book, slug) if book is not None and slug in book.procedures else live


def find_old_book(session: Session, definition: str) -> Book | None:
    """Return a book by the hash of its content, or None if it was never kept or can be read no longer.

    Residents then go on by today's; the failure stands in the log.
    """
    try:
        body = find_snapshot(session, definition)
        return open_book(body) if body else None
    except (SnapshotBroken, BookUnreadable) as error:
        log_failure(error)
        return None


def find_changes(shelf: BookShelf, draft: OpenDraft, book: Book, slugs: tuple[str, ...], today: date) -> Changes | None:
    """Return what a newer book would change for a draft; None where there is none, or the resident has decided about it.

    What was decided counts only while the draft may still be finished under the questions it began with.
    """
    live = shelf.find(draft.scope)
    if live is None or live.hash == book.hash:
        return None
    if live.hash == draft.row.asked_about and may_stay_old(shelf, draft, slugs, today):
        return None
    changes = compare(book, live, slugs, today)
    return None if changes.is_empty else changes


def find_over(shelf: BookShelf, draft: OpenDraft, slugs: tuple[str, ...], today: date) -> tuple[str, ...]:
    """Return the procedures that can no longer be filled in: gone from the catalogue, or their last day is over."""
    live = shelf.find(draft.scope)
    procedures = live.procedures if live else {}
    return tuple(slug for slug in slugs if slug not in procedures or is_over(procedures[slug], today))


def may_stay_old(shelf: BookShelf, draft: OpenDraft, slugs: tuple[str, ...], today: date) -> bool:
    """Tell whether a draft may be finished under the questions it began with."""
    live = shelf.find(draft.scope)
    forms = [live.procedures[slug].define.form for slug in slugs if slug in live.procedures] if live else []
    still_good = all(form is not None and (form.older_until is None or form.older_until >= today) for form in forms)
    return still_good and not find_over(shelf, draft, slugs, today)


def take_newest(session: Session, shelf: BookShelf, draft: OpenDraft, now: datetime) -> None:
    """Write a draft by today's book from now on, and keep that book."""
    live = shelf.find(draft.scope)
    if live is not None and not draft.store.is_practice:
        draft.row.definition = live.hash
        keep_book(session, shelf, draft.scope, now)


def stay_old(shelf: BookShelf, draft: OpenDraft) -> None:
    """Note that the resident was shown today's book and stays with the older one."""
    live = shelf.find(draft.scope)
    if live is not None:
        draft.row.asked_about = live.hash
