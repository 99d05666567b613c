"""One application as its section sees it, after saying why; its history, files, messages and papers."""

from functools import partial
from typing import Any

from flask import Response, abort, current_app, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import needs, render_staff
from webapp.accounts.service import list_clerks
from webapp.applications.rules_cases import LABELS, WHYS, may_reopen
from webapp.applications.rules_inbox import is_answer_over, soon_erased_until
from webapp.applications.rules_names import find_label
from webapp.applications.service_cases import open_case
from webapp.applications.service_fetching import list_acknowledged
from webapp.applications.service_inbox import list_here
from webapp.applications.service_looks import find_why
from webapp.drafts.service_stores import REAL
from webapp.drafts.service_uploads import open_file
from webapp.facts.rules_numbers import has_individual_number
from webapp.kit.clock import day_of, now, today
from webapp.kit.database import get_session
from webapp.kit.ids import show_receipt_number
from webapp.kit.safety import guard
from webapp.staff.door import clerk, get_row, staff, vault, ward
from webapp.staff.door_case import CASE, Desk, case_address, find_case_book, open_desk, read_words, write_look
from webapp.staff.pages_case import find_names, list_answers, list_case_files, list_entries, to_ward
from webapp.staff.pages_inbox import list_address

LONGEST_WHY = 200
DONE = ("reopened", "taken", "handed", "back", "labelled", "noted", "sent", "nothing")
FILE_POLICY = (
    "default-src 'none'; script-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox"
)
TYPES = {b"%PDF": "application/pdf", b"\x89PNG": "image/png"}


@staff.get(f"{CASE}/")
@needs("officer", "head")
def show_case(application_id: str) -> BaseResponse:
    """Show one application."""
    done = request.args.get("done", "")
    return render_case(open_desk(application_id, "opened"), done=done if done in DONE else "")


def render_case(desk: Desk, status: int = 200, revealed: str = "", **words: Any) -> Response:
    """Return the page of an application: with what was just done, what is to mend, or who was faster."""
    typed = {"words": "", "labels": desk.case.row.labels.split(), "to": "", **words.pop("typed", {})}
    context = {"gaps": (), "stale": None, "done": "", **words}
    return render_staff(
        "staff/case.html", status, error_count=len(context["gaps"]), typed=typed, **describe(desk, revealed), **context
    )


def describe(desk: Desk, revealed: str = "") -> dict[str, Any]:
    """Return everything that a page or paper about an application says."""
    row, session = desk.case.row, get_session()
    return {
        "desk": desk, "row": row, "label": find_label(desk.case.answers), "receipt": show_receipt_number(row.receipt),
        "names": find_names(session, {row.assigned_to, row.filled_by}), "me": clerk().id,
        "sent_at": to_ward(row.sent_at), "days_left": (row.answer_by - today()).days, "all_labels": LABELS,
        "may_reopen": may_reopen(clerk(), row.section, row.state, row.outcome),
        "answer_over": is_answer_over(row.is_open, row.state, row.answer_by, today()),
        "erased_soon": row.erase_after <= soon_erased_until(today()),
        "warned_on": day_of(row.warned_at) if row.warned_at else None,
        "items": list_answers(desk.case, desk.procedure, desk.book, desk.happenings, revealed),
        "files": list_case_files(desk.case, desk.book), "entries": list_entries(session, desk.happenings),
        "taken": [(one.system, to_ward(one.taken_at)) for one in list_acknowledged(session, row.id)],
        "colleagues": [one for one in list_clerks(session, row.section, "officer", "head") if one.id != row.assigned_to],
        "spoken": current_app.extensions["reading"].voices.get(row.voice),
    }  # fmt: skip


@staff.post(f"{CASE}/reveal")
@guard("staff")
@needs("officer", "head")
def reveal(application_id: str) -> BaseResponse:
    """Show one answer that is hidden otherwise, in this page alone: nothing remembers that it was asked for but the log."""
    return render_case(open_desk(application_id, "revealed"), revealed=request.form.get("fact", ""))


@staff.get(f"{CASE}/files/<upload_id>")
@needs("officer", "head")
def open_upload(application_id: str, upload_id: str) -> BaseResponse:
    """Send one of an application's files: never run, never stored."""
    desk = open_desk(application_id)
    if upload_id not in {one.id for one in list_case_files(desk.case, desk.book)}:
        abort(404)  # another procedure of the same draft may have it, and another section
    content = open_file(desk.case.data_key, upload_id, REAL.uploads_folder(ward().settings.data_dir))
    if content is None:
        abort(404)
    write_look(desk.case, "file", desk.why)
    return send_file_safely(content)


def send_file_safely(content: bytes) -> Response:
    """Send what a resident attached so that no browser runs or keeps it."""
    mimetype = next((kind for mark, kind in TYPES.items() if content.startswith(mark)), "image/jpeg")
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = "attachment"
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


@staff.get(f"{CASE}/why")
@needs("officer", "head")
def ask_why(application_id: str) -> BaseResponse:
    """Ask why somebody wants to open an application; nothing of it is opened yet."""
    row = get_row(application_id)
    if find_why(get_session(), clerk(), row, now()):
        return redirect(case_address(row.id), 303)
    return _render_why(row)


def _render_why(row: Any, status: int = 200, gaps: tuple[str, ...] = (), why: str = "", words: str = "") -> Response:
    """Return the page that asks for a reason."""
    procedure = find_case_book(row.procedure, row.definition).procedures.get(row.procedure)
    return render_staff(
        "staff/why.html", status, row=row, receipt=show_receipt_number(row.receipt), whys=WHYS, why=why, words=words,
        gaps=gaps, error_count=len(gaps), title=procedure.words["title"] if procedure else row.procedure,
        names=find_names(get_session(), {row.assigned_to}), most=LONGEST_WHY, list_address=list_address(),
        address=partial(case_address, row.id),
        is_free=row.is_open and row.assigned_to not in list_here(get_session(), row.section),
    )  # fmt: skip


@staff.post(f"{CASE}/why")
@guard("staff")
@needs("officer", "head")
def say_why(application_id: str) -> BaseResponse:
    """Write down why somebody opens an application, for the ward and for the resident; it holds for a day's work."""
    row = get_row(application_id)
    why, words = request.form.get("why", ""), " ".join(read_words().split())
    gaps = find_why_gaps(why, words)
    if gaps:
        return _render_why(row, 422, gaps, why, words)
    write_look(open_case(row, vault()), "opened", why, words)
    return redirect(case_address(row.id), 303)


def find_why_gaps(why: str, words: str) -> tuple[str, ...]:
    """Return what is to mend about a reason: "none", "words", "long" or "number"."""
    checks = {
        "none": why not in WHYS,
        "words": why == "other" and not words,
        "long": len(words) > LONGEST_WHY,
        "number": has_individual_number(words),
    }
    return tuple(name for name, is_wrong in checks.items() if is_wrong)
