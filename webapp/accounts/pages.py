"""What other rooms need for pages of people who work here: who is signed in, who may see what, the page's frame, the log."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from flask import Response, abort, current_app, g, redirect, request
from sqlalchemy.exc import OperationalError

from webapp.accounts.door import send_first_cookie
from webapp.accounts.door_oidc import STAFF, offer
from webapp.accounts.rules import PROVED, SEEN_EVERY, Clerk, Grant, keep_fields, time_left
from webapp.accounts.service import get_account, list_grants
from webapp.accounts.service_audit import note
from webapp.accounts.service_factors import list_factors
from webapp.accounts.service_sign_in import BY_PASSWORD, WHOLLY, find_sign_in, note_seen
from webapp.accounts.service_single_sign_on import find_standing
from webapp.kit.clock import now
from webapp.kit.database import get_session, open_session
from webapp.kit.safety import own_address, safe_path
from webapp.reading.service import render_private

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in. `left` is how long it lasts if nothing more is done.

    `halfway`: the second factor is still to come; `by_password` then tells whether all that was shown so far is a password.
    `proved_at`: when they last proved who they are.
    """

    id: str
    name: str
    shown_name: str
    grants: frozenset[Grant]
    lookup: bytes
    left: timedelta
    proved_at: datetime
    halfway: bool = False
    by_password: bool = False

    @property
    def roles(self) -> frozenset[str]:
        """Return the roles somebody has anywhere."""
        return frozenset(one.role for one in self.grants)

    @property
    def clerk(self) -> Clerk:
        """Return who is signed in as services see them."""
        return Clerk(self.id, self.shown_name, self.grants)


def current_account(seen: bool = True) -> SignedIn | None:
    """Return who is signed in, looked up once a request; asking counts as being there unless `seen` is false.

    Somebody whose second factor is still to come is nobody here.
    """
    account = current_sign_in(seen)
    return None if account is None or account.halfway else account


def current_sign_in(seen: bool = True) -> SignedIn | None:
    """Return who is signed in, be it only halfway."""
    if "account" not in g:
        g.account = _find_account(seen)
    account: SignedIn | None = g.account
    return account


def _find_account(seen: bool) -> SignedIn | None:
    """Look up who is signed in, and note that they are there."""
    found = find_sign_in(get_session(), g.get("staff_secret"), now())
    if found is None:
        return None
    row, account = found
    moment, seen_at = now(), row.seen_at
    if seen and moment - seen_at >= SEEN_EVERY and _note_seen(row.lookup):
        seen_at = moment
    grants, left = list_grants(get_session(), account.id), time_left(seen_at, row.ends_at, moment)
    return SignedIn(
        account.id, account.name, account.shown_name, grants, row.lookup, left, row.proved_at or row.made_at,
        row.stage != WHOLLY, row.stage == BY_PASSWORD,
    )  # fmt: skip


def _note_seen(lookup: bytes) -> bool:
    """Note a sign-in's use: in the request's own transaction if it writes anyway, else in one of its own; tell if it could be.

    A reading request on SQLite cannot begin to write halfway; and a page is not lost because this could not be noted.
    """
    if request.method == "POST":
        note_seen(get_session(), lookup, now())
        return True
    try:
        with open_session(current_app.extensions["engine"]) as session:
            note_seen(session, lookup, now())
    except OperationalError:
        return False
    return True


def needs(*roles: str, halfway: bool = False) -> Callable[[View], View]:
    """Let only people with one of these roles reach a view (anybody who is signed in, if none is named).

    Put it directly above the view, under its route and guard. Not signed in: a link leads to the sign-in page and back, a
    form that was sent is kept through the sign-in. Signed in without the role: nothing is here, as for strangers.
    `halfway`: the view belongs to signing in itself, and is open to people whose second factor is still to come.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def ask(*args: Any, **kwargs: Any) -> Any:
            """Run the view for those who may."""
            account = current_sign_in() if halfway else current_account()
            if account is None:
                return ask_to_sign_in()
            if not may(account, frozenset(roles)):
                abort(404)
            return view(*args, **kwargs)

        ask.needed_roles = frozenset(roles)  # type: ignore[attr-defined]  # functions have no declared attributes
        ask.takes_halfway = halfway  # type: ignore[attr-defined]  # as above
        return cast(View, ask)

    return mark


def needs_proof(minutes: int = int(PROVED.total_seconds()) // 60) -> Callable[[View], View]:
    """Ask again who somebody is, if they last proved it longer ago than so many minutes. Put it under `needs`.

    A link leads through the page that asks and back; what a form sent is kept, and sent after asking.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def ask(*args: Any, **kwargs: Any) -> Any:
            """Run the view for those who have proved it of late; who is only halfway in is asked by the view itself."""
            account = current_sign_in()
            if account is None or account.halfway or is_proved(account, timedelta(minutes=minutes)):
                return view(*args, **kwargs)
            if request.method != "POST":
                return redirect(factor_address(path_here()), 303)
            return render_proof(403, kept=keep_fields(request.form.items(multi=True)), kept_to=path_here())

        ask.needs_proof = minutes  # type: ignore[attr-defined]  # functions have no declared attributes
        return cast(View, ask)

    return mark


