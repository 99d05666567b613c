"""A new key for the log: the old one's entries still count, nobody who has only the old one writes on, nothing changes unseen."""

import json
import threading
from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from tests.accounts.logged import MOMENT, burglar, found, write
from webapp.accounts.rules_audit import CHANGED, OF_KEYS, Seal, make_mac, name_key, write_seal
from webapp.accounts.service_audit import KeyMissing, note
from webapp.accounts.service_audit_check import verify
from webapp.accounts.service_audit_seals import load_seals, seal_day
from webapp.accounts.tables import AuditEntry, AuditHead
from webapp.config import load_settings
from webapp.keeping.service_backup import WrongBackup, make_backup, read_key_file, write_key_file
from webapp.keeping.service_commands import rotate_audit_key
from webapp.keeping.service_restore import restore
from webapp.kit.database import make_engine, open_session, sign_with

CHANGE = 5


@pytest.fixture
def changed(engine, settings, monkeypatch):
    """Return the old key of a log of four entries by it, the entry of the change, and four by the new one."""
    old = settings.audit_keys[0]
    write(engine, CHANGE - 1)
    assert rotate_audit_key(engine, settings) == 0
    write(engine, 4)
    return old


def test_log_is_read_over_two_changes_of_its_key_and_says_so(engine, settings, changed, capsys):
    assert rotate_audit_key(engine, settings) == 0
    write(engine, 2)
    assert len(settings.audit_keys) == 3
    assert settings.audit_keys[-1] == changed
    with Session(engine) as session:
        report = verify(session, {})
        names = session.exec(select(AuditEntry.why).where(AuditEntry.what == CHANGED).order_by(AuditEntry.number)).all()
    assert (report.holds, report.entries) == (True, 12)
    assert names == [name_key(key) for key in settings.audit_keys[1::-1]]
    assert "the chain holds" in capsys.readouterr().out


def forge(session, key, first, last):
    """Sign entries anew with a key, one behind the other, as somebody would who has it."""
    rows = session.exec(select(AuditEntry).order_by(AuditEntry.number)).all()
    before = rows[first - 2].mac if first > 1 else bytes(32)
    for row in rows[first - 1 : last]:
        row.mac = before = make_mac(key, before, row)
    session.flush()
    return rows


def test_whoever_has_the_old_key_changes_nothing_unseen(engine, settings, changed):
    with burglar(engine) as session:  # an entry of the old key's time, and all of that time signed anew
        session.execute(text("UPDATE audit_entry SET what = 'other' WHERE number = 2"))
        forge(session, changed, 2, CHANGE)
        assert found(session) == {("broken", CHANGE + 1)}
    with burglar(engine) as session:  # the change undone: all later entries under the old key
        session.execute(text(f"UPDATE audit_entry SET what = 'tried' WHERE number = {CHANGE}"))
        rows = forge(session, changed, CHANGE, CHANGE + 4)
        session.exec(select(AuditHead)).one().mac = rows[-1].mac
        assert found(session) == {("old-key", CHANGE + 4)}
    with burglar(engine) as session:  # cut off before the change
        session.execute(text(f"DELETE FROM audit_entry WHERE number >= {CHANGE}"))
        head = session.exec(select(AuditHead)).one()
        head.number, head.mac = (
            CHANGE - 1,
            session.exec(select(AuditEntry.mac).where(AuditEntry.number == CHANGE - 1)).one(),
        )
        assert found(session) == {("old-key", CHANGE - 1)}


def test_change_itself_cannot_be_moved_taken_away_or_made_up(engine, settings, changed):
    with burglar(engine) as session:
        session.execute(text(f"UPDATE audit_entry SET why = '{'0' * 16}' WHERE number = {CHANGE}"))
        assert ("broken", CHANGE) in found(session)
    with burglar(engine) as session:
        session.execute(text(f"DELETE FROM audit_entry WHERE number = {CHANGE}"))
        assert ("removed", CHANGE) in found(session)
    with burglar(engine) as session:  # a change that only the old key has signed, later on
        session.execute(text(f"UPDATE audit_entry SET what = '{CHANGED}', about = '{OF_KEYS}', why = '{name_key(changed)}'"
                             f" WHERE number = {CHANGE + 2}"))  # fmt: skip
        forge(session, changed, CHANGE + 2, CHANGE + 4)
        assert ("broken", CHANGE + 2) in found(session)
    with burglar(engine) as session:  # a change to a key that is not ours, signed by the old key
        session.execute(text(f"UPDATE audit_entry SET why = '{'0' * 16}' WHERE number = {CHANGE}"))
        forge(session, changed, CHANGE, CHANGE + 4)
        assert ("key-missing", CHANGE) in found(session)


