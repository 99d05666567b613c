"""What holds for a sign-in at another service (OpenID Connect): one journey there and back, and what its answer proves. Pure."""

import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from webapp.config_oidc import Provider

FLOW_LASTS = timedelta(minutes=10)
MOST_SUBJECT = 255
MOST_BACK = 1500
"""A longer way back is left out: browsers keep no cookie beyond 4 KB."""
REASONS = (
    "down", "refused", "state", "clock", "answer", "settings", "unknown", "another", "stale", "weak", "wait", "nothing", "gone",
)  # fmt: skip
"""Why it can come to nothing; each has a page that says what to do."""


class Failed(Exception):
    """A sign-in at another service came to nothing. `detail` is for the log of whoever runs this, without personal data."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail[:120]


@dataclass(frozen=True, slots=True)
class Flow:
    """One journey to a service and back, as this browser alone holds it, sealed.

    `purpose`: "in", "proof" (who is signed in proves it anew), "link" or "return" (a resident's). `about`: the sign-in or the
    draft that it is for. `back`: where to go afterwards. `beside`: it was begun in a window of its own.
    """

    purpose: str
    state: str
    nonce: str
    verifier: str
    began: int
    voice: str
    back: str = ""
    about: str = ""
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Proven:
    """Whom a service named: never shown, kept only as a hash.

    `name` is what it says their account is called, `strong` whether it vouches for a second factor.
    """

    issuer: str
    subject: str
    name: str
    strong: bool
    auth_time: float | None


def begin_flow(purpose: str, voice: str, now: datetime, back: str = "", about: str = "", beside: bool = False) -> Flow:
    """Return a journey whose secrets nobody can guess, and which were in none before."""
    state, nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    back = back if len(back.encode()) <= MOST_BACK else ""
    return Flow(purpose, state, nonce, verifier, int(now.timestamp()), voice, back, about, beside)


def write_flow(flow: Flow) -> bytes:
    """Return a journey to be sealed."""
    return json.dumps(asdict(flow)).encode()


def read_flow(plain: bytes) -> Flow:
    """Return a journey that was sealed here."""
    return Flow(**json.loads(plain))


def check_return(flow: Flow | None, args: Mapping[str, str], provider: Provider, now: datetime) -> str:
    """Return the code that a browser brought back from the journey it was sent on. Raises Failed."""
    state = args.get("state", "")
    if flow is None or not hmac.compare_digest(flow.state.encode(), state.encode("utf-8", "surrogatepass")):
        raise Failed("state")
    if not 0 <= now.timestamp() - flow.began <= FLOW_LASTS.total_seconds():
        raise Failed("state", "too late")
    issuer = args.get("iss")
    if issuer is not None and issuer not in provider.issuers:
        raise Failed("answer", "another issuer came back")
    if args.get("error"):
        raise Failed("down" if args["error"] in ("server_error", "temporarily_unavailable") else "refused")
    code = args.get("code", "")
    if not 0 < len(code) <= 4096:
        raise Failed("answer", "no code")
    return code


def read_subject(claims: Mapping[str, Any]) -> str:
    """Return whom a service means. Raises Failed."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MOST_SUBJECT:
        raise Failed("answer", "no subject")
    if not (subject.isascii() and subject.isprintable()):
        raise Failed("answer", "no plain subject")
    return subject


def prove(provider: Provider, claims: Mapping[str, Any], extra: Mapping[str, Any]) -> Proven:
    """Return what an answer proves whose signature and claims were checked; `extra` is what else was told of the same person.

    How somebody was recognised is taken from the signed answer alone; what it does not say counts as the weakest.
    """
    name = claims.get(provider.name_claim) or extra.get(provider.name_claim)
    moment = claims.get("auth_time")
    is_moment = isinstance(moment, (int, float)) and not isinstance(moment, bool)
    return Proven(
        provider.issuer, read_subject(claims), name if isinstance(name, str) else "",
        is_strong(claims.get("acr"), claims.get("amr"), provider), float(moment) if is_moment else None,  # type: ignore[arg-type]  # a number
    )  # fmt: skip


def is_strong(acr: Any, amr: Any, provider: Provider) -> bool:
    """Tell whether a service vouches for what the ward counts as two factors: such a level, or one such method."""
    methods = amr if isinstance(amr, Sequence) and not isinstance(amr, str) else ()
    return acr in provider.strong_acr or any(one in provider.strong_amr for one in methods)


def is_fresh(proven: Proven, flow: Flow, leeway: int) -> bool:
    """Tell whether somebody was recognised in this very journey; a service that does not say when is not believed."""
    return proven.auth_time is not None and proven.auth_time >= flow.began - leeway
