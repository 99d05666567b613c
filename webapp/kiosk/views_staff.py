"""What staff do with the machines: add and pair them, see how each stands, come when somebody calls, end a time, close one."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Response, abort, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import current_account, needs, note_done, render_staff
from webapp.kiosk import service, service_sittings
from webapp.kiosk.door import data_dir, kiosk
from webapp.kiosk.rules import NAME_LETTERS, PLACE_LETTERS, count_unsafe, show_pair_code, tidy_name
from webapp.kiosk.service import SeenKiosk
from webapp.kiosk.tables import Kiosk
from webapp.kit.clock import WARD_ZONE, now
from webapp.kit.database import get_session
from webapp.kit.safety import guard

STAFF = "/<voice>/staff/kiosks"
ONE = f"{STAFF}/<kiosk_id>"
MOST = {"name": NAME_LETTERS, "place": PLACE_LETTERS}


@kiosk.get(STAFF)
@needs("reception")
def list_machines() -> Response:
    """Show every machine, how it stands, and where somebody calls."""
    return _render_list({}, 200)


def _render_list(gaps: dict[str, str], status: int) -> Response:
    """Return the page of all machines; what was typed for a new one stays."""
    typed = {name: "".join(c for c in request.form.get(name, "")[:100] if c.isprintable()) for name in MOST}
    return render_staff(
        "kiosk/staff.html", status, gaps=gaps, typed=typed, most=MOST, error_count=len(gaps), **_list_words()
    )


def _list_words() -> dict[str, Any]:
    """Return what is shown of all machines, with a word that changes when it does."""
    machines = service.list_kiosks(get_session(), now())
    shown = [(one, count_unsafe(one.report)) for one in machines]
    told = [(m.row.id, m.state, m.helped, bool(m.call), bool(m.call and m.call.coming_at), n) for m, n in shown]
    rev = hashlib.sha256(repr(told).encode()).hexdigest()[:12]
    calls = [one.call for one in machines if one.call]
    waiting = sum(call.coming_at is None for call in calls)
    return {"machines": shown, "rev": rev, "local": to_ward, "calls": len(calls), "waiting": waiting}


def to_ward(moment: datetime) -> datetime:
    """Return a stored moment in the ward's own time."""
    return moment.astimezone(WARD_ZONE)


def _unseen(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a view be asked by a page by itself: that is nobody's being there, and makes no sign-in longer. Put it over `needs`."""

    @wraps(view)
    def ask(*args: Any, **kwargs: Any) -> Any:
        """Look up who is signed in before `needs` does."""
        current_account(seen=False)
        return view(*args, **kwargs)

    return ask


@kiosk.get(f"{STAFF}/state")
@_unseen
@needs("reception")
def poll_machines() -> Response:
    """Answer how the machines stand now, or nothing (204) while it is what the page has already."""
    words = _list_words()
    if request.args.get("rev") == words["rev"]:
        return Response(status=204, headers={"Cache-Control": "no-store"})
    return render_staff("kiosk/_staff_list.html", say=words["calls"] > _known_calls(), **words)


def _known_calls() -> int:
    """Return how many calls the page showed already."""
    known = request.args.get("calls", "")
    return int(known) if known.isdecimal() and len(known) < 4 else 0


@kiosk.post(STAFF)
@guard("staff")
@needs("reception")
def add_machine() -> BaseResponse:
    """Add a machine and lead to its page, where its code is made."""
    name, place = (tidy_name(request.form.get(field, "")) for field in MOST)
    gaps = {} if name else {"name": "missing"}
    gaps |= {field: "long" for field, word in (("name", name), ("place", place)) if len(word) > MOST[field]}
    if gaps:
        return _render_list(gaps, 422)
    made = service.make_kiosk(get_session(), name, place, now())
    note_done("kiosk-added", made.id)
    return redirect(_address(made.id), 303)


def _address(kiosk_id: str) -> str:
    """Return the address of one machine's page in this voice."""
    return f"/{g.voice.code}/staff/kiosks/{kiosk_id}"


def _get_machine(kiosk_id: str) -> Kiosk:
    """Return a machine, or answer 404."""
    found = service.find_kiosk(get_session(), kiosk_id)
    return found if found is not None else abort(404)


@kiosk.get(ONE)
@needs("reception")
def show_machine(kiosk_id: str) -> Response:
    """Show one machine and what can be done with it."""
    return _render_machine(_get_machine(kiosk_id), "")


def _render_machine(row: Kiosk, code: str) -> Response:
    """Return the page of one machine, with a code if one was made just now: it is shown this once."""
    seen: SeenKiosk = service.see_kiosk(get_session(), row, now())
    unsafe = count_unsafe(seen.report)
    return render_staff("kiosk/staff_one.html", one=seen, unsafe=unsafe, code=code, local=to_ward)


@kiosk.post(f"{ONE}/code")
@guard("staff")
@needs("reception")
def make_code(kiosk_id: str) -> Response:
    """Make a code and show it, this once: it is stored nowhere, so there is nothing to lead to. Asking again makes another."""
    row = _get_machine(kiosk_id)
    code = service.new_code(get_session(), row, now(), current_app.extensions["madoguchi"].settings.pepper)
    note_done("kiosk-code-made", row.id)
    get_session().flush()
    return _render_machine(row, show_pair_code(code))


@kiosk.post(f"{ONE}/help")
@guard("staff")
@needs("reception")
def answer_call(kiosk_id: str) -> BaseResponse:
    """Tell whoever called that somebody is on the way, or that this is done."""
    row, account = _get_machine(kiosk_id), current_account()
    if request.form.get("then") == "done":
        service.end_calls(get_session(), row.id, now())
    elif account is not None:
        service.answer_call(get_session(), row.id, account.id, now())
    return redirect(f"/{g.voice.code}/staff/kiosks", 303)


@kiosk.post(f"{ONE}/beside")
@guard("staff")
@needs("reception")
def stand_beside(kiosk_id: str) -> BaseResponse:
    """Give whoever sits at the machine more time while somebody helps them, or no more of it."""
    row = _get_machine(kiosk_id)
    service_sittings.help_beside(get_session(), row.id, request.form.get("then") == "on", now())
    return redirect(_address(row.id), 303)


@kiosk.post(f"{ONE}/end")
@guard("staff")
@needs("reception")
def end_sitting(kiosk_id: str) -> BaseResponse:
    """End the time of whoever sits at the machine; its page goes at the next beat."""
    row = _get_machine(kiosk_id)
    service_sittings.end_all(get_session(), row.id, "staff", now(), data_dir())
    note_done("kiosk-sitting-ended", row.id)
    return redirect(_address(row.id), 303)


@kiosk.post(f"{ONE}/close")
@guard("staff")
@needs("reception")
def close_machine(kiosk_id: str) -> BaseResponse:
    """Close a machine that is lost, broken or taken away, and end whoever sits there."""
    row = _get_machine(kiosk_id)
    service_sittings.end_all(get_session(), row.id, "staff", now(), data_dir())
    service.revoke(get_session(), row, now())
    note_done("kiosk-closed", row.id)
    return redirect(_address(row.id), 303)
