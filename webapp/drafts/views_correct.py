"""Mending what was sent where its section asked for it, and taking something back before anybody has looked at it."""

from flask import abort, g, redirect
from werkzeug.wrappers import Response as BaseResponse

from webapp.applications.service_cases import Case
from webapp.applications.service_corrections import find_open
from webapp.applications.service_decisions import find_own, withdraw
from webapp.drafts.door import Door, drafts, get_books, open_door, set_browser_cookie
from webapp.drafts.pages_diff import list_answered
from webapp.drafts.service_again import may_begin_again
from webapp.drafts.service_books import find_sent_book
from webapp.drafts.service_corrections import start_correction
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.procedures.rules_book import Book
from webapp.reading.service import render_private

PLACE = "/<voice>/drafts/<draft_id>"


@drafts.get(f"{PLACE}/mend/<application_id>")
def show_mend(draft_id: str, application_id: str) -> BaseResponse:
    """Show what is to be mended, why, by when, and who asks for it."""
    door, case, book = open_sent(draft_id, application_id)
    asked = find_open(get_session(), case) if case.row.state == "mend" else None
    facts = [fact for fact, _ in list_answered(case.answers, book) if asked and fact.key in asked.marks.facts]
    return render_private(
        "drafts/mend.html", door=door, case=case, asked=asked, facts=facts,
        office=door.ward.catalogue.offices.get(case.row.section), procedure=book.procedures.get(case.row.procedure),
    )  # fmt: skip


@drafts.post(f"{PLACE}/mend/<application_id>")
@guard("token")
def mend(draft_id: str, application_id: str) -> BaseResponse:
    """Begin to mend, or go on with it: always in the same draft."""
    door, case, book = open_sent(draft_id, application_id, write=True)
    asked = find_open(get_session(), case) if case.row.state == "mend" else None
    secret = g.browser_secret or set_browser_cookie()
    made = asked and start_correction(
        get_session(), door.draft, case, asked.id, book, secret, now(), door.ward.settings
    )
    return redirect(f"/{door.voice}/drafts/{made.row.id}/" if made else door.address("sent"), 303)


@drafts.get(f"{PLACE}/withdraw/<application_id>")
def show_withdraw(draft_id: str, application_id: str) -> BaseResponse:
    """Ask whether to take an application back, and say what happens then."""
    door, case, book = open_sent(draft_id, application_id)
    if case.row.state != "received":
        return redirect(door.address("sent"), 303)
    return render_private(
        "drafts/withdraw.html", door=door, case=case, procedure=book.procedures.get(case.row.procedure),
        may_begin=may_begin_again(case, door.ward.catalogue.procedures.get(case.row.procedure)),
    )  # fmt: skip


@drafts.post(f"{PLACE}/withdraw/<application_id>")
@guard("token")
def withdraw_sent(draft_id: str, application_id: str) -> BaseResponse:
    """Take an application back; where somebody was faster, the page of what was sent says how it stands."""
    door, case, _ = open_sent(draft_id, application_id, write=True)
    withdraw(get_session(), case, now())
    return redirect(door.address("sent"), 303)


def open_sent(draft_id: str, application_id: str, write: bool = False) -> tuple[Door, Case, Book]:
    """Open a draft that was sent, one application of it, and the questions that it was written by; 404 for any other."""
    door = open_door("drafts", draft_id, write)
    case = find_own(get_session(), draft_id, door.draft.key, application_id, write) if door.draft.is_sent else None
    if case is None:
        abort(404)
    book = find_sent_book(get_session(), get_books(), case.row.definition, case.row.procedure)
    if book is None:
        abort(404)
    return door, case, book
