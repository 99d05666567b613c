"""The people who work here: invited, given roles, helped back in, switched off."""

from typing import Any

from flask import Response, abort, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.door import accounts
from webapp.accounts.door_oidc import name_of
from webapp.accounts.pages import SignedIn, current_account, needs, needs_proof, render_staff
from webapp.accounts.pages_carry import go_in
from webapp.accounts.rules import LINK_LASTS, ROLES, SECTION_ROLES, find_grant_faults, read_grant
from webapp.accounts.service import WrongName
from webapp.accounts.service_people import (
    LastAdministrator,
    NameTaken,
    Person,
    change_grants,
    end_sign_ins_of,
    find_person,
    invite,
    list_people,
    recover,
    switch_off,
    switch_on,
)
from webapp.accounts.service_sign_in import list_sign_ins, renew_sign_in, show_id
from webapp.accounts.service_single_sign_on import find_standing
from webapp.kit.clock import WARD_ZONE, now
from webapp.kit.database import get_session
from webapp.kit.ids import is_id
from webapp.kit.safety import guard

PEOPLE = "/<voice>/staff/people"
DONE = ("roles", "off", "on", "ended", "sso-on", "sso-off")


def _me() -> SignedIn:
    """Return who is signed in; these views have made sure that somebody is."""
    account = current_account()
    assert account is not None  # noqa: S101  # `needs` stands before every view here
    return account


def _sections() -> Any:
    """Return the ward's offices by key: each is a section."""
    return current_app.extensions["madoguchi"].catalogue.offices


def _pepper() -> bytes:
    """Return the key under which links are found."""
    pepper: bytes = current_app.extensions["madoguchi"].settings.pepper
    return pepper


def _get_person(account_id: str) -> Person:
    """Return one of the people who work here; 404 for anybody else."""
    person = find_person(get_session(), account_id) if is_id(account_id) else None
    return person or abort(404)


@accounts.get(f"{PEOPLE}/")
@needs("administrator")
@needs_proof()
def show_people() -> Response:
    """Show everybody who works here, with their roles and sections."""
    return render_staff("accounts/people.html", people=list_people(get_session()), offices=_sections())


@accounts.get(f"{PEOPLE}/new")
@needs("administrator")
@needs_proof()
def ask_invitation() -> Response:
    """Ask whom to invite."""
    return _render_invitation(200)


@accounts.post(f"{PEOPLE}/new")
@guard("staff")
@needs("administrator")
@needs_proof()
def take_invitation() -> BaseResponse:
    """Invite somebody; their link is shown this once."""
    grants = request.form.getlist("grant")
    gaps = tuple(f"grant-{fault}" for fault in find_grant_faults(grants, _sections()))
    if not request.form.get("name", "").strip():
        gaps = ("name-none", *gaps)
    if gaps:
        return _render_invitation(422, gaps)
    try:
        account_id, token = invite(get_session(), request.form["name"], grants, _me().id, now(), _pepper())
    except WrongName:
        return _render_invitation(422, ("name-wrong",))
    except NameTaken:
        return _render_invitation(422, ("name-taken",))
    return _render_link(account_id, token)


def _render_invitation(status: int, gaps: tuple[str, ...] = ()) -> Response:
    """Return the page that asks whom to invite, as it was sent."""
    return render_staff(
        "accounts/people_new.html", status, gaps=gaps, error_count=len(gaps), typed=request.form.get("name", "")[:200],
        chosen=frozenset(request.form.getlist("grant")), **_list_choices(),
    )  # fmt: skip


def _list_choices() -> dict[str, Any]:
    """Return the roles and sections that can be chosen."""
    ward_roles = [role for role in ROLES if role not in SECTION_ROLES]
    return {"ward_roles": ward_roles, "section_roles": sorted(SECTION_ROLES, reverse=True), "offices": _sections()}


def _render_link(account_id: str, token: str, why: str = "") -> Response:
    """Return the page with a new link, which is nowhere else. `why`: "roles" where nobody had asked for one."""
    settings = current_app.extensions["madoguchi"].settings
    base = settings.public_url or request.host_url.rstrip("/")
    link, hours = f"{base}/{g.voice.code}/staff/welcome/{token}", int(LINK_LASTS.total_seconds()) // 3600
    return render_staff("accounts/people_link.html", person=_get_person(account_id), link=link, hours=hours, why=why)


@accounts.get(f"{PEOPLE}/<account_id>/")
@needs("administrator")
@needs_proof()
def show_person(account_id: str) -> Response:
    """Show one of them: roles, sign-ins, and what can be done."""
    done = request.args.get("done", "")
    return _render_person(_get_person(account_id), 200, done=done if done in DONE else "")


