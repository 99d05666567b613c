"""Holding the slip: showing and printing it, the state of what was sent, coming back, files, leaving a device."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Response, abort, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.applications.service import list_statuses, read_sent
from webapp.drafts.door import Door, cookie_name, drafts, make_door, open_door, set_browser_cookie
from webapp.drafts.door_ways import hides
from webapp.drafts.pages_guide import Happened
from webapp.drafts.pages_identity import identity_words, offer_return
from webapp.drafts.pages_rows import list_flat
from webapp.drafts.pages_status import get_appeal, list_standings
from webapp.drafts.service import OpenDraft, add_browser, find_draft, let_go
from webapp.drafts.service_books import find_old_book
from webapp.drafts.service_held import list_reachable
from webapp.drafts.service_slips import (
    Slip,
    find_token_store,
    find_wait,
    forget_tries,
    get_slip,
    note_wrong_try,
    open_by_code,
    open_by_token,
)
from webapp.drafts.service_stores import PRACTICE, REAL, STORES
from webapp.drafts.service_uploads import find_upload
from webapp.drafts.views import PREFIX
from webapp.drafts.views_events import find_todos
from webapp.drafts.views_hand_over import hand_over_words
from webapp.facts.service_kept import find_box
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.ids import (
    find_confirmation_code,
    find_receipt_number,
    is_token,
    show_confirmation_code,
    show_receipt_number,
)
from webapp.kit.qr import draw_qr
from webapp.kit.safety import guard
from webapp.procedures.rules_book import Book
from webapp.reading.service import render, render_private

PAPERS = ("a4", "large", "80mm")
FILE_POLICY = (
    "default-src 'none'; script-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox"
)


@drafts.get(f"{PREFIX}/slip")
def show_slip(space: str, draft_id: str) -> BaseResponse:
    """Show the slip of a draft that has one; offer to make it where there is none yet."""
    door = open_door(space, draft_id)
    if door.draft.is_sent:
        return redirect(door.address("sent"), 303)
    slip = _slip_of(door) if door.draft.row.sealed_slip else None
    return render_private("drafts/slip.html", door=door, slip=slip, **identity_words(door), **slip_words(slip))


@drafts.post(f"{PREFIX}/slip")
@guard("token")
def make_slip(space: str, draft_id: str) -> BaseResponse:
    """Make the slip of an unfinished draft."""
    door = open_door(space, draft_id, write=True)
    _slip_of(door)
    door.tell(Happened("slip", "slip"))
    return door.go(door.address("phone" if request.form.get("then") == "phone" else "slip"))


@drafts.get(f"{PREFIX}/phone")
def show_phone(space: str, draft_id: str) -> BaseResponse:
    """Show the code by which a phone takes a draft over; offer to make it where there is none yet."""
    door = open_door(space, draft_id)
    slip = _slip_of(door) if door.draft.row.sealed_slip else None
    return render_private("drafts/phone.html", door=door, slip=slip, **slip_words(slip))


@drafts.get(f"{PREFIX}/sent")
def show_sent(space: str, draft_id: str) -> BaseResponse:
    """Show what was sent, how it stands, what to bring to the counter, what is left to do, and the slip to hold."""
    door = open_door(space, draft_id)
    if not door.draft.is_sent:
        return redirect(door.address(""), 303)
    if door.draft.way.is_helped:
        return render_private("drafts/sent_helped.html", door=door, **_sent_words(door))
    slip = _slip_of(door)
    words = {**_sent_words(door), **identity_words(door), **slip_words(slip)}
    return render_private("drafts/sent.html", door=door, slip=slip, **words)


def _sent_words(door: Door) -> dict[str, Any]:
    """Return how everything that was sent together stands."""
    statuses = list_statuses(get_session(), door.store.applications, door.draft.row.id)
    done = {*door.draft.slugs}
    todos = find_todos(door)
    left = [one for one in todos.needed if one.procedure.slug not in done] if todos else []
    box = None if door.is_practice else find_box(get_session(), [door.draft.key])
    standings = {} if door.is_practice else list_standings(door.draft.row.id, door.draft.key)
    return {
        "statuses": statuses, "left": left, "todos": todos, "has_kept": box is not None, "standings": standings,
        "appeal": get_appeal(), **hand_over_words(door),
    }  # fmt: skip


@drafts.get(f"{PREFIX}/answers")
def show_sent_answers(space: str, draft_id: str) -> BaseResponse:
    """Show what was written in what was sent, to the browser that sent it or that opened it with the slip."""
    door = open_door(space, draft_id)
    if not door.draft.is_sent:
        return redirect(door.address(""), 303)
    sent = read_sent(get_session(), door.store.applications, door.draft.row.id, door.draft.key)
    standings = {} if door.is_practice else list_standings(door.draft.row.id, door.draft.key)
    parts = []
    for one in sent:
        book = _book_of(door, one.definition)
        lines = [pair for pair in list_flat(one.answers, book.dictionary) if not hides(door.draft, pair[0])]
        parts += [(book.procedures[one.procedure], one, lines)] if one.procedure in book.procedures else []
    return render_private("drafts/answers.html", door=door, parts=parts, standings=standings)


def _book_of(door: Door, definition: str) -> Book:
    """Return the book that an application was written by, for ever; today's where it is older than books are."""
    if definition == door.book.hash:
        return door.book
    return find_old_book(get_session(), definition) or door.book


