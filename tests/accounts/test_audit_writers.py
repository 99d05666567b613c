"""Many write into the log at once: no gap, nobody waits for nothing, and a clock that is set back breaks nothing."""

import threading
import time
from contextlib import suppress
from datetime import timedelta, timezone

from sqlmodel import Session, select

from tests.accounts.helping import make
from tests.accounts.logged import MOMENT, write
from webapp.accounts.service_audit import note
from webapp.accounts.service_audit_check import verify
from webapp.accounts.tables import Account, AuditEntry
from webapp.kit.database import open_session
from webapp.kit.ids import new_id


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
