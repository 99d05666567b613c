"""Another slip for somebody who lost theirs: found by receipt number and name, never without seeing who it is, always logged."""

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import needs, note_done, render_staff
from webapp.applications.service_cases import Case
from webapp.applications.service_desk import find_by_receipt, fits_name
from webapp.applications.service_looks import note_look
from webapp.drafts.pages_desk import slip_words
from webapp.drafts.service_desk import renew_slip_of
from webapp.drafts.service_slips import Slip, find_wait, forget_tries, note_wrong_try
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.ids import find_receipt_number
from webapp.kit.safety import guard
from webapp.staff.door import clerk, staff, vault, ward
from webapp.staff.rules_counter import IDENTITIES, REISSUES, may_receive

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
    forget_tries(session, clerk().id, pepper, "counter")
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
    """Make another slip for the application with this number and name; the resident reads that somebody opened it."""
    session = get_session()
    row = find_by_receipt(session, number)
    if row is None or not may_receive(clerk(), [row.section]):
        return None
    if not fits_name(row, vault(), request.form.get("name", "")):
        return None
    slip = renew_slip_of(session, row, vault(), ward().settings.pepper, request.form.get("phone") == "yes")
    if slip is not None:
        note_look(session, clerk(), Case(row, vault().unwrap(row), {}), "opened", "resident-asked", now())
        note_done("slip-reissued", row.id, request.form["why"])
        note_done("slip-identity", row.id, request.form["identity"])
    return slip
