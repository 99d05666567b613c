"""The chain of the log: whatever is changed, removed, added, moved or cut off is found, on both databases, with its number."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from tests.accounts.logged import ENTRIES, MOMENT, burglar, found, write
from webapp.accounts.service_audit_check import verify
from webapp.accounts.tables import AuditEntry, AuditHead
from webapp.kit.database import sign_with

FIELDS = {"at": MOMENT - timedelta(days=1), "account_id": "somebody-else", "what": "other", "about": "other", "why": "other",
          "mac": bytes(32)}  # fmt: skip


def test_untouched_log_holds_and_says_how_long_it_is(engine):
    write(engine)
    with Session(engine) as session:
        report = verify(session, {})
    assert report.holds
    assert (report.entries, report.last, report.unchained, report.findings) == (ENTRIES, ENTRIES, 0, ())


def test_log_of_a_new_ward_holds(engine):
    with Session(engine) as session:
        assert verify(session, {}).holds


def test_database_itself_refuses_to_change_or_remove_entries(engine):
    write(engine, 2)
    for statement in ("UPDATE audit_entry SET what = 'x'", "UPDATE audit_entry SET about = '' WHERE number = 1",
                      "DELETE FROM audit_entry", "DELETE FROM audit_entry WHERE number = 2"):  # fmt: skip
        with pytest.raises(DBAPIError, match="the log is never"), engine.begin() as connection:
            connection.execute(text(statement))
    if engine.dialect.name == "postgresql":
        with pytest.raises(DBAPIError, match="the log is never"), engine.begin() as connection:
            connection.execute(text("TRUNCATE audit_entry"))


@pytest.mark.parametrize("column", FIELDS)
def test_any_edit_is_found_at_its_number(engine, column):
    write(engine)
    for number in (1, 6, ENTRIES):
        with burglar(engine) as session:
            session.connection().execute(
                AuditEntry.__table__.update().where(AuditEntry.number == number).values({column: FIELDS[column]})
            )
            places = {place for _, place in found(session)}
            assert number in places
            assert places <= {number, number + 1}, "the rest of the chain is whole"


COLUMNS = "at, account_id, what, about, why, mac"
COPY = f"INSERT INTO audit_entry (number, {COLUMNS}) SELECT %s, x.* FROM (SELECT {COLUMNS} FROM audit_entry WHERE number = :one) x"
DEEDS = {
    "remove": ("DELETE FROM audit_entry WHERE number = :one",),
    "remove and close the gap": (
        "DELETE FROM audit_entry WHERE number = :one",
        "UPDATE audit_entry SET number = number + 10000 WHERE number > :one",
        "UPDATE audit_entry SET number = number - 10001 WHERE number > 10000",
        "UPDATE audit_head SET number = number - 1",
    ),
    "swap": (
        "UPDATE audit_entry SET number = 10000 WHERE number = :one",
        "UPDATE audit_entry SET number = :one WHERE number = :other",
        "UPDATE audit_entry SET number = :other WHERE number = 10000",
    ),
    "insert": (
        "UPDATE audit_entry SET number = number + 10000 WHERE number > :one",
        "UPDATE audit_entry SET number = number - 9999 WHERE number > 10000",
        COPY % ":one + 1",
        "UPDATE audit_head SET number = number + 1",
    ),
    "add before the first": (COPY % "0",),
    "add behind the last": (COPY % (ENTRIES + 1),),
    "cut the end": ("DELETE FROM audit_entry WHERE number >= :one",),
    "cut the end and set the head back": (
        "DELETE FROM audit_entry WHERE number >= :one",
        "UPDATE audit_head SET number = :one - 1",
    ),
    "set the head back": ("UPDATE audit_head SET number = :one - 1",),
    "call the first ones old": ("UPDATE audit_head SET began = :one",),
    "call the first ones old, without their codes": (
        "UPDATE audit_entry SET mac = substr(mac, 1, 0) WHERE number <= :one",
        "UPDATE audit_head SET began = :one",
    ),
    "take the head away": ("DELETE FROM audit_head",),
    "copy over": (
        "UPDATE audit_entry SET what = 'x', about = (SELECT about FROM audit_entry WHERE number = :other), "
        "mac = (SELECT mac FROM audit_entry WHERE number = :other) WHERE number = :one",
    ),
}


def tamper(session: Session, deed: str, one: int, other: int) -> None:
    """Do something to the log as somebody without the key can."""
    for statement in DEEDS[deed]:
        names = {name: value for name, value in (("one", one), ("other", other)) if f":{name}" in statement}
        session.connection().execute(text(statement), names)


@pytest.mark.parametrize("deed", DEEDS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, ENTRIES), st.integers(1, ENTRIES))
@example(1, ENTRIES)
@example(ENTRIES, 1)
def test_any_removal_addition_or_reorder_is_found(engine, deed, one, other):
    with Session(engine) as session:
        is_empty = session.get(AuditHead, 1).number == 0
    if is_empty:
        write(engine)
    with burglar(engine) as session:
        tamper(session, deed, one, other)
        assert found(session) or (deed == "swap" and one == other)


def test_first_number_found_is_where_it_breaks(engine):
    write(engine)
    for deed, place in (
        ("remove", ("removed", 5)),
        ("swap", ("broken", 5)),
        ("insert", ("broken", 6)),
        ("cut the end", ("cut", 5)),
    ):
        with burglar(engine) as session:
            tamper(session, deed, 5, 9)
            assert min(found(session), key=lambda one: one[1]) == place


def test_entry_that_cannot_even_be_read_is_found(sqlite_engine):
    write(sqlite_engine)
    for change in ("at = 'yesterday'", "account_id = x'00ff'", "mac = 'words'", "about = 3"):
        with burglar(sqlite_engine) as session:
            session.connection().execute(text(f"UPDATE audit_entry SET {change} WHERE number = 4"))
            assert ("broken", 4) in found(session), change


def test_log_written_under_another_key_is_found_and_findings_stay_few(engine):
    write(engine, 30)
    with Session(engine) as session:
        before = verify(session, {})
    keys = engine.get_execution_options()["signing_keys"]
    sign_with(engine, [bytes(32)])
    with Session(engine) as session:
        report = verify(session, {})
    sign_with(engine, keys)
    assert before.holds
    assert not report.holds
    assert (len(report.findings), report.more) == (20, 10)


def test_entries_older_than_the_chain_are_said_to_be_so(engine):
    """As an upgraded database has them: without codes, up to where the chain began."""
    with engine.begin() as connection:
        for number in (1, 2):
            connection.execute(
                AuditEntry.__table__.insert(),
                {"number": number, "at": MOMENT, "what": "x", "about": "", "why": "", "mac": b""},
            )
        connection.execute(text("UPDATE audit_head SET number = 2, began = 2"))
    write(engine)
    with Session(engine) as session:
        report = verify(session, {})
    assert report.holds
    assert (report.entries, report.unchained) == (ENTRIES + 2, 2)
