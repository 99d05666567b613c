"""Signing in, signing out, staying signed in, and sending again what came too late."""

from datetime import timedelta
from typing import Any

from flask import Response, current_app, g, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.door import accounts, clear_cookie, send_cookie
from webapp.accounts.door_oidc import find_end
from webapp.accounts.pages import current_account, needs, render_carry, render_sign_in
from webapp.accounts.pages_carry import first_page, go_in, own_path, read_kept, switch
from webapp.accounts.pages_factors import go_halfway
from webapp.accounts.rules import describe_browser, fold_name, minutes_of
from webapp.accounts.service_factors import is_asked_for_more
from webapp.accounts.service_passwords import TooBusy, forget_try
from webapp.accounts.service_sign_in import (
    BY_PASSWORD,
    Tried,
    begin_sign_in,
    end_sign_in,
    note_refusal,
    try_password,
)
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.reading.service import render

LONGEST_TYPED = 200


@accounts.get("/<voice>/staff/sign-in")
def ask_sign_in() -> BaseResponse:
    """Ask for name and password; whoever is signed in already goes on."""
    account = current_account()
    back = own_path(request.args.get("back"))
    if account is not None:
        return redirect(back or first_page(account.roles), 303)
    return render_sign_in(back=back)


@accounts.post("/<voice>/staff/sign-in")
@guard("origin")
def sign_in() -> BaseResponse:
    """Sign in. A wrong password and a name that nobody has get the same answer in the same time."""
    then = request.form.get("then", "")
    if then:
        return switch(then, lambda note: _show_again(200, note=note))
    typed, password = request.form.get("name", ""), request.form.get("password", "")
    gaps = tuple(key for key, value in (("name", typed.strip()), ("password", password)) if not value)
    if gaps:
        return _show_again(422, gaps)
    ward = current_app.extensions["madoguchi"]
    name = fold_name(typed) or ""
    whos = {"name": name or typed[:LONGEST_TYPED], "address": request.remote_addr or ""}
    try:
        tried = try_password(current_app.extensions["engine"], whos, password, now(), ward.settings.pepper)
    except TooBusy:
        tried = Tried(wait=timedelta(minutes=1))
    if tried.wait is not None:
        response = _show_again(429, ("wait",), minutes=minutes_of(tried.wait))
        response.headers["Retry-After"] = str(minutes_of(tried.wait) * 60)
        return response
    if tried.account_id is None:
        note_refusal(get_session(), name, now())
        return _show_again(422, ("wrong",))
    if is_asked_for_more(get_session(), tried.account_id):
        whos.pop("name")  # whose count goes on until the second factor is right, too
    forget_try(get_session(), whos, now(), ward.settings.pepper)
    return _let_in(tried)


def _let_in(tried: Tried) -> BaseResponse:
    """Sign this browser in under a new secret: wholly, or up to the second factor, with everything the form carried."""
    session, account_id = get_session(), tried.account_id or ""
    end_sign_in(session, g.staff_secret, now())
    agent = describe_browser(request.headers.get("User-Agent", ""))
    if not is_asked_for_more(session, account_id):
        return go_in(begin_sign_in(session, tried, agent, now()))
    g.staff_secret = begin_sign_in(session, tried, agent, now(), BY_PASSWORD)
    session.flush()
    g.pop("account", None)
    return send_cookie(go_halfway(), g.staff_secret)  # type: ignore[no-any-return]  # what was given


def _show_again(status: int, gaps: tuple[str, ...] = (), **words: Any) -> Response:
    """Return the sign-in page as it was sent, but for the password."""
    to, fields = read_kept()
    typed = request.form.get("name", "")[:LONGEST_TYPED]
    return render_sign_in(
        status, gaps, fields, to, typed_name=typed, back=own_path(request.form.get("back")), ended=bool(to), **words
    )


@accounts.post("/<voice>/staff/carry")
@guard("staff")
@needs()
def switch_carry() -> BaseResponse:
    """Show what is to be sent again in another look or voice."""
    to, fields = read_kept()
    if not to:
        return redirect(f"/{g.voice.code}/staff/account", 303)
    return switch(request.form.get("then", ""), lambda note: render_carry(to, fields, note=note))


@accounts.post("/<voice>/staff/sign-out")
@guard("origin")
def sign_out() -> BaseResponse:
    """End this sign-in, whether or not it still lasts."""
    end_sign_in(get_session(), g.staff_secret, now())
    return clear_cookie(redirect(f"/{g.voice.code}/staff/signed-out", 303))


@accounts.get("/<voice>/staff/signed-out")
def show_signed_out() -> Response:
    """Say that nobody is signed in here any more."""
    label, end = find_end()
    return render("accounts/signed_out.html", label=label, end=end)


@accounts.post("/<voice>/staff/keep")
@guard("staff")
@needs()
def stay() -> BaseResponse:
    """Stay signed in for another while."""
    if request.accept_mimetypes.best == "application/json":
        return _tell_left()
    return redirect(own_path(request.form.get("back")) or f"/{g.voice.code}/staff/account", 303)


@accounts.get("/<voice>/staff/left")
def show_left() -> Response:
    """Tell the page how many seconds the sign-in still lasts; asking does not make it longer."""
    current_account(seen=False)
    return _tell_left()


def _tell_left() -> Response:
    """Return the seconds that are left."""
    account = current_account()
    response = jsonify({"left": int(account.left.total_seconds()) if account else 0})
    response.headers["Cache-Control"] = "no-store"
    return response
