"""Daily seals: once a day, never overwritten, caught up; and what they find that the database alone could hide."""

import json
import shutil
import stat
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
import time_machine
from sqlalchemy import text
from sqlmodel import Session, select

from tests.accounts.logged import DROP
from tests.accounts.test_audit import tamper
from webapp import commands
from webapp.accounts.service_audit import note
from webapp.accounts.service_audit_check import check_log, seal_log, verify
from webapp.accounts.service_audit_seals import find_report, keep_report, load_seals, seal_day, seal_missed
from webapp.accounts.tables import AuditEntry
from webapp.kit.database import open_session
from webapp.timetable import list_jobs

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=timezone.utc)
DAYS = ("2026-11-24", "2026-11-25", "2026-11-26")


@pytest.fixture
def sealed(settings, engine):
    """Return the folder of three days' seals over a log of four entries a day, one of them the seal's own."""
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in DAYS:
            with open_session(engine) as session:
                for number in range(3):
                    note(session, datetime.now(timezone.utc), "a", "tried", str(number))
            clock.shift(timedelta(hours=12, minutes=3))  # 0:03 in the ward
            seal_log(engine, settings)
            clock.shift(timedelta(hours=11, minutes=57))
    return settings.data_dir / "seals"


def found(engine, folder, copies=None):
    """Return what is found, with the day or the number."""
    with Session(engine) as session:
        report = verify(session, load_seals(folder), load_seals(copies) if copies else None)
    return {(one.kind, one.day or one.number) for one in report.findings}


def break_in(engine, *statements):
    """Change the database as somebody who may do everything with it."""
    with engine.begin() as connection:
        for statement in (*DROP[engine.dialect.name], *statements):
            connection.execute(text(statement))


