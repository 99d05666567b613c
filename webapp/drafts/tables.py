"""Answers on their way: drafts, the ways into them, slips, uploads and slowed-down tries. All private to this room.

Nothing here opens without a secret that is not here: a way in wraps the draft's data key under the browser's cookie,
under the QR code's token, or under the typed number (stretched, with a pepper that is kept outside the database).
"""

from datetime import date, datetime

from sqlmodel import Field

from webapp.kit.database import Record


class Draft(Record, table=True):
    """One pass over some procedures (their slugs, parted by spaces)."""

    __tablename__ = "draft"

    id: str = Field(primary_key=True, max_length=24)
    procedures: str
    voice: str = Field(max_length=16)
    version: int = 0
    started_at: datetime
    saved_at: datetime
    expires_on: date = Field(index=True)
    sent_at: datetime | None = None
    sealed_answers: bytes = b""
    sealed_slip: bytes = b""


class WayIn(Record, table=True):
    """One way to open a draft: "browser", "qr" or "code". `lookup` is a keyed hash, `wrapped_key` the sealed data key.

    `holder` is the keyed hash of a browser's secret, so that a browser can be shown what it holds, and let go of it.
    """

    __tablename__ = "way_in"

    lookup: bytes = Field(primary_key=True, max_length=32)
    draft_id: str = Field(foreign_key="draft.id", index=True, max_length=24, ondelete="CASCADE")
    kind: str = Field(max_length=8)
    holder: bytes | None = Field(default=None, index=True, max_length=32)
    salt: bytes = b""
    wrapped_key: bytes


class Upload(Record, table=True):
    """One attached file; its content lies sealed under the draft's data key in DATA_DIR/uploads/<id>."""

    __tablename__ = "upload"

    id: str = Field(primary_key=True, max_length=24)
    draft_id: str = Field(foreign_key="draft.id", index=True, max_length=24, ondelete="CASCADE")
    fact: str = Field(max_length=80)
    size: int
    given_at: datetime


class Tries(Record, table=True):
    """Wrong tries with a slip, by keyed hash of what was tried or who tried; waits double, nothing locks for good."""

    __tablename__ = "tries"

    who: bytes = Field(primary_key=True, max_length=32)
    wrong: int = 0
    wait_until: datetime
