"""A ward that worked with an older version loses nothing when it is brought to the newest, on both databases."""

import secrets
from collections.abc import Iterator
from datetime import date, datetime, timezone

import pytest
from alembic import command
from sqlalchemy import MetaData, Table, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from tests.conftest import make_postgres
from webapp.accounts.rules import Grant
from webapp.accounts.service import list_grants
from webapp.accounts.service_audit import note
from webapp.accounts.service_audit_check import verify
from webapp.config import ROOT
from webapp.kit.database import make_engine, open_session, sign_with
from webapp.kit.migrations import find_drift, make_config, migrate

FOLDER = ROOT / "migrations"
BEFORE_SECTIONS = "0004"
MOMENT, LATER = datetime(2026, 2, 1, 3, 4, 5, tzinfo=timezone.utc), datetime(2026, 2, 2, tzinfo=timezone.utc)
DAY = date(2031, 2, 1)
DRAFT = {"id": "draft-1", "procedures": "dog", "event": "", "definition": "d", "asked_about": "", "voice": "ja", "version": 3,
         "started_at": MOMENT, "saved_at": MOMENT, "expires_on": DAY, "sent_at": MOMENT, "sealed_answers": b"a", "sealed_slip": b"s"}  # fmt: skip
OLD = {
    "account": [
        {"id": "a1", "name": "hanako", "shown_name": "花子", "password_hash": "h", "roles": "instructor staff", "made_at": MOMENT},
        {"id": "a2", "name": "taro", "shown_name": "太郎", "password_hash": "h", "roles": "", "made_at": MOMENT, "disabled_at": LATER},
    ],
    "sign_in": [{"lookup": b"1" * 32, "account_id": "a1", "made_at": MOMENT, "seen_at": MOMENT, "ends_at": LATER, "browser": "Firefox"}],
    "audit_entry": [
        {"id": 3, "at": MOMENT, "account_id": "a1", "what": "signed-in", "about": ""},
        {"id": 7, "at": LATER, "account_id": None, "what": "sign-in-refused", "about": "a2"},
        {"id": 8, "at": LATER, "account_id": "a1", "what": "calls-listed", "about": ""},
    ],
    "draft": [DRAFT],
    "practice_draft": [{**DRAFT, "id": "draft-2"}],
    "way_in": [{"lookup": b"2" * 32, "draft_id": "draft-1", "kind": "browser", "holder": b"h", "salt": b"", "wrapped_key": b"k"}],
    "practice_way_in": [{"lookup": b"3" * 32, "draft_id": "draft-2", "kind": "slip", "holder": None, "salt": b"x", "wrapped_key": b"k"}],
    "upload": [{"id": "file-1", "draft_id": "draft-1", "fact": "photo", "size": 5, "given_at": MOMENT}],
    "application": [
        {"id": "app-1", "receipt": "R1", "draft_id": "draft-1", "procedure": "dog", "definition": "d", "voice": "en",
         "state": "received", "sent_at": MOMENT, "answer_by": DAY, "erase_after": DAY, "sealed_answers": b"a", "wrapped_key": b"k"},
    ],
}  # fmt: skip
"""Rows as version 0004 wrote them, in the order in which they hang on each other."""


@pytest.fixture(params=["sqlite", "postgres"])
def old(request, tmp_path) -> Iterator[Engine]:
    """Yield a database of version 0004 with rows in it."""
    name = f"old{secrets.token_hex(6)}"
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'old.db'}")
    else:
        address = request.getfixturevalue("postgres_address")
        make_postgres(address, f"CREATE DATABASE {name}")
        engine = make_engine(address % name)
    sign_with(engine, [bytes(range(32))])
    with engine.begin() as connection:
        command.upgrade(make_config(FOLDER, connection), BEFORE_SECTIONS)
    with engine.begin() as connection:
        for table, rows in OLD.items():
            for row in rows:
                connection.execute(table_of(connection, table).insert(), row)
    yield engine
    engine.dispose()
    if request.param == "postgres":
        make_postgres(address, f"DROP DATABASE {name}")


def table_of(connection, name: str) -> Table:
    """Return a table as it is in the database just now."""
    return Table(name, MetaData(), autoload_with=connection)


def read(engine: Engine, name: str) -> list[dict]:
    """Return a table's rows."""
    with engine.connect() as connection:
        table = table_of(connection, name)
        return [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]


def test_nothing_is_lost(old):
    before = {name: read(old, name) for name in OLD}
    migrate(old, FOLDER)
    for name, rows in before.items():
        gone = {"audit_entry": {"id"}, "account": {"roles"}}.get(name, set())
        after = read(old, name)
        assert len(after) == len(rows), name
        for was, now in zip(rows, after, strict=True):
            kept = {column: value for column, value in was.items() if column not in gone}
            assert {column: now[column] for column in kept} == kept, name
    find_drift(old, FOLDER)


def test_roles_became_grants(old):
    migrate(old, FOLDER)
    with Session(old) as session:
        assert list_grants(session, "a1") == {Grant("instructor"), Grant("reception")}
        assert list_grants(session, "a2") == frozenset()


def test_applications_wait_for_their_section_as_they_were(old):
    migrate(old, FOLDER)
    (row,) = read(old, "application")
    assert row["changed_at"] == row["sent_at"]
    assert (row["section"], row["version"], row["outcome"], bytes(row["sealed_label"])) == ("", 0, "", b"")
    assert row["is_open"]


def test_sign_ins_and_ways_in_are_whole(old):
    migrate(old, FOLDER)
    (sign_in,), (way,) = read(old, "sign_in"), read(old, "way_in")
    assert (sign_in["stage"], sign_in["proved_at"]) == ("whole", None)
    assert (way["scope"], way["ends_on"], way["helper"]) == ("whole", None, None)


def test_log_is_numbered_without_a_gap_and_goes_on_as_a_chain(old):
    migrate(old, FOLDER)
    with open_session(old) as session:
        note(session, LATER, "a1", "signed-in")
    assert [(row["number"], row["what"]) for row in read(old, "audit_entry")] == [
        (1, "signed-in"), (2, "sign-in-refused"), (3, "calls-listed"), (4, "signed-in"),
    ]  # fmt: skip
    with Session(old) as session:
        report = verify(session, {})
    assert report.holds
    assert (report.entries, report.unchained) == (4, 3)
    for statement in ("UPDATE audit_entry SET what = 'x'", "DELETE FROM audit_entry"):
        with pytest.raises(DBAPIError, match="the log is never"), old.begin() as connection:
            connection.execute(text(statement))


def test_migrating_again_changes_nothing(old):
    migrate(old, FOLDER)
    before = {name: read(old, name) for name in (*OLD, "role_grant", "audit_head")}
    migrate(old, FOLDER)
    assert {name: read(old, name) for name in before} == before
