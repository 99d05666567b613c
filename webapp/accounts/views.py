"""Signing in, signing out, staying signed in, and sending again what came too late."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Response, current_app, g, jsonify, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.door import accounts, clear_cookie, send_cookie
from webapp.accounts.pages import (
    current_account,
    may,
    needs,
    render_carry,
    render_sign_in,
)
from webapp.accounts.rules import KEPT, describe_browser, fold_name, minutes_of
from webapp.accounts.service_passwords import TooBusy, forget_try
from webapp.accounts.service_sign_in import Tried, begin_sign_in, end_sign_in, note_refusal, try_password
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.safety import guard, safe_path
from webapp.reading.rules import change_choice
from webapp.reading.service import render
from webapp.reading.service_look import keep_choice

LONGEST_TYPED = 200


@accounts.get("/<voice>/staff/sign-in")
def ask_sign_in() -> BaseResponse:
    """Ask for name and password; whoever is signed in already goes on."""
    account = current_account()
    back = _own_path(request.args.get("back"))
    if account is not None:
        return redirect(back or _first_page(account.roles), 303)
    return render_sign_in(back=back)


@accounts.post("/<voice>/staff/sign-in")
@guard("origin")
def sign_in() -> BaseResponse:
    """Sign in. A wrong password and a name that nobody has get the same answer in the same time."""
    then = request.form.get("then", "")
    if then:
        return _switch(then, lambda note: _show_again(200, note=note))
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
    forget_try(get_session(), whos, now(), ward.settings.pepper)
    return _let_in(tried)


def _let_in(tried: Tried) -> BaseResponse:
    """Sign this browser in under a new secret and go on: to the page that was asked for, or to what was kept."""
    end_sign_in(get_session(), g.staff_secret, now())
    agent = describe_browser(request.headers.get("User-Agent", ""))
    g.staff_secret = begin_sign_in(get_session(), tried, agent, now())
    get_session().flush()
    g.pop("account", None)
    to, fields = _read_kept()
    if to:
        return send_cookie(render_carry(to, fields), g.staff_secret)  # type: ignore[no-any-return]  # what was given
    account = current_account()
    back = _own_path(request.form.get("back"))
    where = back or _first_page(account.roles if account else frozenset())
    return send_cookie(redirect(where, 303), g.staff_secret)  # type: ignore[no-any-return]  # what was given


def _show_again(status: int, gaps: tuple[str, ...] = (), **words: Any) -> Response:
    """Return the sign-in page as it was sent, but for the password."""
    to, fields = _read_kept()
    typed = request.form.get("name", "")[:LONGEST_TYPED]
    return render_sign_in(
        status, gaps, fields, to, typed_name=typed, back=_own_path(request.form.get("back")), ended=bool(to), **words
    )


@accounts.post("/<voice>/staff/carry")
@guard("staff")
@needs()
def switch_carry() -> BaseResponse:
    """Show what is to be sent again in another look or voice."""
    to, fields = _read_kept()
    if not to:
        return redirect(f"/{g.voice.code}/staff/account", 303)
    return _switch(request.form.get("then", ""), lambda note: render_carry(to, fields, note=note))


def _switch(then: str, show: Any) -> BaseResponse:
    """Show a page that carries a form in another look or voice: a link would lose what it carries."""
    what, _, value = then.partition(":")
    voices = current_app.extensions["reading"].voices
    if what == "voice" and value in voices and voices[value].offered:
        g.voice = voices[value]
        g.choice = g.kept_choice = replace(g.kept_choice, voice=value)
    if what == "look":
        g.choice = g.kept_choice = change_choice(g.kept_choice, value)
    return keep_choice(show("later" if what == "reading" else ""), g.kept_choice)


def _read_kept() -> tuple[str, list[tuple[str, str]]]:
    """Return where a form that came too late was going and what it said; "" if it can go nowhere."""
    to = request.form.get("kept_to", "")
    if not _takes_staff_forms(to):
        return "", []
    pairs = request.form.items(multi=True)
    return to, [(name.removeprefix(KEPT), value) for name, value in pairs if name.startswith(KEPT)]


def _takes_staff_forms(path: str) -> bool:
    """Tell whether a path is one of ours that takes forms of people who are signed in, and this person's."""
    if not path or safe_path(path) != path:
        return False
    try:
        endpoint, _parts = current_app.url_map.bind("").match(path.partition("?")[0], "POST")
    except HTTPException:
        return False
    view = current_app.view_functions[endpoint]
    account = current_account()
    allowed = account is None or may(account, getattr(view, "needed_roles", frozenset()))
    return getattr(view, "guard_kind", None) == "staff" and allowed


def _own_path(path: str | None) -> str:
    """Return a path of ours to go back to, or nothing."""
    return path if path and safe_path(path) == path else ""


def _first_page(roles: frozenset[str]) -> str:
    """Return where somebody with these roles begins."""
    own = "teach/" if "instructor" in roles else ("staff/calls" if "reception" in roles else "staff/account")
    return f"/{g.voice.code}/{own}"


@accounts.post("/<voice>/staff/sign-out")
@guard("origin")
def sign_out() -> BaseResponse:
    """End this sign-in, whether or not it still lasts."""
    end_sign_in(get_session(), g.staff_secret, now())
    return clear_cookie(redirect(f"/{g.voice.code}/staff/signed-out", 303))


@accounts.get("/<voice>/staff/signed-out")
def show_signed_out() -> Response:
    """Say that nobody is signed in here any more."""
    return render("accounts/signed_out.html")


@accounts.post("/<voice>/staff/keep")
@guard("staff")
@needs()
def stay() -> BaseResponse:
    """Stay signed in for another while."""
    if request.accept_mimetypes.best == "application/json":
        return _tell_left()
    return redirect(_own_path(request.form.get("back")) or f"/{g.voice.code}/staff/account", 303)


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
