"""Ways into a draft that are not the resident's own: a helper's slip, and the browser of staff who fill it in for somebody."""

from collections.abc import Iterable
from typing import Any, cast

from flask import Response, abort, after_this_request, current_app, g, redirect, request

from webapp.accounts.pages import current_account, note_done, sign_in_address
from webapp.drafts.rules import Page
from webapp.drafts.rules_helpers import FILL, SECRET_KINDS, may, may_at_desk
from webapp.drafts.service import OpenDraft
from webapp.drafts.service_desk import is_desk_of
from webapp.facts.rules import Fact
from webapp.reading.service import render_private

LOGGED_AT_DESK = {
    "GET": {"drafts.print_sheet": "hand-over-opened"},
    "POST": {"drafts.change_helpers": "desk-helper"},
}
"""What somebody of the staff does in a draft of the desk that is an entry of the log each time."""


def check_way(draft: OpenDraft) -> None:
    """Refuse what whoever opened a draft may not do there, with a page that says whose it is to do."""
    is_mended = draft.mend is not None and draft.way.scope == FILL and request.endpoint == "drafts.send"
    if not is_mended and not may(draft.way, request.endpoint or "", request.method):
        _refuse(draft)
    if draft.way.kind == "desk":
        _check_clerk(draft)


def _check_clerk(draft: OpenDraft) -> None:
    """Show and send what is filled in at the desk only while whoever began it is signed in and still works at a counter.

    An answer that was typed meanwhile is kept all the same, so that nothing is lost by a sign-in that ended; nothing is
    shown for it. After sending, what was sent is the resident's: the desk is led to where it hands the papers over.
    """
    account, endpoint = current_account(), request.endpoint or ""
    if account is not None and not is_desk_of(draft, account.clerk, offices_of(draft.slugs)):
        abort(404)
    allowed = may_at_desk(endpoint, request.method, draft.is_sent, account is not None)
    if account is None and allowed:
        after_this_request(_show_nothing)
    elif account is None:
        back = request.path if request.method != "POST" else f"/{g.voice.code}/drafts/{draft.row.id}/"
        abort(redirect(sign_in_address(back), 303))
    elif not allowed:
        abort(redirect(f"/{g.voice.code}/staff/counter/end/{draft.row.id}", 303))
    elif endpoint in LOGGED_AT_DESK.get(request.method, {}):
        note_done(LOGGED_AT_DESK[request.method][endpoint], draft.row.id)


def _show_nothing(response: Response) -> Response:
    """Lead to the sign-in instead of showing what is to be mended on a page whose answers were kept."""
    if response.status_code not in (200, 422):
        return response
    return cast(Response, redirect(sign_in_address(request.path), 303))


def offices_of(slugs: Iterable[str]) -> list[str]:
    """Return the offices that procedures go to, as far as there still are such procedures."""
    procedures = current_app.extensions["madoguchi"].catalogue.procedures
    return [procedures[slug].define.office for slug in slugs if slug in procedures]


def check_page(door: Any) -> None:
    """Refuse a page of questions that a helper neither sees nor answers."""
    page = door.made.find_page((request.view_args or {}).get("page_key", ""))
    if page is None or not _is_secret(door.draft, page):
        return
    others = [one for one in door.made.pages if not _is_secret(door.draft, one)]
    after = [one for one in others if door.made.pages.index(one) > door.made.pages.index(page)]
    still_open = [one for one in after if not door.made.is_answered(one)]
    _refuse(door.draft, next((one.key for one in (*still_open, *after, *others)), None), is_secret=True)


def _is_secret(draft: OpenDraft, page: Page) -> bool:
    """Tell whether a page of questions is kept from whoever opened a draft."""
    return any(hides(draft, question.fact) for question in page.questions)


def hides(draft: OpenDraft, fact: Fact) -> bool:
    """Tell whether an answer is kept from whoever opened a draft."""
    return draft.way.is_helped and fact.define.kind in SECRET_KINDS


def find_bar(draft: OpenDraft) -> str:
    """Return the template of the bar above each page of a draft that was opened by such a way; "" for the resident."""
    if draft.way.is_helped:
        return "drafts/_helper_bar.html"
    return "drafts/_desk_bar.html" if draft.way.kind == "desk" else ""


def _refuse(draft: OpenDraft, next_page: str | None = "", is_secret: bool = False) -> None:
    """Answer with the page that says that this is the resident's own, and leads on."""
    words = {"way": draft.way, "draft_id": draft.row.id, "is_secret": is_secret, "next": next_page}
    abort(render_private("drafts/not_yours.html", 403, **words))
