"""The server is killed in the middle of sends: what was acknowledged is there, whole, and nothing is there twice.

Some residents send one procedure, others a life event: several applications and a hand-over, all of it or nothing.
"""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session, select, text

from bench.once_only import STORIES, Family, find_book, load
from tests.autopilot import Autopilot, read_form
from tests.drafts.test_journeys import DICTIONARY, SHORT
from tests.resident import open_door
from tests.soak.server import Browser, Server
from webapp.applications.tables import Application
from webapp.config import Settings, load_settings
from webapp.drafts.door import Door
from webapp.drafts.service import begin_draft, save_draft
from webapp.drafts.service_books import keep_book
from webapp.drafts.service_stores import REAL
from webapp.drafts.tables import Draft, HandOver
from webapp.kit.clock import now, today
from webapp.kit.crypto import new_key
from webapp.kit.database import make_engine, open_session
from webapp.procedures.service_books import BookShelf

KILLS = 50 if os.environ.get("SOAK") else 3
SINGLES, FAMILIES = 3, 4
EVENT = "moving-in"


@dataclass(frozen=True)
class Place:
    """Where a server keeps everything: its environment and a way for the test to look into its database."""

    folder: Path
    env: dict[str, str]
    engine: Engine

    @property
    def settings(self) -> Settings:
        """Return the settings that the server has, with its keys."""
        return load_settings({"DATA_DIR": str(self.folder), **self.env})


@pytest.fixture(params=["sqlite", "postgres"] if os.environ.get("SOAK") else ["sqlite"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Yield a place on each database in turn; PostgreSQL with SOAK=1."""
    folder = tmp_path / "data"
    if request.param == "sqlite":
        folder.mkdir()
        engine = make_engine(f"sqlite:///{folder / 'madoguchi.db'}")
        yield Place(folder, {}, engine)
        engine.dispose()
        return
    engine = request.getfixturevalue("postgres_engine")
    yield Place(folder, {"DATABASE_URL": engine.url.render_as_string(hide_password=False)}, engine)
    with engine.connect() as connection:
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(text(end))


class Sender:
    """One resident who sends and presses again until the receipt is there."""

    def __init__(self, browser: Browser, check: str) -> None:
        self.browser, self.check = browser, check
        form = read_form(self.browser.get(self.check).text)
        self.data: dict[str, Any] = dict(form.hidden) | {"declare": form.boxes}
        self.acknowledged = 0

    @property
    def draft_id(self) -> str:
        """Return the draft that is sent."""
        return self.check.split("/")[3]

    def press(self, until: float) -> None:
        """Press send until it is acknowledged once, or the time is over."""
        while time.monotonic() < until and not self.acknowledged:
            try:
                answer = self.browser.post(self.check, data=self.data)
                self.acknowledged += answer.status_code == 303 and answer.headers["Location"].endswith("/sent")
            except (OSError, HTTPException):
                time.sleep(0.05)


def walk_single(server: Server) -> Sender:
    """Return somebody who answered one procedure page by page."""
    browser = Browser(server)
    pilot = Autopilot(browser, DICTIONARY, today())
    return Sender(browser, pilot.walk_to_check(pilot.start(SHORT)))


def walk_family() -> Door:
    """Return the door of a family at the end of its pass, without files."""
    dictionary, catalogue, _ = load()
    story = next(one for one in STORIES if one.event == EVENT)
    door = Family(open_door(find_book(f"events/{EVENT}", catalogue, dictionary)), story, {}).walk().door
    files = [
        key for key in door.draft.answers if key in dictionary.facts and dictionary.facts[key].define.kind == "file"
    ]
    door.draft.answers |= {key: [] for key in files}
    door.replan()
    return door


def place_family(server: Server, place: Place, door: Door) -> Sender:
    """Put a family's finished draft into the server's database, as if it had been answered there, and open its check page."""
    dictionary, catalogue, _ = load()
    secret = new_key()
    with open_session(place.engine) as session:
        keep_book(session, BookShelf(catalogue, dictionary), f"events/{EVENT}", now())
        draft = begin_draft(session, REAL, door.book, "ja", secret, now(), place.settings)
        draft.answers, draft.choice = door.draft.answers, door.draft.choice
        draft.row.procedures = " ".join(one.slug for one in door.procedures)
        save_draft(session, draft, now(), place.settings)
        draft_id = draft.row.id
    browser = Browser(server)
    browser.carry("browser", secret.hex())
    return Sender(browser, f"/ja/drafts/{draft_id}/check")


def look_into(place: Place, whole: dict[str, tuple[int, int]]) -> set[str]:
    """Return the drafts that were sent; each with all its applications and its hand-over, every other with nothing."""
    with Session(place.engine) as session:
        applications = Counter(row.draft_id for row in session.exec(select(Application)))
        handed = Counter(row.draft_id for row in session.exec(select(HandOver)))
        sent = {row.id for row in session.exec(select(Draft)) if row.sent_at}
    assert applications.keys() | handed.keys() <= whole.keys()
    for draft_id, expected in whole.items():
        found = (applications[draft_id], handed[draft_id])
        assert found == (expected if draft_id in sent else (0, 0)), f"{draft_id}: {found} of {expected}"
    return sent


@pytest.mark.timeout(300 + KILLS * 60)
def test_nothing_acknowledged_is_lost_and_nothing_is_doubled_or_half_sent(place):
    door, chance = walk_family(), random.Random(20261124)
    ends = Counter(one.define.form.ends for one in door.procedures if one.define.form)
    assert ends["send"] >= 3
    assert ends["counter"] >= 1, "a life event with several applications and a hand-over"
    server = Server(place.folder, **place.env)
    whole: dict[str, tuple[int, int]] = {}
    acknowledged: dict[str, bool] = {}
    try:
        server.start()
        for _ in range(KILLS):
            singles = [walk_single(server) for _ in range(SINGLES)]
            families = [place_family(server, place, door) for _ in range(FAMILIES)]
            whole |= {one.draft_id: (1, 0) for one in singles} | {one.draft_id: (ends["send"], 1) for one in families}
            threads = [
                threading.Thread(target=one.press, args=(time.monotonic() + 60,)) for one in (*singles, *families)
            ]
            for thread in threads:
                thread.start()
            time.sleep(chance.uniform(0.0, 0.25))
            server.kill()
            look_into(place, whole)
            server.start()
            for thread in threads:
                thread.join()
            acknowledged |= {one.draft_id: bool(one.acknowledged) for one in (*singles, *families)}
    finally:
        server.kill()
    assert len(whole) == KILLS * (SINGLES + FAMILIES)
    assert all(acknowledged.values()), "somebody never got a receipt"
    assert look_into(place, whole) == whole.keys()
