"""The log for auditors: what was done and looked at, whether the chain holds. Every look at it is logged, too."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, g, request

from webapp.accounts.door import accounts
from webapp.accounts.pages import needs, needs_proof, note_done, render_staff
from webapp.accounts.rules_audit_words import FINDING_WORDS, WHAT_WORDS, WHY_WORDS, mark
from webapp.accounts.service_audit_list import (
    MOST_EXPORTED,
    Found,
    Named,
    Wanted,
    find_names,
    list_entries,
    list_exported,
    read_wanted,
)
from webapp.accounts.service_audit_seals import find_report
from webapp.accounts.tables import AuditEntry
from webapp.kit.clock import WARD_ZONE, today
from webapp.kit.database import get_session
from webapp.kit.sheets import write_csv
from webapp.reading.service import current_speaker

HEADS = (mark("番号"), mark("日と時間"), mark("名前"), mark("サインインの名前"), mark("したこと"), mark("したことの記号"),
         mark("何について"), mark("理由"))  # fmt: skip
"""The headings of the file."""


@accounts.get("/<voice>/staff/log")
@needs("auditor")
def show_log() -> Response:
    """Show the log, the newest entries first, sorted out by person, deed, thing and day."""
    wanted = read_wanted(request.args)
    note_done("log-seen", wanted.about)
    found = Found(()) if wanted.gaps else list_entries(get_session(), wanted)
    settings = current_app.extensions["madoguchi"].settings
    return render_staff(
        "accounts/log.html",
        422 if wanted.gaps else 200,
        wanted=wanted,
        gaps=wanted.gaps,
        error_count=len(wanted.gaps),
        found=found,
        rows=[_show(row, found.names) for row in found.rows],
        whats=WHAT_WORDS,
        links=_list_links(wanted, found),
        report=find_report(settings.data_dir / "seals", settings.audit_keys),
        zone=WARD_ZONE,
        finding_words=FINDING_WORDS,
        most=MOST_EXPORTED,
    )


@accounts.get("/<voice>/staff/log.csv")
@needs("auditor")
@needs_proof()
def export_log() -> Response:
    """Send the entries that are wanted as a file for spreadsheets; how many there were is logged."""
    wanted, session = read_wanted(request.args), get_session()
    rows = [] if wanted.gaps else list_exported(session, wanted)
    _p, names = current_speaker().say_plain, find_names(session, rows)
    table: list[list[str | int]] = [[_p(head) for head in HEADS], *(_write(row, names) for row in rows)]
    note_done("log-exported", wanted.about, str(len(rows)))
    response = Response(write_csv(table), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="log-{today().isoformat()}.csv"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _show(row: AuditEntry, names: Mapping[str, Named]) -> dict[str, Any]:
    """Return an entry as the page shows it: words of our own where there are some, else as it was written."""
    return {
        "number": row.number,
        "at": row.at.astimezone(WARD_ZONE),
        "who": names.get(row.account_id or ""),
        "account_id": row.account_id,
        "what": row.what,
        "words": WHAT_WORDS.get(row.what),
        "about": row.about,
        "about_who": names.get(row.about),
        "why": row.why,
        "why_words": WHY_WORDS.get(row.why),
    }


def _write(row: AuditEntry, names: Mapping[str, Named]) -> list[str | int]:
    """Return an entry as a file holds it."""
    who, _p = names.get(row.account_id or ""), current_speaker().say_plain
    return [
        row.number,
        row.at.astimezone(WARD_ZONE).isoformat(timespec="seconds"),
        who.shown_name if who else "",
        who.name if who else row.account_id or "",
        _p(WHAT_WORDS[row.what]) if row.what in WHAT_WORDS else row.what,
        row.what,
        row.about,
        _p(WHY_WORDS[row.why]) if row.why in WHY_WORDS else row.why,
    ]


def _list_links(wanted: Wanted, found: Found) -> dict[str, str]:
    """Return the addresses of older and newer entries, of the newest, and of the file; none where there is nothing."""
    base = f"/{g.voice.code}/staff/log"

    def link(path: str, **more: int) -> str:
        """Return an address with the same filters."""
        query = urlencode({**wanted.filters, **more})
        return f"{path}?{query}" if query else path

    return {
        "older": link(base, before=found.older) if found.older else "",
        "newer": link(base, after=found.newer) if found.newer else "",
        "newest": link(base) if wanted.before or wanted.after else "",
        "file": link(f"{base}.csv"),
    }
