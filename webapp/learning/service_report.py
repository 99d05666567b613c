"""The report of a lesson: its people counted, its columns and its day of erasing. Rows of learners never leave here."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from re import fullmatch

from sqlmodel import Session

from webapp.kit.clock import day_of
from webapp.learning.rules import Tutorial
from webapp.learning.rules_class import is_over
from webapp.learning.rules_report import Report, keep_columns, limits_of_keeping, make_report, read_columns
from webapp.learning.service_lessons import list_learners, set_report
from webapp.learning.tables import Lesson


def count_lesson(session: Session, lesson: Lesson, tutorials: Mapping[str, Tutorial], now: datetime) -> Report | None:
    """Return a lesson in numbers; None while it goes on, since two numbers in a row would tell of one person.

    Simulated learners count only in a rehearsal, which can be looked at all the time.
    """
    if not lesson.rehearsal and not is_over(lesson.closed_at, lesson.ends_at, now):
        return None
    lengths = {slug: len(tutorials[slug].steps) for slug in lesson.tutorials.split() if slug in tutorials}
    people = list_learners(session, lesson.id)
    return make_report([one for one in people if lesson.rehearsal or not one.simulated], lengths)


def choose_columns(session: Session, lesson: Lesson, chosen: Sequence[str]) -> None:
    """Keep which columns the report has."""
    set_report(session, lesson, keep_columns(chosen), lesson.delete_on)


def keep_until(session: Session, lesson: Lesson, typed: str, today: date) -> bool:
    """Keep the day after which a lesson is erased as it was typed; False if it is none or not one of those possible."""
    day, (first, last) = read_day(typed), find_limits(lesson, today)
    if day is None or not first <= day <= last:
        return False
    set_report(session, lesson, lesson.columns.split(), day)
    return True


def find_limits(lesson: Lesson, today: date) -> tuple[date, date]:
    """Return the first and the last day after which a lesson may be erased."""
    return limits_of_keeping(day_of(lesson.closed_at or lesson.ends_at), today)


def columns_of(lesson: Lesson) -> tuple[str, ...]:
    """Return the columns of a lesson's report."""
    return read_columns(lesson.columns)


def read_day(typed: str) -> date | None:
    """Return a day as a browser sends it or people type it, or None."""
    plain = unicodedata.normalize("NFKC", typed[:40]).strip()
    found = fullmatch(r"(2[0-9]{3})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", plain)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
