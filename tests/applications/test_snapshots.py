"""Snapshots stay for ever as they were, whoever keeps them at the same time, on both databases."""

import hashlib
import threading
import zlib
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import func
from sqlalchemy.engine import Engine
from sqlmodel import Session, select

from webapp.applications.service_snapshots import SnapshotBroken, find_snapshot, keep_snapshot
from webapp.applications.tables import Snapshot
from webapp.kit.database import open_session

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=timezone.utc)
CONTENT = '{"scope":"procedures/犬"}'.encode()
BODY = zlib.compress(CONTENT)
HASH = hashlib.blake2b(CONTENT, digest_size=16).hexdigest()


def put(engine: Engine, hash: str, body: bytes) -> None:
    """Put a row there past the service."""
    with open_session(engine) as session:
        session.add(Snapshot(hash=hash, made_at=NOW, body=body))


def test_what_was_kept_is_found_by_its_hash(engine):
    with open_session(engine) as session:
        keep_snapshot(session, HASH, BODY, NOW)
    with Session(engine) as session:
        assert find_snapshot(session, HASH) == BODY
        assert find_snapshot(session, "0" * 32) is None


def test_the_first_one_stays_however_often_it_is_kept(engine):
    for days in range(3):
        with open_session(engine) as session:
            keep_snapshot(session, HASH, zlib.compress(CONTENT, days), NOW + timedelta(days=days))
    with Session(engine) as session:
        row = session.exec(select(Snapshot)).one()
        assert (row.body, row.made_at) == (zlib.compress(CONTENT, 0), NOW)


def test_it_is_found_in_the_session_that_keeps_it(engine):
    with open_session(engine) as session:
        keep_snapshot(session, HASH, BODY, NOW)
        keep_snapshot(session, HASH, BODY, NOW)
        assert find_snapshot(session, HASH) == BODY


def test_nothing_is_kept_unless_the_caller_commits(engine):
    with Session(engine) as session:
        keep_snapshot(session, HASH, BODY, NOW)
    with Session(engine) as session:
        assert find_snapshot(session, HASH) is None


def test_many_who_keep_the_same_at_once_all_succeed(engine):
    start, faults = threading.Barrier(8), []

    def keep() -> None:
        try:
            start.wait()
            with open_session(engine) as session:
                keep_snapshot(session, HASH, BODY, NOW)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=keep) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with Session(engine) as session:
        assert session.exec(select(func.count()).select_from(Snapshot)).one() == 1


def test_one_who_comes_while_another_has_not_committed_yet_waits_and_succeeds(engine):
    faults = []

    def keep() -> None:
        try:
            with open_session(engine) as session:
                keep_snapshot(session, HASH, BODY, NOW)
        except Exception as fault:
            faults.append(fault)

    second = threading.Thread(target=keep)
    with open_session(engine) as session:
        keep_snapshot(session, HASH, BODY, NOW)
        second.start()
        second.join(0.3)
        assert second.is_alive()
    second.join()
    assert faults == []


@pytest.mark.parametrize("body", [zlib.compress(CONTENT + b" "), BODY[:-1], b"", b"not compressed"])
def test_a_body_that_its_hash_does_not_name_is_never_kept(sqlite_engine, body):
    with open_session(sqlite_engine) as session, pytest.raises(SnapshotBroken, match=HASH):
        keep_snapshot(session, HASH, body, NOW)
    with Session(sqlite_engine) as session:
        assert find_snapshot(session, HASH) is None


@pytest.mark.parametrize("body", [zlib.compress(CONTENT + b" "), BODY[:-1], b""])
def test_a_snapshot_that_was_changed_is_never_given_out(engine, body):
    put(engine, HASH, body)
    with Session(engine) as session, pytest.raises(SnapshotBroken, match=HASH):
        find_snapshot(session, HASH)
