"""What residents let the ward keep for next time: one sealed box for each, and the ways to find and open it.

A box opens only with a secret that its owner holds: whoever has a draft open (by cookie or slip) has its data key, and
the box's key is wrapped under that. The ward alone can open nothing and erases it on its day.
"""

from datetime import date, datetime

from sqlmodel import Field

from webapp.kit.database import Record


class KeptBox(Record, table=True):
    """Facts that somebody let the ward keep, with where each came from and where it was used, sealed together."""

    __tablename__ = "kept_box"

    id: str = Field(primary_key=True, max_length=24)
    version: int = 0
    saved_at: datetime
    expires_on: date = Field(index=True)
    sealed_content: bytes


class KeptWay(Record, table=True):
    """One secret by which a box is found and opened; `lookup` is a keyed hash of it, `wrapped_key` the box's sealed key."""

    __tablename__ = "kept_way"

    lookup: bytes = Field(primary_key=True, max_length=32)
    box_id: str = Field(foreign_key="kept_box.id", index=True, max_length=24, ondelete="CASCADE")
    wrapped_key: bytes
