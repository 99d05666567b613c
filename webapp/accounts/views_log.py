"""The log for auditors: what was done and looked at, whether the chain holds. Every look at it is logged, too."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, g, request

from webapp.accounts.door import accounts
from webapp.accounts.pages import needs, needs_proof, note_done, render_staff
from webapp.accounts.rules_audit import OF_KEYS, read_about
from webapp.accounts.rules_audit_words import FINDING_WORDS, ROLE_WORDS, WHAT_WORDS, WHY_WORDS, find_words, mark
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
from webapp.kit.ids import is_id
from webapp.kit.sheets import write_csv
from webapp.reading.service import current_speaker

HEADS = (mark("番号"), mark("日と時間"), mark("名前"), mark("サインインの名前"), mark("したこと"), mark("したことの記号"),
         mark("何について"), mark("理由"))  # fmt: skip
"""The headings of the file."""


@accounts.get("/<voice>/staff/log")
@needs("auditor")
def show_log() -> Response:
    """Show the log, the newest entries first, sorted out by person, deed, thing and day."""
    wanted = _read_wanted()
    note_done("log-seen", _name_about(wanted))
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
        offices=_offices(),
        finding_words=FINDING_WORDS,
        most=MOST_EXPORTED,
    )


@accounts.get("/<voice>/staff/log.csv")
@needs("auditor")
@needs_proof()
def export_log() -> Response:
    """Send the entries that are wanted as a file for spreadsheets; how many there were is logged."""
    wanted, session = _read_wanted(), get_session()
    rows = [] if wanted.gaps else list_exported(session, wanted)
    _p, names = current_speaker().say_plain, find_names(session, rows)
    table: list[list[str | int]] = [[_p(head) for head in HEADS], *(_write(row, names) for row in rows)]
    note_done("log-exported", _name_about(wanted), str(len(rows)))
    response = Response(write_csv(table), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="log-{today().isoformat()}.csv"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _read_wanted() -> Wanted:
    """Return what the address asks for, with the id that a receipt number stands for: rooms above know these."""
    wanted = read_wanted(request.args)
    find = current_app.extensions.get("log_abouts")
    return replace(wanted, meant=find(get_session(), wanted.about) or "") if find and wanted.about else wanted


def _name_about(wanted: Wanted) -> str:
    """Return what the log says of a look at it: an id or a word of ours, never what somebody typed; the log stays for ever."""
    about = wanted.meant or wanted.about
    return about if is_id(about) or about == OF_KEYS or about in _offices() else ""


def _offices() -> Any:
    """Return the ward's offices by key: each is a section."""
    return current_app.extensions["madoguchi"].catalogue.offices


def _show(row: AuditEntry, names: Mapping[str, Named]) -> dict[str, Any]:
    """Return an entry as the page shows it: words of our own where there are some, else as it was written."""
    about, grant = read_about(row.about)
    role, _, section = grant.partition(":")
    return {
        "number": row.number,
        "at": row.at.astimezone(WARD_ZONE),
        "who": names.get(row.account_id or ""),
        "account_id": row.account_id,
        "what": row.what,
        "words": find_words(row.what),
        "about": about,
        "about_who": names.get(about),
        "role": ROLE_WORDS.get(role),
        "section": section,
        "why": row.why,
        "why_who": names.get(row.why),
        "why_words": WHY_WORDS.get(row.why),
    }


def _write(row: AuditEntry, names: Mapping[str, Named]) -> list[str | int]:
    """Return an entry as a file holds it."""
    who, whom, _p = names.get(row.account_id or ""), names.get(row.why), current_speaker().say_plain
    words = find_words(row.what)
    return [
        row.number,
        row.at.astimezone(WARD_ZONE).isoformat(timespec="seconds"),
        who.shown_name if who else "",
        who.name if who else row.account_id or "",
        _p(words) if words else row.what,
        row.what,
        row.about,
        _p(WHY_WORDS[row.why]) if row.why in WHY_WORDS else whom.shown_name if whom else row.why,
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
