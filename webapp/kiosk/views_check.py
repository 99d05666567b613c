"""The self-check at a machine: what the page finds out, what staff try by hand, and a receipt to try the printer with."""

from flask import Response, abort, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.kiosk import rules_check, service
from webapp.kiosk.door import current_kiosk, current_settings, kiosk, writing
from webapp.kiosk.rules import read_report
from webapp.kiosk.tables import Kiosk
from webapp.kit.clock import now, today
from webapp.kit.qr import draw_qr
from webapp.kit.safety import guard
from webapp.reading.service import render_private

SAMPLE_NUMBER, SAMPLE_CODE = "AAAAA-BBBBB-CCCC", "0000-0000-0000"


@kiosk.get("/<voice>/kiosk/check")
def show_check() -> BaseResponse:
    """Show what is to be checked and what is known; the machine itself only."""
    machine = current_kiosk()
    if machine is None:
        return redirect(f"/{g.voice.code}/kiosk/pair", 303)
    return _render_check(machine)


def _render_check(machine: Kiosk) -> Response:
    """Return the self-check. The address says what was just done, if anything."""
    report = read_report(machine.report)
    return render_private(
        "kiosk/check.html", checks=rules_check.CHECKS, report=report, marked=rules_check.is_marked(report), machine=machine,
        told=request.args.get("told", ""), moment=int(now().timestamp() * 1000), speed=current_settings().speed,
    )  # fmt: skip


@kiosk.post("/<voice>/kiosk/check")
@guard("origin")
def keep_check() -> BaseResponse:
    """Keep what was found; or note that a mark was left, and begin anew so that the mark must be gone."""
    machine = current_kiosk()
    if machine is None:
        return redirect(f"/{g.voice.code}/kiosk/pair", 303)
    then, report = request.form.get("then", ""), read_report(machine.report)
    found = rules_check.mark(report) if then == "mark" else rules_check.read_findings(request.form)
    if then == "back-cache":  # said by the page in passing, while it is being left
        found = {**report, "back-cache": "unsafe"}
    with writing() as session:
        service.keep_report(session, machine.id, found, now())
    place = f"/{g.voice.code}/kiosk/"
    return redirect(place + ("bye" if then == "mark" else "check?told=kept"), 303)


@kiosk.get("/<voice>/kiosk/check/back")
def leave_and_come_back() -> BaseResponse:
    """Show a page from which the browser goes back at once: what it shows then must come from the server."""
    if current_kiosk() is None:
        abort(404)
    return render_private("kiosk/check_back.html")


@kiosk.get("/<voice>/kiosk/check/print/<paper>")
def print_sample(paper: str) -> BaseResponse:
    """Show a receipt that opens nothing, for trying the printer."""
    if current_kiosk() is None or paper not in rules_check.PAPERS:
        abort(404)
    base = current_app.extensions["madoguchi"].settings.public_url or request.host_url.rstrip("/")
    qr = draw_qr(f"{base}/{g.voice.code}/slip/{'0' * 32}")
    return render_private(
        "kiosk/check_print.html", paper=paper, day=today(), number=SAMPLE_NUMBER, code=SAMPLE_CODE, qr=qr
    )