@drafts.get(f"{PREFIX}/print/<paper>")
def print_slip(space: str, draft_id: str, paper: str) -> BaseResponse:
    """Show the slip alone, laid out for A4, in large print or for an 80 mm roll; or the list of things to do."""
    door = open_door(space, draft_id)
    if paper == "list" and door.book.event is not None:
        return render_private("drafts/print_todo.html", door=door, paper="a4", todos=find_todos(door))
    if paper not in PAPERS or not door.draft.row.sealed_slip:
        abort(404)
    slip = _slip_of(door)
    return render_private(
        "drafts/print.html", door=door, slip=slip, paper=paper, **_sent_words(door), **slip_words(slip)
    )


@drafts.get(f"{PREFIX}/files/<upload_id>")
def show_file(space: str, draft_id: str, upload_id: str) -> Response:
    """Send one of the draft's own files back: never run, never stored."""
    door = open_door(space, draft_id)
    folder = door.store.uploads_folder(door.ward.settings.data_dir)
    content = find_upload(get_session(), door.draft, upload_id, folder)
    if content is None:
        abort(404)
    mimetype = _type_of(content)
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = "attachment"
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def _type_of(content: bytes) -> str:
    """Return the type of a file that was cleaned when it came."""
    if content.startswith(b"%PDF"):
        return "application/pdf"
    return "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"


@drafts.get("/<voice>/slip")
def ask_slip() -> BaseResponse:
    """Ask for the slip's numbers, and show what this browser still holds."""
    held = list_reachable(get_session(), g.browser_secret)
    if not g.browser_secret:
        set_browser_cookie()  # older browsers prove with it that the form was ours
    return _render_ask((), held, 200)


@drafts.post("/<voice>/slip")
@guard("origin")
def come_back() -> BaseResponse:
    """Open a draft by its numbers; wrong ones get one answer, and after some tries a wait that grows."""
    typed_number = request.form.get("number", "")
    number, store = find_receipt_number(typed_number), REAL
    if number is None and find_receipt_number(typed_number, practice=True) is not None:
        number, store = find_receipt_number(typed_number, practice=True), PRACTICE
    code = find_confirmation_code(request.form.get("code", ""))
    slips = [name for name, found in (("number", number), ("code", code)) if found is None]
    if number is None or code is None:
        return _render_ask(tuple(slips), [], 422)
    pepper = current_app.extensions["madoguchi"].settings.pepper
    session, whos = get_session(), {"number": number, "address": request.remote_addr or ""}
    wait = find_wait(session, whos, now(), pepper)
    if wait is not None:
        return _render_ask(("wait",), [], 429, wait)
    draft = open_by_code(session, store, number, code, pepper)
    if draft is None:
        note_wrong_try(session, whos, now(), pepper)
        return _render_ask(("nothing",), [], 422)
    forget_tries(session, whos, pepper)
    return _let_in(draft)


