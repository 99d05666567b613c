"""The board of a lesson: read cheaply, again and again, and led from. Nothing that learners typed is read here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select, update

from webapp.kit.ids import is_id
from webapp.learning.rules import Step, Tutorial
from webapp.learning.rules_board import (
    SHOWS,
    Counts,
    Row,
    StepCount,
    count_new_hands,
    count_rows,
    count_steps,
    filter_rows,
    list_to_visit,
    make_rev,
    make_rows,
    read_newest_hand,
)  # fmt: skip
from webapp.learning.rules_class import is_over
from webapp.learning.service_learners import answer_hand, settle_hand
from webapp.learning.service_lessons import list_learners, set_pace
from webapp.learning.tables import Learner, Lesson

STEPS_AWAY = {"next": 1, "back": -1}


@dataclass(frozen=True, slots=True)
class Board:
    """What the instructor's pages show of a lesson at one moment.

    `rows` are those that are shown, `visits` those that somebody goes to; `step` is the one that the class is led by.
    """

    rev: str
    show: str
    rows: list[Row]
    visits: list[Row]
    counts: Counts
    steps: list[StepCount]
    step: Step | None
    can_back: bool
    can_next: bool
    new_hands: int
    is_over: bool


def read_mark(session: Session, lesson: Lesson, now: datetime) -> str:
    """Return the mark that differs as soon as anything on the board does; one row is read for it."""
    sums = select(func.coalesce(func.sum(Learner.rev), 0), func.count(), func.max(Learner.hand_at))
    revs, count, newest = session.exec(sums.where(Learner.lesson_id == lesson.id)).one()
    return make_rev(lesson.rev, revs, count, now, newest)


def load_board(
    session: Session, lesson: Lesson, tutorials: Mapping[str, Tutorial], now: datetime, show: str = "", known: str = ""
) -> Board:
    """Return the board as it is now; hands that were raised after the mark `known` are counted as new."""
    mark, tutorial = read_mark(session, lesson, now), tutorials.get(lesson.tutorial)
    over = is_over(lesson.closed_at, lesson.ends_at, now)
    rows = make_rows(list_learners(session, lesson.id), tutorials, now, lesson.paused or over)
    step, newest = tutorial.find_step(lesson.step) if tutorial else None, read_newest_hand(known)
    shown = show if show in SHOWS else SHOWS[0]
    return Board(
        rev=mark, show=shown, rows=filter_rows(rows, shown), visits=list_to_visit(rows), counts=count_rows(rows),
        steps=count_steps(rows), step=step, can_back=step is not None and step.number > 1,
        can_next=tutorial is not None and step is not None and step.number < len(tutorial.steps),
        new_hands=count_new_hands(rows, newest) if newest is not None else 0, is_over=over,
    )  # fmt: skip


def lead(session: Session, lesson: Lesson, tutorials: Mapping[str, Tutorial], mode: str, place: str) -> bool:
    """Set how the class goes on; `place` is "tutorial:step" of one of its tutorials. False for what cannot be."""
    slug, _, key = place.partition(":")
    tutorial = tutorials.get(slug) if slug in lesson.tutorials.split() else None
    step = tutorial.find_step(key) if tutorial else None
    if mode == "free":
        set_pace(session, lesson, "free", "", "", lesson.paused)
    elif mode in ("cap", "follow") and step is not None:
        set_pace(session, lesson, mode, slug, key, lesson.paused)
    else:
        return False
    return True


def move_on(session: Session, lesson: Lesson, tutorials: Mapping[str, Tutorial], which: str) -> None:
    """Lead the class to the next step or the one before; at either end it stays."""
    tutorial = tutorials.get(lesson.tutorial)
    step = tutorial.find_step(lesson.step) if tutorial else None
    if tutorial is None or step is None:
        return
    number = step.number + STEPS_AWAY[which]
    if 1 <= number <= len(tutorial.steps):
        other = tutorial.steps[number - 1]
        set_pace(session, lesson, lesson.mode, lesson.tutorial, other.key, lesson.paused)


def pause(session: Session, lesson: Lesson, paused: bool, now: datetime) -> None:
    """Let all listen, or practise again; the time of listening is no time of being stuck."""
    if lesson.paused and not paused:
        session.exec(update(Learner).where(col(Learner.lesson_id) == lesson.id).values(stepped_at=now))
    set_pace(session, lesson, lesson.mode, lesson.tutorial, lesson.step, paused)


def find_member(session: Session, lesson: Lesson, learner_id: str) -> Learner | None:
    """Return somebody who is in this lesson."""
    learner = session.get(Learner, learner_id) if is_id(learner_id) else None
    return learner if learner is not None and learner.lesson_id == lesson.id else None


def answer(session: Session, learner: Learner, what: str, now: datetime) -> None:
    """Tell somebody with a raised hand that help is on the way ("come"), or lower the hand after helping ("done")."""
    if what == "come":
        answer_hand(session, learner, now)
    elif what == "done":
        settle_hand(session, learner)
