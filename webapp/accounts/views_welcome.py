"""The link that somebody was given who begins here, or begins anew: it sets a password once, then the second factor follows."""

from typing import Any

from flask import Response, abort, current_app, g, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.door import accounts, send_cookie
from webapp.accounts.pages_carry import go_in
from webapp.accounts.pages_factors import go_halfway
from webapp.accounts.pages_passwords import find_new_password_faults
from webapp.accounts.rules import SHORTEST_PASSWORD, describe_browser, fold_password
from webapp.accounts.service_factors import is_asked_for_more
from webapp.accounts.service_passwords import TooBusy, hash_password
from webapp.accounts.service_people import find_invited, use_link
from webapp.accounts.service_sign_in import BY_PASSWORD, Tried, begin_sign_in, end_sign_in
from webapp.accounts.tables import Account
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.ids import is_token
from webapp.kit.safety import guard
from webapp.reading.service import render_private


@accounts.get("/<voice>/staff/welcome/<token>")
def show_welcome(token: str) -> Response:
    """Ask for a password; looking at the page uses nothing up."""
    account = find_invited(get_session(), _plain(token), now(), _pepper())
    return _render(account, token, 200)


@accounts.post("/<voice>/staff/welcome/<token>")
@guard("origin")
def take_welcome(token: str) -> BaseResponse:
    """Set the password, use the link up, and go on to the second factor where one is needed."""
    session, form = get_session(), request.form
    account = find_invited(session, _plain(token), now(), _pepper())
    if account is None:
        return _render(None, token, 422)
    new = fold_password(form.get("new_password", ""))
    gaps = find_new_password_faults(new, form.get("again_password", ""), account.name, account.shown_name)
    if gaps:
        return _render(account, token, 422, gaps)
    session.rollback()  # no lock is held while the password is worked out
    try:
        fresh = hash_password(new)
    except TooBusy:
        return _render(find_invited(session, token, now(), _pepper()), token, 429, ("wait",))
    account = use_link(session, token, fresh, now(), _pepper())
    return _render(None, token, 422) if account is None else _let_in(account)


def _let_in(account: Account) -> BaseResponse:
    """Sign this browser in: wholly, or up to the second factor."""
    session, agent = get_session(), describe_browser(request.headers.get("User-Agent", ""))
    end_sign_in(session, g.staff_secret, now())
    if not is_asked_for_more(session, account.id):
        return go_in(begin_sign_in(session, Tried(account.id), agent, now()))
    g.staff_secret = begin_sign_in(session, Tried(account.id), agent, now(), BY_PASSWORD)
    session.flush()
    g.pop("account", None)
    return send_cookie(go_halfway(), g.staff_secret)  # type: ignore[no-any-return]  # what was given


def _render(account: Account | None, token: str, status: int, gaps: tuple[str, ...] = ()) -> Response:
    """Return the page that asks for a password, or says that the link works no more."""
    if account is None:
        return render_private("accounts/welcome_gone.html", 404)
    words: dict[str, Any] = {"shortest": SHORTEST_PASSWORD, "minutes": 1, "question_form": False}
    return render_private(
        "accounts/welcome.html", status, name=account.name, token=token, gaps=gaps, error_count=len(gaps), **words
    )


def _plain(token: str) -> str:
    """Return a token as it was made; 404 for anything else."""
    return token if is_token(token) else abort(404)


def _pepper() -> bytes:
    """Return the key under which links are found."""
    pepper: bytes = current_app.extensions["madoguchi"].settings.pepper
    return pepper
