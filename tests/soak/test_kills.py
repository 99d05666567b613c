"""The server is killed in the middle of sends: what was acknowledged is there, and nothing is there twice."""

import os
import random
import threading
import time
from http.client import HTTPException

from sqlmodel import Session, select

from tests.autopilot import Autopilot, read_form
from tests.drafts.test_journeys import DICTIONARY, SHORT
from tests.soak.server import Browser, Server
from webapp.applications.tables import Application
from webapp.drafts.tables import Draft
from webapp.kit.clock import today
from webapp.kit.database import make_engine

KILLS = 50 if os.environ.get("SOAK") else 5
SENDERS = 6


class Sender:
    """One resident who sends and presses again until the receipt is there."""

    def __init__(self, server: Server) -> None:
        self.browser = Browser(server)
        pilot = Autopilot(self.browser, DICTIONARY, today())
        self.check = pilot.walk_to_check(pilot.start(SHORT))
        form = read_form(self.browser.get(self.check).text)
        self.data = dict(form.hidden) | {"declare": form.boxes}
        self.acknowledged = 0

    def press(self, until: float) -> None:
        """Press send until it is acknowledged once, or the time is over."""
        while time.monotonic() < until and not self.acknowledged:
            try:
                answer = self.browser.post(self.check, data=self.data)
                self.acknowledged += answer.status_code == 303 and answer.headers["Location"].endswith("/sent")
            except (OSError, HTTPException):
                time.sleep(0.05)


def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(tmp_path):
    server = Server(tmp_path / "data")
    chance = random.Random(20261124)
    expected: dict[str, bool] = {}
    try:
        server.start()
        for _ in range(KILLS):
            senders = [Sender(server) for _ in range(SENDERS)]
            threads = [threading.Thread(target=one.press, args=(time.monotonic() + 60,)) for one in senders]
            for thread in threads:
                thread.start()
            time.sleep(chance.uniform(0.0, 0.08))
            server.kill()
            server.start()
            for thread in threads:
                thread.join()
            for one in senders:
                expected[one.check.split("/")[3]] = bool(one.acknowledged)
    finally:
        server.kill()
    engine = make_engine(f"sqlite:///{tmp_path / 'data' / 'madoguchi.db'}")
    with Session(engine) as session:
        found = [row.draft_id for row in session.exec(select(Application))]
        sent = {row.id for row in session.exec(select(Draft)) if row.sent_at}
    engine.dispose()
    assert len(expected) == KILLS * SENDERS
    assert all(expected.values()), "somebody never got a receipt"
    assert sorted(found) == sorted(expected), "lost or doubled"
    assert sent == set(expected)
