"""The worker is killed in the middle of deliveries: every message arrives, none is lost, and what arrives twice is counted.

A kill leaves a lease behind; the test lets two minutes pass by putting leases into the past, and starts the worker again.
"""

import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, text
from sqlalchemy.engine import Engine
from sqlmodel import Session, select, update

from tests.notifications.push_service import Answer, PushService
from webapp.config import ROOT, Settings, load_settings
from webapp.kit.clock import now
from webapp.kit.database import make_engine, open_session
from webapp.notifications.service_ways import add_way
from webapp.notifications.tables import Attempt
from webapp.outbox.service import News, enqueue
from webapp.outbox.tables import Message

KILLS = 30 if os.environ.get("SOAK") else 3
BACKLOG, EACH_TIME = 60, 12
SLOW = 0.25


@dataclass(frozen=True)
class Place:
    """A ward's data, its database, and the push service that its worker may send to."""

    settings: Settings
    env: dict[str, str]
    engine: Engine
    service: PushService

    def start(self) -> subprocess.Popen[bytes]:
        """Start a worker in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "webapp", "worker"], env={**os.environ, **self.env}, cwd=ROOT, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def put(self, count: int) -> None:
        """Put messages into the outbox, each for a device of its own."""
        for _ in range(count):
            about, device = secrets.token_hex(12), self.service.subscribe()
            with open_session(self.engine) as session:
                add_way(session, about, "push", "ja", device.details, self.settings, now())
                news = News("received", about, "ja", f"received|{about}", {"day": "2026-12-01"})
                enqueue(session, news, self.settings.master_keys[0], now())

    def let_leases_end(self) -> None:
        """Let the time of whoever was killed pass."""
        with open_session(self.engine) as session:
            session.exec(update(Message).values(lease_until=now() - timedelta(seconds=1)).where(Message.lease_by != ""))

    def count_waiting(self) -> int:
        """Return how many messages still wait."""
        with Session(self.engine) as session:
            return session.exec(select(func.count()).select_from(Message).where(Message.state == "waiting")).one()

    def await_requests(self, more: int, process: subprocess.Popen[bytes]) -> None:
        """Wait until the worker has sent some more."""
        goal, end = len(self.service.asked) + more, time.monotonic() + 120
        while len(self.service.asked) < goal:
            assert process.poll() is None, "the worker ended by itself"
            assert time.monotonic() < end, "the worker sends nothing"
            time.sleep(0.01)


@pytest.fixture(params=["sqlite", "postgres"] if os.environ.get("SOAK") else ["sqlite"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Yield a place on each database in turn; PostgreSQL with SOAK=1."""
    service = PushService()
    env = {
        "DATA_DIR": str(tmp_path / "data"),
        "PUSH_HOSTS": service.origin,
        "QUIET_HOURS": "0-0",
        "PUBLIC_URL": "http://localhost",
    }
    if request.param == "postgres":
        engine = request.getfixturevalue("postgres_engine")
        env["DATABASE_URL"] = engine.url.render_as_string(hide_password=False)
    else:
        subprocess.run([sys.executable, "-m", "webapp", "migrate"], env={**os.environ, **env}, cwd=ROOT, check=True)
        engine = make_engine(load_settings(env).database_url)
    yield Place(load_settings(env), env, engine, service)
    service.stop()
    if request.param == "postgres":
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        with engine.connect() as connection:
            connection.execute(text(end))
    else:
        engine.dispose()


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a worker without warning, if it still runs."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.timeout(300 + KILLS * 40)
def test_every_message_arrives_however_often_the_worker_is_killed(place):
    place.service.usual = Answer(wait=SLOW)
    chance, process = random.Random(20261127), None
    place.put(BACKLOG)
    try:
        for _ in range(KILLS):
            place.put(EACH_TIME)
            process = place.start()
            place.await_requests(chance.randint(1, 8), process)
            time.sleep(chance.uniform(0.0, SLOW))
            kill(process)
            place.let_leases_end()
        process = place.start()
        end = time.monotonic() + 240
        while place.count_waiting() and time.monotonic() < end:
            time.sleep(0.2)
    finally:
        kill(process)
    look_at_what_arrived(place)


def look_at_what_arrived(place: Place) -> None:
    """Compare what the devices got with what the outbox says."""
    total = BACKLOG + KILLS * EACH_TIME
    arrived = Counter(got.device for got in place.service.received)
    doubled = sum(arrived.values()) - len(arrived)
    with Session(place.engine) as session:
        states = Counter(session.exec(select(Message.state)))
        repeats = sum(session.exec(select(Message.repeats)))
        broken_off = len(session.exec(select(Attempt.id).where(Attempt.outcome == "")).all())
    print(
        f"\n{place.engine.dialect.name}: {KILLS} kills, {total} messages, {len(arrived)} arrived, {doubled} twice, {repeats} repeats"
    )
    assert states == {"sent": total}, "something was lost"
    assert arrived.keys() == place.service.devices.keys(), "somebody got nothing"
    assert doubled <= repeats == broken_off
    assert repeats > 0, "no kill hit a delivery: this test shows nothing"
    topics = {(got.device, got.headers["topic"], got.content["notification"]["tag"]) for got in place.service.received}
    assert len(topics) == total, "a repeat has another topic"
    assert place.service.faults == []


@pytest.mark.timeout(300)
def test_a_worker_that_is_told_to_stop_finishes_what_is_in_hand(place):
    place.service.usual = Answer(wait=1.0)
    place.put(12)
    process = place.start()
    try:
        place.await_requests(2, process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    finally:
        kill(process)
    with Session(place.engine) as session:
        assert session.exec(select(Attempt.id).where(Attempt.outcome == "")).all() == []
        assert session.exec(select(Message.id).where(Message.lease_by != "")).all() == []
        sent = session.exec(select(func.count()).select_from(Message).where(Message.state == "sent")).one()
    assert sent == len(place.service.received)
    assert 0 < sent < 12, "it began nothing new"
