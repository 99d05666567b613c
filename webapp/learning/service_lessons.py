"""Lessons: made with a code that can be said, led, changed, closed and erased. Every change moves `rev` on."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, or_, select, update

from webapp.kit.clock import day_of
from webapp.kit.ids import is_id, new_id
from webapp.learning.rules_class import CODE_DIGITS, HELPER_DIGITS, KEPT_DAYS, MODES, STAYS_OPEN, is_easy, is_over
from webapp.learning.tables import Learner, Lesson, LessonStaff

MOST_TRIES = 50


def make_lesson(
    session: Session, owner_id: str, tutorials: Sequence[str], place: str, starts_at: datetime, ends_at: datetime,
    now: datetime, rehearsal: bool = False,
) -> Lesson:  # fmt: skip
    """Make a lesson with two fresh codes; its rows are erased 30 days after its last day, or after today."""
    last_day = day_of(max(ends_at, now))
    lesson = Lesson(
        id=new_id(), owner_id=owner_id, tutorials=" ".join(tutorials), place=place, starts_at=starts_at,
        ends_at=ends_at, rehearsal=rehearsal, delete_on=last_day + timedelta(days=KEPT_DAYS),
    )  # fmt: skip
    _give_codes(session, lesson)
    return lesson


def _give_codes(session: Session, lesson: Lesson) -> None:
    """Give a lesson codes that no other one has; two lessons that draw the same at once draw again."""
    for _ in range(MOST_TRIES):
        lesson.code, lesson.helper_code = draw_code(CODE_DIGITS), draw_code(HELPER_DIGITS)
        with session.no_autoflush:
            taken = session.exec(
                select(Lesson.id).where(
                    or_(col(Lesson.code) == lesson.code, col(Lesson.helper_code) == lesson.helper_code),
                    Lesson.id != lesson.id,
                )
            ).first()
        if taken is None and _save_codes(session, lesson):
            return
    raise RuntimeError("no free code was found for a lesson")


def _save_codes(session: Session, lesson: Lesson) -> bool:
    """Write a lesson with its codes; False if another one took them in the same moment."""
    try:
        with session.begin_nested():
            session.add(lesson)
            session.flush()
    except IntegrityError:
        return False
    return True


def draw_code(digits: int) -> str:
    """Return random digits that are easy to say."""
    while True:
        code = "".join(secrets.choice("0123456789") for _ in range(digits))
        if is_easy(code):
            return code


def find_lesson(session: Session, lesson_id: str) -> Lesson | None:
    """Return a lesson by its id."""
    return session.get(Lesson, lesson_id) if is_id(lesson_id) else None


def find_lesson_by_code(session: Session, code: str, now: datetime) -> Lesson | None:
    """Return the lesson that can be joined by a code now: until two hours after its end, unless it was closed."""
    lesson = session.exec(select(Lesson).where(Lesson.code == code)).first()
    return lesson if lesson is not None and not is_over(lesson.closed_at, lesson.ends_at, now) else None


def list_codes(session: Session) -> list[str]:
    """Return all codes that lessons have."""
    return [code for code in session.exec(select(Lesson.code).where(col(Lesson.code).is_not(None))) if code]


def list_lessons(session: Session, account_id: str) -> list[Lesson]:
    """Return the lessons that somebody may teach, the latest first."""
    helped = select(LessonStaff.lesson_id).where(LessonStaff.account_id == account_id)
    mine = or_(col(Lesson.owner_id) == account_id, col(Lesson.id).in_(helped))
    return list(session.exec(select(Lesson).where(mine).order_by(col(Lesson.starts_at).desc(), col(Lesson.id))))


def list_learners(session: Session, lesson_id: str) -> list[Learner]:
    """Return everybody in a lesson in the order of joining."""
    query = select(Learner).where(Learner.lesson_id == lesson_id)
    return list(session.exec(query.order_by(col(Learner.joined_at), col(Learner.id))))


def set_pace(session: Session, lesson: Lesson, mode: str, tutorial: str, step: str, paused: bool) -> None:
    """Lead a lesson: free, up to a step, or along with the instructor; paused or not. A new lead is offered to everybody."""
    if mode not in MODES:
        raise ValueError(mode)
    if mode == "follow" and lesson.mode != "follow":
        session.exec(
            update(Learner)
            .where(col(Learner.lesson_id) == lesson.id, col(Learner.declined).is_(True))
            .values(declined=False, rev=Learner.rev + 1)
            .execution_options(synchronize_session="fetch")
        )
    lesson.mode, lesson.paused = mode, paused
    lesson.tutorial, lesson.step = ("", "") if mode == "free" else (tutorial, step)
    touch_lesson(session, lesson)


def edit_lesson(session: Session, lesson: Lesson, tutorials: Sequence[str], place: str, ends_at: datetime) -> None:
    """Change what a lesson is about, where it is and when it ends; its codes stay what they were."""
    lesson.tutorials, lesson.place = " ".join(tutorials), place
    if lesson.tutorial and lesson.tutorial not in tutorials:
        lesson.mode, lesson.tutorial, lesson.step = "free", "", ""
    _move_end(session, lesson, ends_at)


def extend_lesson(session: Session, lesson: Lesson, minutes: int, now: datetime) -> None:
    """Let a lesson go on for some more minutes, counted from its end or from now, whichever is later."""
    _move_end(session, lesson, max(lesson.ends_at, now) + timedelta(minutes=minutes))


def _move_end(session: Session, lesson: Lesson, ends_at: datetime) -> None:
    """Move a lesson's end and with it the day it is erased; codes that were free already are drawn anew."""
    ends_at = max(ends_at, lesson.starts_at)
    lesson.delete_on += day_of(ends_at) - day_of(lesson.ends_at)
    lesson.ends_at = ends_at
    touch_lesson(session, lesson)
    if lesson.code is None and lesson.closed_at is None:
        _give_codes(session, lesson)


