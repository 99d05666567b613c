"""Deciding, with a second pair of eyes where the procedure says so."""

from typing import Any

from flask import Response, abort, current_app, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import needs, render_staff
from webapp.applications.rules_cases import OUTCOMES, may_confirm, may_reopen
from webapp.applications.service_cases import Stale
from webapp.applications.service_decisions import (
    Decision,
    decide,
    find_proposal,
    finish,
    name_decision,
    propose,
    refuse_proposal,
)
from webapp.drafts.pages_status import get_appeal
from webapp.kit.clock import day_of, now
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.outbox.service import News, enqueue
from webapp.staff.door import clerk, staff, ward
from webapp.staff.door_case import CASE, Desk, expect, list_unseen, open_desk, read_version, read_words, write_look
from webapp.staff.pages_case import find_names, list_entries
from webapp.staff.rules_correct import LONGEST_REASON, find_decision_gaps, find_note_gap
from webapp.staff.views_correct import describe, lead_on

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
    """Show what was typed to be read over, decide, propose, confirm, send back or put away, as the button says."""
    desk, then = open_desk(application_id, write=True), request.form.get("then", "")
    deeds = {
        "read": _read_over, "back": _go_back, "decide": _decide, "confirm": _confirm, "refuse": _send_back,
        "finish": _finish,
    }  # fmt: skip
    if then not in deeds:
        abort(404)
    try:
        expect(desk, "finish" if then == "finish" else "decide")
        return deeds[then](desk)
    except Stale:
        write_look(desk.case, "opened", desk.why)
        return _render(desk, 409, stale=list_entries(get_session(), list_unseen(desk)))


def _read_typed(desk: Desk) -> tuple[Decision, dict[str, str]]:
    """Return the decision that was typed, and what is to mend about it. Raises Stale where another one waits."""
    row = desk.case.row
    if row.proposed_by is not None:
        raise Stale
    outcome, reason, voice = request.form.get("outcome", ""), read_words("reason"), request.form.get("voice", "ja")
    decision = Decision(outcome, reason, voice if voice == row.voice else "ja")
    return decision, find_decision_gaps(outcome, reason, OUTCOMES)


def _read_over(desk: Desk) -> BaseResponse:
    """Show a decision as its resident will read it; nothing is decided yet."""
    decision, gaps = _read_typed(desk)
    if gaps:
        return _refuse(desk, gaps)
    write_look(desk.case, "opened", desk.why)
    voices = current_app.extensions["reading"].voices
    return render_staff(
        "staff/decide_read.html", decision=decision, appeal=get_appeal(), all_voices=voices, **describe(desk)
    )


def _go_back(desk: Desk) -> BaseResponse:
    """Return to the form with everything that was typed."""
    _read_typed(desk)
    return _refuse(desk, {}, 200)


def _decide(desk: Desk) -> BaseResponse:
    """Take what was decided: at once, or as a proposal where the procedure wants a second pair of eyes."""
    decision, gaps = _read_typed(desk)
    if gaps:
        return _refuse(desk, gaps)
    if needs_two(desk):
        propose(get_session(), desk.case, decision, clerk().id, now(), read_version())
        return _go(desk, "proposed")
    return _tell(desk, decide(get_session(), desk.case, decision, clerk().id, now(), read_version()))


def _confirm(desk: Desk) -> BaseResponse:
    """Decide as somebody else proposed: only the section's head, and never who proposed it."""
    proposal = _get_proposal(desk)
    if not may_confirm(clerk(), desk.case.row.section, desk.case.row.proposed_by):
        abort(404)
    return _tell(desk, decide(get_session(), desk.case, proposal, clerk().id, now(), read_version()))


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


def _tell(desk: Desk, happened_id: str) -> BaseResponse:
    """Have the resident told that there is a decision, saying nothing of it; of a second decision they are told, too."""
    row = desk.case.row
    news = News(
        "decided", row.draft_id, row.voice, name_decision(happened_id), {"day": day_of(row.sent_at).isoformat()}
    )
    enqueue(get_session(), news, ward().settings.master_keys[0], now())
    return _go(desk, "decided")


def _go(desk: Desk, done: str) -> BaseResponse:
    """Show the page as it stands now."""
    return redirect(desk.address(f"decide?done={done}"), 303)


def needs_two(desk: Desk) -> bool:
    """Tell whether a procedure is decided by two: as it says today, or as it said when it was filled in."""
    live = ward().catalogue.procedures.get(desk.case.row.procedure)
    return any(one is not None and one.define.four_eyes for one in (live, desk.procedure))


def _refuse(desk: Desk, gaps: dict[str, str], status: int = 422) -> BaseResponse:
    """Return the page with what is to mend; what was typed stays."""
    write_look(desk.case, "opened", desk.why)
    return _render(desk, status, gaps)


def _render(
    desk: Desk, status: int = 200, gaps: dict[str, str] | None = None, stale: Any = None, done: str = ""
) -> Response:
    """Return the page on which is decided."""
    row, me, gaps = desk.case.row, clerk(), gaps or {}
    typed = {name: request.form.get(name, "") for name in ("outcome", "reason", "voice", "words")}
    proposal = find_proposal(get_session(), desk.case)
    return render_staff(
        "staff/decide.html", status, gaps=gaps, error_count=len(gaps), stale=stale, done=done, outcomes=OUTCOMES,
        typed={**typed, "voice": typed["voice"] or "ja"}, then=request.form.get("then", ""), proposal=proposal,
        is_mine=row.proposed_by == me.id,
        proposer=find_names(get_session(), [row.proposed_by]).get(row.proposed_by or ""), four_eyes=needs_two(desk),
        may_confirm=may_confirm(me, row.section, row.proposed_by), appeal=get_appeal(),
        next_one=lead_on(desk, done), may_reopen=may_reopen(me, row.section, row.state, row.outcome),
        all_voices=current_app.extensions["reading"].voices, **describe(desk),
    )  # fmt: skip
