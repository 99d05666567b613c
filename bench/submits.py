"""Sending with lasting writes against a bare insert into the same kind of table."""

import sqlite3
import tempfile
import time
from pathlib import Path

from bench.timing import print_table
from bench.ward import open_ward
from tests.autopilot import Autopilot, read_form
from webapp.kit.clock import today

COUNT = 40
PROCEDURE = "dog-change-or-death"


def main() -> None:
    """Print CPU for one send, for a send without its slip's slow hash, and for a bare insert with the same sync."""
    with open_ward() as app:
        ward = app.extensions["madoguchi"]
        forms = []
        for _ in range(COUNT):
            client = app.test_client()
            pilot = Autopilot(client, ward.dictionary, today())
            check = pilot.walk_to_check(pilot.start(PROCEDURE))
            form = read_form(client.get(check).text)
            forms.append((client, check, dict(form.hidden) | {"declare": form.boxes}))
        cpu, wall = time.process_time(), time.perf_counter()
        for client, check, data in forms:
            if client.post(check, data=data).status_code != 303:
                raise RuntimeError("a send failed")
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        again = time.process_time()
        for client, check, data in forms:
            client.post(check, data=data)
        again = time.process_time() - again
    rows = {
        "send (checks, sealing, slip with slow hash, commit)": cpu / COUNT * 1e6,
        "the same send pressed again": again / COUNT * 1e6,
        "bare insert and commit, synchronous=FULL": bare_insert() * 1e6,
    }
    print_table(
        f"One send ({wall / COUNT * 1000:.1f} ms by the clock)", rows, "bare insert and commit, synchronous=FULL"
    )


def bare_insert() -> float:
    """Return CPU seconds of one bare insert with a sync."""
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE t (id TEXT PRIMARY KEY, body BLOB)")
        began = time.process_time()
        for n in range(COUNT):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO t VALUES (?, ?)", (str(n), b"x" * 1500))
            connection.execute("COMMIT")
        took = (time.process_time() - began) / COUNT
        connection.close()
    return took
