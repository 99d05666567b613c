"""Where a message leads: the page behind a push, and the page that stops mails. Neither says anything about anybody."""

from flask import Response, current_app, g, redirect
from werkzeug.wrappers import Response as BaseResponse

from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.notifications.door import notifications
from webapp.notifications.service_ways import stop_by_token
from webapp.reading.service import render, render_private

STOP = "/<voice>/notices/stop/<token>"


@notifications.get("/<voice>/notice")
def show_notice() -> Response:
    """Say that the ward has a message, and where to look; the same for everybody."""
    return render("notifications/notice.html")


@notifications.get(STOP)
def ask_stop(token: str) -> Response:
    """Ask whether to stop; looking at the page stops nothing, whatever looks into mails beforehand."""
    return render_private("notifications/stop.html", token=token)


@notifications.post(STOP)
@guard("origin")
def stop(token: str) -> BaseResponse:
    """Stop the mails that a link belongs to; whether there were any is not said."""
    stop_by_token(get_session(), token, current_app.extensions["madoguchi"].settings, now())
    return redirect(f"/{g.voice.code}/notices/stop/done", 303)


@notifications.get("/<voice>/notices/stop/done")
def show_stopped() -> Response:
    """Say that no more mails come."""
    return render_private("notifications/stopped.html")
