"""Filling in for somebody at the desk or on the phone: what to begin, and the end: the slip is handed over, the browser forgets."""

from flask import Response, abort, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import needs, note_done, render_staff
from webapp.applications.service_desk import list_of_draft
from webapp.drafts.pages_desk import (
    Door,
    begin_for,
    find_at_desk,
    forget,
    hand_over_words,
    slip_at_desk,
    slip_words,
)
from webapp.drafts.rules_helpers import may_receive
from webapp.drafts.service_desk import PLACES
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.procedures.pages import get_shelf, search
from webapp.staff.door import clerk, staff, ward
from webapp.staff.rules_counter import read_word
from webapp.staff.service_counter import Receipt, answers_of, find_pause, look

FILL = "/<voice>/staff/counter/fill"
END = "/<voice>/staff/counter/end/<draft_id>"
ROLES = ("reception", "officer", "head")


@staff.get(FILL)
@needs(*ROLES)
def show_fill() -> Response:
    """Show what can be filled in for somebody: life events, and procedures that fit what is searched for."""
    return _choose((), 200)


def _choose(gaps: tuple[str, ...], status: int) -> Response:
    """Return the page on which a procedure or life event is chosen."""
    query = request.values.get("q", "")
    found = search(query, g.voice.code) if query.strip() else None
    catalogue = get_shelf().catalogue
    listed = [one for one in (found.procedures if found else catalogue.procedures.values()) if _may_fill(one.slug)]
    events = [one for one in catalogue.events.values() if one.has_guide and clerk().has("reception")]
    return render_staff(
        "staff/counter_fill.html", status, query=found.query if found else "", procedures=listed, events=events,
        gaps=gaps, error_count=len(gaps), where=request.form.get("at", ""),
    )  # fmt: skip


def _may_fill(slug: str) -> bool:
    """Tell whether somebody may fill in a procedure for a resident, and whether it can be filled in at all."""
    one = get_shelf().catalogue.procedures.get(slug)
    return one is not None and one.define.form is not None and may_receive(clerk(), [one.define.office])


@staff.post(FILL)
@guard("staff")
@needs(*ROLES)
def begin_fill() -> BaseResponse:
    """Begin to fill something in, perhaps with what was prepared at home, and lead to the first question."""
    room, _, slug = request.form.get("scope", "").partition("/")
    at = request.form.get("at", "")
    if at not in PLACES:
        return _choose(("at",), 422)
    may_event = room == "events" and clerk().has("reception")
    if not may_event and not (room == "procedures" and _may_fill(slug)):
        abort(404)
    word = read_word(request.form.get("word", ""))
    known = _read_prepared(word, slug) if word else None
    address = begin_for(f"{room}/{slug}", clerk().id, at, known, word if known and word else "")
    return redirect(address, 303) if address else abort(404)


def _read_prepared(word: str, slug: str) -> dict[str, object] | None:
    """Return what was prepared at home for a procedure that this clerk may receive; it stays prepared until this is sent."""
    session, pepper = get_session(), ward().settings.pepper
    if find_pause(session, clerk(), now(), pepper) is not None:
        return None
    opened = look(session, clerk(), word, now(), pepper)
    procedure = get_shelf().catalogue.procedures.get(slug)
    if opened is None or procedure is None or slug not in opened.content.procedures or not _may_fill(slug):
        return None
    note_done("hand-over-opened", opened.row.draft_id)
    return answers_of(opened.content, procedure)


@staff.get(END)
@needs(*ROLES)
def show_end(draft_id: str) -> Response:
    """Show what to hand over at the end: the slip, what was sent, and what is still to be taken at the counter."""
    door = _open(draft_id)
    slip = slip_at_desk(door) if door.draft.row.sealed_slip else None
    receipts = list_of_draft(get_session(), door.draft.row.id) if door.draft.is_sent else []
    return render_staff(
        "staff/counter_end.html", door=door, slip=slip, catalogue=ward().catalogue, **slip_words(slip),
        receipts=[Receipt(one.procedure, one.receipt, one.answer_by) for one in receipts], **hand_over_words(door),
    )  # fmt: skip


@staff.post(END)
@guard("staff")
@needs(*ROLES)
def end_fill(draft_id: str) -> BaseResponse:
    """Make the slip of something unfinished, or let this browser forget it all."""
    door = _open(draft_id, write=True)
    if request.form.get("then") == "slip":
        slip_at_desk(door)
        return redirect(request.path, 303)
    done = "forgotten" if forget(door) else "erased"
    return redirect(f"/{g.voice.code}/staff/counter/?done={done}", 303)


def _open(draft_id: str, write: bool = False) -> Door:
    """Open a draft that this clerk began in this browser today; 404 for any other."""
    return find_at_desk(draft_id, clerk(), write) or abort(404)
