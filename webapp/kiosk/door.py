"""How a request from a shared machine is known: the machine's key, the cookie of whoever sits at it, and what must be gone after."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, request
from sqlmodel import Session
from werkzeug.wrappers import Response as BaseResponse

from webapp.drafts.service import holder_hash
from webapp.drafts.service_held import list_held
from webapp.kiosk import service_sittings
from webapp.kiosk.pages import KioskSurface
from webapp.kiosk.rules import GRACE, IDLE_SECONDS, SOON, WARN_SECONDS, Settings, is_left, read_settings
from webapp.kiosk.service import find_machine
from webapp.kiosk.tables import Kiosk, Sitting
from webapp.kit.clock import now
from webapp.kit.database import get_session, open_session
from webapp.kit.ids import is_id

kiosk = Blueprint("kiosk", __name__)
PLACE = "/<voice>/kiosk/"
KEY, SITTING, RESTART, SLIPS = "kiosk", "sitting", "kiosk-restart", "slips"
SLIP_PAGES = ("drafts.print_slip", "drafts.show_phone")
"""Where a slip is shown to be taken along, on paper or in a phone. The sheet for the counter bears neither of its numbers."""
MOST_SLIPS = 40
ONE_YEAR = 31_536_000
FREE_ENDPOINTS = ("static_file", "healthz", "readyz")
CLEARED = '"cache", "storage"'
"""Not "cookies": the machine's own key must stay. They are taken away one by one instead."""


def meet_kiosk() -> BaseResponse | None:
    """Know a shared machine by its key before anything else about the request is decided.

    Other browsers carry no key, and cost nothing here. A machine at which nobody sits shows its own pages only.
    """
    g.surface = g.kiosk = g.sitting = None
    if cookie_name(KEY) not in request.cookies or request.endpoint in FREE_ENDPOINTS:
        return None
    key, session = read_secret(KEY), get_session()
    found = find_machine(session, key) if key else None
    g.kiosk = found if found is not None and found.revoked_at is None else None
    sitting = service_sittings.find_sitting(session, g.kiosk.id, read_secret(SITTING)) if g.kiosk else None
    session.close()  # what was found stays; a view that waits for something slow must hold no lock meanwhile
    g.sitting = _check_left(sitting) if sitting is not None else None
    _forget_others_secret()
    g.surface = KioskSurface(g.kiosk, g.sitting, idle_of(), warn_of(), read_slips())
    if _is_own_page() or is_used():
        return None
    return redirect(home(), 303)


def current_kiosk() -> Kiosk | None:
    """Return the machine that this request comes from, if it is one that is paired and open."""
    found: Kiosk | None = g.get("kiosk")
    return found


def current_sitting() -> Sitting | None:
    """Return the sitting of this request, waiting or used, if it is not over."""
    found: Sitting | None = g.get("sitting")
    return found


def is_used() -> bool:
    """Tell whether somebody sits at this machine."""
    sitting = current_sitting()
    return sitting is not None and sitting.state == "used"


def current_settings() -> Settings:
    """Return what whoever sits here set."""
    sitting = current_sitting()
    return read_settings(sitting.settings if sitting is not None else "")


def idle_of() -> float:
    """Return how many seconds nobody may touch the machine before it asks."""
    return float(current_app.config.get("KIOSK_IDLE", IDLE_SECONDS))


def warn_of() -> float:
    """Return how many seconds the machine waits for an answer."""
    return float(current_app.config.get("KIOSK_WARN", WARN_SECONDS))


def data_dir() -> Any:
    """Return the folder of what is kept on disk."""
    return current_app.extensions["madoguchi"].settings.data_dir


def home() -> str:
    """Return the address of the waiting page: in the first voice, whatever the one before chose."""
    return f"/{next(iter(current_app.extensions['reading'].offered)).code}/kiosk/"


@contextmanager
def writing() -> Iterator[Session]:
    """Yield a session that may write: the request's own where it writes anyway, else one that is committed at once."""
    if request.method == "POST":
        yield get_session()
        return
    with open_session(current_app.extensions["engine"]) as session:
        yield session


