"""What residents do through the real forms before a test begins: walked once, and copied for later tests that begin so.

Walking a form of twenty pages takes as long as twenty tests of what comes after it. The forms have tests of their own.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine
from sqlmodel import SQLModel, select

from tests.autopilot import Autopilot
from tests.conftest import OWN
from webapp.accounts.service_audit import note
from webapp.accounts.tables import AuditEntry, AuditHead
from webapp.applications.tables import Snapshot
from webapp.config import Settings
from webapp.kit.clock import now, today
from webapp.kit.database import open_session

SHARED = Snapshot.__tablename__
"""The table whose rows several walks share: they are copied with each, unless they are there already."""
ENTRIES, END = AuditEntry.__tablename__, AuditHead.__tablename__
"""The log and its end: a chain cannot be copied into another, so that what a walk wrote into it is written anew."""

Walk = Callable[[FlaskClient], str]
Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Walked:
    """What one walk left: where it led, rows by table, files by place, the browser's cookies, and when it was done."""

    led: str
    rows: Rows
    files: Mapping[Path, bytes]
    cookies: Mapping[Any, Any]
    moment: datetime


_walked: dict[Any, list[Walked]] = {}
_copied: Counter[Any] = Counter()


def walk_once(app: Flask, what: Any, client: FlaskClient, walk: Walk) -> str:
    """Walk in a browser, or copy what walking the same left before; return where it led.

    `what` says which walk it is, with all that it depends on. Each is copied once into a database: the second in the
    same database is walked, and copied from then on, too.
    """
    settings, engine = app.extensions["madoguchi"].settings, app.extensions["engine"]
    key = (repr(what), today(), *list_what_matters(settings))
    known, place = _walked.setdefault(key, []), (str(engine.url), key)
    if len(known) == _copied[place]:
        walked, can_be_copied = note_walk(settings, engine, client, walk)
        known += [walked] if can_be_copied else []
    else:
        walked = known[_copied[place]]
        copy_walk(walked, settings, engine, client)
    _copied[place] = min(_copied[place] + 1, len(known))
    return walked.led


def send_through_forms(app: Flask, slug: str, choose: Mapping[str, Any]) -> FlaskClient:
    """Send an application of a procedure with the answers `choose`; return the resident's browser."""
    client = app.test_client()

    def walk(client: FlaskClient) -> str:
        pilot = Autopilot(client, app.extensions["madoguchi"].dictionary, today(), choose=choose)
        return pilot.send(pilot.walk_to_check(pilot.start(slug)))

    walk_once(app, ("sent", slug, choose), client, walk)
    return client


def list_what_matters(settings: Settings) -> tuple[Any, ...]:
    """Return the settings on which what a walk leaves depends: whatever locks it, not where it lies."""
    others = (getattr(settings, one.name) for one in fields(settings) if one.name not in OWN)
    return (settings.master_keys[0], settings.pepper, *others)


def note_walk(settings: Settings, engine: Engine, client: FlaskClient, walk: Walk) -> tuple[Walked, bool]:
    """Walk; return what that left, and whether it can be copied: not where anything changed that was there before."""
    rows, files = read_rows(engine), read_files(settings)
    led, after = walk(client), read_rows(engine)
    is_added = all(one in after[name] for name, old in rows.items() if name != END for one in old)
    new = {name: [one for one in found if name == SHARED or one not in rows[name]] for name, found in after.items()}
    left = {place: content for place, content in read_files(settings).items() if place not in files}
    return Walked(led, new, left, dict(client._cookies or {}), now()), is_added


def copy_walk(walked: Walked, settings: Settings, engine: Engine, client: FlaskClient) -> None:
    """Put what a walk left where it would be, had the walk just been done."""
    later = now() - walked.moment
    with engine.begin() as connection:
        there = set(connection.execute(select(Snapshot.hash)).scalars())
        for table in SQLModel.metadata.sorted_tables:
            for row in walked.rows[table.name]:
                moved = {name: one + later if isinstance(one, datetime) else one for name, one in row.items()}
                if table.name not in (ENTRIES, END) and (table.name != SHARED or row["hash"] not in there):
                    connection.execute(table.insert(), moved)
    with open_session(engine) as session:
        for row in sorted(walked.rows[ENTRIES], key=lambda one: one["number"]):
            note(session, row["at"] + later, row["account_id"], row["what"], row["about"], row["why"])
    for place, content in walked.files.items():
        (settings.data_dir / place).parent.mkdir(parents=True, exist_ok=True)
        (settings.data_dir / place).write_bytes(content)
    client._cookies.update(walked.cookies)


def read_rows(engine: Engine) -> Rows:
    """Return all rows of all tables."""
    with engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(table.select()).mappings()]
            for table in SQLModel.metadata.sorted_tables
        }


def read_files(settings: Settings) -> dict[Path, bytes]:
    """Return what residents attached, by where it lies."""
    folder = settings.data_dir / "uploads"
    return {one.relative_to(settings.data_dir): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
