"""What browsers report: that a page tried what its content policy forbids. One line in the log, without any address."""

import json
import re
import time
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from webapp.kit.limits import Buckets
from webapp.kit.logs import log
from webapp.kit.safety import REPORTS, guard

MOST_AN_HOUR = 240
MOST_BYTES = 20_000


def take_reports(app: Flask) -> None:
    """Add the address that the content policy names; a flood of reports fills no log."""
    bucket = Buckets(MOST_AN_HOUR)

    @guard("origin")
    def take_report() -> Response:
        """Write down which rule was broken on which kind of page; never what its address or its text was."""
        if (request.content_length or 0) <= MOST_BYTES and not bucket.take("all", time.monotonic()):
            facts = read_report(request.get_data(cache=False))
            if facts:
                log.warning("a page broke its content policy", extra={"facts": facts})
        return Response(status=204)

    app.add_url_rule(REPORTS, "take_report", take_report, methods=["POST"])


def read_report(content: bytes) -> dict[str, str]:
    """Return what a report says that is worth a line; nothing for what is no report."""
    try:
        said = json.loads(content)["csp-report"]
        rule = str(said.get("effective-directive") or said.get("violated-directive") or "")
        page, blocked = str(said.get("document-uri") or ""), str(said.get("blocked-uri") or "")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
    if not re.fullmatch(r"[a-z-]{1,40}", rule):
        return {}
    return {"rule": rule, "route": _find_route(page), "from": _shorten(blocked)}


def _find_route(page: str) -> str:
    """Return the route of a page of ours."""
    try:
        adapter = current_app.url_map.bind("localhost")
        return str(adapter.match(urlsplit(page).path, method="GET", return_rule=True)[0].rule)
    except (HTTPException, ValueError):
        return "none"


def _shorten(blocked: str) -> str:
    """Return where something would have come from: a host, or a word such as "inline"."""
    try:
        host = urlsplit(blocked).hostname or blocked
    except ValueError:
        return "other"
    return host if re.fullmatch(r"[a-z0-9.-]{1,80}", host) else "other"
