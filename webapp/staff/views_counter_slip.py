"""Another slip for somebody who lost theirs: found by a number and the name, never without seeing who it is, always logged."""

from collections.abc import Sequence
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import needs, note_done, render_staff
from webapp.applications.service_cases import Case
from webapp.applications.service_desk import find_draft_of, fits_name, list_of_draft
from webapp.applications.service_looks import note_look
from webapp.drafts.pages_desk import offices_of, slip_words
from webapp.drafts.rules_helpers import may_receive
from webapp.drafts.service_desk import hold_drafts, renew_slip_of
from webapp.drafts.service_hand_over import find_hand_over
from webapp.drafts.service_slips import Slip, find_numbered, find_wait, note_wrong_try
from webapp.drafts.service_stores import REAL
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.ids import find_receipt_number
from webapp.kit.safety import guard
from webapp.staff.door import clerk, staff, vault, ward
from webapp.staff.rules_counter import IDENTITIES, REISSUES

SLIP = "/<voice>/staff/counter/slip"
FIELDS = ("number", "name", "identity", "checked", "why", "phone")
ROLES = ("reception", "officer", "head")


@staff.get(SLIP)
@needs(*ROLES)
def show_slip_form() -> Response:
    """Ask for receipt number, name, who it is and why."""
    return _ask((), 200)


def _ask(gaps: tuple[str, ...], status: int, minutes: int = 0) -> Response:
    """Return the form with what is to mend; everything typed stays."""
    typed = {field: request.form.get(field, "")[:100] for field in FIELDS}
    return render_staff(
        "staff/counter_slip.html", status, gaps=gaps, typed=typed, error_count=len(gaps), identities=IDENTITIES,
        whys=REISSUES, minutes=minutes,
    )  # fmt: skip


@staff.post(SLIP)
@guard("staff")
@needs(*ROLES)
def make_slip() -> BaseResponse:
    """Make another slip and show it once, for printing. It is in this answer alone, and at no address."""
    number, gaps = find_receipt_number(request.form.get("number", "")), _find_gaps()
    if number is None or gaps:
        return _ask((() if number else ("number",)) + gaps, 422)
    session, pepper, whos = get_session(), ward().settings.pepper, {"counter": clerk().id}
    wait = find_wait(session, whos, now(), pepper)
    if wait is not None:
        return _ask(("wait",), 429, max(1, -(-int(wait.total_seconds()) // 60)))
    slip = _renew(number)
    if slip is None:
        note_wrong_try(session, whos, now(), pepper)
        note_done("slip-not-found")
        return _ask(("nothing",), 422)
    return render_staff("staff/counter_slip_print.html", slip=slip, paper="a4", **slip_words(slip))


def _find_gaps() -> tuple[str, ...]:
    """Return what is to mend besides the number."""
    tests = {
        "name": bool(request.form.get("name", "").strip()),
        "identity": request.form.get("identity") in IDENTITIES,
        "checked": request.form.get("checked") == "yes",
        "why": request.form.get("why") in REISSUES,
    }
    return tuple(field for field, is_good in tests.items() if not is_good)


def _renew(number: str) -> Slip | None:
    """Make another slip for what has this receipt number, or this number of a slip, and this name.

    A slip opens everything that was sent with it. So it is for whoever may receive all of that, and the resident reads of
    each application that somebody opened it.
    """
    session, pepper = get_session(), ward().settings.pepper
    draft_id = find_draft_of(session, number) or find_numbered(session, REAL, number, pepper)
    if draft_id is not None:
        hold_drafts(session, draft_id, vault())
    rows = list_of_draft(session, draft_id, write=True) if draft_id else []
    if not rows or not may_receive(clerk(), _list_offices(rows)):
        return None
    if not any(fits_name(row, vault(), request.form.get("name", "")) for row in rows):
        return None
    slip = renew_slip_of(session, rows[0], vault(), pepper, request.form.get("phone") == "yes")
    for row in rows if slip is not None else ():
        note_look(session, clerk(), Case(row, vault().unwrap(row), {}), "opened", "resident-asked", now())
        note_done("slip-reissued", row.id, request.form["why"])
        note_done("slip-identity", row.id, request.form["identity"])
    return slip


def _list_offices(rows: Sequence[Any]) -> set[str]:
    """Return the offices of all that lies in the draft of these applications: what was sent, and what still waits at the counter."""
    prepared = find_hand_over(get_session(), REAL.hand_over, rows[0].draft_id)
    return {row.section for row in rows} | set(offices_of(prepared.procedures.split() if prepared else ()))
