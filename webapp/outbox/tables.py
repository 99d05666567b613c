"""The outbox: one row for each thing to tell somebody. Private to this room.

A row says nothing about a person: `about` is an opaque id (a draft's), and what it will say lies sealed under the ward's
master key, as it was when it happened, so that delivery asks nobody.
"""

from datetime import datetime

from sqlmodel import Field

from webapp.kit.database import Record


class Message(Record, table=True):
    """One thing to tell. `state`: waiting, sent, listed (people will call or write), unheard (nobody to tell), failed, stopped,
    overtaken (told by people, and not true any more: it is not told again).

    `once` makes the same event one row however often it is written. `channel` and `tries` say where on the ladder it
    stands. Whoever delivers holds it until `lease_until` under the name `lease_by`; `repeats` counts deliveries begun again
    because an earlier one broke off without a word.
    """

    __tablename__ = "outbox"

    id: str = Field(primary_key=True, max_length=24)
    once: str = Field(unique=True, max_length=120)
    about: str = Field(index=True, max_length=24)
    kind: str = Field(max_length=40)
    voice: str = Field(max_length=16)
    made_at: datetime
    due_at: datetime = Field(index=True)
    state: str = Field(default="waiting", index=True, max_length=12)
    channel: str = Field(default="", max_length=8)
    tries: int = 0
    repeats: int = 0
    lease_by: str = Field(default="", max_length=24)
    lease_until: datetime | None = None
    ended_at: datetime | None = None
    sealed_content: bytes = b""
