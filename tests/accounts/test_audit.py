"""The chain of the log: whatever is changed, removed, added, moved or cut off is found, on both databases, with its number."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from tests.accounts.helping import make
from webapp.accounts.service_audit import note
from webapp.accounts.service_audit_check import verify
from webapp.accounts.tables import Account, AuditEntry, AuditHead
from webapp.kit.database import open_session, sign_with
from webapp.kit.ids import new_id

MOMENT = datetime(2026, 11, 27, 1, 2, 3, 456789, tzinfo=timezone.utc)
ENTRIES = 12
DROP = {
    "sqlite": ("DROP TRIGGER audit_entry_stays", "DROP TRIGGER audit_entry_is_written_once"),
    "postgresql": ("DROP TRIGGER audit_entry_stays ON audit_entry",),
}
FIELDS = {"at": MOMENT - timedelta(days=1), "account_id": "somebody-else", "what": "other", "about": "other", "why": "other",
          "mac": bytes(32)}  # fmt: skip


def write(engine: Engine, count: int = ENTRIES) -> None:
    """Write entries into the log, each in its own transaction."""
    for number in range(count):
        with open_session(engine) as session:
            note(session, MOMENT + timedelta(minutes=number), f"a{number}", "tried", f"case{number}", "assigned")


@contextmanager
def burglar(engine: Engine) -> Iterator[Session]:
    """Yield a session of somebody who may do everything with the database but has no key; nothing of it stays."""
    with engine.connect() as connection:
        transaction = connection.begin()
        for statement in DROP[engine.dialect.name]:
            connection.execute(text(statement))
        with Session(connection) as session:
            yield session
        transaction.rollback()


def found(session: Session) -> set[tuple[str, int]]:
    """Return what is found, and where."""
    session.flush()
    session.expire_all()
    return {(one.kind, one.number) for one in verify(session, {}).findings}


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
    key = engine.get_execution_options()["signing_key"]
    sign_with(engine, bytes(32))
    with Session(engine) as session:
        report = verify(session, {})
    sign_with(engine, key)
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


def test_clock_that_is_set_back_breaks_nothing(engine):
    for moment in (MOMENT, MOMENT - timedelta(days=400), MOMENT.astimezone(timezone(timedelta(hours=9)))):
        with open_session(engine) as session:
            note(session, moment, None, "tried")
    with Session(engine) as session:
        assert verify(session, {}).holds
        assert [row.number for row in session.exec(select(AuditEntry).order_by(AuditEntry.number))] == [1, 2, 3]


def test_what_was_rolled_back_is_not_in_the_log(engine):
    with suppress(RuntimeError), open_session(engine) as session:
        note(session, MOMENT, None, "tried")
        raise RuntimeError
    with open_session(engine) as session:
        note(session, MOMENT, None, "tried", "dropped")
        session.rollback()
        note(session, MOMENT, None, "tried", "kept")
    with Session(engine) as session:
        assert session.exec(select(AuditEntry.about)).all() == ["kept"]
        assert verify(session, {}).holds


def test_eight_writers_at_once_leave_no_gap(engine):
    writers, each = 8, 25
    failures: list[Exception] = []

    def write_some(name: str) -> None:
        try:
            for number in range(each):
                with open_session(engine) as session:
                    session.add(Account(id=new_id(), name=f"{name}{number}", shown_name=name, made_at=MOMENT))
                    note(session, MOMENT, name, "tried", str(number))
                    if number % 5 == 0:
                        note(session, MOMENT, name, "tried-again", str(number))
        except Exception as error:  # told by the test
            failures.append(error)

    threads = [threading.Thread(target=write_some, args=(f"w{one}",)) for one in range(writers)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    print(
        f"\n{engine.dialect.name}: {writers * each / took:.0f} transactions with an entry a second, {writers} writers"
    )
    assert failures == []
    with Session(engine) as session:
        numbers = session.exec(select(AuditEntry.number).order_by(AuditEntry.number)).all()
        assert numbers == list(range(1, writers * (each + each // 5) + 1))
        assert verify(session, {}).holds


def test_log_is_read_while_others_write(engine):
    write(engine, 5)
    stop = threading.Event()

    def go_on() -> None:
        while not stop.is_set():
            write(engine, 1)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        for _ in range(10):
            with Session(engine) as session:
                assert verify(session, {}).findings == ()
    finally:
        stop.set()
        thread.join()


def test_noting_never_makes_two_people_wait_for_each_other(postgres_engine, app):
    """One notes and then takes what another holds, who notes, too: neither is refused."""
    first, second = (make(app, name=name) for name in ("one", "two"))
    with open_session(postgres_engine) as session:
        for number, one in enumerate((first, second)):
            session.add(Account(id=one, name=f"n{number}", shown_name="n", made_at=MOMENT))
    held, noted, failures = threading.Event(), threading.Event(), []

    def hold_then_note() -> None:
        try:
            with open_session(postgres_engine) as session:
                session.exec(select(Account).where(Account.id == second).with_for_update()).one()
                held.set()
                noted.wait(5)
                note(session, MOMENT, second, "tried")
        except Exception as error:  # told by the test
            failures.append(error)

    thread = threading.Thread(target=hold_then_note)
    thread.start()
    held.wait(5)
    with open_session(postgres_engine) as session:
        note(session, MOMENT, first, "tried")
        session.flush()
        noted.set()
        session.exec(select(Account).where(Account.id == second).with_for_update()).one()
    thread.join()
    assert failures == []
