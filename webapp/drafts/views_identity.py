"""Coming back by one's card, beside the slip: linking a draft, taking the link off, returning, and what can go wrong."""

from flask import Response, abort, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages_oidc import RESIDENT, Failed, Flow, Proven, find_provider, name_of, send_away, take_back
from webapp.accounts.rules_oidc import REASONS
from webapp.drafts.door import drafts, open_door, set_browser_cookie
from webapp.drafts.pages_identity import may_link
from webapp.drafts.service import find_draft
from webapp.drafts.service_identity import link, list_opened, open_all, unlink
from webapp.drafts.service_stores import REAL
from webapp.kit.database import get_session, open_session
from webapp.kit.safety import guard
from webapp.reading.service import render_private


@drafts.post("/<voice>/identity")
@guard("origin")
def begin_return() -> BaseResponse:
    """Send a resident to the service, to come back to what they wrote."""
    return send_away(RESIDENT, "return")


@drafts.post("/<voice>/drafts/<draft_id>/identity")
@guard("token")
def change_identity(draft_id: str) -> BaseResponse:
    """Link a draft to a resident's card, by way of the service; or take the link off, which needs no service."""
    door = open_door(REAL.name, draft_id, write=True)
    if request.form.get("then") == "remove":
        if door.bar:
            abort(404)
        unlink(get_session(), door.draft)
        return redirect(_page_of(door.draft.row.id, door.draft.is_sent) + "?identity=off", 303)
    if not may_link(door):
        abort(404)
    return send_away(RESIDENT, "link", about=draft_id)


@drafts.get("/sso/resident/return")
def take_resident_back() -> BaseResponse:
    """Take what a browser brought back from the service."""
    return take_back(RESIDENT, lambda flow, proven: (_link if flow.purpose == "link" else _open)(flow, proven))


def _link(flow: Flow, proven: Proven) -> BaseResponse:
    """Link the draft from which somebody set out, if this browser still holds it as its own."""
    _check_strength(proven)
    with open_session(current_app.extensions["engine"]) as session:
        draft = find_draft(session, REAL, flow.about, g.browser_secret, True)
        if draft is None or draft.way.is_helped or draft.way.kind == "desk":
            raise Failed("gone")
        link(session, draft, proven, _pepper())
        is_sent = draft.is_sent
    return redirect(_page_of(flow.about, is_sent) + "?identity=on", 303)


def _open(flow: Flow, proven: Proven) -> BaseResponse:
    """Open everything that is linked to whoever came back."""
    _check_strength(proven)
    secret = g.browser_secret or set_browser_cookie()
    with open_session(current_app.extensions["engine"]) as session:
        if not open_all(session, proven, secret, _pepper()):
            raise Failed("nothing")
    return redirect(f"/{g.voice.code}/identity", 303)


def _check_strength(proven: Proven) -> None:
    """Refuse an answer that does not vouch for what the ward wants of it, where it wants something."""
    provider = find_provider(RESIDENT)
    if provider is not None and (provider.strong_acr or provider.strong_amr) and not proven.strong:
        raise Failed("weak")


@drafts.get("/<voice>/identity")
def show_identity() -> Response:
    """Show what was opened by a card in this browser."""
    if find_provider(RESIDENT) is None:
        abort(404)
    rows = list_opened(get_session(), g.browser_secret)
    catalogue = current_app.extensions["madoguchi"].catalogue
    return render_private("drafts/identity.html", rows=rows, catalogue=catalogue)


@drafts.get("/<voice>/identity/problem/<reason>")
def show_identity_problem(reason: str) -> Response:
    """Say what went wrong at the service, and that the slip opens everything as before."""
    provider = find_provider(RESIDENT)
    if provider is None or reason not in REASONS:
        abort(404)
    return render_private("drafts/identity_problem.html", reason=reason, label=name_of(provider))


def _page_of(draft_id: str, is_sent: bool) -> str:
    """Return the address of the page with a draft's slip."""
    return f"/{g.voice.code}/{REAL.name}/{draft_id}/{'sent' if is_sent else 'slip'}"


def _pepper() -> bytes:
    """Return the key without which no link opens anything."""
    pepper: bytes = current_app.extensions["madoguchi"].settings.pepper
    return pepper
