"""How a class stands for one browser, read as cheaply as can be: hundreds of browsers ask every two seconds."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, and_, bindparam, case, func, or_, select
from sqlmodel import SQLModel

from webapp.kit.ids import is_id
from webapp.learning.rules_class import is_over
from webapp.learning.service_learners import learner_lookup
from webapp.learning.tables import Learner, LearnerWay, Lesson


def _table(record: type[SQLModel]) -> Table:
    """Return the bare table of a record: read past the ORM, the same row costs about half."""
    return SQLModel.metadata.tables[str(record.__tablename__)]


_lesson, _way, _one = _table(Lesson).c, _table(LearnerWay).c, _table(Learner).c
_others = _table(Learner).alias("other")
_other = _others.c
_earlier = or_(_other.hand_at < _one.hand_at, and_(_other.hand_at == _one.hand_at, _other.id < _one.id))
_queue = select(func.count()).select_from(_others).where(_other.lesson_id == _one.lesson_id, _earlier)
_place = case((_one.hand_at.is_(None), 0), else_=_queue.correlate(_table(Learner)).scalar_subquery() + 1)
_state = (
    select(_lesson.rev, _lesson.closed_at, _lesson.ends_at, _one.id, _one.rev, _one.seen_at, _place)
    .select_from(_table(LearnerWay).join(_table(Learner), _one.id == _way.learner_id))
    .join(_table(Lesson), _lesson.id == _one.lesson_id)
    .where(_way.lookup == bindparam("lookup"), _lesson.id == bindparam("lesson_id"))
)


@dataclass(frozen=True, slots=True)
class State:
    """How a class stands for a learner; `place` in the queue of raised hands from 1, 0 without one."""

    lesson_rev: int
    closed_at: datetime | None
    ends_at: datetime
    learner_id: str
    learner_rev: int
    seen_at: datetime
    place: int

    @property
    def rev(self) -> str:
        """Return the mark by which a change is noticed."""
        return make_rev(self.lesson_rev, self.learner_rev, self.place)

    def is_over(self, now: datetime) -> bool:
        """Tell whether the class is over."""
        return is_over(self.closed_at, self.ends_at, now)


def make_rev(lesson_rev: int, learner_rev: int, place: int) -> str:
    """Return the mark of how a class stands for a learner."""
    return f"{lesson_rev}.{learner_rev}.{place}"


def find_state(connection: Connection, lesson_id: str, browser_secret: bytes | None) -> State | None:
    """Return how a class stands for a browser, by one small read; None where the browser is not in that class."""
    if browser_secret is None or not is_id(lesson_id):
        return None
    given = {"lookup": learner_lookup(browser_secret, lesson_id), "lesson_id": lesson_id}
    row = connection.execute(_state, given).first()
    return State(*row) if row is not None else None
