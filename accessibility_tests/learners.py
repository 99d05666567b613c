"""A learner whose browser goes through a tutorial by itself, and the classes that learners come into."""

import re
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from accessibility_tests.site import Site, Visit
from tests.learning.classroom import open_class
from webapp.accounts.service import make_account
from webapp.accounts.service_sign_in import Tried, begin_sign_in
from webapp.content_play import Player
from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.kit.ids import new_id
from webapp.kit.safety import make_token
from webapp.learning.service_lessons import set_pace
from webapp.learning.service_runs import find_run
from webapp.learning.tables import Lesson

LESSON_LASTS, SIGN_IN_LASTS = timedelta(hours=11), timedelta(hours=20)
TAUGHT = "road-damage"
PASSWORD = "gorogoro-kaminari-7"


class Learner:
    """A browser of its own that is at some step of a tutorial, and visits to what it shows there."""

    def __init__(self, site: Site, name: str, slug: str = TAUGHT) -> None:
        self.site, self.name = site, name
        self.tutorial = site.ward.tutorials[slug]
        self.player = Player(site.app, self.tutorial, "ja")
        self.client = self.player.client

    @property
    def secret(self) -> str:
        """Return what the browser's cookie holds."""
        cookie = self.client.get_cookie("browser")
        return cookie.value if cookie else ""

    @property
    def row_id(self) -> str:
        """Return who this is in a class."""
        with Session(self.site.app.extensions["engine"]) as session:
            run = find_run(session, self.player.draft_id)
            return str(run.learner_id) if run else ""

    def begin(self, level: str = "together", steps: int = 0) -> "Learner":
        """Begin the tutorial and do its first steps, each with its mistakes."""
        self.player.start(level)
        return self.go_on(steps)

    def go_on(self, steps: int) -> "Learner":
        """Do the first steps, each with its mistakes."""
        for step in self.tutorial.steps[:steps]:
            self.player.reach(step)
            for mistake in step.mistakes:
                self.player.make(step, mistake)
            self.player.do(step)
        return self

    def reach(self) -> "Learner":
        """Come to the page of the next step, where others have to be answered before it."""
        done = self.player.progress().done
        self.player.reach(next(step for step in self.tutorial.steps if step.key not in done))
        return self

    def join(self, lesson: Lesson, **names: str) -> "Learner":
        """Come into a class that has one tutorial, which begins it."""
        answer = self.client.post("/ja/class/", data={"code": lesson.code, **names})
        found = re.search(r"[0-9a-f]{24}", answer.headers.get("Location", ""))
        assert found, answer.status_code
        self.player.draft_id = found[0]
        return self

    def press(self, lesson: Lesson, what: str, value: str) -> "Learner":
        """Press a button of the class's strip."""
        token = make_token(bytes.fromhex(self.secret))
        data = {"csrf": token, "value": value, "back": f"/ja/class/{lesson.id}/"}
        assert self.client.post(f"/ja/class/{lesson.id}/{what}", data=data).status_code == 303
        return self

    def see(self, place: str, name: str = "", **more: Any) -> Visit:
        """Return a visit to a place of the practised draft, or to any path that begins with a stroke."""
        path = place if place.startswith("/") else f"/practice/{self.player.draft_id}/{place}"
        return Visit(f"{self.name}: {name or place}", path, self.secret, **more)

    def see_run(self, place: str, name: str = "", **more: Any) -> Visit:
        """Return a visit to one of the run's own pages."""
        return self.see(f"/learn/runs/{self.player.draft_id}/{place}", name or f"run {place}", **more)


def make_teacher(site: Site, name: str) -> tuple[str, str]:
    """Make an instructor who is signed in for as long as pages are looked at; return the account's id and the cookie."""
    with open_session(site.app.extensions["engine"]) as session:
        account = make_account(session, f"{name}-{new_id()[:6]}", PASSWORD, ("instructor",), now())
        secret = begin_sign_in(session, Tried(account.id), "Firefox, Windows", now() + SIGN_IN_LASTS)
        return account.id, secret.hex()


def make_class(site: Site, owner_id: str, mode: str = "free", step: int = 0, **changes: Any) -> Lesson:
    """Make a class that goes on for hours, led freely or by a step of the usual tutorial."""
    lesson = open_class(site.app, owner_id, **{
        "tutorials": TAUGHT, "place": "中央図書館 3階", "ends_at": now() + LESSON_LASTS, **changes,
    })  # fmt: skip
    return lead(site, lesson, mode, step) if mode != "free" else lesson


def lead(site: Site, lesson: Lesson, mode: str, step: int, paused: bool = False) -> Lesson:
    """Lead a class by a step (from 1), or let all listen."""
    key = site.ward.tutorials[TAUGHT].steps[max(step, 1) - 1].key
    with open_session(site.app.extensions["engine"]) as session:
        set_pace(session, session.get_one(Lesson, lesson.id), mode, TAUGHT, key, paused)
    return lesson