def _render_ask(gaps: tuple[str, ...], held: Sequence[Any], status: int, wait: timedelta | None = None) -> Response:
    """Return the come-back page with what is to mend; what was typed stays."""
    minutes = max(1, -(-int(wait.total_seconds()) // 60)) if wait else 0
    guided = _find_guided()
    if guided is not None and gaps:
        guided.tell(Happened("refused", "return"))
    return render_private(
        "drafts/come_back.html", status, guided=guided, gaps=gaps, held=held, error_count=len(gaps), minutes=minutes,
        typed_number=request.form.get("number", "")[:100], typed_code=request.form.get("code", "")[:100],
        catalogue=current_app.extensions["madoguchi"].catalogue, identity=offer_return(bool(guided)),
    )  # fmt: skip


def _let_in(draft: OpenDraft) -> BaseResponse:
    """Let this browser into a draft and lead there."""
    add_browser(get_session(), draft, g.browser_secret or set_browser_cookie())
    if draft.store.is_practice:
        make_door(draft).tell(Happened("returned", "return"))
    return redirect(f"/{g.voice.code}/{draft.store.name}/{draft.row.id}/", 303)


def _find_guided() -> Door | None:
    """Return the practised draft from whose guide somebody came to try coming back, if this browser holds it."""
    draft = find_draft(get_session(), PRACTICE, request.values.get("run", ""), g.browser_secret, False)
    return make_door(draft) if draft is not None else None


@drafts.get("/<voice>/slip/<token>")
def ask_token(token: str) -> BaseResponse:
    """Ask whether to open what a QR code leads to; looking at the page opens nothing."""
    ward = current_app.extensions["madoguchi"]
    store = find_token_store(get_session(), STORES.values(), _plain_token(token), ward.settings.pepper)
    if store is None:
        return render_private("drafts/no_token.html", 404)
    if not g.browser_secret:
        set_browser_cookie()  # as above
    return render_private("drafts/open_token.html", token=token, practice=store.is_practice)


@drafts.post("/<voice>/slip/<token>")
@guard("origin")
def open_token(token: str) -> BaseResponse:
    """Open what a QR code leads to."""
    session, pepper = get_session(), current_app.extensions["madoguchi"].settings.pepper
    store = find_token_store(session, STORES.values(), _plain_token(token), pepper)
    draft = open_by_token(session, store, token, pepper) if store else None
    return render_private("drafts/no_token.html", 404) if draft is None else _let_in(draft)


def _plain_token(token: str) -> str:
    """Return a token as it was printed; 404 for anything else."""
    if not is_token(token):
        abort(404)
    return token


@drafts.post("/<voice>/leave")
@guard("token")
def leave_device() -> BaseResponse:
    """Forget everything on this device; slips still open what was begun or sent."""
    let_go(get_session(), g.browser_secret)
    response = redirect(f"/{g.voice.code}/left", 303)
    response.delete_cookie(cookie_name(), secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@drafts.get("/<voice>/left")
def show_left() -> Response:
    """Say that nothing is left on this device."""
    return render("drafts/left.html")


def _slip_of(door: Door) -> Slip:
    """Return the slip of a draft."""
    return get_slip(get_session(), door.draft, door.ward.settings.pepper)


def slip_words(slip: Slip | None) -> dict[str, Any]:
    """Return a slip's numbers grouped for reading, spelled for speaking, and its QR code as an inline picture."""
    if slip is None:
        return {"number": "", "code": "", "qr": ""}
    base = current_app.extensions["madoguchi"].settings.public_url or request.host_url.rstrip("/")
    return {
        "number": show_receipt_number(slip.number),
        "code": show_confirmation_code(slip.code),
        "qr": draw_qr(f"{base}/{g.voice.code}/slip/{slip.token}"),
    }
