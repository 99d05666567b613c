"""The second step of signing in, and setting a second factor up: which page comes, and where passkeys hold."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import SignedIn, current_sign_in, factor_address, is_proved, render_proof, render_staff
from webapp.accounts.pages_carry import own_path, read_kept
from webapp.accounts.rules_totp import make_address, show_secret
from webapp.accounts.service_factors import list_factors, new_sealed_secret, open_sealed_secret
from webapp.accounts.service_passkeys import Host
from webapp.accounts.service_people import may_begin
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.qr import draw_qr


def here_now() -> SignedIn:
    """Return who is signed in, be it only halfway; `needs` has made sure that somebody is."""
    account = current_sign_in()
    assert account is not None  # noqa: S101  # `needs` stands before every view that asks
    return account


def find_host() -> Host:
    """Return where passkeys hold: at the ward's address, else at the one that the browser used."""
    origin = current_app.extensions["madoguchi"].settings.public_url or request.host_url.rstrip("/")
    parts = urlsplit(origin)
    return Host(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


def may_set_up(me: SignedIn) -> bool:
    """Tell whether somebody may set up a second factor: they have proved of late who they are, or begin here and have none.

    Whoever shows a password alone begins by a link: the password may be older than what they may do now, and be known.
    """
    if not me.halfway:
        return is_proved(me)
    session = get_session()
    return not list_factors(session, me.id) and (not me.by_password or may_begin(session, me.id, now()))


def go_halfway() -> BaseResponse:
    """Go on to the second step with everything that a form carried."""
    if not read_kept()[0]:
        return redirect(factor_address(own_path(request.form.get("back"))), 303)
    return show_step()


def show_step(status: int = 200, gaps: tuple[str, ...] = (), **words: Any) -> Response:
    """Return the page of the second step with what a form carried: proving, or setting up where there is nothing yet.

    Who has nothing and may not set anything up is told whom to ask.
    """
    me, (to, fields) = here_now(), read_kept()
    begins = me.halfway and not list_factors(get_session(), me.id)
    if begins and not may_set_up(me):
        return render_staff("accounts/factor_ask.html", status)
    show = render_setup if begins else render_proof
    return show(status, gaps, fields, to, back=own_path(request.values.get("back")), **words)


def render_setup(
    status: int = 200, gaps: tuple[str, ...] = (), kept: list[tuple[str, str]] | None = None, kept_to: str = "",
    **words: Any,
) -> Response:  # fmt: skip
    """Return the page that sets a second factor up: a secret for a code app as QR code and as letters, or a passkey."""
    me, keys = here_now(), current_app.extensions["madoguchi"].settings.master_keys
    sealed = request.form.get("sealed", "")
    secret = open_sealed_secret(keys, sealed, me.lookup.hex())
    if secret is None:
        sealed = new_sealed_secret(keys, me.lookup.hex())
        secret = open_sealed_secret(keys, sealed, me.lookup.hex()) or b""
    context = {"back": "", "note": "", "typed_name": request.form.get("key_name", "")[:40], **words}
    return render_staff(
        "accounts/factor_setup.html", status, me=me, gaps=gaps, error_count=len(gaps), kept=kept or [], kept_to=kept_to,
        question_form=True, sealed=sealed, letters=show_secret(secret), qr=draw_qr(make_address(secret, me.name)), **context,
    )  # fmt: skip
