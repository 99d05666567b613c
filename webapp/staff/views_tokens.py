"""Tokens for sections' own systems: made, renewed and revoked by the section's head, or by an administrator for any section."""

from datetime import timedelta
from typing import Any

from flask import Response, abort, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import needs, needs_proof, render_staff
from webapp.accounts.rules_tokens import DAYS, LONGEST_SYSTEM, find_system_fault, fold_system
from webapp.accounts.service_tokens import (
    SystemTaken,
    Token,
    find_own_token,
    list_tokens,
    make_token,
    renew_token,
    revoke_token,
)
from webapp.kit.clock import day_of, now
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.staff.door import clerk, staff, ward
from webapp.staff.door_api import home
from webapp.staff.pages_case import to_ward
from webapp.staff.service_api import API

TOKENS = "/<voice>/staff/exports/tokens"
DONE = "revoked"


def list_own_sections() -> list[str]:
    """Return the sections whose tokens are somebody's to make: all for an administrator, else those they are the head of."""
    me, offices = clerk(), ward().catalogue.offices
    return list(offices) if me.has("administrator") else [key for key in offices if key in me.sections("head")]


def _list_seen_sections() -> list[str] | None:
    """Return the sections whose tokens somebody sees; None for all, those that the ward has no more among them."""
    return None if clerk().has("administrator") else list_own_sections()


def list_own_tokens() -> list[Token]:
    """Return the tokens that somebody may see."""
    return list_tokens(get_session(), _list_seen_sections(), now())


def _get_token(token_id: str) -> Token:
    """Return one of the tokens that somebody may see; 404 for any other."""
    return find_own_token(get_session(), _list_seen_sections(), token_id, now()) or abort(404)


@staff.get(f"{TOKENS}/")
@needs("head", "administrator")
def show_tokens() -> Response:
    """Show the tokens of somebody's sections, and which of them end soon."""
    tokens = list_own_tokens()
    return render_staff(
        "staff/tokens.html", tokens=tokens, soon=[one for one in tokens if one.is_newest and one.state == "soon"],
        offices=ward().catalogue.offices, to_day=day_of, to_ward=to_ward, api=f"{home()}{API}",
    )  # fmt: skip


@staff.get(f"{TOKENS}/new")
@needs("head", "administrator")
@needs_proof()
def ask_token() -> Response:
    """Ask for which system a token is to be made."""
    return _render_new(200)


@staff.post(f"{TOKENS}/new")
@guard("staff")
@needs("head", "administrator")
@needs_proof()
def take_token() -> BaseResponse:
    """Make a token, which is shown this once."""
    system, sections, days = fold_system(request.form.get("system", "")), list_own_sections(), read_days()
    section = request.form.get("section", "") if len(sections) != 1 else sections[0]
    fault = find_system_fault(system)
    gaps = {"system": fault} if fault else {}
    gaps |= {} if section in sections else {"section": "choose"}
    gaps |= {} if days else {"days": "choose"}
    if gaps:
        return _render_new(422, gaps)
    try:
        token_id, token = make_token(get_session(), section, system, days, clerk().id, now())
    except SystemTaken:
        return _render_new(422, {"system": "taken"})
    return _render_once(token_id, token)


def _render_new(status: int, gaps: dict[str, str] | None = None) -> Response:
    """Return the page that asks for a new token, as it was sent."""
    form, offices = request.form, ward().catalogue.offices
    typed = {"system": form.get("system", "")[:200], "section": form.get("section", ""), "days": _typed_days()}
    return render_staff(
        "staff/token_new.html", status, gaps=gaps or {}, error_count=len(gaps or {}), typed=typed, longest=LONGEST_SYSTEM,
        sections={key: offices[key] for key in list_own_sections()}, **_list_ends(),
    )  # fmt: skip


def read_days() -> int:
    """Return how long a token is to last, as it was chosen; 0 for no such choice."""
    return next((days for days in DAYS if request.form.get("days") == str(days)), 0)


def _typed_days() -> str:
    """Return what a form said about how long; half a year where nothing was sent yet."""
    return request.form.get("days", "") if request.method == "POST" else str(DAYS[1])


def _list_ends() -> dict[str, Any]:
    """Return the choices of how long, each with its last day."""
    moment = now()
    return {"ends": [(days, day_of(moment + timedelta(days=days))) for days in DAYS]}


def _render_once(token_id: str, token: str) -> Response:
    """Return the page with a new token, which is nowhere else."""
    return render_staff(
        "staff/token_once.html", one=_get_token(token_id), token=token, api=f"{home()}{API}", to_day=day_of
    )


@staff.get(f"{TOKENS}/<token_id>/")
@needs("head", "administrator")
def show_token(token_id: str) -> Response:
    """Show one token: its system, its end, and what can be done."""
    one, done = _get_token(token_id), request.args.get("done", "")
    return _render_token(one, done=done if done == one.state == DONE else "")


def _render_token(one: Token, status: int = 200, gaps: dict[str, str] | None = None, done: str = "") -> Response:
    """Return the page of one token."""
    return render_staff(
        "staff/token.html", status, one=one, gaps=gaps or {}, error_count=len(gaps or {}), done=done,
        office=ward().catalogue.offices.get(one.section), to_day=day_of, to_ward=to_ward,
        typed={"days": _typed_days()}, **_list_ends(),
    )  # fmt: skip


@staff.post(f"{TOKENS}/<token_id>/renew")
@guard("staff")
@needs("head", "administrator")
@needs_proof()
def renew(token_id: str) -> BaseResponse:
    """Make a new token for the same system, shown this once; the old one works for some days more."""
    one, days = _get_token(token_id), read_days()
    if not one.is_newest:
        return redirect(_address(token_id), 303)  # it was renewed meanwhile; its page says so
    if not days:
        return _render_token(one, 422, {"days": "choose"})
    return _render_once(*renew_token(get_session(), one, days, clerk().id, now()))


@staff.post(f"{TOKENS}/<token_id>/revoke")
@guard("staff")
@needs("head", "administrator")
@needs_proof()
def revoke(token_id: str) -> BaseResponse:
    """Shut a token out at once."""
    one = _get_token(token_id)
    revoke_token(get_session(), one, clerk().id, now())
    return redirect(f"{_address(one.id)}?done=revoked", 303)


def _address(token_id: str) -> str:
    """Return the address of a token's page."""
    return f"/{g.voice.code}/staff/exports/tokens/{token_id}/"
