"""Classes for tests: made by the service, joined through the real pages."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine
from sqlmodel import Session

from webapp.accounts.service import make_account
from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.learning.service_lessons import list_learners, make_lesson
from webapp.learning.tables import Learner, Lesson

PASSWORD = "gorogoro-kaminari-7"


@dataclass
class Taught:
    """A class in a database."""

    engine: Engine
    id: str
    code: str
    helper_code: str

    def read(self) -> Lesson:
        """Return the class as it stands."""
        with Session(self.engine) as session:
            return session.get_one(Lesson, self.id)


def make_owner(session: Session, name: str = "sensei") -> str:
    """Make an instructor's account; return its id."""
    return make_account(session, name, PASSWORD, ("instructor",), now()).id


def teach(
    engine: Engine, tutorials: tuple[str, ...] = ("sample",), ends_at: datetime | None = None, name: str = "sensei"
) -> Taught:
    """Make a class that goes on for an hour."""
    start = now()
    with open_session(engine) as session:
        owner = make_owner(session, name)
        end = ends_at or start + timedelta(hours=1)
        lesson = make_lesson(session, owner, tutorials, "中央図書館", start, end, start)
        return Taught(engine, lesson.id, str(lesson.code), str(lesson.helper_code))


def come_in(client: FlaskClient, taught: Taught, seat: str = "", nickname: str = "", voice: str = "ja") -> str:
    """Join a class as a learner does, with two actions; return where that leads."""
    page = client.get(f"/{voice}/class/?code={taught.code}")
    assert page.status_code == 200, page.text
    code = re.search(r'name="code" value="(\d{6})"', page.text)
    assert code
    sent = {"code": code[1], "seat": seat, "nickname": nickname}
    answer = client.post(f"/{voice}/class/", data=sent)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def list_people(engine: Engine, lesson_id: str) -> list[Learner]:
    """Return everybody in a class."""
    with Session(engine) as session:
        return list_learners(session, lesson_id)


def csrf_of(client: FlaskClient, taught: Taught) -> str:
    """Return the token of the class's page."""
    found = re.search(r'name="csrf" value="([0-9a-f]{128})"', client.get(f"/ja/class/{taught.id}/").text)
    assert found
    return found[1]


def quiet(app: Flask) -> FlaskClient:
    """Return another browser, which takes parts of pages as they are."""
    return FlaskClient(app, app.response_class)
