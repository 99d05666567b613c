"""Writing back to the section after its message: in any language, for whoever cannot telephone or come."""

from typing import Any

from flask import Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.applications.rules_replies import LONGEST, may_answer
from webapp.applications.service_answers import Answer, add_answer
from webapp.applications.service_cases import Case
from webapp.drafts.door import Door, drafts
from webapp.drafts.pages_status import Told, list_told
from webapp.drafts.views_correct import PLACE, open_sent
from webapp.facts.rules_numbers import has_individual_number
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.ids import is_id, new_id
from webapp.kit.safety import guard
from webapp.procedures.rules_book import Book
from webapp.reading.service import render_private

REPLY = f"{PLACE}/reply/<application_id>"


@drafts.get(REPLY)
def show_reply(draft_id: str, application_id: str) -> BaseResponse:
    """Show the section's last message with a box to answer in; or what was written, once it is sent."""
    door, case, book = open_sent(draft_id, application_id)
    history = list_told(case)
    if request.args.get("done") == "sent" and any(one.kind == "answer" for one in history):
        return _render(door, case, book, history, is_sent=True)
    if not may_answer(case.row.state, [one.kind for one in history]):
        return redirect(door.address("sent"), 303)
    return _render(door, case, book, history)


@drafts.post(REPLY)
@guard("token")
def reply(draft_id: str, application_id: str) -> BaseResponse:
    """Keep what was written for the section, once; what cannot be sent is shown again as it was typed."""
    door, case, book = open_sent(draft_id, application_id, write=True)
    words = request.form.get("words", "").replace("\r\n", "\n").strip()
    once = request.form.get("once", "")
    gap = find_gap(words)
    if not gap:
        answer = Answer(words, once if is_id(once) else new_id(), door.draft.way.is_helped)
        if add_answer(get_session(), case, answer, now()):
            return redirect(f"{door.address('reply', case.row.id)}?done=sent", 303)
        gap = "over"
    return _render(door, case, book, list_told(case), 422, gap=gap, typed=request.form.get("words", ""))


def find_gap(words: str) -> str:
    """Return what is to mend about an answer: "empty", "long" or "number"; "" for nothing."""
    if not words:
        return "empty"
    if len(words) > LONGEST:
        return "long"
    return "number" if has_individual_number(words) else ""


def _render(
    door: Door,
    case: Case,
    book: Book,
    history: tuple[Told, ...],
    status: int = 200,
    is_sent: bool = False,
    **words: str,
) -> Response:
    """Return the page, with what is to mend; `once` stays the same for everything that is typed into one form."""
    said = [one for one in history if one.kind in ("message", "answer")]
    once = request.form.get("once", "")
    context: dict[str, Any] = {"gap": "", "typed": "", "once": once if is_id(once) else new_id(), **words}
    return render_private(
        "drafts/reply_sent.html" if is_sent else "drafts/reply.html", status, door=door, case=case, most=LONGEST,
        message=next((one for one in reversed(said) if one.kind == "message"), None),
        answer=next((one for one in reversed(said) if one.kind == "answer"), None), error_count=int(bool(context["gap"])),
        procedure=book.procedures.get(case.row.procedure), office=door.ward.catalogue.offices.get(case.row.section),
        **context,
    )  # fmt: skip
