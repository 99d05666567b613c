"""How a section's own system gets to the API: by its token alone, and how it is told that something is wrong.

No cookie counts here and none is given; nothing tells what other sections have.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint, Response, abort, current_app, g, request

from webapp.accounts.rules import Clerk
from webapp.accounts.rules_tokens import find_token
from webapp.accounts.service_token_use import TooOften, WrongToken, meet_system
from webapp.applications.service_cases import find_row
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.staff.door import ward
from webapp.staff.rules_api import find_name_faults
from webapp.staff.service_api import make_problem
from webapp.staff.service_exports import dump

View = TypeVar("View", bound=Callable[..., Any])
api = Blueprint("api", __name__)
PROBLEMS = {
    400: "bad-request", 403: "other-site", 404: "not-here", 405: "other-method", 413: "too-large", 415: "other-type",
    429: "too-often",
}  # fmt: skip


def is_for_systems() -> bool:
    """Tell whether a request is for the API, be its address right or wrong."""
    return request.path.startswith("/api/")


def answer(body: Any, status: int = 200, mimetype: str = "application/json") -> Response:
    """Return an answer in JSON that nobody stores."""
    response = Response(dump(body).encode("utf-8", "replace") + b"\n", status, mimetype=mimetype)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def answer_problem(key: str, **more: Any) -> Response:
    """Return a problem in English and Japanese (RFC 9457)."""
    problem = make_problem(key, **more)
    return answer(problem, problem["status"], "application/problem+json")


def answer_error(code: int) -> Response:
    """Return the problem for an error that no view of the API told: of the request as a whole, or a failure of ours."""
    if code >= 500:
        return answer_problem("failure", request=g.get("request_id", ""))
    return answer_problem(PROBLEMS.get(code, "bad-request"))


def needs_system(view: View) -> View:
    """Let only systems with a token reach a view. Put it directly above the view, under its route and guard."""

    @wraps(view)
    def ask(*args: Any, **kwargs: Any) -> Any:
        """Run the view for the system whose token came along."""
        header = request.headers.get("Authorization", "")
        try:
            g.system = _meet(header)
        except WrongToken:
            refused = answer_problem("wrong-token")
            more = ', error="invalid_token"' if header else ""
            refused.headers["WWW-Authenticate"] = f'Bearer realm="madoguchi"{more}'
            return refused
        except TooOften as error:
            slowed = answer_problem("too-often")
            slowed.headers["Retry-After"] = str(max(1, int(error.wait.total_seconds()) + 1))
            return slowed
        return view(*args, **kwargs)

    ask.asks_for_token = True  # type: ignore[attr-defined]  # functions have no declared attributes
    return cast(View, ask)


def _meet(header: str) -> Clerk:
    """Return the system of a token. Raises WrongToken, TooOften."""
    if not header:
        raise WrongToken  # nobody tried anything
    engine, pepper = current_app.extensions["engine"], ward().settings.pepper
    return meet_system(engine, find_token(header), request.remote_addr or "", now(), pepper)


def current_system() -> Clerk:
    """Return the system that asks; `needs_system` has made sure that there is one."""
    found: Clerk = g.system
    return found


def get_own(application_id: str, write: bool = False) -> Any:
    """Return an application of the section of the system that asks; for any other there is nothing here."""
    row = find_row(get_session(), current_system(), application_id, write)
    if row is None:
        abort(answer_problem("not-here"))
    return row


def read_args() -> dict[str, list[str]]:
    """Return what stands in the address, every value of each name."""
    return {name: list(words) for name, words in request.args.lists()}


def expect_names(*known: str) -> None:
    """Answer 422 for an address that asks for something that there is not."""
    faults = find_name_faults(read_args(), known)
    if faults:
        abort(answer_problem("wrong", faults=faults))


def home() -> str:
    """Return the address at which this ward is reached."""
    base: str = ward().settings.public_url or request.host_url.rstrip("/")
    return base
