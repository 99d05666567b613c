"""Rehearsal classes: made with simulated learners, and played on whenever their board is looked at."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from webapp.kit.clock import day_of
from webapp.kit.database import open_session
from webapp.kit.ids import new_id
from webapp.learning.rules import Tutorial
from webapp.learning.rules_class import is_over
from webapp.learning.rules_rehearsal import (
    AGE_BANDS,
    EVERY,
    NICKNAMES,
    SEATS,
    Scene,
    State,
    draw_character,
    go_on,
    rate_after,
    rate_before,
)  # fmt: skip
from webapp.learning.service_learners import touch_learner
from webapp.learning.service_lessons import list_learners, make_lesson
from webapp.learning.tables import Learner, Lesson

LENGTH = timedelta(minutes=90)


def make_rehearsal(session: Session, owner_id: str, tutorial: Tutorial, now: datetime) -> Lesson:
    """Make a rehearsal class with simulated learners at their seats; it is erased when its day is over."""
    lesson = make_lesson(session, owner_id, [tutorial.slug], "", now, now + LENGTH, now, rehearsal=True)
    lesson.delete_on = day_of(lesson.ends_at)
    session.add(lesson)
    session.flush()
    for number in range(SEATS):
        session.add(_make_learner(lesson, tutorial, number, now))
    session.flush()
    return lesson


def _make_learner(lesson: Lesson, tutorial: Tutorial, number: int, now: datetime) -> Learner:
    """Return the simulated learner of a seat (from 0)."""
    character = draw_character(lesson.id, number, len(tutorial.steps))
    return Learner(
        id=new_id(), lesson_id=lesson.id, seat=str(number + 1), nickname=NICKNAMES[number], joined_at=now, seen_at=now,
        stepped_at=now, tutorial=tutorial.slug, step=tutorial.steps[0].key, level="together", simulated=True,
        declined=character.declines, age_band=AGE_BANDS[number], visits="again" if number % 2 else "first",
        before=rate_before(number),
    )  # fmt: skip


def play_rehearsal(lesson_id: str, now: datetime) -> None:
    """Let the simulated learners of a rehearsal go on, in a short transaction of its own. Other classes stay as they are.

    For requests that only read: one that writes holds the lock that this waits for. What they did may be seen only at the
    next look. Where the database is busy, the next look plays on.
    """
    tutorials = current_app.extensions["madoguchi"].tutorials
    try:
        with open_session(current_app.extensions["engine"]) as session:
            lesson = session.exec(select(Lesson).where(Lesson.id == lesson_id).with_for_update()).first()
            if lesson is not None:
                play(session, lesson, tutorials, now)
    except OperationalError:
        return


def play(session: Session, lesson: Lesson, tutorials: Mapping[str, Tutorial], now: datetime) -> None:
    """Let simulated learners go on as far as the time since the last look takes them."""
    if not lesson.rehearsal or is_over(lesson.closed_at, lesson.ends_at, now):
        return
    people = [one for one in list_learners(session, lesson.id) if one.simulated]
    if not people or now - max(one.seen_at for one in people) < EVERY:
        return
    for number, learner in enumerate(sorted(people, key=lambda one: int(one.seat) if one.seat.isdecimal() else 0)):
        tutorial = tutorials.get(learner.tutorial)
        if tutorial is not None:
            _play_one(session, lesson, tutorial, learner, number, now)


def _play_one(
    session: Session, lesson: Lesson, tutorial: Tutorial, learner: Learner, number: int, now: datetime
) -> None:
    """Let one simulated learner go on; the board is told only of what can be seen there."""
    before = State(learner.steps_done, learner.stepped_at, learner.seen_at, learner.last_error, learner.hand_at,
                   learner.coming_at, learner.hands)  # fmt: skip
    character = draw_character(lesson.id, number, len(tutorial.steps))
    after = go_on(character, before, _set_scene(lesson, tutorial), now)
    learner.seen_at = after.seen_at
    learner.steps_done, learner.stepped_at, learner.last_error = after.step, after.stepped_at, after.last_error
    learner.hand_at, learner.coming_at, learner.hands = after.hand_at, after.coming_at, after.hands
    learner.step = tutorial.steps[after.step].key if after.step < len(tutorial.steps) else ""
    if not learner.step:
        learner.finished, learner.after = tutorial.slug, learner.after or rate_after(number)
    session.add(learner)
    if (after.step, after.last_error, after.hand_at) != (before.step, before.last_error, before.hand_at):
        touch_learner(session, learner)


def _set_scene(lesson: Lesson, tutorial: Tutorial) -> Scene:
    """Return how the class is led, as the learners of one tutorial see it."""
    step = tutorial.find_step(lesson.step) if lesson.tutorial == tutorial.slug else None
    number = step.number - 1 if step else None
    mistakes = [f"{one.key}:{one.mistakes[0].define.key}" if one.mistakes else "refused" for one in tutorial.steps]
    return Scene(
        mistakes, lesson.starts_at, lesson.paused, number if lesson.mode == "cap" else None,
        number if lesson.mode == "follow" else None,
    )  # fmt: skip
