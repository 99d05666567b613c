"""Slips for family and carers: who may look or fill in, until when; made and ended by the resident, or by the desk for them."""

from typing import Any

from flask import Response, abort, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.drafts.door import Door, drafts, open_door
from webapp.drafts.rules_helpers import LONGEST_NAME, MOST_HELPERS, SCOPES, USUAL, find_last_day
from webapp.drafts.service_helpers import end_helper, list_helpers, make_helper
from webapp.drafts.service_stores import REAL
from webapp.drafts.views_slips import PAPERS, slip_words
from webapp.kit.clock import today
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.reading.service import render_private

HELPERS = "/<voice>/drafts/<draft_id>/helpers"
FIELDS = ("name", "scope", "days")


@drafts.get(HELPERS)
def show_helpers(draft_id: str) -> BaseResponse:
    """Show who may help, until when, and the form for another."""
    return _render(open_door(REAL.name, draft_id), (), {"name": "", "scope": "look", "days": str(USUAL)}, 200)


@drafts.post(HELPERS)
@guard("token")
def change_helpers(draft_id: str) -> BaseResponse:
    """Make a slip for a helper, or end one."""
    door = open_door(REAL.name, draft_id, write=True)
    what, _, helper_id = request.form.get("then", "").partition(":")
    if what == "end":
        end_helper(get_session(), door.draft, helper_id)
        return redirect(door.address("helpers") + "?done=ended", 303)
    typed = {field: request.form.get(field, "").strip()[:100] for field in FIELDS}
    ends_on = find_last_day(typed["days"], today())
    gaps = _find_gaps(door, typed) + (("days",) if ends_on is None else ())
    if gaps or ends_on is None:
        return _render(door, gaps, typed, 422)
    made = make_helper(get_session(), door.draft, typed["name"], typed["scope"], ends_on, door.ward.settings.pepper)
    return redirect(door.address("helpers", made.id), 303)


def _find_gaps(door: Door, typed: dict[str, str]) -> tuple[str, ...]:
    """Return what is to mend about a helper's slip before its days."""
    if len(list_helpers(get_session(), door.draft, today())) >= MOST_HELPERS:
        return ("full",)
    is_named = 0 < len(typed["name"]) <= LONGEST_NAME and typed["name"].isprintable()
    return (() if is_named else ("name",)) + (() if typed["scope"] in SCOPES else ("scope",))


@drafts.get(f"{HELPERS}/<helper_id>")
@drafts.get(f"{HELPERS}/<helper_id>/<paper>")
def show_helper(draft_id: str, helper_id: str, paper: str = "") -> BaseResponse:
    """Show a helper's slip to whoever made it, on the screen or for paper."""
    door = open_door(REAL.name, draft_id)
    helper = next((one for one in list_helpers(get_session(), door.draft, today()) if one.id == helper_id), None)
    if helper is None or paper not in ("", *PAPERS):
        abort(404)
    template = "drafts/helper_print.html" if paper else "drafts/helper.html"
    return render_private(template, door=door, one=helper, paper=paper, **slip_words(helper.slip))


def _render(door: Door, gaps: tuple[str, ...], typed: dict[str, Any], status: int) -> Response:
    """Return the page of helpers."""
    helpers = list_helpers(get_session(), door.draft, today())
    return render_private(
        "drafts/helpers.html", status, door=door, helpers=helpers, gaps=gaps, typed=typed, error_count=len(gaps),
        done=request.args.get("done") == "ended", most=MOST_HELPERS, longest=LONGEST_NAME,
    )  # fmt: skip
