"""A mistake that is seen after sending, or something that was taken back: the same answers once more, to mend and to send."""

from typing import Any

from flask import abort, g, redirect
from werkzeug.wrappers import Response as BaseResponse

from webapp.applications.rules_cases import may_withdraw
from webapp.applications.service_cases import Case
from webapp.drafts.door import Door, drafts, get_books, make_door, set_browser_cookie
from webapp.drafts.pages_missing import raise_known
from webapp.drafts.rules_events import is_over
from webapp.drafts.service import add_browser
from webapp.drafts.service_again import begin_again, find_again, may_begin_again
from webapp.drafts.service_books import keep_book
from webapp.drafts.service_submit import list_files
from webapp.drafts.views_correct import PLACE, open_sent
from webapp.kit.clock import now, today
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.procedures.rules_book import Book
from webapp.reading.service import render, render_private

AGAIN = f"{PLACE}/again/<application_id>"


@drafts.get(AGAIN)
def show_again(draft_id: str, application_id: str) -> BaseResponse:
    """Say how a mistake is mended: what was sent stays until the new one is sent."""
    door, case, book = open_sent(draft_id, application_id)
    begun, may_begin = find_again(get_session(), door.draft, application_id), _may_begin(door, case)
    if not may_begin and (begun is None or may_withdraw(case.row.state)):
        return redirect(door.address("sent"), 303)
    return render_private(
        "drafts/again.html", door=door, case=case, begun=begun, has_files=bool(list_files(case.answers)),
        procedure=book.procedures.get(case.row.procedure), may_begin=may_begin,
    )  # fmt: skip


@drafts.post(AGAIN)
@guard("token")
def write_again(draft_id: str, application_id: str) -> BaseResponse:
    """Begin to write again, or go on with it: always in the same draft."""
    door, case, _ = open_sent(draft_id, application_id, write=True)
    session, secret = get_session(), g.browser_secret or set_browser_cookie()
    begun = find_again(session, door.draft, application_id)
    if begun is not None:
        add_browser(session, begun, secret)
        return redirect(f"/{door.voice}/drafts/{begun.row.id}/", 303)
    if not _may_begin(door, case):
        return redirect(door.address("sent"), 303)
    scope = f"procedures/{case.row.procedure}"
    book, procedure = get_books().find(scope), door.ward.catalogue.procedures.get(case.row.procedure)
    if book is None or procedure is None:
        abort(404)
    if is_over(procedure, today()):
        return render("drafts/closed.html", 410, procedure=procedure)
    keep_book(session, get_books(), scope, now())
    known = {**raise_known(book, case.answers), **_list_left_out(book, case)}
    new = make_door(begin_again(session, door.draft, case, book, known, secret, now(), door.ward.settings))
    new.replan()
    new.save()
    return redirect(new.address(""), 303)


def _may_begin(door: Door, case: Case) -> bool:
    """Tell whether something sent can be written again, as its procedure ends today."""
    return may_begin_again(case, door.ward.catalogue.procedures.get(case.row.procedure))


def _list_left_out(book: Book, case: Case) -> dict[str, Any]:
    """Return the questions for files that were answered with none: they need not be asked again."""
    facts = book.dictionary.facts
    return {
        key: []
        for key, value in case.answers.items()
        if value == [] and key in facts and facts[key].define.kind == "file"
    }
