"""The web server's own answers and log lines: it refuses broken requests before the app sees them, as quietly as the app."""

import sys
from contextlib import suppress
from typing import Any

from gunicorn import util
from gunicorn.glogging import Logger
from gunicorn.http import errors, wsgi
from gunicorn.workers.gthread import ThreadWorker

from webapp.kit.safety import HEADERS, STRICT_TRANSPORT

STATUSES: dict[type[Exception], tuple[int, str]] = {
    errors.LimitRequestLine: (414, "URI Too Long"),
    errors.LimitRequestHeaders: (431, "Request Header Fields Too Large"),
    errors.UnsupportedTransferCoding: (501, "Not Implemented"),
    errors.ExpectationFailed: (417, "Expectation Failed"),
    errors.ParseException: (400, "Bad Request"),
}
STARTING = "Exception in worker process"


class QuietWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Answers requests that cannot be read with the safety headers, and repeats nothing of them."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer and log what kind of fault it was, without its message: that quotes the request."""
        status, reason = next((found for kind, found in STATUSES.items() if isinstance(exc, kind)), (500, "Failure"))
        self.log.warning("request refused by the server: %s %s", status, type(exc).__name__)
        config = getattr(self.wsgi, "config", {})
        with suppress(OSError):
            util.write_nonblock(client, write_refusal(status, reason, bool(config.get("SESSION_COOKIE_SECURE"))))


class QuietLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Keeps addresses, queries and answers out of the server's log: errors are told by kind."""

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Log the kind of an error; what goes wrong while starting is told in full, as no resident is in it."""
        if msg.startswith(STARTING):
            super().exception(msg, *args, **kwargs)
            return
        kind = sys.exc_info()[0]
        self.error_log.error("failure in the server: %s", kind.__name__ if kind else "unknown")


def write_refusal(status: int, reason: str, secure: bool) -> bytes:
    """Return a whole HTTP answer without anything of the request in it."""
    body = f"{reason}\n"
    headers = {**HEADERS, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    if secure:
        headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    headers |= {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body)), "Connection": "close"}
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers.items()), "", body]
    return "\r\n".join(lines).encode("latin-1")


_all_headers = wsgi.Response.default_headers


def _nameless_headers(response: Any) -> list[str]:
    """Return the headers that the server adds, without the one that names it."""
    return [line for line in _all_headers(response) if not line.startswith("Server:")]


wsgi.Response.default_headers = _nameless_headers