def test_old_key_seals_nothing_any_more(sqlite_engine, settings, changed_sqlite):
    folder, day = settings.data_dir / "seals", date(2026, 11, 27)
    with open_session(sqlite_engine) as session:
        assert seal_day(session, settings.data_dir, day, settings.audit_keys)
    with Session(sqlite_engine) as session:
        assert verify(session, load_seals(folder)).holds
        last = session.exec(select(AuditEntry).where(AuditEntry.number == CHANGE + 4)).one()
    said = json.loads((folder / f"{day}.json").read_text())
    forged = Seal(said["day"], 1, last.number, last.mac.hex(), last.number, 0, said["made_at"], "")
    (folder / f"{day}.json").write_bytes(write_seal(forged, changed_sqlite))
    with Session(sqlite_engine) as session:
        assert [one.kind for one in verify(session, load_seals(folder)).findings] == ["seal-forged"]


@pytest.fixture
def changed_sqlite(sqlite_engine, settings):
    """Return the old key of such a log on SQLite."""
    old = settings.audit_keys[0]
    write(sqlite_engine, CHANGE - 1)
    assert rotate_audit_key(sqlite_engine, settings) == 0
    write(sqlite_engine, 4)
    return old


def test_process_that_lacks_the_new_key_writes_nothing(sqlite_engine, settings, changed_sqlite):
    late = sign_with(make_engine(settings.database_url), [changed_sqlite])
    with pytest.raises(KeyMissing), open_session(late) as session:
        note(session, MOMENT, "a", "tried")
    late.dispose()
    with Session(sqlite_engine) as session:
        assert verify(session, {}).holds


def test_key_changes_while_others_write(sqlite_engine, settings):
    failed = []

    def keep_writing() -> None:
        """Write as another process does that reads the key file by itself."""
        other = sign_with(
            make_engine(settings.database_url), load_settings({"DATA_DIR": str(settings.data_dir)}).audit_keys
        )
        try:
            write(other, 15)
        except Exception as error:
            failed.append(error)
        other.dispose()

    writers = [threading.Thread(target=keep_writing) for _ in range(3)]
    for one in writers:
        one.start()
    for _ in range(3):
        assert rotate_audit_key(sqlite_engine, settings) == 0
    for one in writers:
        one.join()
    assert failed == []
    with Session(sqlite_engine) as session:
        report = verify(session, {})
    assert (report.holds, report.entries) == (True, 48)


def test_key_from_outside_is_changed_by_hand_and_the_command_says_how(sqlite_engine, settings, capsys, monkeypatch):
    old, fresh = settings.audit_keys[0].hex(), "ab" * 32
    monkeypatch.setenv("AUDIT_KEY", old)
    write(sqlite_engine, 2)
    once = load_settings({"DATA_DIR": str(settings.data_dir), "AUDIT_KEY": old})
    assert rotate_audit_key(sqlite_engine, once) == 1
    assert 'AUDIT_KEY="new old"' in capsys.readouterr().out
    both = load_settings({"DATA_DIR": str(settings.data_dir), "AUDIT_KEY": f"{fresh} {old}"})
    sign_with(sqlite_engine, both.audit_keys)
    write(sqlite_engine, 2)  # the old one signs until the command was run
    with Session(sqlite_engine) as session:
        assert [one.kind for one in verify(session, {}).findings] == ["old-key"]
    assert rotate_audit_key(sqlite_engine, both) == 0
    assert rotate_audit_key(sqlite_engine, both) == 1


def test_backups_of_either_key_come_back(sqlite_engine, settings, tmp_path, capsys):
    write(sqlite_engine, 2)
    make_backup(sqlite_engine, settings, tmp_path / "before.tar")
    rotate_audit_key(sqlite_engine, settings)
    make_backup(sqlite_engine, settings, tmp_path / "after.tar")
    write_key_file(settings, tmp_path / "keys.env")
    for name in ("before", "after"):
        folder = tmp_path / name
        folder.mkdir()
        read_key_file(tmp_path / "keys.env", folder)
        again = load_settings({"DATA_DIR": str(folder)})
        there = sign_with(make_engine(again.database_url), again.audit_keys)
        done = restore(there, again, tmp_path / f"{name}.tar")
        there.dispose()
        # the older one says rightly that its log is not yet signed with the newest key
        assert (done.log_entries, done.log_findings) == ((2, 1) if name == "before" else (3, 0))
    other = load_settings({"DATA_DIR": str(tmp_path / "other")})
    with pytest.raises(WrongBackup, match="another AUDIT_KEY"):
        restore(sign_with(make_engine(other.database_url), other.audit_keys), other, tmp_path / "after.tar")
