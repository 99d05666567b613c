"""How long things are kept, what is erased when, and whether erasing, new keys and backups happen: numbers and days only."""

from datetime import datetime, timedelta

from flask import Response

from webapp.accounts.pages import needs, render_staff
from webapp.accounts.rules_audit import CHANGED
from webapp.accounts.service_audit_last import (
    BACKUP_MADE,
    KEYS_ROTATED,
    OLD_KEYS_DROPPED,
    count_since,
    find_first_at,
    find_last_at,
)
from webapp.applications.service_erasing import ERASED, FACTS_ERASED, WARNED
from webapp.applications.service_inbox_counts import count_erasing
from webapp.kit.clock import WARD_ZONE, day_of, now, today
from webapp.kit.database import get_session
from webapp.staff.door import clerk, staff, ward
from webapp.staff.pages_keeping import SOON, list_kept

COUNTED_DAYS = 30
STILL_FRESH = {"erasing": timedelta(days=2), "backup": timedelta(days=7), "rotation": timedelta(days=366)}
"""How long ago each may have been before the page says so; our own choice."""


@staff.get("/<voice>/staff/keeping/")
@needs("head", "auditor", "administrator")
def show_keeping() -> Response:
    """Show how long things are kept and when they go: heads for their sections, auditors and administrators for all."""
    session, who, day = get_session(), clerk(), today()
    whole = who.has("auditor") or who.has("administrator")
    counts = count_erasing(session, {name: day + timedelta(days=days) for name, days in SOON.items()})
    rows = list_kept(ward(), None if whole else who.sections("head"), counts)
    done = count_since(session, (ERASED, WARNED), now() - timedelta(days=COUNTED_DAYS)) if whole else {}
    return render_staff(
        "staff/keeping.html", rows=rows, whole=whole, soon=SOON, erased=done.get(ERASED), warned=done.get(WARNED),
        sums={name: sum(row.goes[name] for row in rows) for name in SOON}, times=_list_times(), counted_days=COUNTED_DAYS,
        draft_days=ward().settings.draft_days, zone=WARD_ZONE,
    )  # fmt: skip


def _list_times() -> list[tuple[str, datetime | None, int, bool]]:
    """Return what is to happen again and again: its key, when it last did, how many days ago, and whether that is long ago."""
    session = get_session()
    found = {
        "erasing": find_last_at(session, ERASED, FACTS_ERASED),
        "backup": find_last_at(session, BACKUP_MADE),
        "rotation": find_last_at(session, KEYS_ROTATED),
        "dropped": find_last_at(session, OLD_KEYS_DROPPED),
        "log-key": find_last_at(session, CHANGED),
    }
    began = find_first_at(session)
    return [
        (key, at, (today() - day_of(at)).days if at else 0, _is_long_ago(key, at or began)) for key, at in found.items()
    ]


def _is_long_ago(key: str, since: datetime | None) -> bool:
    """Tell whether something ought to have happened again since it last did, or since the service began."""
    return since is not None and key in STILL_FRESH and now() - since > STILL_FRESH[key]
