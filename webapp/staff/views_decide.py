"""Deciding, with a second pair of eyes where the procedure says so."""

from typing import Any

from flask import Response, abort, current_app, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import needs, note_done, render_staff
from webapp.applications.rules_cases import OUTCOMES, may_confirm
from webapp.applications.service_cases import Stale
from webapp.applications.service_decisions import Decision, decide, find_proposal, finish, propose, refuse_proposal
from webapp.drafts.pages_status import get_appeal
from webapp.kit.clock import day_of, now
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.outbox.service import News, enqueue
from webapp.staff.door import clerk, staff, ward
from webapp.staff.door_case import CASE, Desk, expect, list_unseen, open_desk, read_version, read_words, write_look
from webapp.staff.pages_case import find_names, list_entries
from webapp.staff.rules_correct import LONGEST_REASON, find_decision_gaps, find_note_gap
from webapp.staff.views_correct import describe

DONE = ("proposed", "decided", "sent-back", "finished")


@staff.get(f"{CASE}/decide")
@needs("officer", "head")
def show_decide(application_id: str) -> BaseResponse:
    """Show how an application can be decided, or the decision that waits for somebody else."""
    done = request.args.get("done", "")
    return _render(open_desk(application_id, "opened"), done=done if done in DONE else "")


@staff.post(f"{CASE}/decide")
@guard("staff")
@needs("officer", "head")
def decide_case(application_id: str) -> BaseResponse:
    """Decide, propose, confirm, send back or put away, as the button says; nothing where somebody was faster."""
    desk, then = open_desk(application_id, write=True), request.form.get("then", "")
    deeds = {"decide": _decide, "confirm": _confirm, "refuse": _send_back, "finish": _finish}
    if then not in deeds:
        abort(404)
    try:
        expect(desk, "finish" if then == "finish" else "decide")
        return deeds[then](desk)
    except Stale:
        write_look(desk.case, "opened", desk.why)
        return _render(desk, 409, stale=list_entries(get_session(), list_unseen(desk)))


def _decide(desk: Desk) -> BaseResponse:
    """Take what was decided: at once, or as a proposal where the procedure wants a second pair of eyes."""
    row, session = desk.case.row, get_session()
    if row.proposed_by is not None:
        raise Stale
    outcome, reason, voice = request.form.get("outcome", ""), read_words("reason"), request.form.get("voice", "ja")
    gaps = find_decision_gaps(outcome, reason, OUTCOMES)
    if gaps:
        return _refuse(desk, gaps)
    decision = Decision(outcome, reason, voice if voice == row.voice else "ja")
    if needs_two(desk):
        propose(session, desk.case, decision, clerk().id, now(), read_version())
        return _go(desk, "proposed")
    decide(session, desk.case, decision, clerk().id, now(), read_version())
    return _tell(desk)


def _confirm(desk: Desk) -> BaseResponse:
    """Decide as somebody else proposed: only the section's head, and never who proposed it."""
    proposal = _get_proposal(desk)
    if not may_confirm(clerk(), desk.case.row.section, desk.case.row.proposed_by):
        abort(404)
    decide(get_session(), desk.case, proposal, clerk().id, now(), read_version())
    return _tell(desk)


def _send_back(desk: Desk) -> BaseResponse:
    """Send a proposal back with a word for the section, or take one's own back."""
    _get_proposal(desk)
    row, words = desk.case.row, read_words()
    if not may_confirm(clerk(), row.section, row.proposed_by) and row.proposed_by != clerk().id:
        abort(404)
    fault = find_note_gap(words, LONGEST_REASON)
    if fault:
        return _refuse(desk, {"words": fault})
    refuse_proposal(get_session(), desk.case, words, clerk().id, now(), read_version())
    return _go(desk, "sent-back")


def _finish(desk: Desk) -> BaseResponse:
    """Put a decided application away."""
    finish(get_session(), desk.case, clerk().id, now(), read_version())
    return _go(desk, "finished")


def _get_proposal(desk: Desk) -> Decision:
    """Return the decision that waits. Raises Stale where none does any more."""
    proposal = find_proposal(get_session(), desk.case)
    if proposal is None:
        raise Stale
    return proposal


def _tell(desk: Desk) -> BaseResponse:
    """Have the resident told that there is a decision, saying nothing of it."""
    row = desk.case.row
    news = News("decided", row.draft_id, row.voice, f"decided|{row.id}", {"day": day_of(row.sent_at).isoformat()})
    enqueue(get_session(), news, ward().settings.master_keys[0], now())
    return _go(desk, "decided")


def _go(desk: Desk, done: str) -> BaseResponse:
    """Write into the log what was done, and show the page as it stands now."""
    note_done(f"application-{done}", desk.case.row.id)
    return redirect(f"{desk.address('decide')}?done={done}", 303)


def needs_two(desk: Desk) -> bool:
    """Tell whether a procedure is decided by two: as it says today, or as it said when it was filled in."""
    live = ward().catalogue.procedures.get(desk.case.row.procedure)
    return any(one is not None and one.define.four_eyes for one in (live, desk.procedure))


def _refuse(desk: Desk, gaps: dict[str, str]) -> BaseResponse:
    """Return the page with what is to mend; what was typed stays."""
    write_look(desk.case, "opened", desk.why)
    return _render(desk, 422, gaps)


def _render(
    desk: Desk, status: int = 200, gaps: dict[str, str] | None = None, stale: Any = None, done: str = ""
) -> Response:
    """Return the page on which is decided."""
    row, me, gaps = desk.case.row, clerk(), gaps or {}
    typed = {name: request.form.get(name, "") for name in ("outcome", "reason", "voice", "words")}
    proposal = find_proposal(get_session(), desk.case)
    return render_staff(
        "staff/decide.html", status, gaps=gaps, error_count=len(gaps), stale=stale, done=done, outcomes=OUTCOMES,
        typed={**typed, "voice": typed["voice"] or "ja"}, proposal=proposal, is_mine=row.proposed_by == me.id,
        proposer=find_names(get_session(), [row.proposed_by]).get(row.proposed_by or ""), four_eyes=needs_two(desk),
        may_confirm=may_confirm(me, row.section, row.proposed_by), appeal=get_appeal(),
        all_voices=current_app.extensions["reading"].voices, **describe(desk),
    )  # fmt: skip
