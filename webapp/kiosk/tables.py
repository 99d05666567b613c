"""Kiosks, who sits at them (never by name), and calls for help. Private to this room."""

from datetime import datetime

from sqlmodel import Field

from webapp.kit.database import Record


class Kiosk(Record, table=True):
    """One shared machine. A code pairs it once, within `pair_until`; from then on it carries a key of which this is the hash.

    `report` is what it last said about itself on its self-check (JSON: {check: "safe" | "unsafe" | "unknown"}).
    """

    __tablename__ = "kiosk"

    id: str = Field(primary_key=True, max_length=24)
    name: str = Field(max_length=60)
    place: str = Field(default="", max_length=80)
    key_lookup: bytes | None = Field(default=None, unique=True, max_length=32)
    pair_lookup: bytes | None = Field(default=None, unique=True, max_length=32)
    pair_until: datetime | None = None
    made_at: datetime
    paired_at: datetime | None = None
    revoked_at: datetime | None = None
    seen_at: datetime | None = None
    report: str = ""
    reported_at: datetime | None = None


class Sitting(Record, table=True):
    """One resident's time at a kiosk, under the hash of a cookie of its own; every waiting page begins a new one.

    `state`: waiting, used, ended. `holder` is the hash of the browser secret it came by, so that what it left can be let go
    of even if the machine is gone. `settings`: keypad, lower, aloud, volume (words parted by spaces). `ended_by`: resident,
    idle, staff, replaced.
    """

    __tablename__ = "kiosk_sitting"

    lookup: bytes = Field(primary_key=True, max_length=32)
    kiosk_id: str = Field(foreign_key="kiosk.id", index=True, max_length=24, ondelete="CASCADE")
    state: str = Field(default="waiting", index=True, max_length=8)
    began_at: datetime
    touched_at: datetime
    helped_until: datetime | None = None
    holder: bytes | None = Field(default=None, max_length=32)
    settings: str = Field(default="", max_length=80)
    ended_at: datetime | None = None
    ended_by: str = Field(default="", max_length=10)


class HelpCall(Record, table=True):
    """Somebody at a kiosk pressed the button for help. `coming_at`: staff said that they are on their way."""

    __tablename__ = "kiosk_help"

    id: str = Field(primary_key=True, max_length=24)
    kiosk_id: str = Field(foreign_key="kiosk.id", index=True, max_length=24, ondelete="CASCADE")
    asked_at: datetime
    coming_at: datetime | None = None
    coming_by: str = Field(default="", max_length=24)
    ended_at: datetime | None = Field(default=None, index=True)
