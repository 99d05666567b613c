"""Answers on their way: drafts, the ways into them, slips, uploads, hand-overs and slowed-down tries. Private to this room.

Nothing here opens without a secret that is not here: a way in wraps the draft's data key under the browser's cookie,
under the QR code's token, or under the typed number (stretched, with a pepper that is kept outside the database).

Practice has tables of its own with the same columns and no foreign key to the real ones: what is practised can never
reach a real table. `service_stores` pairs them.
"""

from datetime import date, datetime

from sqlmodel import Field

from webapp.kit.database import Record


class DraftColumns(Record):
    """One pass over some procedures (their slugs, parted by spaces), perhaps begun from a life event.

    `definition` is the hash of the snapshot of questions that the draft is written by; `asked_about` the hash of the newer
    one that the resident was shown and decided about. `corrects` is the correction that a draft answers; `filled_by` is who
    of the staff fills it in for a resident.
    """

    id: str = Field(primary_key=True, max_length=24)
    procedures: str
    event: str = Field(default="", max_length=80)
    definition: str = Field(default="", max_length=64)
    asked_about: str = Field(default="", max_length=64)
    voice: str = Field(max_length=16)
    version: int = 0
    started_at: datetime
    saved_at: datetime
    expires_on: date = Field(index=True)
    sent_at: datetime | None = None
    sealed_answers: bytes = b""
    sealed_slip: bytes = b""
    corrects: str | None = Field(default=None, index=True, max_length=24)
    filled_by: str = Field(default="", max_length=24)


class WayInColumns(Record):
    """One way to open a draft: "browser", "qr" or "code". `lookup` is a keyed hash, `wrapped_key` the sealed data key.

    `holder` is the keyed hash of a browser's secret, so that a browser can be shown what it holds, and let go of it.
    `scope` is "whole", or what a helper's slip may do ("look" or "fill"), through its last day `ends_on`; `helper` names the
    helper's slip that it belongs to.
    """

    lookup: bytes = Field(primary_key=True, max_length=32)
    kind: str = Field(max_length=8)
    holder: bytes | None = Field(default=None, index=True, max_length=32)
    salt: bytes = b""
    wrapped_key: bytes
    scope: str = Field(default="whole", max_length=8)
    ends_on: date | None = None
    helper: str | None = Field(default=None, index=True, max_length=24)


class UploadColumns(Record):
    """One attached file; its content lies sealed under the draft's data key in DATA_DIR, under its id."""

    id: str = Field(primary_key=True, max_length=24)
    draft_id: str = Field(max_length=24)
    fact: str = Field(max_length=80)
    size: int
    given_at: datetime


class HandOverColumns(Record):
    """What one draft hands over at the counter: its answers, sealed under a key of their own until `expires_on`.

    That key is wrapped three times: under the QR code's token, under the spoken code (stretched, with the pepper), and
    under the draft's data key, by which the resident prints it again, renews its codes or takes it back.
    """

    id: str = Field(primary_key=True, max_length=24)
    procedures: str
    token_lookup: bytes = Field(unique=True, max_length=32)
    code_lookup: bytes = Field(unique=True, max_length=32)
    salt: bytes
    token_key: bytes
    code_key: bytes
    draft_key: bytes
    sealed_codes: bytes
    sealed_content: bytes
    made_at: datetime
    expires_on: date = Field(index=True)


class Draft(DraftColumns, table=True):
    """A real draft."""

    __tablename__ = "draft"


class WayIn(WayInColumns, table=True):
    """A way into a real draft."""

    __tablename__ = "way_in"

    draft_id: str = Field(foreign_key="draft.id", index=True, max_length=24, ondelete="CASCADE")


class Upload(UploadColumns, table=True):
    """A file of a real draft, in DATA_DIR/uploads."""

    __tablename__ = "upload"

    draft_id: str = Field(foreign_key="draft.id", index=True, max_length=24, ondelete="CASCADE")


class HandOver(HandOverColumns, table=True):
    """A hand-over of a real draft."""

    __tablename__ = "hand_over"

    draft_id: str = Field(foreign_key="draft.id", index=True, max_length=24, ondelete="CASCADE")


class PracticeDraft(DraftColumns, table=True):
    """A draft that is practised."""

    __tablename__ = "practice_draft"


class PracticeWayIn(WayInColumns, table=True):
    """A way into a practised draft."""

    __tablename__ = "practice_way_in"

    draft_id: str = Field(foreign_key="practice_draft.id", index=True, max_length=24, ondelete="CASCADE")


class PracticeUpload(UploadColumns, table=True):
    """A file of a practised draft, in DATA_DIR/practice-uploads."""

    __tablename__ = "practice_upload"

    draft_id: str = Field(foreign_key="practice_draft.id", index=True, max_length=24, ondelete="CASCADE")


class PracticeHandOver(HandOverColumns, table=True):
    """A hand-over of a practised draft, which no counter ever receives."""

    __tablename__ = "practice_hand_over"

    draft_id: str = Field(foreign_key="practice_draft.id", index=True, max_length=24, ondelete="CASCADE")


class Tries(Record, table=True):
    """Wrong tries with a slip, by keyed hash of what was tried or who tried; waits double, nothing locks for good."""

    __tablename__ = "tries"

    who: bytes = Field(primary_key=True, max_length=32)
    wrong: int = 0
    wait_until: datetime
