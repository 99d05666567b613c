"""The hand-over to the counter as the resident sees it: code, QR code, the sheet; renewed or taken back at any time."""

from datetime import date
from typing import Any

from flask import abort, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.applications.service import list_statuses
from webapp.drafts.door import Door, drafts, open_door
from webapp.drafts.pages_missing import list_missing
from webapp.drafts.pages_sheet import make_sheet
from webapp.drafts.rules_todo import list_dues
from webapp.drafts.service_books import find_old_book
from webapp.drafts.service_hand_over import Codes, Content, find_hand_over, read_own, renew, revoke
from webapp.drafts.service_submit import ends
from webapp.drafts.views import PREFIX, next_open
from webapp.kit.clock import now, today
from webapp.kit.database import get_session
from webapp.kit.ids import is_token, show_spoken_code
from webapp.kit.qr import draw_qr
from webapp.kit.safety import guard
from webapp.outbox.service import withdraw_kinds
from webapp.procedures.rules_book import Book
from webapp.reading.service import render_private


def read_hand_over(door: Door, write: bool = False) -> tuple[Any, Codes, Content] | None:
    """Return what a draft hands over, with its row and codes; None if there is nothing, or no longer."""
    row = find_hand_over(get_session(), door.store.hand_over, door.draft.row.id, write)
    return (row, *read_own(row, door.draft.key)) if row is not None else None


def hand_over_words(door: Door) -> dict[str, Any]:
    """Return what pages show of a hand-over: its spoken code grouped, its QR code as a picture, and its last day."""
    found = read_hand_over(door)
    if found is None:
        return {"hand_over": None, "spoken": "", "hand_qr": ""}
    row, codes, _ = found
    base = current_app.extensions["madoguchi"].settings.public_url or request.host_url.rstrip("/")
    practice = "/practice" if door.is_practice else ""
    return {
        "hand_over": row, "spoken": show_spoken_code(codes.spoken), "hand_qr": draw_qr(f"{base}{practice}/c/{codes.token}"),
    }  # fmt: skip


@drafts.get(f"{PREFIX}/counter")
def show_counter(space: str, draft_id: str) -> BaseResponse:
    """Show what to bring to the counter: the code to say, the QR code, the sheet."""
    door = open_door(space, draft_id)
    if not door.draft.is_sent:
        return redirect(next_open(door), 303)
    found = read_hand_over(door)
    dues = find_dues(door, found[2], _book_of(door, found[2])) if found else {}
    missing = {slug: list_missing(found[2], slug) for slug in found[2].procedures} if found else {}
    received = list_statuses(get_session(), door.store.applications, draft_id)
    partly = any(_is_for_counter(door, one.procedure) for one in received)
    return render_private(
        "drafts/counter.html", door=door, dues=dues, missing=missing, partly=partly, **hand_over_words(door)
    )


def _is_for_counter(door: Door, slug: str) -> bool:
    """Tell whether a procedure is one that ends at the counter."""
    procedure = door.book.procedures.get(slug)
    return procedure is not None and ends(procedure) == "counter"


def find_dues(door: Door, content: Content, book: Book) -> dict[str, date]:
    """Return the last day of each procedure that is handed over, where the answers tell it."""
    procedures = [book.procedures[slug] for slug in content.procedures if slug in book.procedures]
    return list_dues(procedures, content.answers, book, today(), door.is_closed_day)


@drafts.post(f"{PREFIX}/counter")
@guard("token")
def change_counter(space: str, draft_id: str) -> BaseResponse:
    """Make new codes with a later last day, which the draft lives to see, or take everything back: then it is erased."""
    door = open_door(space, draft_id, write=True)
    found = read_hand_over(door, write=True)
    if found is not None and request.form.get("then") == "renew":
        settings = door.ward.settings
        renew(get_session(), found[0], door.draft.key, settings.pepper, now(), door.store.hand_over_days(settings))
        door.draft.row.expires_on = max(door.draft.row.expires_on, found[0].expires_on)
    if found is not None and request.form.get("then") == "revoke":
        revoke(get_session(), found[0])
    if found is not None:  # its day is another now, or nothing is left that could end
        withdraw_kinds(get_session(), draft_id, ("hand-over-ending",), now())
    return redirect(door.address("counter"), 303)


@drafts.get("/c/<token>")
@drafts.get("/practice/c/<token>")
def lead_to_words(token: str) -> BaseResponse:
    """Lead whoever reads the QR code to what it says in their voice, where voice and look can be changed."""
    if not is_token(token):
        abort(404)
    response = redirect(f"/{g.voice.code}{request.path}", 302)
    response.headers["Vary"] = "Accept-Language, Cookie"
    response.headers["Cache-Control"] = "no-cache"
    return response


@drafts.get("/<voice>/c/<token>")
@drafts.get("/<voice>/practice/c/<token>")
def show_for_counter(token: str) -> BaseResponse:
    """Say to whoever reads the QR code that it is for the counter; looking at the page opens nothing."""
    if not is_token(token):
        abort(404)
    return render_private("drafts/for_counter.html", practice="/practice/c/" in request.path)


@drafts.get(f"{PREFIX}/sheet")
def print_sheet(space: str, draft_id: str) -> BaseResponse:
    """Show the sheet for the counter: every item of the official forms in their order, in large type."""
    door = open_door(space, draft_id)
    found = read_hand_over(door)
    if found is None:
        abort(404)
    _, _, content = found
    book = _book_of(door, content)
    return render_private(
        "drafts/sheet.html",
        door=door,
        paper="a4",
        content=content,
        sheets=make_sheet(content, book),
        dues=find_dues(door, content, book),
        **hand_over_words(door),
    )


def _book_of(door: Door, content: Content) -> Book:
    """Return the book that a hand-over was written by."""
    if content.definition == door.book.hash:
        return door.book
    return find_old_book(get_session(), content.definition) or door.book
