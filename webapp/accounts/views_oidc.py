"""Single sign-on for staff: to the ward's own service and back, proving anew, who is linked to whom, leaving."""

from flask import Response, abort, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.door import accounts, send_cookie
from webapp.accounts.pages import SignedIn, current_account, factor_address, needs, needs_proof
from webapp.accounts.pages_carry import first_page, go_in, own_path
from webapp.accounts.pages_oidc import STAFF, get_provider, name_of, send_away, take_back
from webapp.accounts.rules import describe_browser
from webapp.accounts.rules_oidc import REASONS, Failed, Flow, Proven, is_fresh
from webapp.accounts.service_audit import note
from webapp.accounts.service_factors import is_asked_for_more
from webapp.accounts.service_people import find_person
from webapp.accounts.service_sign_in import BY_PASSWORD, WHOLLY, Tried, begin_sign_in, end_sign_in, renew_sign_in
from webapp.accounts.service_single_sign_on import allow, find_person_of, is_linked, take_off
from webapp.kit.clock import now
from webapp.kit.database import get_session, open_session
from webapp.kit.ids import is_id
from webapp.kit.safety import guard
from webapp.reading.service import render_private

SSO = "/<voice>/staff/sso"


@accounts.post(SSO)
@guard("origin")
def begin_single_sign_on() -> BaseResponse:
    """Send somebody to the ward's sign-in service."""
    beside = request.form.get("beside") == "yes"
    return send_away(STAFF, "in", back=own_path(request.form.get("back")), beside=beside)


@accounts.post(f"{SSO}/proof")
@guard("staff")
@needs()
def begin_proof() -> BaseResponse:
    """Send somebody who is signed in to the service to prove anew who they are."""
    get_provider(STAFF)
    me, beside = _me(), request.form.get("beside") == "yes"
    about, back = me.lookup.hex(), own_path(request.form.get("back"))
    return send_away(STAFF, "proof", back=back, about=about, beside=beside)


@accounts.get("/sso/staff/return")
def take_staff_back() -> BaseResponse:
    """Take what a browser brought back from the service."""
    return take_back(STAFF, lambda flow, proven: (_prove if flow.purpose == "proof" else _let_in)(flow, proven))


def _let_in(flow: Flow, proven: Proven) -> BaseResponse:
    """Sign somebody in: wholly where the service vouches for a second factor or none is needed, else up to our own."""
    engine, pepper = current_app.extensions["engine"], current_app.extensions["madoguchi"].settings.pepper
    agent = describe_browser(request.headers.get("User-Agent", ""))
    with open_session(engine) as session:
        account = find_person_of(session, proven, now(), pepper)
        if account is None:
            raise Failed("unknown")
        end_sign_in(session, g.staff_secret, now())
        whole = proven.strong or not is_asked_for_more(session, account.id)
        if whole:
            note(session, now(), account.id, "sso-taken")
        stage = WHOLLY if whole else BY_PASSWORD
        secret = begin_sign_in(session, Tried(account.id), agent, now(), stage, "sso-taken")
    return _go_on(flow, secret, whole)


def _prove(flow: Flow, proven: Proven) -> BaseResponse:
    """Note that whoever is signed in proved anew who they are, if it was they, now, and strongly enough."""
    account, here = current_account(), current_app.extensions
    provider = get_provider(STAFF)
    if account is None or account.lookup.hex() != flow.about:
        raise Failed("state", "another sign-in")
    if not is_linked(get_session(), proven, account.id, here["madoguchi"].settings.pepper):
        raise Failed("another")
    if not is_fresh(proven, flow, provider.leeway):
        raise Failed("stale")
    if not proven.strong and is_asked_for_more(get_session(), account.id):
        raise Failed("weak")
    with open_session(here["engine"]) as session:
        secret = renew_sign_in(session, account.lookup, now(), "by-single-sign-on")
    return _go_on(flow, secret, True)


def _go_on(flow: Flow, secret: bytes, whole: bool) -> BaseResponse:
    """Give a browser its new secret and lead on: to the second factor, to where it was going, or to the words for a second window."""
    g.staff_secret = secret
    get_session().rollback()  # what was read before the sign-in is old
    g.pop("account", None)
    there = flow.back
    if flow.beside:
        there = f"/{g.voice.code}/staff/sso/done"
    if not whole:
        return send_cookie(redirect(factor_address(there), 303), secret)  # type: ignore[no-any-return]  # what was given
    account = current_account()
    return go_in(secret, there or first_page(account.roles if account else frozenset()))


@accounts.get(f"{SSO}/done")
@needs()
def show_beside_done() -> Response:
    """Say that the other window goes on."""
    get_provider(STAFF)
    return render_private("accounts/sso_done.html", 200, g.staff_secret)


@accounts.get(f"{SSO}/problem/<reason>")
def show_problem(reason: str) -> Response:
    """Say what went wrong at the sign-in service, and what to do."""
    provider = get_provider(STAFF)
    if reason not in REASONS:
        abort(404)
    account = current_account()
    return render_private(
        "accounts/sso_problem.html", reason=reason, label=name_of(provider), signed_in=account is not None
    )


@accounts.post("/<voice>/staff/people/<account_id>/sso")
@guard("staff")
@needs("administrator")
@needs_proof()
def change_link(account_id: str) -> BaseResponse:
    """Allow an account to be linked to the service, or take that away."""
    provider, me = get_provider(STAFF), _me()
    person = find_person(get_session(), account_id) if is_id(account_id) else None
    if person is None:
        abort(404)
    then = request.form.get("then")
    if then == "allow":
        pepper = current_app.extensions["madoguchi"].settings.pepper
        allow(get_session(), provider.issuer, person.id, me.id, now(), pepper)
    if then == "off":
        take_off(get_session(), person.id, me.id, now())
    done = {"allow": "sso-on", "off": "sso-off"}.get(then or "", "")
    return redirect(f"/{g.voice.code}/staff/people/{person.id}/?done={done}", 303)


def _me() -> SignedIn:
    """Return who is signed in; `needs` has made sure that somebody is."""
    account = current_account()
    assert account is not None  # noqa: S101  # as said
    return account