def is_proved(account: SignedIn, within: timedelta = PROVED) -> bool:
    """Tell whether somebody has proved of late who they are."""
    return now() - account.proved_at <= within


def may(account: SignedIn, roles: frozenset[str]) -> bool:
    """Tell whether somebody has one of these roles."""
    return not roles or bool(roles & account.roles)


def ask_to_sign_in() -> Any:
    """Lead a link to the sign-in page, or to its second step; keep what a form sent in the page itself."""
    if request.method != "POST":
        there = factor_address if current_sign_in() else sign_in_address
        return redirect(there(path_here()), 303)
    return render_sign_in(401, kept=keep_fields(request.form.items(multi=True)), kept_to=path_here(), ended=True)


def path_here() -> str:
    """Return this request's own address."""
    return own_address()


def sign_in_address(back: str = "") -> str:
    """Return the address of the sign-in page that leads back to a path of ours."""
    return f"/{g.voice.code}/staff/sign-in{_ask_back(back)}"


def factor_address(back: str = "") -> str:
    """Return the address of the page that asks for the second factor, and leads back to a path of ours."""
    return f"/{g.voice.code}/staff/factor{_ask_back(back)}"


def _ask_back(back: str) -> str:
    """Return the query that says where to go back to."""
    return f"?{urlencode({'back': back})}" if back and safe_path(back) == back else ""


def render_sign_in(
    status: int = 200, gaps: tuple[str, ...] = (), kept: list[tuple[str, str]] | None = None, kept_to: str = "",
    **words: Any,
) -> Response:  # fmt: skip
    """Return the sign-in page, with what a form sent before, so that it can be sent after signing in."""
    context = {"typed_name": "", "back": "", "minutes": 0, "ended": False, "note": "", "sso": offer(STAFF), **words}
    response = render_private(
        "accounts/sign_in.html", status, g.staff_secret, gaps=gaps, error_count=len(gaps), kept=kept or [],
        kept_to=kept_to, question_form=bool(kept_to), **context,
    )  # fmt: skip
    return cast(Response, send_first_cookie(response))


def render_proof(
    status: int = 200, gaps: tuple[str, ...] = (), kept: list[tuple[str, str]] | None = None, kept_to: str = "",
    **words: Any,
) -> Response:  # fmt: skip
    """Return the page on which somebody proves who they are: by a second factor, or a password if they have no other."""
    me = current_sign_in()
    ways = list_factors(get_session(), me.id) if me else frozenset()
    has_password = bool(me and get_account(get_session(), me.id).password_hash)
    context = {"back": "", "minutes": 0, "note": "", "sso": _offer_proof(me), "has_password": has_password, **words}
    return render_staff(
        "accounts/factor.html", status, me=me, ways=ways, gaps=gaps, error_count=len(gaps), kept=kept or [],
        kept_to=kept_to, question_form=bool(kept_to or context["back"]), **context,
    )  # fmt: skip


def _offer_proof(me: SignedIn | None) -> str:
    """Return what the service is called at which somebody can prove anew who they are: those who are linked to it."""
    settings = current_app.extensions["madoguchi"].settings
    if me is None or me.halfway or settings.oidc_staff is None:
        return ""
    standing = find_standing(get_session(), settings.oidc_staff.issuer, me.id, now(), settings.pepper)
    return offer(STAFF) if standing.linked_at else ""


def render_carry(to: str, fields: list[tuple[str, str]], status: int = 200, note: str = "") -> Response:
    """Return the page that asks whether to send again what came too late."""
    return render_staff("accounts/carry.html", status, to=to, kept=fields, kept_to=to, question_form=True, note=note)


def render_staff(template: str, status: int = 200, **context: Any) -> Response:
    """Return a page for somebody who is signed in: never stored, its forms' token tied to the sign-in.

    The template extends accounts/staff.html and has `account`.
    """
    return render_private(template, status, g.get("staff_secret"), account=current_account(), **context)


def note_done(what: str, about: str = "", why: str = "") -> None:
    """Write into the log that whoever is signed in did or looked at something (`about`: an id, never what it said)."""
    account = current_account()
    account_id = account.id if account else None
    if request.method == "POST":
        note(get_session(), now(), account_id, what, about, why)
        return
    with open_session(current_app.extensions["engine"]) as session:
        note(session, now(), account_id, what, about, why)
