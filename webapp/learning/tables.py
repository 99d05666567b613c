"""Runs through tutorials, lessons and who takes part in them. Private to this room.

A run belongs to a practised draft and goes with it. What a learner typed lies sealed in that draft alone; here is only which
step somebody is at, so that an instructor can help.
"""

from datetime import date, datetime

from sqlmodel import Field

from webapp.kit.database import Record


class Run(Record, table=True):
    """One way through a tutorial, beside a practised draft.

    `done` are the keys of the steps that are done, `met` the mistakes that were met ("step:mistake"), both parted by
    spaces; `last` is what happened last ("done:step", "mistake:step:mistake", or nothing to speak of).
    `came_from` is the address that the learner was at before following the instructor.
    """

    __tablename__ = "practice_run"

    draft_id: str = Field(primary_key=True, foreign_key="practice_draft.id", max_length=24, ondelete="CASCADE")
    tutorial: str = Field(max_length=80)
    level: str = Field(max_length=12)
    done: str = ""
    met: str = ""
    last: str = Field(default="", max_length=200)
    came_from: str = Field(default="", max_length=200)
    learner_id: str | None = Field(
        default=None, foreign_key="learner.id", index=True, max_length=24, ondelete="SET NULL"
    )
    started_at: datetime
    stepped_at: datetime
    finished_at: datetime | None = None


class Lesson(Record, table=True):
    """One class at one place and time. Its codes are free again when it is over.

    `mode` is "free", "cap" (up to `step` of `tutorial`) or "follow" (where the instructor is: the same two).
    `columns` are those of the report, parted by spaces; everything is erased after `delete_on`.
    """

    __tablename__ = "lesson"

    id: str = Field(primary_key=True, max_length=24)
    code: str | None = Field(default=None, unique=True, max_length=6)
    helper_code: str | None = Field(default=None, unique=True, max_length=8)
    owner_id: str = Field(foreign_key="account.id", index=True, max_length=24, ondelete="CASCADE")
    tutorials: str
    place: str = Field(default="", max_length=80)
    starts_at: datetime
    ends_at: datetime = Field(index=True)
    closed_at: datetime | None = None
    mode: str = Field(default="free", max_length=8)
    tutorial: str = Field(default="", max_length=80)
    step: str = Field(default="", max_length=80)
    paused: bool = False
    rehearsal: bool = False
    rev: int = 0
    columns: str = ""
    delete_on: date = Field(index=True)


class LessonStaff(Record, table=True):
    """A second instructor or roaming helper of a lesson."""

    __tablename__ = "lesson_staff"

    lesson_id: str = Field(primary_key=True, foreign_key="lesson.id", max_length=24, ondelete="CASCADE")
    account_id: str = Field(primary_key=True, foreign_key="account.id", max_length=24, ondelete="CASCADE")


class Learner(Record, table=True):
    """Somebody in a lesson, by seat or nickname or neither, and all that the instructor sees of them.

    `before` and `after` are how sure of doing it alone they said to be ("sure", "middle", "unsure"), `age_band` and `visits`
    are asked for the report; each may be empty. `finished` are the tutorials that were finished, parted by spaces.
    """

    __tablename__ = "learner"

    id: str = Field(primary_key=True, max_length=24)
    lesson_id: str = Field(foreign_key="lesson.id", index=True, max_length=24, ondelete="CASCADE")
    seat: str = Field(default="", max_length=8)
    nickname: str = Field(default="", max_length=20)
    joined_at: datetime
    seen_at: datetime
    rev: int = 0
    tutorial: str = Field(default="", max_length=80)
    step: str = Field(default="", max_length=80)
    level: str = Field(default="", max_length=12)
    steps_done: int = 0
    stepped_at: datetime
    last_error: str = Field(default="", max_length=80)
    hand_at: datetime | None = None
    coming_at: datetime | None = None
    hands: int = 0
    declined: bool = False
    finished: str = ""
    age_band: str = Field(default="", max_length=8)
    visits: str = Field(default="", max_length=8)
    before: str = Field(default="", max_length=8)
    after: str = Field(default="", max_length=8)
    simulated: bool = False


class LearnerWay(Record, table=True):
    """A browser by which a learner is known; `lookup` is a keyed hash of its secret and the lesson."""

    __tablename__ = "learner_way"

    lookup: bytes = Field(primary_key=True, max_length=32)
    learner_id: str = Field(foreign_key="learner.id", index=True, max_length=24, ondelete="CASCADE")


class JoinTry(Record, table=True):
    """Wrong codes of classes, by keyed hash of a browser, an address, or an address with a code that was tried there."""

    __tablename__ = "join_try"

    who: bytes = Field(primary_key=True, max_length=32)
    wrong: int = 0
    wait_until: datetime = Field(index=True)
