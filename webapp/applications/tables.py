"""What was sent. Answers are sealed under a data key of their own, which the ward's master key and the slip can open.

`Snapshot` keeps the questions that drafts and applications were written by, for ever under the hash of their content.
"""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from webapp.kit.database import Record


class ApplicationColumns(Record):
    """One sent application with a receipt number of its own. A draft makes one for each procedure, once."""

    id: str = Field(primary_key=True, max_length=24)
    receipt: str = Field(unique=True, max_length=16)
    draft_id: str = Field(max_length=24)
    procedure: str = Field(index=True, max_length=80)
    definition: str = Field(max_length=64)
    voice: str = Field(max_length=16)
    state: str = Field(default="received", max_length=24)
    sent_at: datetime
    answer_by: date
    erase_after: date = Field(index=True)
    sealed_answers: bytes
    wrapped_key: bytes


class Application(ApplicationColumns, table=True):
    """A real application."""

    __tablename__ = "application"
    __table_args__ = (UniqueConstraint("draft_id", "procedure"),)


class PracticeApplication(ApplicationColumns, table=True):
    """What somebody sent in practice. No section ever sees it, and its receipt opens nothing real."""

    __tablename__ = "practice_application"
    __table_args__ = (UniqueConstraint("draft_id", "procedure"),)


class Snapshot(Record, table=True):
    """The questions of one procedure or life event at one time: a compressed description, found by its own hash."""

    __tablename__ = "snapshot"

    hash: str = Field(primary_key=True, max_length=64)
    made_at: datetime
    body: bytes
