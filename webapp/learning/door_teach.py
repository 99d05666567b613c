"""How a request gets to a lesson from the instructor's side: who is signed in, which lesson, and where learners join it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import abort, current_app, g, request

from webapp.accounts.pages import current_account
from webapp.kit.clock import WARD_ZONE, day_of
from webapp.kit.database import get_session
from webapp.learning.door import list_tutorials
from webapp.learning.rules import Tutorial
from webapp.learning.rules_class import write_time
from webapp.learning.rules_lesson_form import LONGEST
from webapp.learning.service_lessons import find_lesson, may_teach
from webapp.learning.tables import Lesson

EXTENDED_MINUTES = 30


@dataclass(frozen=True, slots=True)
class Times:
    """When a lesson is, in the words of this request's voice."""

    day: date
    start: str
    end: str


def account_id() -> str:
    """Return who is signed in; only views that need somebody to be ask."""
    account = current_account()
    return account.id if account is not None else abort(404)


def open_lesson(lesson_id: str) -> Lesson:
    """Return a lesson for whoever may teach it; for all others there is nothing here."""
    session = get_session()
    lesson = find_lesson(session, lesson_id)
    if lesson is None or not may_teach(session, lesson, account_id()):
        abort(404)
    return lesson


def tutorials_of(lesson: Lesson) -> list[Tutorial]:
    """Return the tutorials of a lesson that the ward still has, in the lesson's order."""
    known = list_tutorials()
    return [known[slug] for slug in lesson.tutorials.split() if slug in known]


def times_of(lesson: Lesson) -> Times:
    """Return when a lesson is, in words."""
    start, end = (
        write_time(moment.astimezone(WARD_ZONE), g.voice.lang) for moment in (lesson.starts_at, lesson.ends_at)
    )
    return Times(day_of(lesson.starts_at), start, end)


def teach_address(lesson: Lesson, page: str = "") -> str:
    """Return the address of one of a lesson's pages for instructors, in this voice."""
    return f"/{g.voice.code}/teach/{lesson.id}/{page}"


def join_address(lesson: Lesson) -> str:
    """Return the short address by which learners come into a lesson; "" when nobody can any more."""
    base = current_app.extensions["madoguchi"].settings.public_url or request.host_url.rstrip("/")
    return f"{base}/k/{lesson.code}" if lesson.code else ""


def later_end(lesson: Lesson, now: datetime) -> datetime | None:
    """Return the end of a lesson that goes on for half an hour more; None where it would be too long, or is closed."""
    later = max(lesson.ends_at, now) + timedelta(minutes=EXTENDED_MINUTES)
    return later if lesson.closed_at is None and later - lesson.starts_at <= LONGEST else None
