"""How a request gets to what only people who work here may do: their cookie, the blueprint of their sign-in."""

from typing import Any

from flask import Blueprint, current_app, g, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.kit.crypto import new_key

accounts = Blueprint("accounts", __name__)


def meet_staff() -> None:
    """Read the secret of a browser that is, or was, signed in; nothing is looked up until a page asks who it is."""
    try:
        secret = bytes.fromhex(request.cookies.get(cookie_name(), ""))
    except ValueError:
        secret = b""
    g.staff_secret = secret if len(secret) == 32 else None


def cookie_name() -> str:
    """Return the cookie's name: bound to this host where https allows it."""
    return "__Host-staff" if current_app.config["SESSION_COOKIE_SECURE"] else "staff"


def send_cookie(response: Any, secret: bytes) -> Any:
    """Put a secret into the answer; it goes when the browser closes."""
    response.set_cookie(
        cookie_name(), secret.hex(), httponly=True, samesite="Lax", path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return response


def send_first_cookie(response: Any) -> Any:
    """Give a browser that shows the sign-in page a secret that opens nothing: older ones prove with it that a form was ours."""
    return response if g.staff_secret else send_cookie(response, new_key())


def clear_cookie(response: BaseResponse) -> BaseResponse:
    """Take the secret out of the browser, with what it kept of the pages."""
    response.delete_cookie(cookie_name(), path="/", secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
