"""Where an instructor wants the class to be, as a run needs it."""

from datetime import datetime

from sqlmodel import Session

from webapp.learning.door import list_tutorials
from webapp.learning.pages_class import pace_of
from webapp.learning.rules import Step, Tutorial
from webapp.learning.rules_class import is_over
from webapp.learning.rules_pace import is_allowed
from webapp.learning.service_learners import let_in
from webapp.learning.tables import Learner, Lesson


def find_lesson_of(session: Session, learner_id: str | None, now: datetime) -> Lesson | None:
    """Return the lesson that a learner is in while it goes on; None after it, or without one."""
    learner = session.get(Learner, learner_id) if learner_id else None
    lesson = session.get(Lesson, learner.lesson_id) if learner else None
    return None if lesson is None or is_over(lesson.closed_at, lesson.ends_at, now) else lesson


def find_goal(session: Session, learner_id: str, now: datetime) -> tuple[str, str] | None:
    """Return the tutorial and step that the instructor is at while the class goes together, or None."""
    lesson = find_lesson_of(session, learner_id, now)
    return (lesson.tutorial, lesson.step) if lesson and lesson.mode == "follow" and lesson.step else None


def is_held(session: Session, learner_id: str | None, tutorial: Tutorial, step: Step, now: datetime) -> bool:
    """Tell whether a step is beyond the one up to which the instructor lets the class go."""
    lesson = find_lesson_of(session, learner_id, now)
    return lesson is not None and not is_allowed(pace_of(lesson), list_tutorials(), tutorial.slug, step.key)


def find_place(session: Session, learner_id: str | None) -> tuple[str, str]:
    """Return the place of a learner's lesson and what they called themselves; both may be empty."""
    learner = session.get(Learner, learner_id) if learner_id else None
    lesson = session.get(Lesson, learner.lesson_id) if learner else None
    return (lesson.place if lesson else "", learner.nickname if learner else "")


def let_in_again(session: Session, learner_id: str, browser_secret: bytes | None) -> None:
    """Let the device on which a slip was used be the same learner in the class."""
    learner = session.get(Learner, learner_id)
    if learner is not None and browser_secret is not None:
        let_in(session, learner, browser_secret)
