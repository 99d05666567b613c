"""One's own account: another password, and what else is signed in."""

from typing import Any

from flask import Response, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.door import accounts
from webapp.accounts.pages import SignedIn, current_account, needs, needs_proof, render_staff
from webapp.accounts.pages_passwords import find_new_password_faults
from webapp.accounts.rules import SHORTEST_PASSWORD, fold_password, minutes_of
from webapp.accounts.service import change_password, forget_first_password, get_account
from webapp.accounts.service_factors import CODE, list_factors, remove_codes
from webapp.accounts.service_passkeys import find_passkey, list_passkeys, name_passkey, remove_passkey, short_id
from webapp.accounts.service_passwords import TooBusy, forget_try, hash_password
from webapp.accounts.service_sign_in import end_others, list_sign_ins, show_id, try_password
from webapp.kit.clock import WARD_ZONE, now
from webapp.kit.database import get_session
from webapp.kit.safety import guard

DONE = ("password", "ended", "factor", "removed", "named")


def _me() -> SignedIn:
    """Return who is signed in; these views have made sure that somebody is."""
    account = current_account()
    assert account is not None  # noqa: S101  # `needs` stands before every view here
    return account


@accounts.get("/<voice>/staff/account")
@needs()
def show_account() -> Response:
    """Show one's own account."""
    done = request.args.get("done", "")
    return _render_account(200, done=done if done in DONE else "")


@accounts.post("/<voice>/staff/account/password")
@guard("staff")
@needs()
def take_password() -> BaseResponse:
    """Change one's own password; everything else that is signed in ends."""
    me, form = _me(), request.form
    new = fold_password(form.get("new_password", ""))
    gaps = find_new_password_faults(new, form.get("again_password", ""), me.name, me.shown_name)
    if not form.get("old_password"):
        gaps = ("old", *gaps)
    if gaps:
        return _render_account(422, gaps)
    ward, session = current_app.extensions["madoguchi"], get_session()
    session.rollback()  # no lock is held while passwords are worked out
    whos = {"name": me.name, "address": request.remote_addr or ""}
    try:
        tried = try_password(session.get_bind(), whos, form["old_password"], now(), ward.settings.pepper)  # type: ignore[arg-type]  # an engine
        fresh = hash_password(new) if tried.account_id == me.id else ""
    except TooBusy:
        return _render_account(429, ("wait",), minutes=1)
    if tried.wait is not None:
        return _render_account(429, ("wait",), minutes=minutes_of(tried.wait))
    if not fresh:
        return _render_account(422, ("wrong",))
    account = get_account(session, me.id)
    change_password(session, account, fresh, now(), me.lookup)
    forget_try(session, whos, now(), ward.settings.pepper)
    forget_first_password(ward.settings.data_dir, account)
    return redirect(f"/{g.voice.code}/staff/account?done=password", 303)


@accounts.post("/<voice>/staff/account/end")
@guard("staff")
@needs()
@needs_proof()
def end_sign_ins() -> BaseResponse:
    """End one other sign-in, or all others."""
    me = _me()
    end_others(get_session(), me.id, me.lookup, request.form.get("which", ""), now())
    return redirect(f"/{g.voice.code}/staff/account?done=ended", 303)


@accounts.post("/<voice>/staff/factor/remove")
@guard("staff")
@needs()
@needs_proof()
def take_codes_away() -> BaseResponse:
    """Stop using a code app, if something else is left or nothing is needed."""
    return _answer_removal(remove_codes(get_session(), _me().id, now()))


@accounts.post("/<voice>/staff/factor/keys/remove")
@guard("staff")
@needs()
@needs_proof()
def take_passkey_away() -> BaseResponse:
    """Stop using a passkey, if something else is left or nothing is needed."""
    key = find_passkey(get_session(), _me().id, request.form.get("key", ""))
    return _answer_removal(key is None or remove_passkey(get_session(), key, now()))


@accounts.post("/<voice>/staff/factor/keys/name")
@guard("staff")
@needs()
@needs_proof()
def rename_passkey() -> BaseResponse:
    """Give a passkey another name."""
    key = find_passkey(get_session(), _me().id, request.form.get("key", ""))
    if key is not None:
        name_passkey(get_session(), key, request.form.get("key_name", ""))
    return redirect(f"/{g.voice.code}/staff/account?done=named", 303)


def _answer_removal(gone: bool) -> BaseResponse:
    """Say that something is used no more, or that nothing else would be left."""
    if not gone:
        return _render_account(422, ("last",))
    return redirect(f"/{g.voice.code}/staff/account?done=removed", 303)


def _render_account(status: int, gaps: tuple[str, ...] = (), **words: Any) -> Response:
    """Return the page of one's own account."""
    me = _me()
    sign_ins = [
        {"id": show_id(row.lookup), "here": row.lookup == me.lookup, "browser": row.browser,
         "made": row.made_at.astimezone(WARD_ZONE), "seen": row.seen_at.astimezone(WARD_ZONE)}
        for row in list_sign_ins(get_session(), me.id, now())
    ]  # fmt: skip
    keys = [
        {"id": short_id(one.id), "name": one.name, "made": one.made_at.astimezone(WARD_ZONE),
         "used": one.used_at and one.used_at.astimezone(WARD_ZONE)}
        for one in list_passkeys(get_session(), me.id)
    ]  # fmt: skip
    context = {"done": "", "minutes": 0, "has_codes": CODE in list_factors(get_session(), me.id), "keys": keys, **words}
    return render_staff(
        "accounts/account.html", status, gaps=gaps, error_count=len(gaps), sign_ins=sign_ins,
        shortest=SHORTEST_PASSWORD, has_password=bool(get_account(get_session(), me.id).password_hash), **context,
    )  # fmt: skip
