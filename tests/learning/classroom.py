"""A class to test with: short tutorials of its own, an instructor at work, learners as the table has them."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.kit.ids import new_id
from webapp.learning.rules import (
    CheckDefinition,
    Mistake,
    MistakeDefinition,
    Step,
    StepDefinition,
    Tutorial,
    TutorialDefinition,
)  # fmt: skip
from webapp.learning.service_lessons import make_lesson
from webapp.learning.tables import Learner, Lesson
from webapp.reading.rules_texts import Text

STEPS = {"one": "名前を書く", "two": "住所を書く", "three": "送る"}
LOOKS = "箱の上に、赤い文字が出ます。"


def make_tutorial(slug: str, title: str, order: int = 1, kind: str = "first") -> Tutorial:
    """Return a tutorial of three steps, each with one mistake."""
    check, words = CheckDefinition(sent=True), Text({"ja": "言葉"})
    mistake = MistakeDefinition(key="empty", undeclared=True)
    steps = tuple(
        Step(n, StepDefinition(key=key, at=key, check=check, mistakes=[mistake]), Text({"ja": name}),
             Text({"ja": f"{name}。次へ進むを押します。"}), words, None, (Mistake(mistake, Text({"ja": f"{LOOKS}次の文です。"}), words),))
        for n, (key, name) in enumerate(STEPS.items(), 1)
    )  # fmt: skip
    define = TutorialDefinition(
        order=order, kind=kind, practice="procedures/residence-certificate", mic_code="", minutes=10,
        steps=[step.define for step in steps],
    )  # fmt: skip
    return Tutorial(slug, define, Text({"ja": title}), words, (words,), steps)


TUTORIALS = {
    "names": make_tutorial("names", "名前の練習"),
    "moving": make_tutorial("moving", "引っ越しの練習", 2, "event"),
}


def use_tutorials(app: Flask) -> None:
    """Give the ward the tutorials above, whatever the content has."""
    app.extensions["madoguchi"] = replace(app.extensions["madoguchi"], tutorials=TUTORIALS)


def open_class(app: Flask, owner_id: str, **changes: Any) -> Lesson:
    """Make a class of the first tutorial that goes on now."""
    moment = now()
    with open_session(app.extensions["engine"]) as session:
        lesson = make_lesson(session, owner_id, ["names"], "3階", moment, moment + timedelta(hours=1), moment)
        for name, value in changes.items():
            setattr(lesson, name, value)
        session.add(lesson)
        session.flush()
        session.refresh(lesson)
    return lesson


def seat(app: Flask, lesson: Lesson, **values: Any) -> str:
    """Put somebody into a class; return their id."""
    moment = now()
    usual: dict[str, Any] = {"tutorial": "names", "step": "one", "level": "together"}
    times = {"joined_at": moment, "seen_at": moment, "stepped_at": moment}
    learner = Learner(id=new_id(), lesson_id=lesson.id, **{**usual, **times, **values})
    with open_session(app.extensions["engine"]) as session:
        session.add(learner)
    return learner.id


def look_up(app: Flask, table: Any, key: Any) -> Any:
    """Return a row as it is now."""
    with open_session(app.extensions["engine"]) as session:
        return session.get(table, key)


def ago(minutes: float) -> datetime:
    """Return a moment some minutes ago."""
    return now() - timedelta(minutes=minutes)


def token_of(html: str) -> str:
    """Return a page's form token."""
    found = re.search(r'name="csrf" value="([0-9a-f]{128})"', html)
    assert found is not None
    return found[1]


def press(client: FlaskClient, page: str, action: str, **fields: Any) -> Any:
    """Send a form of a page."""
    return client.post(action, data={"csrf": token_of(client.get(page).text), **fields})


def poll(client: FlaskClient, address: str) -> Any:
    """Fetch a part of a page; it is no whole page to be checked as one."""
    return FlaskClient.open(client, address, method="GET")
