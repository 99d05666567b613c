"""Asking a resident to mend something, and looking at what came back."""

from datetime import timedelta
from typing import Any

from flask import Response, abort, current_app, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import needs, render_staff
from webapp.applications.service_cases import Stale
from webapp.applications.service_corrections import (
    Asked,
    Marks,
    ask_correction,
    find_correction,
    find_open,
    list_corrections,
    take_back,
)
from webapp.applications.service_inbox_next import find_next
from webapp.applications.service_telling import name_correction
from webapp.drafts.pages_diff import list_answered, list_changes
from webapp.kit.clock import now, today
from webapp.kit.database import get_session
from webapp.kit.ids import show_receipt_number
from webapp.kit.safety import guard
from webapp.outbox.service import News, enqueue
from webapp.staff.door import clerk, staff, ward
from webapp.staff.door_case import (
    CASE,
    Desk,
    case_address,
    expect,
    list_unseen,
    open_desk,
    read_version,
    read_words,
    write_look,
)
from webapp.staff.pages_case import find_names, is_masked, list_entries
from webapp.staff.rules_correct import USUAL_DAYS, TypedMarks, find_mark_gaps, list_whys, read_last_day


@staff.get(f"{CASE}/correct")
@needs("officer", "head")
def show_correct(application_id: str) -> BaseResponse:
    """Show every answer with a box to mark it, what is asked now, and what was asked before."""
    desk = open_desk(application_id, "opened")
    day = (today() + timedelta(days=USUAL_DAYS)).isoformat()
    return _render(desk, TypedMarks(day=day, voice="ja"))


@staff.post(f"{CASE}/correct")
@guard("staff")
@needs("officer", "head")
def correct(application_id: str) -> BaseResponse:
    """Ask for the marked answers to be mended, or take back what is asked."""
    desk = open_desk(application_id, write=True)
    if request.form.get("then") == "take-back":
        return _take_back(desk)
    typed, keys = _read_marks(desk), [fact.key for fact, _ in list_answered(desk.case.answers, desk.book)]
    try:
        expect(desk, "correct")
    except Stale:
        write_look(desk.case, "opened", desk.why)
        return _render(desk, typed, 409, stale=list_entries(get_session(), list_unseen(desk)))
    gaps, day = find_mark_gaps(typed, keys, today()), read_last_day(typed.day, today())
    if gaps or day is None or desk.case.row.proposed_by:
        write_look(desk.case, "opened", desk.why)
        return _render(desk, typed, 422, gaps)
    facts = {
        key: {"why": typed.why_of(key, desk.book.dictionary.facts[key].define.kind), "note": typed.note_of(key)}
        for key in typed.ticked
    }
    marks, session, row = Marks(facts, typed.note, typed.voice), get_session(), desk.case.row
    asked_id = ask_correction(session, desk.case, clerk().id, marks, day, now(), read_version())
    news = News("correction-asked", row.draft_id, row.voice, name_correction(asked_id), {"day": day.isoformat()})
    enqueue(session, news, ward().settings.master_keys[0], now())
    return redirect(desk.address("correct", f"{asked_id}?done=asked"), 303)


def _take_back(desk: Desk) -> BaseResponse:
    """Ask no more; where the resident was faster, the answer is shown instead."""
    asked = find_correction(get_session(), desk.case, request.form.get("correction", ""))
    if asked is None:
        abort(404)
    row = desk.case.row
    done = take_back(get_session(), desk.case, asked.id, clerk().id, now())
    if done:
        news = News("correction-taken-back", row.draft_id, row.voice, f"correction-taken-back|{asked.id}")
        enqueue(get_session(), news, ward().settings.master_keys[0], now())
    return redirect(desk.address("correct", asked.id + ("?done=taken-back" if done else "")), 303)


def _read_marks(desk: Desk) -> TypedMarks:
    """Return what was typed, for the answers that there are."""
    keys = [fact.key for fact, _ in list_answered(desk.case.answers, desk.book)]
    ticked, voice = request.form.getlist("fact"), request.form.get("voice", "ja")
    return TypedMarks(
        tuple(key for key in keys if key in ticked),
        {key: request.form.get(f"why:{key}", "") for key in keys},
        {key: read_words(f"note:{key}") for key in keys},
        read_words("note"), request.form.get("day", "")[:20], voice if voice in ("ja", desk.case.row.voice) else "ja",
    )  # fmt: skip


def _render(
    desk: Desk, typed: TypedMarks, status: int = 200, gaps: dict[str, str] | None = None, stale: Any = None
) -> Response:
    """Return the page on which answers are marked."""
    gaps, voices = gaps or {}, current_app.extensions["reading"].voices
    return render_staff(
        "staff/correct.html", status, answered=list_answered(desk.case.answers, desk.book), typed=typed, gaps=gaps,
        error_count=len(gaps), stale=stale, whys=list_whys, is_masked=is_masked, first_day=today() + timedelta(days=1),
        open_now=find_open(get_session(), desk.case), asked_before=list_corrections(get_session(), desk.case),
        spoken=voices.get(desk.case.row.voice), all_voices=voices, **describe(desk),
    )  # fmt: skip


def describe(desk: Desk) -> dict[str, Any]:
    """Return what these pages say of the application."""
    row = desk.case.row
    return {"desk": desk, "row": row, "receipt": show_receipt_number(row.receipt)}


def lead_on(desk: Desk, done: str) -> dict[str, Any] | None:
    """Return, once something was done with an application, how many others are one's own, and where the next one is."""
    if not done:
        return None
    found = find_next(get_session(), clerk(), desk.case.row.id)
    return {"number": found.number, "href": case_address(found.id)}


@staff.get(f"{CASE}/correct/<correction_id>")
@needs("officer", "head")
def show_correction(application_id: str, correction_id: str) -> BaseResponse:
    """Show what was asked, and, once answered, every answer that changed, before and after."""
    desk = open_desk(application_id, "opened")
    asked = find_correction(get_session(), desk.case, correction_id)
    if asked is None:
        abort(404)
    facts = [fact for key, fact in desk.book.dictionary.facts.items() if key in asked.marks.facts]
    names, done = find_names(get_session(), [asked.asked_by]), request.args.get("done", "")
    later = next((one for one in list_corrections(get_session(), desk.case) if one.answered_at), None)
    return render_staff(
        "staff/diff.html", asked=asked, facts=facts, who=names.get(asked.asked_by, ""), changes=_list_changes(desk, asked),
        is_masked=is_masked, later=later if later and later.id != asked.id else None,
        done=done if done in ("asked", "taken-back") else "", next_one=lead_on(desk, done if done == "asked" else ""),
        **describe(desk),
    )  # fmt: skip


def _list_changes(desk: Desk, asked: Asked) -> tuple[Any, ...]:
    """Return what changed by an answer; nothing before there is one."""
    if asked.before is None or asked.after is None:
        return ()
    return list_changes(asked.before, asked.after, desk.book, asked.marks.facts)
