"""Forms that came too late: kept through both steps of signing in, shown in another look or voice, sent after asking."""

from dataclasses import replace
from typing import Any

from flask import abort, current_app, g, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.door import accounts, send_cookie
from webapp.accounts.pages import (
    ask_to_sign_in,
    current_account,
    may,
    path_here,
    render_carry,
    render_sign_in,
    sign_in_address,
)
from webapp.accounts.rules import KEPT, keep_fields
from webapp.kit.database import get_session
from webapp.kit.safety import safe_path
from webapp.reading.rules import change_choice
from webapp.reading.service_look import keep_choice

ALONE = {frozenset({"instructor"}): "teach/", frozenset[str](): "staff/account"}
"""Where those begin who have one thing to do here: instructors at their classes, as everybody waits there; nobody's at the account."""
TODAY = "staff/"
"""Where all others begin: what they can do, and how much of it waits."""


def read_kept() -> tuple[str, list[tuple[str, str]]]:
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
    staff_only = getattr(view, "guard_kind", None) == "staff" and not getattr(view, "takes_halfway", False)
    return staff_only and allowed


def own_path(path: str | None) -> str:
    """Return a path of ours to go back to, or nothing."""
    return path if path and safe_path(path) == path else ""


def first_page(roles: frozenset[str]) -> str:
    """Return where somebody with these roles begins."""
    return f"/{g.voice.code}/{ALONE.get(roles, TODAY)}"


def go_in(secret: bytes, there: str = "") -> BaseResponse:
    """Give a browser the secret of its new sign-in and go on: to what was kept, the page that was asked for, or the first one."""
    g.staff_secret = secret
    get_session().flush()
    g.pop("account", None)
    to, fields = read_kept()
    account = current_account()
    if to and account:
        return send_cookie(render_carry(to, fields), secret)  # type: ignore[no-any-return]  # what was given
    where = there or own_path(request.values.get("back")) or first_page(account.roles if account else frozenset())
    return send_cookie(redirect(where, 303), secret)  # type: ignore[no-any-return]  # what was given


def switch(then: str, show: Any) -> BaseResponse:
    """Show a page that carries a form in another look or voice: a link would lose what it carries."""
    what, _, value = then.partition(":")
    voices = current_app.extensions["reading"].voices
    if what == "voice" and value in voices and voices[value].offered:
        g.voice = voices[value]
        g.choice = g.kept_choice = replace(g.kept_choice, voice=value)
    if what == "look":
        g.choice = g.kept_choice = change_choice(g.kept_choice, value)
    return keep_choice(show("later" if what == "reading" else ""), g.kept_choice)


def _refuse_form() -> Any:
    """Answer a form whose token does not fit: sign in first, or, signed in anew since, ask whether to send it again."""
    account = current_account()
    view = current_app.view_functions[request.endpoint or ""]
    if getattr(view, "takes_halfway", False):
        return _refuse_step()
    if account is None:
        return ask_to_sign_in()
    if not may(account, getattr(view, "needed_roles", frozenset())):
        abort(404)
    return render_carry(path_here(), keep_fields(request.form.items(multi=True)), 403)


def _refuse_step() -> Any:
    """Answer a step of signing in whose token does not fit: only what it carries is worth keeping."""
    to, fields = read_kept()
    if not to:
        return redirect(sign_in_address(own_path(request.form.get("back"))), 303)
    if current_account() is not None:
        return render_carry(to, fields, 403)
    return render_sign_in(401, kept=fields, kept_to=to, ended=True)


@accounts.record_once
def _answer_refusals(state: Any) -> None:
    """Have the guard of staff forms ask this room what to answer."""
    state.app.extensions["staff_refusal"] = _refuse_form
