"""Web safety on every answer and every state-changing request: headers, hosts, where a form came from, its token."""

import hmac
import re
import secrets
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import quote

from flask import Flask, Response, abort, current_app, g, request
from werkzeug.exceptions import SecurityError

from webapp.kit.crypto import keyed_hash

View = TypeVar("View", bound=Callable[..., Any])
REPORTS = "/csp-report"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    f"object-src 'none'; report-uri {REPORTS}"
)
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
}
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
MOST_FORM_BYTES = 200 * 1024
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]{1,253})(:[0-9]{1,5})?")


def guard(kind: str) -> Callable[[View], View]:
    """Mark how a state-changing view is guarded.

    "origin": nothing personal at stake; "token": a draft's form; "staff": a form of somebody who is signed in; "bearer":
    what a system sends with its token in a header, which no page of another site can add.
    """

    def mark(view: View) -> View:
        guarded = _ask_staff_token(view) if kind == "staff" else view
        guarded.guard_kind = kind  # type: ignore[attr-defined]  # functions have no declared attributes
        return guarded

    return mark


def _ask_staff_token(view: View) -> View:
    """Let only forms of this sign-in reach a view. What comes too late is asked about, not thrown away."""

    @wraps(view)
    def ask(*args: Any, **kwargs: Any) -> Any:
        """Run the view, or answer as the room of accounts says, or refuse."""
        if request.method in ("GET", "HEAD", "OPTIONS") or token_fits(request.form.get("csrf", ""), "staff_secret"):
            return view(*args, **kwargs)
        refuse = current_app.extensions.get("staff_refusal")
        return refuse() if refuse else abort(403)

    return cast(View, ask)


def protect_app(app: Flask, secure: bool, allowed_hosts: tuple[str, ...]) -> None:
    """Put the headers on every answer and check every state-changing request before its view."""
    app.config.update(TRUSTED_HOSTS=list(allowed_hosts) or None)
    app.before_request(check_request)
    app.after_request(lambda response: add_headers(response, secure))


def check_request() -> None:
    """Refuse requests from other sites, for other hosts, or without their guard."""
    _check_host()
    if request.mimetype != "multipart/form-data":
        request.max_content_length = MOST_FORM_BYTES  # only files may be large; this kind is read in one piece
    if request.method in ("GET", "HEAD", "OPTIONS") or request.url_rule is None:
        return
    view = current_app.view_functions.get(request.endpoint or "")
    kind = getattr(view, "guard_kind", None)
    if kind is None or not comes_from_here():
        abort(403)
    if kind == "token" and not token_fits(request.form.get("csrf", "")):
        abort(403)


def _check_host() -> None:
    """Refuse a Host header that the ward did not configure, or that is no host at all."""
    try:
        host = request.host
    except SecurityError:
        abort(400)
    if not _HOST.fullmatch(host):
        abort(400)


def comes_from_here() -> bool:
    """Tell whether a form came from our own pages, as far as the browser says so.

    Fetch metadata decides where it is sent; else Origin; a browser too old for both passes, as its forms carry tokens.
    Our private pages send no referrer, which makes older browsers say "null", as a stranger's sandboxed frame does: then
    a cookie of ours must have come along, which SameSite keeps from strangers.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    if origin == "null":
        return g.get("browser_secret") is not None or g.get("staff_secret") is not None
    return origin is None or origin in (f"http://{request.host}", f"https://{request.host}")


def make_token(secret: bytes) -> str:
    """Return a form token for a browser's secret, masked afresh so that compression never shows it."""
    raw, mask = keyed_hash(secret, "form token"), secrets.token_bytes(32)
    return mask.hex() + bytes(a ^ b for a, b in zip(raw, mask, strict=True)).hex()


def token_fits(token: str, whose: str = "browser_secret") -> bool:
    """Tell whether a form's token belongs to this browser's secret (set by drafts) or its "staff_secret" (by accounts)."""
    secret: bytes | None = g.get(whose)
    if secret is None or not re.fullmatch(r"[0-9a-f]{128}", token):
        return False
    mask, masked = bytes.fromhex(token[:64]), bytes.fromhex(token[64:])
    plain = bytes(a ^ b for a, b in zip(mask, masked, strict=True))
    return hmac.compare_digest(plain, keyed_hash(secret, "form token"))


def add_headers(response: Response, secure: bool) -> Response:
    """Add the safety headers; private pages also forbid storing and say nothing to where their links lead."""
    _shorten_redirect(response)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if g.get("form_origins"):
        wider = f"form-action 'self' {' '.join(g.form_origins)};"
        policy = response.headers["Content-Security-Policy"].replace("form-action 'self';", wider)
        response.headers["Content-Security-Policy"] = policy
    private = "no-store" in response.headers.get("Cache-Control", "")
    response.headers.setdefault("Referrer-Policy", "no-referrer" if private else "same-origin")
    if secure:
        response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    return response


def allow_forms_to(origins: Sequence[str]) -> None:
    """Let forms of this answer's page lead on to other places: Chromium holds a form's redirects to the page's own rules.

    The page itself must not be one that is kept for everybody.
    """
    g.form_origins = tuple(origins)


def _shorten_redirect(response: Response) -> None:
    """Let a corrected address (308) lead to a path: whoever makes up the Host header leads nobody away."""
    if response.status_code == 308 and response.location:
        path = response.location.split("://", 1)[-1].partition("/")[2]
        response.location = "/" + path.lstrip("/\\")


def own_address() -> str:
    """Return this request's own path and query as an address may hold them: control signs in it are no part of any page."""
    path = quote(request.path, safe="/:@!$&'()*+,;=~")
    return f"{path}?{request.query_string.decode('ascii', 'replace')}" if request.query_string else path


def safe_path(path: str | None) -> str:
    """Return `path` if it leads to a page of ours, else the front page: no open redirect."""
    if not path or not re.fullmatch(r"/(?![/\\])[^\\\x00-\x20]{0,2000}", path):
        return "/"
    return path
