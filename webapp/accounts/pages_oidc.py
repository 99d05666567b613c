"""What rooms need to have somebody recognised by another service: sending a browser there, and taking what it brings back."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from flask import abort, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.door_oidc import (
    RESIDENT,
    STAFF,
    end_flow,
    find_flow,
    find_provider,
    name_of,
    offer,
    redirect_uri,
    send_flow,
)
from webapp.accounts.rules_oidc import Failed, Flow, Proven, begin_flow, check_return
from webapp.accounts.service_audit import note
from webapp.accounts.service_passwords import forget_try
from webapp.accounts.service_sign_in import count_try
from webapp.accounts.service_single_sign_on import use_state
from webapp.config_oidc import Provider
from webapp.kit.clock import now
from webapp.kit.database import get_session, open_session
from webapp.kit.logs import log

__all__ = [
    "RESIDENT",
    "STAFF",
    "Failed",
    "Flow",
    "Proven",
    "find_provider",
    "name_of",
    "offer",
    "send_away",
    "take_back",
]
PROBLEMS = {STAFF: "staff/sso/problem", RESIDENT: "identity/problem"}


def _load_protocol() -> ModuleType:
    """Return what speaks with sign-in services; a ward that has none does not load it (a quarter of a second, twelve megabytes)."""
    from webapp.accounts import service_oidc  # noqa: PLC0415  # only where a service is set

    return service_oidc


def get_provider(kind: str) -> Provider:
    """Return the service for staff or residents; 404 where none is set."""
    return find_provider(kind) or abort(404)


def send_away(kind: str, purpose: str, **about: Any) -> BaseResponse:
    """Send this browser to the service, or say why that cannot be now. No transaction is held while the service is asked."""
    provider = get_provider(kind)
    get_session().rollback()
    flow = begin_flow(purpose, g.voice.code, now(), **about)
    try:
        address = _load_protocol().find_address(provider, flow, redirect_uri(kind))
    except Failed as failed:
        return _tell(kind, failed)
    return send_flow(redirect(address, 303), kind, flow)  # type: ignore[no-any-return]  # what was given


def take_back(kind: str, go_on: Callable[[Flow, Proven], BaseResponse]) -> BaseResponse:
    """Take what a browser brought back, and go on with whom the service named; else lead to the page that says what to do."""
    provider, flow, here = get_provider(kind), find_flow(kind), current_app.extensions
    voices = here["reading"].voices
    if flow is not None and flow.voice in voices:
        g.voice = voices[flow.voice]
    whos, pepper = {"address": f"{kind}|{request.remote_addr or ''}"}, here["madoguchi"].settings.pepper
    try:
        if count_try(here["engine"], whos, now(), pepper) is not None:
            raise Failed("wait")
        code = check_return(flow, request.args, provider, now())
        assert flow is not None  # noqa: S101  # or the check had failed
        if not use_state(here["engine"], flow.state, now(), pepper):
            raise Failed("state", "came back before")
        proven = _load_protocol().take_code(provider, flow, code, request.args, redirect_uri(kind), now())
        response = go_on(flow, proven)
    except Failed as failed:
        return end_flow(_tell(kind, failed), kind)  # type: ignore[no-any-return]  # as above
    with open_session(here["engine"]) as session:
        forget_try(session, whos, now(), pepper)
    return end_flow(response, kind)  # type: ignore[no-any-return]  # as above


def _tell(kind: str, failed: Failed) -> BaseResponse:
    """Lead to the page of what went wrong; the log learns the reason, and whoever runs this a little more."""
    facts = {"id": g.get("request_id"), "service": kind, "reason": failed.reason, "detail": failed.detail}
    log.warning("sign-in at another service failed", extra={"facts": facts})
    if failed.reason != "wait":
        get_session().rollback()
        with open_session(current_app.extensions["engine"]) as session:
            note(session, now(), None, "sso-failed" if kind == STAFF else "identity-failed", "", failed.reason)
    return redirect(f"/{g.voice.code}/{PROBLEMS[kind]}/{failed.reason}", 303)
