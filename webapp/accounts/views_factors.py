"""The second factor: one-time codes and passkeys, set up and asked for."""

from datetime import timedelta
from typing import Any

from flask import Response, abort, current_app, g, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.door import accounts
from webapp.accounts.pages import SignedIn, needs, needs_proof, note_done
from webapp.accounts.pages_carry import go_in, own_path, read_kept, switch
from webapp.accounts.pages_factors import find_host, here_now, may_set_up, render_setup, show_step
from webapp.accounts.rules import minutes_of
from webapp.accounts.rules_totp import read_code
from webapp.accounts.service_factors import list_factors, open_sealed_secret, set_codes_up, take_code
from webapp.accounts.service_passkeys import add_passkey, ask_for_new, ask_for_proof, take_answer
from webapp.accounts.service_passwords import TooBusy, forget_try
from webapp.accounts.service_sign_in import count_try, renew_sign_in, try_password
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.safety import guard

BY = {"password": "by-password", "code": "by-code", "answer": "by-passkey"}
"""The log's words for what somebody proved with who they are."""


@accounts.get("/<voice>/staff/factor")
@needs(halfway=True)
def ask_proof() -> Response:
    """Ask for the second factor, or offer to set one up where there is none and one is needed."""
    return show_step()


@accounts.post("/<voice>/staff/factor")
@guard("staff")
@needs(halfway=True)
def take_proof() -> BaseResponse:
    """Take a one-time code, the answer of a passkey or, from people without either, the password."""
    me, then = here_now(), request.form.get("then", "")
    if then:
        return switch(then, lambda note: show_step(note=note))
    ways = list_factors(get_session(), me.id)
    if me.halfway and not ways:
        return show_step(422)
    kind = "password" if not ways else ("answer" if request.form.get("answer") else "code")
    if not request.form.get(kind, "").strip():
        return show_step(422, (f"no-{kind}",))
    whos = _list_whos(me)
    try:
        wait, right = _try_proof(me, kind, whos)
    except TooBusy:
        wait, right = timedelta(minutes=1), False
    if wait is not None:
        response = show_step(429, ("wait",), minutes=minutes_of(wait))
        response.headers["Retry-After"] = str(minutes_of(wait) * 60)
        return response
    if not right:
        note_done("factor-refused", me.id)
        return show_step(422, (f"wrong-{kind}",))
    _forget_tries(whos)
    return go_in(renew_sign_in(get_session(), me.lookup, now(), BY[kind]))


def _try_proof(me: SignedIn, kind: str, whos: dict[str, str]) -> tuple[timedelta | None, bool]:
    """Return how long to wait, or whether it is right. The try is counted on the disk before it is looked at. Raises TooBusy."""
    session, settings = get_session(), current_app.extensions["madoguchi"].settings
    engine = current_app.extensions["engine"]
    session.rollback()  # nothing is held meanwhile
    if kind == "password":
        tried = try_password(engine, whos, request.form["password"], now(), settings.pepper)
        return tried.wait, tried.account_id == me.id
    wait = count_try(engine, whos, now(), settings.pepper)
    if wait is not None:
        return wait, False
    if kind == "answer":
        return None, take_answer(session, me.lookup, request.form["answer"], find_host(), now())
    return None, take_code(session, me.id, read_code(request.form["code"]), now(), settings.master_keys)


@accounts.get("/<voice>/staff/factor/setup")
@needs()
@needs_proof()
def ask_setup() -> Response:
    """Offer to set up a code app anew, or a passkey besides."""
    return render_setup()


@accounts.post("/<voice>/staff/factor/setup")
@guard("staff")
@needs(halfway=True)
@needs_proof()
def take_setup() -> BaseResponse:
    """Keep the secret of a code app that has shown a right code, and go on."""
    me, then = here_now(), request.form.get("then", "")
    if not may_set_up(me):
        return show_step()
    if then:
        return switch(then, lambda note: _show_setup(200, note=note))
    session, keys = get_session(), current_app.extensions["madoguchi"].settings.master_keys
    code, secret = (
        request.form.get("code", ""),
        open_sealed_secret(keys, request.form.get("sealed", ""), me.lookup.hex()),
    )
    if not code.strip():
        return _show_setup(422, ("no-code",))
    if secret is None or not set_codes_up(session, me.id, secret, read_code(code), now(), keys):
        return _show_setup(422, ("wrong-code",))
    return _go_on(me)


@accounts.post("/<voice>/staff/factor/keys")
@guard("staff")
@needs(halfway=True)
@needs_proof()
def take_passkey() -> BaseResponse:
    """Keep a passkey that this browser made, and go on."""
    me, form = here_now(), request.form
    if not may_set_up(me):
        return show_step()
    if not add_passkey(get_session(), me.lookup, form.get("answer", ""), find_host(), form.get("key_name", ""), now()):
        return _show_setup(422, ("wrong-answer",))
    return _go_on(me)


@accounts.post("/<voice>/staff/factor/challenge")
@guard("staff")
@needs(halfway=True)
def give_challenge() -> Response:
    """Give a browser what it needs to make a passkey, or to prove by one."""
    me = here_now()
    new = request.form.get("what") == "new"
    if new and not may_set_up(me):
        abort(403)
    ask = ask_for_new if new else ask_for_proof
    body = ask(get_session(), me.lookup, find_host())
    return Response(body, mimetype="application/json", headers={"Cache-Control": "no-store"})


def _show_setup(status: int, gaps: tuple[str, ...] = (), **words: Any) -> Response:
    """Return the page of setting up as it was sent."""
    to, fields = read_kept()
    return render_setup(status, gaps, fields, to, back=own_path(request.form.get("back")), **words)


def _go_on(me: SignedIn) -> BaseResponse:
    """Finish signing in, or go back to one's account."""
    secret = renew_sign_in(get_session(), me.lookup, now())
    if me.halfway:
        _forget_tries({"name": me.name})
        return go_in(secret)
    return go_in(secret, f"/{g.voice.code}/staff/account?done=factor")


def _list_whos(me: SignedIn) -> dict[str, str]:
    """Return whose tries are counted: as at signing in, the name's and the address's."""
    return {"name": me.name, "address": request.remote_addr or ""}


def _forget_tries(whos: dict[str, str]) -> None:
    """Take back what was counted before somebody had proved who they are."""
    forget_try(get_session(), whos, now(), current_app.extensions["madoguchi"].settings.pepper)
