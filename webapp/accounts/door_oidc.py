"""How a browser is sent to a sign-in service and known again: which service is set, the sealed cookie of the journey."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any
from urllib.parse import urlencode

from flask import current_app, g, request

from webapp.accounts.rules_audit_words import mark
from webapp.accounts.rules_oidc import FLOW_LASTS, Flow, read_flow, write_flow
from webapp.config_oidc import Provider
from webapp.kit.crypto import CannotOpen, seal, unseal_with_any
from webapp.kit.safety import allow_forms_to
from webapp.kit.surface import current_surface
from webapp.reading.service import current_speaker

STAFF, RESIDENT = "staff", "resident"
USUAL_NAMES = (mark("職員ポータル"), mark("デジタル認証アプリ"))


def find_provider(kind: str) -> Provider | None:
    """Return the sign-in service for staff or for residents; None where the ward has set none, and on every shared machine."""
    settings = current_app.extensions["madoguchi"].settings
    found: Provider | None = settings.oidc_staff if kind == STAFF else settings.oidc_resident
    return None if current_surface() is not None else found


def offer(kind: str) -> str:
    """Return what a service is called, for a page with a button to it; "" for none. The page's forms may then lead there."""
    provider = find_provider(kind)
    if provider is None:
        return ""
    allow_forms_to(provider.form_origins)
    return name_of(provider)


def name_of(provider: Provider) -> str:
    """Return what a service is called in this voice; a name of the ward's own is the same in all."""
    return current_speaker().say_plain(provider.label)


def find_end() -> tuple[str, str]:
    """Return what staff's service is called, and the address at which one signs out of it, too; "" where none is set."""
    provider = find_provider(STAFF)
    if provider is None or not provider.end_url:
        return "", ""
    there = f"{_base()}/{g.voice.code}/staff/signed-out"
    asks = urlencode({"client_id": provider.client_id, "post_logout_redirect_uri": there})
    return name_of(provider), f"{provider.end_url}{'&' if '?' in provider.end_url else '?'}{asks}"


def redirect_uri(kind: str) -> str:
    """Return the address at which a service sends browsers back; it is the same in every voice."""
    return f"{_base()}/sso/{kind}/return"


def _base() -> str:
    """Return the ward's address, as it was set or as the browser used it."""
    return current_app.extensions["madoguchi"].settings.public_url or request.host_url.rstrip("/")


def send_flow(response: Any, kind: str, flow: Flow) -> Any:
    """Put a journey into the browser, sealed, for as long as it may take."""
    keys = current_app.extensions["madoguchi"].settings.master_keys
    sealed = urlsafe_b64encode(seal(keys[0], write_flow(flow), _place(kind))).decode()
    response.set_cookie(
        cookie_name(kind), sealed, max_age=int(FLOW_LASTS.total_seconds()), httponly=True, samesite="Lax", path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return response


def find_flow(kind: str) -> Flow | None:
    """Return the journey that this browser was sent on."""
    keys = current_app.extensions["madoguchi"].settings.master_keys
    try:
        raw = urlsafe_b64decode(request.cookies.get(cookie_name(kind), "").encode("ascii"))
        return read_flow(unseal_with_any(keys, raw, _place(kind)))
    except (CannotOpen, ValueError, TypeError):  # also what is no base64, and what another version sealed
        return None


def end_flow(response: Any, kind: str) -> Any:
    """Take a journey out of the browser: it is over, however it ended."""
    response.delete_cookie(
        cookie_name(kind), path="/", secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True
    )
    return response


def cookie_name(kind: str) -> str:
    """Return the cookie's name: bound to this host where https allows it."""
    return f"__Host-sso-{kind}" if current_app.config["SESSION_COOKIE_SECURE"] else f"sso-{kind}"


def _place(kind: str) -> str:
    """Return what a journey is sealed for: those of staff and of residents never stand in for each other."""
    return f"cookie|{kind}|flow"