def _check_left(sitting: Sitting) -> Sitting | None:
    """Return a sitting that goes on; end one that was left, and note that somebody is there in one that was not."""
    moment = now()
    if sitting.state == "ended":
        return None
    grace = SOON if _is_shown() else GRACE
    if sitting.state == "used" and is_left(
        sitting.touched_at, sitting.helped_until, moment, idle_of(), warn_of(), grace
    ):
        with open_session(current_app.extensions["engine"]) as session:
            service_sittings.end(session, sitting.lookup, "idle", moment, data_dir())
        return None
    if sitting.state == "used" and not _is_own_page() and service_sittings.is_stale(sitting, moment):
        with open_session(current_app.extensions["engine"]) as session:
            service_sittings.touch(session, sitting.lookup, moment)
    return sitting


def _is_shown() -> bool:
    """Tell whether a request is for a page to be shown, not from a script of one that is shown already.

    A form is sent for a page too: by a page that lives only after a beat; without one, whoever comes next may have pressed.
    """
    mode = request.headers.get("Sec-Fetch-Mode")
    return mode == "navigate" or (mode is None and request.method == "GET")


def read_slips() -> tuple[str, ...]:
    """Return the drafts of which the slip was opened here to be taken along: now, and before, as a cookie of the sitting knows."""
    known = request.cookies.get(cookie_name(SLIPS), "").split(".")[-MOST_SLIPS:]
    return tuple(dict.fromkeys(one for one in (*known, _slip_shown()) if is_id(one)))


def _slip_shown() -> str:
    """Return the draft whose slip this request asks for to take along, if it does."""
    values = request.view_args or {}
    asks = request.endpoint in SLIP_PAGES and values.get("paper") != "list"
    return str(values.get("draft_id", "")) if asks else ""


def _forget_others_secret() -> None:
    """Pass over the secret of a browser that whoever sits here did not get: it is somebody's who sat here before."""
    sitting, secret = current_sitting(), g.get("browser_secret")
    if secret is not None and not (is_used() and sitting is not None and sitting.holder == holder_hash(secret)):
        g.browser_secret = None


@kiosk.after_app_request
def hold_browser(response: Response) -> Response:
    """Note which browser secret was given to whoever sits here, before it leaves."""
    sitting, secret = current_sitting(), g.get("new_browser_secret")
    if sitting is not None and secret is not None and is_used():
        with writing() as session:
            service_sittings.hold(session, sitting.lookup, holder_hash(secret))
    return response


@kiosk.after_app_request
def note_slip(response: Response) -> Response:
    """Note that a slip was opened to be taken along. It stands in a cookie that goes with the sitting, and opens nothing."""
    shown = _slip_shown() if is_used() and response.status_code == 200 else ""
    if shown and any(row.id == shown and row.sealed_slip for row in list_held(get_session(), g.get("browser_secret"))):
        send_cookie(response, SLIPS, ".".join(read_slips()))
    return response


def _is_own_page() -> bool:
    """Tell whether a request is for one of the machine's own pages, which are there before somebody begins."""
    return request.url_rule is not None and request.url_rule.rule.startswith(PLACE)


def cookie_name(name: str) -> str:
    """Return a cookie's name: bound to this host where https allows it."""
    return f"__Host-{name}" if current_app.config["SESSION_COOKIE_SECURE"] else name


def read_secret(name: str) -> bytes | None:
    """Return the secret in a cookie, or None where there is none."""
    try:
        secret = bytes.fromhex(request.cookies.get(cookie_name(name), ""))
    except ValueError:
        return None
    return secret if len(secret) == 32 else None


def send_cookie(response: Any, name: str, value: str, max_age: int | None = None) -> Any:
    """Put one of this room's cookies into the answer."""
    response.set_cookie(
        cookie_name(name), value, max_age=max_age, httponly=True, samesite="Lax", path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return response


def wipe(response: Any) -> Any:
    """Take everything out of the browser but what the machine itself is known by: cookies one by one, caches, storage.

    A browser that holds nothing of anybody is told nothing: clearing storage can take a busy machine half a minute.
    """
    g.new_browser_secret = None
    kept, sitting = {cookie_name(KEY), cookie_name(RESTART)}, current_sitting()
    held = set(request.cookies) - kept
    for name in held:
        secure = current_app.config["SESSION_COOKIE_SECURE"] or name.startswith("__Host-")
        response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="Lax")
    only_waits = sitting is not None and sitting.state == "waiting"
    if held - ({cookie_name(SITTING)} if only_waits else set()):
        response.headers["Clear-Site-Data"] = CLEARED
    response.headers["Cache-Control"] = "no-store"
    return response