def _render_person(person: Person, status: int, gaps: tuple[str, ...] = (), **words: Any) -> Response:
    """Return the page of one person."""
    sign_ins = [
        {"id": show_id(row.lookup), "browser": row.browser, "made": row.made_at.astimezone(WARD_ZONE),
         "seen": row.seen_at.astimezone(WARD_ZONE)}
        for row in list_sign_ins(get_session(), person.id, now())
    ]  # fmt: skip
    context = {"done": "", "chosen": frozenset(map(str, person.grants)), **_list_links(person), **words}
    return render_staff(
        "accounts/person.html", status, person=person, gaps=gaps, error_count=len(gaps), sign_ins=sign_ins,
        is_me=person.id == _me().id, **_list_choices(), **context,
    )  # fmt: skip


def _list_links(person: Person) -> dict[str, Any]:
    """Return how somebody stands with the ward's sign-in service, where there is one."""
    provider = current_app.extensions["madoguchi"].settings.oidc_staff
    if provider is None:
        return {"sso": ""}
    standing = find_standing(get_session(), provider.issuer, person.id, now(), _pepper())
    moments = (standing.allowed_until, standing.linked_at, standing.used_at)
    until, linked, used = (one and one.astimezone(WARD_ZONE) for one in moments)
    return {"sso": name_of(provider), "sso_until": until, "sso_linked": linked, "sso_used": used}


@accounts.post(f"{PEOPLE}/<account_id>/roles")
@guard("staff")
@needs("administrator")
@needs_proof()
def take_roles(account_id: str) -> BaseResponse:
    """Give somebody these roles and no others."""
    person, me, chosen = _get_person(account_id), _me(), request.form.getlist("grant")
    known = {*_sections(), *(one.section for one in person.grants)}
    gaps = tuple(f"grant-{fault}" for fault in find_grant_faults(chosen, known))
    if gaps:
        return _render_person(person, 422, gaps, chosen=frozenset(chosen))
    try:
        grants = frozenset(map(read_grant, chosen))
        changed, token = change_grants(get_session(), person.id, grants, me.id, now(), _pepper())
    except LastAdministrator:
        return _render_person(person, 422, ("grant-last",), chosen=frozenset(chosen))
    if token:
        return _render_link(person.id, token, "roles")
    if changed and person.id == me.id:
        still = "administrator" in chosen
        there = _address(person.id, "roles") if still else f"/{g.voice.code}/staff/account"
        return go_in(renew_sign_in(get_session(), me.lookup, now()), there)
    return redirect(_address(person.id, "roles"), 303)


@accounts.post(f"{PEOPLE}/<account_id>/<any(off,on):what>")
@guard("staff")
@needs("administrator")
@needs_proof()
def switch_person(account_id: str, what: str) -> BaseResponse:
    """Shut somebody out, or let them in again; nobody does this to themselves."""
    person = _get_other(account_id)
    try:
        (switch_off if what == "off" else switch_on)(get_session(), person.id, _me().id, now())
    except LastAdministrator:
        return _render_person(person, 422, ("grant-last",))
    return redirect(_address(person.id, what), 303)


@accounts.post(f"{PEOPLE}/<account_id>/recover")
@guard("staff")
@needs("administrator")
@needs_proof()
def recover_person(account_id: str) -> BaseResponse:
    """Help somebody back in who lost their password or second factor; the new link is shown this once."""
    person = _get_other(account_id)
    if person.is_off:
        abort(404)
    return _render_link(person.id, recover(get_session(), person.id, _me().id, now(), _pepper()))


@accounts.post(f"{PEOPLE}/<account_id>/end")
@guard("staff")
@needs("administrator")
@needs_proof()
def end_person_sign_ins(account_id: str) -> BaseResponse:
    """End one of somebody's sign-ins, or all of them."""
    person = _get_other(account_id)
    end_sign_ins_of(get_session(), person.id, request.form.get("which", ""), _me().id, now())
    return redirect(_address(person.id, "ended"), 303)


def _get_other(account_id: str) -> Person:
    """Return somebody who is not the one who asks; one's own things are on the page of one's account."""
    person = _get_person(account_id)
    return abort(404) if person.id == _me().id else person


def _address(account_id: str, done: str) -> str:
    """Return the address of somebody's page that says what was done."""
    return f"/{g.voice.code}/staff/people/{account_id}/?done={done}"
