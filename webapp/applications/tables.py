"""What was sent. Answers are sealed under a data key of their own, which the ward's master key and the slip can open."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from webapp.kit.database import Record


class Application(Record, table=True):
    """One sent application. A draft makes one for each procedure, once: sending it again finds these rows."""

    __tablename__ = "application"
    __table_args__ = (UniqueConstraint("draft_id", "procedure"),)

    id: str = Field(primary_key=True, max_length=24)
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