def change(folder, name, **fields):
    """Write something else into a seal."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_each_day_has_a_seal_that_names_its_end_and_the_seal_before(engine, sealed):
    seals = [json.loads((sealed / f"{day}.json").read_text()) for day in DAYS]
    assert [one["number"] for one in seals] == [3, 7, 11]
    assert [one["count"] for one in seals] == [3, 7, 11]
    assert [one["order"] for one in seals] == [1, 2, 3]
    assert seals[0]["before"] == ""
    assert all(len(one["before"]) == 64 for one in seals[1:])
    with Session(engine) as session:
        macs = session.exec(
            select(AuditEntry.mac).where(AuditEntry.number.in_((3, 7, 11))).order_by(AuditEntry.number)
        ).all()
    assert [one["mac"] for one in seals] == [mac.hex() for mac in macs]
    assert found(engine, sealed) == set()


def test_seals_are_for_their_owner_only(sealed):
    assert stat.S_IMODE(sealed.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in sealed.iterdir()} == {0o600}
    assert sorted(path.name for path in sealed.iterdir()) == [*(f"{day}.json" for day in DAYS), "last-check.json"]


def test_seal_is_never_overwritten(engine, sealed, settings):
    before = load_seals(sealed)
    with open_session(engine) as session:
        assert not seal_day(session, settings.data_dir, date(2026, 11, 26), settings.audit_keys)
        assert not seal_day(session, settings.data_dir, date(2026, 11, 26), [bytes(32)])
    assert load_seals(sealed) == before


@pytest.mark.parametrize("day", DAYS)
def test_missing_seal_is_found(engine, sealed, day):
    (sealed / f"{day}.json").unlink()
    assert ("seal-missing", day) in found(engine, sealed)


@pytest.mark.parametrize("fields", [{"number": 2}, {"mac": "0" * 64}, {"count": 1}, {"seal": "0" * 64}, {"day": "2026-11-26"},
                                    {"seal": None}, {"more": 1}, {"order": "x"}])  # fmt: skip
def test_forged_seal_is_found(engine, sealed, fields):
    change(sealed, "2026-11-25", **fields)
    assert ("seal-forged", "2026-11-25") in found(engine, sealed)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b'"x"', b'{"seal": 1}'])
def test_damaged_seal_is_found_and_breaks_nothing_else(engine, sealed, content):
    (sealed / "2026-11-25.json").write_bytes(content)
    assert ("seal-forged", "2026-11-25") in found(engine, sealed)


def test_older_seal_in_place_of_a_newer_one_is_found(engine, sealed):
    shutil.copyfile(sealed / "2026-11-24.json", sealed / "2026-11-26.json")
    assert ("seal-forged", "2026-11-26") in found(engine, sealed)


def test_database_that_was_set_back_is_found_by_its_seals(engine, sealed):
    """A chain that was cut at its end, with its head set back, holds in itself."""
    with Session(engine) as session:
        mac = session.exec(select(AuditEntry.mac).where(AuditEntry.number == 9)).one()
    break_in(engine, "DELETE FROM audit_entry WHERE number > 9", "UPDATE audit_head SET number = 9")
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit_head SET mac = :mac"), {"mac": mac})
    with Session(engine) as session:
        assert verify(session, {}).findings[0].kind == "seal-missing", "the chain itself is whole"
    assert ("cut", "2026-11-26") in found(engine, sealed)


def test_log_that_was_begun_anew_is_found_by_its_seals(engine, sealed, settings):
    empty = "x''" if engine.dialect.name == "sqlite" else "''"
    break_in(
        engine, f"UPDATE audit_entry SET mac = {empty}, account_id = 'innocent'", "UPDATE audit_head SET began = number"
    )
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit_head SET mac = :mac"), {"mac": bytes(32)})
    assert {("began", day) for day in DAYS} <= found(engine, sealed)
    assert ("rewritten", "2026-11-24") in found(engine, sealed)


def test_seal_of_a_log_that_was_set_back_never_takes_an_earlier_one_back(engine, sealed, settings):
    with open_session(engine) as session:
        assert seal_day(session, settings.data_dir, date(2026, 11, 10), settings.audit_keys)
    seal = json.loads((sealed / "2026-11-10.json").read_text())
    assert (seal["number"], seal["order"]) == (11, 4)
    assert found(engine, sealed) == set()


def test_missed_days_are_caught_up(engine, sealed, settings):
    with time_machine.travel(NOON + timedelta(days=8), tick=False), open_session(engine) as session:
        days = seal_missed(session, settings.data_dir, date(2026, 12, 2), settings.audit_keys)
        assert [day.isoformat() for day in days] == [
            "2026-11-27",
            "2026-11-28",
            "2026-11-29",
            "2026-11-30",
            "2026-12-01",
        ]
        assert seal_missed(session, settings.data_dir, date(2026, 12, 2), settings.audit_keys) == []
    assert found(engine, sealed) == set()


def test_clock_that_ran_ahead_or_behind_breaks_nothing(engine, sealed, settings):
    """Days that are not over yet may have been sealed by mistake; those that come are sealed all the same."""
    for moment in (NOON + timedelta(days=20_000), NOON - timedelta(days=500), NOON + timedelta(days=4)):
        with time_machine.travel(moment, tick=False):
            with open_session(engine) as session:
                note(session, moment, "a", "tried")
            seal_log(engine, settings)
            assert check_log(engine, settings).findings == ()
    assert "2026-11-27" in load_seals(sealed)
    assert len(load_seals(sealed)) < 400


def test_copies_in_another_place_tell_what_was_done_to_the_first(engine, sealed, settings, tmp_path):
    other = tmp_path / "mounted"
    settings = replace(settings, seal_dir=other)
    with time_machine.travel(NOON + timedelta(days=3), tick=False):
        seal_log(engine, settings)
        assert not other.exists(), "a folder that is not mounted is not made"
        assert check_log(engine, settings).holds
        assert {one.kind for one in check_log(engine, settings).findings} == {"copy-missing"}
        other.mkdir()
        seal_log(engine, settings)
    assert load_seals(other) == load_seals(sealed)
    assert check_log(engine, settings).findings == ()
    (sealed / "2026-11-24.json").unlink()
    assert found(engine, sealed, other) == {("seal-missing", "2026-11-24")}
    change(sealed, "2026-11-25", number=2)
    assert ("seal-differs", "2026-11-25") in found(engine, sealed, other)


def test_job_keeps_what_it_found_and_a_second_run_on_the_same_day_does_nothing(sqlite_engine, settings):
    job = next(one for one in list_jobs(settings, sqlite_engine) if one.name == "seal-log")
    job.run()
    report = find_report(settings.data_dir / "seals", settings.audit_keys)
    assert report is not None
    assert report.holds
    job.run()
    with Session(sqlite_engine) as session:
        assert [row.what for row in session.exec(select(AuditEntry))] == ["log-sealed"]
    assert find_report(settings.data_dir / "seals", settings.audit_keys) == report


def test_report_that_somebody_else_wrote_is_none(sqlite_engine, settings):
    report = check_log(sqlite_engine, settings)
    folder = settings.data_dir / "seals"
    assert find_report(folder, settings.audit_keys) == report
    keep_report(folder, report, [bytes(32)])
    assert find_report(folder, settings.audit_keys) is None
    (folder / "last-check.json").write_text("nonsense")
    assert find_report(folder, settings.audit_keys) is None


def test_command_says_what_it_found_by_its_exit_code(sqlite_engine, settings, monkeypatch, capsys):
    monkeypatch.setattr(commands, "load_settings", lambda: settings)
    with open_session(sqlite_engine) as session:
        for number in range(5):
            note(session, NOON, "a", "tried", str(number))
    assert commands.main(["audit"]) == 0
    assert "5 entries" in capsys.readouterr().out
    break_in(sqlite_engine, "DELETE FROM audit_entry WHERE number = 3")
    assert commands.main(["audit"]) == 1
    assert "removed: at entry 3" in capsys.readouterr().out


def test_tampering_that_the_triggers_stopped_leaves_no_trace(engine, sealed):
    with pytest.raises(Exception, match="the log is never"), Session(engine) as session:
        tamper(session, "remove", 1, 1)
    assert found(engine, sealed) == set()
