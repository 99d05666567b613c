"""Working on one application: who takes it on, its labels, and notes for the section alone."""

from flask import g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import needs
from webapp.accounts.service import list_clerks
from webapp.applications.rules_cases import LABELS
from webapp.applications.service_cases import Stale, change, write_down
from webapp.applications.service_inbox import list_here
from webapp.applications.service_looks import find_why
from webapp.facts.rules_numbers import has_individual_number
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.staff.door import clerk, get_row, staff
from webapp.staff.door_case import (
    CASE,
    LONGEST_WORDS,
    Desk,
    case_address,
    expect,
    list_unseen,
    open_desk,
    open_unasked,
    read_version,
    read_words,
    write_look,
)
from webapp.staff.pages_case import list_entries
from webapp.staff.views_case import render_case


@staff.post(f"{CASE}/assign")
@guard("staff")
@needs("officer", "head")
def assign(application_id: str) -> BaseResponse:
    """Take an application on (which begins the checking), hand it to a colleague of the section, or hand it back."""
    then, to = request.form.get("then", ""), request.form.get("to", "")
    row = get_row(application_id, write=True)
    # Whoever takes on what nobody has, or somebody who has left the section, needs no other reason.
    is_free = then == "take" and row.assigned_to not in list_here(get_session(), row.section)
    desk = open_unasked(row, "assigned") if is_free else open_desk(application_id, write=True)
    target = {"take": clerk().id, "back": ""}.get(then, to)
    if then == "hand" and to not in {one.id for one in list_clerks(get_session(), row.section, "officer", "head")}:
        return refuse(desk, ("colleague",), to=to)
    try:
        expect(desk, "assign")
        _give(desk, target)
    except Stale:
        return show_stale(open_desk(application_id, write=True), to=to)  # which asks for a reason where there is none
    return redirect(_find_way(desk, then), 303)


def _give(desk: Desk, target: str) -> None:
    """Give an application to somebody (or to nobody); whoever takes it on themselves begins to check it."""
    row, session, moment, mine = desk.case.row, get_session(), now(), clerk().id
    begins = target == mine and row.state == "received"
    changes = {"assigned_to": target or None, **({"state": "checking"} if begins else {})}
    is_new = (row.assigned_to or "") != target
    change(session, row, moment, read_version(), **changes)
    if is_new:
        write_down(session, desk.case, "assigned", moment, mine, to=target)
    if begins:
        write_down(session, desk.case, "checking", now(), mine)  # a moment later, so that the history keeps this order


def _find_way(desk: Desk, then: str) -> str:
    """Return where to go on: the application, or the inbox for whom it lies open no longer."""
    done = {"take": "taken", "back": "back"}.get(then, "handed")
    if find_why(get_session(), clerk(), desk.case.row, now()):
        return case_address(desk.case.row.id, f"?done={done}")
    return f"/{g.voice.code}/staff/inbox/?done={done}"


@staff.post(f"{CASE}/labels")
@guard("staff")
@needs("officer", "head")
def label(application_id: str) -> BaseResponse:
    """Put labels on an application and take others off."""
    desk = open_desk(application_id, write=True)
    row, picked = desk.case.row, set(request.form.getlist("label"))
    labels = [one for one in LABELS if one in picked]
    try:
        expect(desk, "label")
        if labels == row.labels.split():
            return redirect(case_address(row.id, "?done=nothing"), 303)
        change(get_session(), row, now(), read_version(), labels=" ".join(labels))
    except Stale:
        return show_stale(desk, labels=labels)
    write_down(get_session(), desk.case, "labelled", now(), clerk().id, labels=labels)
    return redirect(case_address(row.id, "?done=labelled"), 303)


@staff.post(f"{CASE}/note")
@guard("staff")
@needs("officer", "head")
def add_note(application_id: str) -> BaseResponse:
    """Write a note that the section alone reads."""
    desk, words = open_desk(application_id, write=True), read_words()
    gaps = find_word_gaps(words)
    if gaps:
        return refuse(desk, gaps, words=words)
    try:
        expect(desk, "note")
        change(get_session(), desk.case.row, now(), read_version())
    except Stale:
        return show_stale(desk, words=words)
    write_down(get_session(), desk.case, "note", now(), clerk().id, words=words)
    return redirect(case_address(desk.case.row.id, "?done=noted"), 303)


def find_word_gaps(words: str) -> tuple[str, ...]:
    """Return what is to mend about words that staff wrote: "empty", "long" or "number"."""
    checks = {"empty": not words, "long": len(words) > LONGEST_WORDS, "number": has_individual_number(words)}
    return tuple(name for name, is_wrong in checks.items() if is_wrong)


def refuse(desk: Desk, gaps: tuple[str, ...], **typed: object) -> BaseResponse:
    """Return the page again with what is to mend; what was typed stays."""
    write_look(desk.case, "opened", desk.why)
    return render_case(desk, 422, gaps=gaps, typed=typed)


def show_stale(desk: Desk, **typed: object) -> BaseResponse:
    """Return the page as it stands now, saying who changed what since it was shown; what was typed stays."""
    write_look(desk.case, "opened", desk.why)
    return render_case(desk, 409, stale=list_entries(get_session(), list_unseen(desk)), typed=typed)
