"""A backup is put back in an empty place, on both databases, and everything opens; a broken or foreign one changes nothing."""

import io
import json
import os
import secrets
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlmodel import Session, select

from tests.conftest import make_postgres
from tests.keeping.making import ACCOUNT, START, Ward, folder_names, list_plain
from webapp.applications.tables import Application
from webapp.config import ROOT, load_settings
from webapp.drafts.service_uploads import open_file
from webapp.keeping.service_backup import WrongBackup, make_backup, name_backup, read_key_file, write_key_file
from webapp.keeping.service_copies import CannotCopy
from webapp.keeping.service_restore import restore
from webapp.kit.database import make_engine, sign_with
from webapp.timetable import list_jobs


@pytest.fixture
def elsewhere(ward: Ward, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Ward]:
    """Yield an empty place on another machine: the same kind of database, the keys put back from their file, nothing else."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    write_key_file(ward.settings, tmp_path / "keys.env")
    read_key_file(tmp_path / "keys.env", folder)
    settings, name = load_settings({"DATA_DIR": str(folder)}), f"t{secrets.token_hex(6)}"
    if ward.engine.dialect.name == "postgresql":
        address = request.getfixturevalue("postgres_address")
        make_postgres(address, f"CREATE DATABASE {name}")
        settings = replace(settings, database_url=address % name)
    engine = sign_with(make_engine(settings.database_url), settings.audit_keys)
    yield Ward(engine, settings, ward.book)
    engine.dispose()
    if ward.engine.dialect.name == "postgresql":
        make_postgres(address, f"DROP DATABASE {name}")


def test_round_trip_brings_everything_back(ward, elsewhere, tmp_path):
    sent = ward.send(START)
    made = make_backup(ward.engine, ward.settings, tmp_path / "b.tar")
    after = ward.send(START)
    done = restore(elsewhere.engine, elsewhere.settings, tmp_path / "b.tar")
    assert made.rows["application"] == 1
    assert (done.missing_files, done.log_findings, done.set_aside) == (0, 0, None)
    assert done.log_entries > 0
    case = elsewhere.open(sent.application_id)
    assert case.answers["bank.account"]["number"] == ACCOUNT
    uploads = elsewhere.settings.data_dir / "uploads"
    assert folder_names(uploads) == set(sent.files.values())
    assert open_file(case.data_key, sent.files["bank.passbook"], uploads) == b"file of bank.passbook" * 50
    with Session(elsewhere.engine) as session:
        assert [row.id for row in session.exec(select(Application))] == [sent.application_id]
    assert after.application_id not in (tmp_path / "b.tar").read_bytes().decode("latin-1")
    assert [word for word in list_plain() if word in (tmp_path / "b.tar").read_bytes()] == []


def test_the_archive_holds_no_key_and_is_readable_for_its_owner_alone(ward, tmp_path):
    ward.send(START)
    make_backup(ward.engine, ward.settings, tmp_path / "b.tar")
    content = (tmp_path / "b.tar").read_bytes()
    for path in (ward.settings.data_dir / "keys").iterdir():
        word = path.read_text().strip()
        assert word.encode() not in content
        assert bytes.fromhex(word) not in content
    assert (tmp_path / "b.tar").stat().st_mode & 0o777 == 0o600
    assert not list(ward.settings.data_dir.glob(".backup-*"))
    with pytest.raises(FileExistsError):
        make_backup(ward.engine, ward.settings, tmp_path / "b.tar")
    assert (tmp_path / "b.tar").read_bytes() == content


def test_where_something_is_already_it_is_refused_or_set_aside(ward, tmp_path):
    first = ward.send(START)
    make_backup(ward.engine, ward.settings, tmp_path / "b.tar")
    second = ward.send(START)
    with pytest.raises(WrongBackup, match="OVER=1"):
        restore(ward.engine, ward.settings, tmp_path / "b.tar")
    assert ward.open(second.application_id).answers["bank.account"]["number"] == ACCOUNT
    done = restore(ward.engine, ward.settings, tmp_path / "b.tar", over=True)
    with Session(ward.engine) as session:
        assert [row.id for row in session.exec(select(Application))] == [first.application_id]
    assert folder_names(ward.settings.data_dir / "uploads") == set(first.files.values())
    assert folder_names(done.set_aside / "uploads") == {*first.files.values(), *second.files.values()}


def test_another_wards_keys_put_nothing_back(ward, tmp_path):
    ward.send(START)
    make_backup(ward.engine, ward.settings, tmp_path / "b.tar")
    other = load_settings({"DATA_DIR": str(tmp_path / "other")})
    engine = make_engine(f"sqlite:///{tmp_path / 'other' / 'madoguchi.db'}")
    with pytest.raises(WrongBackup, match="AUDIT_KEY"):
        restore(sign_with(engine, other.audit_keys), other, tmp_path / "b.tar")
    assert folder_names(tmp_path / "other") == {"keys"}


HARMS = {
    "byte": "was changed", "cut": "cut off", "less": "no database", "more": "not as the backup's list",
    "path": "not as the backup's list", "list": "AUDIT_KEY", "words": "no backup",
}  # fmt: skip


@pytest.mark.parametrize("harm", HARMS)
def test_a_broken_or_changed_archive_changes_nothing(sqlite_engine, settings, tmp_path, harm):
    ward = Ward(sqlite_engine, settings, book())
    ward.send(START)
    make_backup(ward.engine, ward.settings, tmp_path / "b.tar")
    spoil(tmp_path / "b.tar", harm)
    other = tmp_path / "other"
    shutil.copytree(settings.data_dir / "keys", other / "keys")
    there = load_settings({"DATA_DIR": str(other)})
    engine = sign_with(make_engine(there.database_url), there.audit_keys)
    with pytest.raises(WrongBackup, match=HARMS[harm]):
        restore(engine, there, tmp_path / "b.tar")
    assert folder_names(other) == {"keys"}


def book():
    """Return the questions that small wards are sent answers to."""
    from tests.drafts.test_journeys import CATALOGUE, DICTIONARY
    from webapp.procedures.service_books import BookShelf

    return BookShelf(CATALOGUE, DICTIONARY).find("procedures/child-allowance-claim")


def spoil(path, harm):
    """Change one byte of a file in the archive, cut its end off, leave out, add or rename something, or write another list."""
    if harm == "words":
        path.write_text("no archive at all")
        return
    with tarfile.open(path) as archive:
        members = {one.name: archive.extractfile(one).read() for one in archive}
    first = next(name for name in members if name.startswith("uploads/"))
    with tarfile.open(path, "w") as archive:
        for name, content in change_members(members, harm, first).items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def change_members(members, harm, first):
    """Return the members of an archive after something was done to them."""
    if harm == "list":
        plain = json.loads(members["manifest.json"])
        return {**members, "manifest.json": json.dumps({**plain, "rows": {}}).encode()}
    if harm == "byte":
        old = members["database"]
        return {**members, "database": old[:5000] + bytes([old[5000] ^ 1]) + old[5001:]}
    if harm == "more":
        end = members.pop("end")
        return {**members, "uploads/extra": b"x", "end": end}
    gone = {"cut": "end", "less": "database", "path": first}[harm]
    return {
        ("../escaped" if name == gone else name): one for name, one in members.items() if name != gone or harm == "path"
    }


def test_a_backup_of_another_kind_of_database_is_refused(postgres_engine, settings, tmp_path):
    ward = Ward(postgres_engine, settings, book())
    make_backup(ward.engine, ward.settings, tmp_path / "b.tar")
    engine = sign_with(make_engine(f"sqlite:///{tmp_path / 'x.db'}"), settings.audit_keys)
    with pytest.raises(WrongBackup, match="postgresql"):
        restore(engine, settings, tmp_path / "b.tar")


def test_without_its_programs_a_postgresql_database_is_not_copied(postgres_engine, settings, tmp_path, monkeypatch):
    monkeypatch.setattr("webapp.keeping.service_copies.find_program", lambda name: str(tmp_path / name))
    with pytest.raises((CannotCopy, OSError)):
        make_backup(postgres_engine, settings, tmp_path / "b.tar")
    assert not (tmp_path / "b.tar").exists()


def test_what_was_due_meanwhile_is_erased_again_by_the_first_run_of_the_worker(ward, elsewhere, tmp_path):
    sent = ward.send(START, keep_days=30)
    make_backup(ward.engine, ward.settings, tmp_path / "b.tar")
    restore(elsewhere.engine, elsewhere.settings, tmp_path / "b.tar")
    with time_machine.travel(START + timedelta(days=32), tick=False):
        for job in list_jobs(elsewhere.settings, elsewhere.engine):
            if job.name == "tidy-applications":
                job.run()
    with Session(elsewhere.engine) as session:
        assert session.get(Application, sent.application_id) is None
    assert folder_names(elsewhere.settings.data_dir / "uploads") == set()


def test_keys_are_put_back_only_where_no_other_key_is(settings, tmp_path):
    write_key_file(settings, tmp_path / "keys.env")
    assert (tmp_path / "keys.env").stat().st_mode & 0o777 == 0o600
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    read_key_file(tmp_path / "keys.env", fresh)
    again = load_settings({"DATA_DIR": str(fresh)})
    assert list(again.master_keys) == list(settings.master_keys)
    assert (again.pepper, again.audit_keys[0], again.vapid_key) == (
        settings.pepper,
        settings.audit_keys[0],
        settings.vapid_key,
    )
    read_key_file(tmp_path / "keys.env", fresh)
    other = load_settings({"DATA_DIR": str(tmp_path / "other")})
    with pytest.raises(WrongBackup, match="another key"):
        read_key_file(tmp_path / "keys.env", other.data_dir)
    (tmp_path / "keys.env").write_text("MASTER_KEYS=zz\n")
    with pytest.raises(WrongBackup, match="MASTER_KEYS"):
        read_key_file(tmp_path / "keys.env", tmp_path / "third")


def test_backups_are_called_by_their_time(tmp_path):
    assert name_backup(tmp_path, START).name == "madoguchi-20261128-030000.tar"


def test_the_verbs_do_all_of_it(sqlite_engine, settings, tmp_path):
    """As somebody types it: a backup, the keys, both put back in another folder, a new master key there, the old one gone."""
    ward = Ward(sqlite_engine, settings, book())
    sent = ward.send(START)
    say("backup", tmp_path, settings.data_dir)
    say("backup-keys", tmp_path / "k.env", settings.data_dir)
    (archive,) = tmp_path.glob("madoguchi-*.tar")
    there = tmp_path / "there"
    told = say("restore", archive, there, KEYS=str(tmp_path / "k.env"))
    assert "0 breaks found" in told
    assert "a new key is in front" in say("rotate", None, there)
    assert "1 old keys dropped" in say("drop-old-keys", None, there)
    again = load_settings({"DATA_DIR": str(there)})
    moved = Ward(sign_with(make_engine(again.database_url), again.audit_keys), again, ward.book)
    assert moved.open(sent.application_id).answers["bank.account"]["number"] == ACCOUNT
    assert again.master_keys[0] != settings.master_keys[0]
    moved.engine.dispose()


def say(verb, value, data_dir, **more):
    """Run a verb as a command; return what it prints."""
    plain = {name: value for name, value in os.environ.items() if name not in ("MASTER_KEYS", "DATABASE_URL")}
    command = [sys.executable, "-m", "webapp", verb, *([str(value)] if value else [])]
    done = subprocess.run(
        command, env={**plain, "DATA_DIR": str(data_dir), **more}, capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