def close_lesson(session: Session, lesson: Lesson, now: datetime) -> None:
    """End a lesson: nobody joins any more, its codes are free again, learners may go on by themselves."""
    if lesson.closed_at is None:
        lesson.closed_at = now
    lesson.code = lesson.helper_code = None
    lesson.mode, lesson.tutorial, lesson.step, lesson.paused = "free", "", "", False
    touch_lesson(session, lesson)


def set_report(session: Session, lesson: Lesson, columns: Sequence[str], delete_on: date) -> None:
    """Choose the report's columns and the day after which everything is erased."""
    lesson.columns, lesson.delete_on = " ".join(columns), delete_on
    touch_lesson(session, lesson)


def touch_lesson(session: Session, lesson: Lesson) -> None:
    """Move a lesson's `rev` on in the database itself, so that two changes at once are two steps."""
    lesson.rev = Lesson.rev + 1
    session.add(lesson)
    session.flush()


def join_as_helper(session: Session, helper_code: str, account_id: str, now: datetime) -> LessonStaff | None:
    """Let a second instructor or helper into the lesson of a code; None where there is none to join now."""
    lesson = session.exec(select(Lesson).where(Lesson.helper_code == helper_code)).first()
    if lesson is None or is_over(lesson.closed_at, lesson.ends_at, now):
        return None
    staff = session.get(LessonStaff, (lesson.id, account_id))
    if staff is None:
        staff = LessonStaff(lesson_id=lesson.id, account_id=account_id)
        session.add(staff)
        touch_lesson(session, lesson)
    return staff


def may_teach(session: Session, lesson: Lesson, account_id: str) -> bool:
    """Tell whether a lesson is somebody's own, or one that they help in."""
    return lesson.owner_id == account_id or session.get(LessonStaff, (lesson.id, account_id)) is not None


def erase_old_lessons(session: Session, today: date) -> int:
    """Erase lessons after their day with everybody in them; return how many. Practised drafts live on by themselves."""
    gone = list(session.exec(select(Lesson.id).where(Lesson.delete_on < today)))
    session.exec(delete(Lesson).where(col(Lesson.id).in_(gone)))
    return len(gone)


def free_old_codes(session: Session, now: datetime) -> int:
    """Take back the codes of lessons that can no longer be joined; return how many."""
    gone = list(session.exec(select(Lesson).where(col(Lesson.code).is_not(None), Lesson.ends_at <= now - STAYS_OPEN)))
    for lesson in gone:
        lesson.code = lesson.helper_code = None
        session.add(lesson)
    return len(gone)
