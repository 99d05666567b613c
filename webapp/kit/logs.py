"""Logs without personal data: one JSON line a request with its route (not its address), never a body, query or secret."""

import json
import logging
import secrets
import sys
import time
import traceback
from datetime import datetime, timezone

from flask import Flask, Response, g, request

log = logging.getLogger("madoguchi")


class JsonLines(logging.Formatter):
    """Writes records as JSON lines with UTC times."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        moment = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        line = {"time": moment, "level": record.levelname.lower(), "event": record.getMessage()}
        return json.dumps({**line, **getattr(record, "facts", {})}, ensure_ascii=False)


def open_log() -> None:
    """Have this process write its log to standard error, as JSON lines."""
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False


def log_requests(app: Flask) -> None:
    """Log each request to standard error under an id that error pages show."""
    open_log()
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    """Give the request an id and note when it began."""
    g.request_id = secrets.token_hex(6)
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    """Write the request's line; static files are left to the proxy's log, and so are polls to which nothing was new."""
    if request.endpoint != "static_file" and response.status_code != 204 and "began" in g:
        route = request.url_rule.rule if request.url_rule else "none"
        took = round((time.perf_counter() - g.began) * 1000, 1)
        facts = {
            "id": g.request_id,
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "ms": took,
        }
        log.info("request", extra={"facts": facts})
    return response


def log_failure(error: Exception) -> None:
    """Log a failure of ours: the kind of error and where it happened, not its message, which may quote an answer."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno}" for frame in frames[-6:]]
    log.error("failure", extra={"facts": {"id": g.get("request_id"), "kind": type(error).__name__, "where": where}})
