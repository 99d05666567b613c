"""The content desk: what is missing, unconfirmed or stale, and how a draft of a procedure would look."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, current_app, g, request

from webapp.accounts.pages import needs, render_staff
from webapp.kit.clock import today
from webapp.reading.rules_texts import MAIN_VOICE
from webapp.staff.door import staff, ward
from webapp.staff.pages_preview import render_question, render_sheet
from webapp.staff.rules_desk import KINDS, PAGE_SIZE, WHATS, Choice, choose, is_old, state_of
from webapp.staff.service_desk import Desk, open_desk
from webapp.staff.service_previews import Preview, Previews, open_previews
from webapp.staff.service_translations import list_hashes, load_seen

DESK = "/<voice>/staff/desk"
LARGEST_PAGE = 9999


def get_desk() -> Desk:
    """Return what there is to do, worked out once a day: the content that runs never changes while it runs."""
    kept: tuple[date, Desk] | None = current_app.extensions.get("content_desk")
    if kept is None or kept[0] != today():
        kept = current_app.extensions["content_desk"] = (today(), open_desk(ward(), _codes(), today()))
    return kept[1]


def get_previews() -> Previews:
    """Return the drafts of procedures."""
    found: Previews | None = current_app.extensions.get("content_previews")
    if found is None or found.folder != ward().settings.content_drafts:
        one = ward()
        found = open_previews(one.settings.content_drafts, one.catalogue, one.dictionary, _codes())
        current_app.extensions["content_previews"] = found
    return found


def _codes() -> tuple[str, ...]:
    """Return the voices that the ward speaks or is learning."""
    return tuple(current_app.extensions["reading"].voices)


def _voices() -> Any:
    """Return the voices by code."""
    return current_app.extensions["reading"].voices


@staff.get(f"{DESK}/")
@needs("editor")
def show_desk() -> Response:
    """Show the work list, cut down to what the address says."""
    choice = read_choice()
    listed = choose(get_desk().tasks, choice, read_number("page"))
    return render_staff(
        "staff/desk.html", chosen=choice, listed=listed, whats_order=WHATS, kinds=KINDS, all_voices=_voices(),
        offices=ward().catalogue.offices, link=lambda **changes: make_link(choice, **changes),
        drafts_count=len(get_previews().list_all()), main_voice=MAIN_VOICE,
    )  # fmt: skip


def read_choice() -> Choice:
    """Return what the address cuts the list down to; what it names that there is not, is passed over."""
    allowed = {"what": WHATS, "kind": KINDS, "office": tuple(ward().catalogue.offices), "voice": _codes()}
    given = {name: request.args.get(name, "") for name in allowed}
    return Choice(**{name: value if value in allowed[name] else "" for name, value in given.items()})


def read_number(name: str) -> int:
    """Return a number in the address; 1 for anything that is none."""
    words = request.args.get(name, "")
    return max(1, min(int(words), LARGEST_PAGE)) if words.isascii() and words.isdigit() and len(words) <= 4 else 1


def make_link(choice: Choice, **changes: Any) -> str:
    """Return the address of the list with some of the choice changed."""
    kept = {"what": choice.what, "kind": choice.kind, "office": choice.office, "voice": choice.voice, **changes}
    query = urlencode({name: value for name, value in kept.items() if value and (name, value) != ("page", 1)})
    return f"/{g.voice.code}/staff/desk/{f'?{query}' if query else ''}"


@staff.get(f"{DESK}/texts/<path:place>")
@needs("editor")
def show_piece(place: str) -> Response:
    """Show everything that one piece says, all voices side by side, and where its statements come from."""
    piece = get_desk().pieces.get(place)
    if piece is None:
        abort(404)
    register = list_hashes(load_seen(ward().settings.content_dir))
    others = [code for code in _codes() if code != MAIN_VOICE]
    pages = max(1, -(-len(piece.texts) // PAGE_SIZE))
    page = min(read_number("page"), pages)
    rows = [
        (key, text, [(code, state_of(text, place, key, code, register)) for code in others])
        for key, text in piece.texts[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    ]
    sources = [(one, is_old(one.confirmed, today())) for one in piece.sources]
    return render_staff(
        "staff/desk_piece.html", piece=piece, rows=rows, sources=sources, all_voices=_voices(), page=page, pages=pages
    )


@staff.get(f"{DESK}/drafts/")
@needs("editor")
def show_drafts() -> Response:
    """Show the procedures that are being written, each with what is still to be mended."""
    previews = get_previews()
    return render_staff(
        "staff/desk_drafts.html", drafts=previews.list_all(), all_voices=_voices(), folder=previews.folder.name
    )


@staff.get(f"{DESK}/drafts/<slug>/")
@needs("editor")
def show_draft(slug: str) -> Response:
    """Show the public page of a draft as residents would see it; where it cannot be shown yet, say why."""
    preview = _get_preview(slug)
    page = render_sheet(get_previews(), preview)
    return page or _render_broken(preview)


@staff.get(f"{DESK}/drafts/<slug>/questions/<int:number>")
@needs("editor")
def show_draft_question(slug: str, number: int) -> Response:
    """Show one page of questions of a draft; nothing can be sent from it."""
    preview = _get_preview(slug)
    page = render_question(get_previews(), preview, number)
    return page or _render_broken(preview)


def _get_preview(slug: str) -> Preview:
    """Return a draft; 404 for one that is not there."""
    preview = get_previews().find(slug)
    if preview is None:
        abort(404)
    return preview


def _render_broken(preview: Preview) -> Response:
    """Show that a draft cannot be shown yet, with what is to be mended."""
    return render_staff("staff/desk_broken.html", preview=preview)
