"""One application on paper: the file, also with what is hidden otherwise; and what was decided, for its resident to keep."""

from typing import Any

from flask import Response, current_app, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import needs, render_staff
from webapp.facts.rules_numbers import has_individual_number
from webapp.kit.clock import now
from webapp.kit.ids import show_receipt_number
from webapp.kit.safety import guard
from webapp.staff.door import staff
from webapp.staff.door_case import CASE, Desk, open_desk, read_words, write_look
from webapp.staff.pages_case import EVERYTHING, is_masked, to_ward
from webapp.staff.pages_case_paper import find_decision, list_mended, say_decision
from webapp.staff.views_case import LONGEST_WHY, describe

SIZES = ("a4", "large")


@staff.get(f"{CASE}/print")
@needs("officer", "head")
def print_case(application_id: str) -> BaseResponse:
    """Show an application laid out for paper; what is hidden on its page is hidden here, too."""
    return _render_file(open_desk(application_id, "printed"))


def _render_file(desk: Desk, whole: bool = False, why: str = "") -> Response:
    """Return the paper of an application. `whole`: with every answer, `why` in somebody's words."""
    told, mended = describe(desk, EVERYTHING if whole else ""), list_mended(desk)
    hides = any(line.is_masked for item in told["items"] for line in item.lines)
    hides = hides or (not whole and any(is_masked(change.fact) for one in mended for change in one.changes))
    return render_staff(
        "staff/print.html", paper="a4", printed_at=to_ward(now()), mended=mended, is_masked=is_masked, whole=whole,
        why=why, hides=hides, **told,
    )  # fmt: skip


@staff.get(f"{CASE}/print/hidden")
@needs("officer", "head")
def ask_hidden(application_id: str) -> BaseResponse:
    """Ask why somebody wants what is hidden on paper; nothing of it is shown yet."""
    return _render_ask(open_desk(application_id))


def _render_ask(desk: Desk, status: int = 200, gap: str = "", words: str = "") -> Response:
    """Return the page that asks why."""
    return render_staff(
        "staff/print_hidden.html", status, gap=gap, error_count=int(bool(gap)), words=words, most=LONGEST_WHY,
        **_describe_short(desk),
    )  # fmt: skip


def _describe_short(desk: Desk) -> dict[str, Any]:
    """Return what these pages say of the application."""
    return {"desk": desk, "row": desk.case.row, "receipt": show_receipt_number(desk.case.row.receipt)}


@staff.post(f"{CASE}/print/hidden")
@guard("staff")
@needs("officer", "head")
def print_hidden(application_id: str) -> BaseResponse:
    """Show the paper with every answer, in this page alone: the log has the reason, and the resident reads it."""
    desk, words = open_desk(application_id), " ".join(read_words().split())
    gap = find_reason_gap(words)
    if gap:
        return _render_ask(desk, 422, gap, words)
    write_look(desk.case, "revealed", desk.why, words)
    write_look(desk.case, "printed", desk.why, words)
    return _render_file(desk, whole=True, why=words)


def find_reason_gap(words: str) -> str:
    """Return what is to mend about a reason in somebody's words: "empty", "long", "number", or "" if nothing is."""
    if not words:
        return "empty"
    if len(words) > LONGEST_WHY:
        return "long"
    return "number" if has_individual_number(words) else ""


@staff.get(f"{CASE}/decision")
@needs("officer", "head")
def choose_decision_paper(application_id: str) -> BaseResponse:
    """Say what the paper about a decision is and is not, and offer it in each voice and size."""
    desk = open_desk(application_id)
    if find_decision(desk) is None:
        return redirect(desk.address(), 303)
    write_look(desk.case, "opened", desk.why)
    offered = current_app.extensions["reading"].offered
    return render_staff(
        "staff/decision.html", offered=offered, chosen=_read_voice(desk), sizes=SIZES, **_describe_short(desk)
    )


@staff.get(f"{CASE}/decision/print")
@needs("officer", "head")
def print_decision(application_id: str) -> BaseResponse:
    """Show what was decided on a sheet in the resident's voice; where the decision was taken back there is none."""
    desk = open_desk(application_id)
    decision = find_decision(desk)
    if decision is None:
        return redirect(desk.address(), 303)
    write_look(desk.case, "printed", desk.why)
    size = request.args.get("size", "")
    return render_staff(
        "staff/decision_print.html", paper=size if size in SIZES else SIZES[0],
        sheet=say_decision(desk, decision, _read_voice(desk)), **_describe_short(desk),
    )  # fmt: skip


def _read_voice(desk: Desk) -> str:
    """Return the voice of the sheet: the chosen one, else that which the resident used, else the ward's first."""
    offered = [one.code for one in current_app.extensions["reading"].offered]
    return next(one for one in (request.args.get("in", ""), str(desk.case.row.voice), offered[0]) if one in offered)
