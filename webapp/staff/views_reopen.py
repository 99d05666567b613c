"""Taking a decision back: by the head of the section, with a reason that the resident reads, and then it is looked at again."""

from typing import Any

from flask import Response, abort, current_app, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import needs, render_staff
from webapp.applications.rules_cases import may_reopen
from webapp.applications.service_cases import Stale
from webapp.applications.service_decisions import reopen
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.outbox.service import News, enqueue
from webapp.staff.door import clerk, staff, ward
from webapp.staff.door_case import CASE, Desk, expect, list_unseen, open_desk, read_version, read_words, write_look
from webapp.staff.pages_case import list_entries
from webapp.staff.views_case_work import find_word_gaps
from webapp.staff.views_correct import describe


@staff.get(f"{CASE}/reopen")
@needs("head")
def show_reopen(application_id: str) -> BaseResponse:
    """Show what taking a decision back means, and ask why."""
    return _render(_open(application_id))


@staff.post(f"{CASE}/reopen")
@guard("staff")
@needs("head")
def reopen_case(application_id: str) -> BaseResponse:
    """Take the decision back and have the resident told, saying nothing of it."""
    desk, words, voice = _open(application_id, write=True), read_words(), request.form.get("voice", "ja")
    row, session, moment = desk.case.row, get_session(), now()
    try:
        expect(desk, "reopen")
    except Stale:
        return _render(desk, 409, stale=list_entries(session, list_unseen(desk)))
    if not may_reopen(clerk(), row.section, row.state, row.outcome):
        abort(404)  # what its resident took back stays taken back
    gaps = find_word_gaps(words)
    if gaps:
        return _render(desk, 422, gaps)
    spoken = voice if voice == row.voice else "ja"
    happened_id = reopen(session, desk.case, words, spoken, clerk().id, moment, read_version())
    news = News("message-left", row.draft_id, row.voice, f"reopened|{happened_id}")
    enqueue(session, news, ward().settings.master_keys[0], moment)
    return redirect(desk.address("?done=reopened"), 303)


def _open(application_id: str, write: bool = False) -> Desk:
    """Open an application of a section whose head is signed in; for anybody else there is nothing here."""
    desk = open_desk(application_id, write=write)
    if not clerk().has("head", desk.case.row.section):
        abort(404)
    return desk


def _render(desk: Desk, status: int = 200, gaps: tuple[str, ...] = (), stale: Any = None) -> Response:
    """Return the page that asks why; what was typed stays."""
    write_look(desk.case, "opened", desk.why)
    row = desk.case.row
    return render_staff(
        "staff/reopen.html", status, gaps=gaps, error_count=len(gaps), stale=stale, typed=read_words(),
        chosen=request.form.get("voice", "ja"), all_voices=current_app.extensions["reading"].voices,
        may_reopen=may_reopen(clerk(), row.section, row.state, row.outcome), **describe(desk),
    )  # fmt: skip
