"""What a section's system may ask for and how: queries, cursors, acknowledgements, moments. Pure decisions.

Every fault is a word of `FAULTS`, which the description of the API says in words.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from webapp.applications.rules import STATES

USUAL_LIMIT, MOST_LIMIT = 100, 500
LONGEST_BODY = 4096
OVERLAP = timedelta(minutes=1)
"""How far `resume` goes back: what was being written meanwhile is seen the next time, and not passed over."""
QUERY = ("procedure", "layout", "state", "changed_after", "limit", "new")
FAULTS = ("unknown", "twice", "slug", "layout", "state", "cursor", "limit", "switch", "object", "version")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_CURSOR = re.compile(r"([0-9]{1,17})-([0-9a-f]{24}|)")
_LATEST = 10**16
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Query:
    """What an address asks for; `faults` says what is to mend about it, by parameter."""

    procedure: str = ""
    layout: str = ""
    states: tuple[str, ...] = ()
    after: tuple[datetime, str] | None = None
    limit: int = USUAL_LIMIT
    new_only: bool = True
    faults: Mapping[str, str] = field(default_factory=dict)


def find_name_faults(given: Mapping[str, Sequence[str]], known: Sequence[str]) -> dict[str, str]:
    """Return what is to mend about the names in an address: "unknown" ones, and those that stand "twice"."""
    faults = {name: "unknown" for name in given if name not in known}
    return faults | {name: "twice" for name in given if name in known and name != "state" and len(given[name]) > 1}


def read_query(given: Mapping[str, Sequence[str]], layouts: Sequence[str]) -> Query:
    """Return what a list is asked for. `layouts`: the keys of all that there are."""
    faults, first = find_name_faults(given, QUERY), {name: words[0] for name, words in given.items() if words}
    states, limit = tuple(given.get("state", ())), first.get("limit", str(USUAL_LIMIT))
    after = read_cursor(first["changed_after"]) if first.get("changed_after") else None
    checks = {
        "procedure": ("slug", bool(first.get("procedure")) and not _SLUG.fullmatch(first["procedure"])),
        "layout": ("layout", bool(first.get("layout")) and first["layout"] not in layouts),
        "state": ("state", any(one not in STATES for one in states)),
        "changed_after": ("cursor", bool(first.get("changed_after")) and after is None),
        "limit": ("limit", read_limit(limit) is None),
        "new": ("switch", first.get("new", "1") not in ("0", "1")),
    }
    faults |= {name: code for name, (code, is_wrong) in checks.items() if is_wrong and name not in faults}
    return Query(
        first.get("procedure", ""), first.get("layout", ""), states, after, read_limit(limit) or USUAL_LIMIT,
        first.get("new", "1") == "1", faults,
    )  # fmt: skip


def read_limit(words: str) -> int | None:
    """Return how many an answer may list, or None for what is no such number."""
    number = int(words) if re.fullmatch(r"[0-9]{1,4}", words) else 0
    return number if 1 <= number <= MOST_LIMIT else None


def write_cursor(moment: datetime, id_: str = "") -> str:
    """Return a place in the order of changes as an address says it; nobody but us reads it."""
    plain = f"{(moment - _EPOCH) // timedelta(microseconds=1)}-{id_}"
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read_cursor(words: str) -> tuple[datetime, str] | None:
    """Return the place that a cursor of ours names, or None."""
    try:
        plain = base64.b64decode(words[:200] + "=" * (-len(words[:200]) % 4), altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error):
        return None
    found = _CURSOR.fullmatch(plain)
    if found is None or int(found[1]) > _LATEST:
        return None
    return _EPOCH + timedelta(microseconds=int(found[1])), found[2]


def resume_from(last: tuple[datetime, str] | None, now: datetime) -> str:
    """Return the cursor for asking again later: behind `last` (None: the list is at its end), but never up to this very moment."""
    edge = now - OVERLAP
    return write_cursor(*last) if last and last[0] <= edge else write_cursor(edge)


def read_acknowledgement(body: bytes) -> tuple[int, str]:
    """Return the version that a system says it has, and what is to mend: "object" or "version". Raises ValueError for no JSON."""
    try:
        given: Any = json.loads(body)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(given, dict) or set(given) - {"version"}:
        return 0, "object"
    version = given.get("version")
    is_number = isinstance(version, int) and not isinstance(version, bool) and 0 <= version < 2**31
    return (version if isinstance(version, int) and is_number else 0), "" if is_number else "version"


def write_moment(moment: datetime) -> str:
    """Return a moment as the API says it: ISO 8601 in UTC."""
    return f"{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
