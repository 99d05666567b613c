"""Ways to reach people, what was tried, and the lists for staff who call and write. Private to this room.

Endpoints, addresses, phone numbers and names lie sealed under the ward's master key; `lookup` is a keyed hash, so that the
same device or address given twice is one way.
"""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from webapp.kit.database import Record


class Way(Record, table=True):
    """One way to tell somebody about what `about` stands for. `channel`: push, mail, call, letter.

    `sealed` holds {"endpoint", "p256dh", "auth", "plain"} | {"address"} | {"number", "name", "hours"} | {"name", "postal", "lines"}.
    `gone_at`: it is known not to lead anywhere any more.
    """

    __tablename__ = "notice_way"
    __table_args__ = (UniqueConstraint("lookup"),)

    id: str = Field(primary_key=True, max_length=24)
    about: str = Field(index=True, max_length=24)
    channel: str = Field(max_length=8)
    lookup: bytes = Field(max_length=32)
    stop_lookup: bytes | None = Field(default=None, unique=True, max_length=32)
    voice: str = Field(max_length=16)
    sealed: bytes
    made_at: datetime
    gone_at: datetime | None = None


class Attempt(Record, table=True):
    """One try to deliver a message over one way. Without `ended_at` it was begun and broke off, or is under way.

    `outcome`: sent, gone, later, refused, unreachable.
    """

    __tablename__ = "notice_attempt"

    id: str = Field(primary_key=True, max_length=24)
    message_id: str = Field(foreign_key="outbox.id", index=True, max_length=24, ondelete="CASCADE")
    way_id: str = Field(index=True, max_length=24)
    channel: str = Field(max_length=8)
    began_at: datetime
    ended_at: datetime | None = None
    outcome: str = Field(default="", max_length=12)
    status: int | None = None


class CallTask(Record, table=True):
    """Somebody to call. `state`: open, reached, to-letter, stopped. `next_at`: not before this time."""

    __tablename__ = "call_task"

    id: str = Field(primary_key=True, max_length=24)
    message_id: str = Field(foreign_key="outbox.id", unique=True, max_length=24, ondelete="CASCADE")
    way_id: str = Field(foreign_key="notice_way.id", index=True, max_length=24, ondelete="CASCADE")
    state: str = Field(default="open", index=True, max_length=12)
    tries: int = 0
    made_at: datetime
    next_at: datetime
    ended_at: datetime | None = None


class CallTry(Record, table=True):
    """One call that somebody took. `outcome`: begun, then reached, no-answer, busy, wrong-number, asked-for-letter, wants-no-calls."""

    __tablename__ = "call_try"

    id: str = Field(primary_key=True, max_length=24)
    call_id: str = Field(foreign_key="call_task.id", index=True, max_length=24, ondelete="CASCADE")
    account_id: str = Field(max_length=24)
    at: datetime
    outcome: str = Field(max_length=20)


class LetterTask(Record, table=True):
    """A letter to print for a window envelope. `state`: waiting, printed, stopped."""

    __tablename__ = "letter_task"

    id: str = Field(primary_key=True, max_length=24)
    message_id: str = Field(foreign_key="outbox.id", unique=True, max_length=24, ondelete="CASCADE")
    way_id: str = Field(foreign_key="notice_way.id", index=True, max_length=24, ondelete="CASCADE")
    state: str = Field(default="waiting", index=True, max_length=12)
    made_at: datetime
    printed_at: datetime | None = None
    printed_by: str = Field(default="", max_length=24)
