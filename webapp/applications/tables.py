"""What was sent. Answers are sealed under a data key of their own, which the ward's master key and the slip can open.

`Snapshot` keeps the questions that drafts and applications were written by, for ever under the hash of their content.
"""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
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
    """A real application, as its section works on it.

    `section` is the office's key ("" until the first job has looked at an application of an older version). `is_open` is
    true until it is finished; lists go by it and by `answer_by`. `version` grows with every change, so that two people never
    overwrite each other. `outcome` is "", "accepted", "refused", "closed" or "withdrawn". `sealed_label` holds what a list
    shows of it (name, kana), so that a list opens nothing else. `proposed_by` waits for a second pair of eyes.
    """

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("draft_id", "procedure"),
        Index(
            "ix_application_inbox",
            "section",
            "is_open",
            "answer_by",
            "id",
            "state",
            "assigned_to",
            "procedure",
            "labels",
            "proposed_by",
            "sent_at",
        ),
        Index("ix_application_mine", "assigned_to", "is_open", "answer_by", "id"),
        Index("ix_application_changes", "section", "changed_at", "id", "version"),
    )

    section: str = Field(default="", max_length=40)
    is_open: bool = True
    version: int = 0
    changed_at: datetime
    assigned_to: str | None = Field(default=None, max_length=24)
    labels: str = Field(default="", max_length=200)
    outcome: str = Field(default="", max_length=12)
    proposed_by: str | None = Field(default=None, max_length=24)
    decided_at: datetime | None = None
    warned_at: datetime | None = None
    filled_by: str = Field(default="", max_length=24)
    sealed_label: bytes = b""


class NameToken(Record, table=True):
    """That the kana of an application's name begin in some way, as a keyed hash: the name itself is not here.

    The hash is over section and prefix, so that the same name in two sections has nothing in common.
    """

    __tablename__ = "name_token"
    __table_args__ = (Index("ix_name_token_token", "token", "application_id"),)

    application_id: str = Field(primary_key=True, foreign_key="application.id", max_length=24, ondelete="CASCADE")
    token: bytes = Field(primary_key=True, max_length=12)


class Happening(Record, table=True):
    """One thing that happened to an application. `account_id` is who did it (None: the resident, or nobody).

    `kind` is a word of rules_cases.HAPPENINGS; `sealed_content` is JSON under the application's own key; `is_shown` tells
    whether the resident reads it.
    """

    __tablename__ = "application_happening"

    id: str = Field(primary_key=True, max_length=24)
    application_id: str = Field(foreign_key="application.id", index=True, max_length=24, ondelete="CASCADE")
    at: datetime
    account_id: str | None = Field(default=None, max_length=24)
    kind: str = Field(max_length=24)
    is_shown: bool = False
    sealed_content: bytes = b""


class Correction(Record, table=True):
    """What a section asks a resident to mend in one application, and what came back.

    `state` is "open", "answered" or "taken-back". `sealed_content` is JSON under the application's own key: the facts with
    what is wrong about each, and, once answered, the answers as they were before. `draft_id` is the draft in which the
    resident mends it, once they have begun.
    """

    __tablename__ = "correction"

    id: str = Field(primary_key=True, max_length=24)
    application_id: str = Field(foreign_key="application.id", index=True, max_length=24, ondelete="CASCADE")
    state: str = Field(default="open", max_length=12)
    asked_by: str = Field(max_length=24)
    asked_at: datetime
    answer_by: date
    answered_at: datetime | None = None
    draft_id: str | None = Field(default=None, index=True, max_length=24)
    sealed_content: bytes


class Look(Record, table=True):
    """That somebody who works here opened an application: shown to the resident, and gone with the application.

    `what` is "opened", "revealed", "file", "printed" or "exported"; `why` is "assigned" or the key of a reason; `sealed_words` are the
    reason's own words under the application's key.
    """

    __tablename__ = "application_look"

    id: str = Field(primary_key=True, max_length=24)
    application_id: str = Field(foreign_key="application.id", index=True, max_length=24, ondelete="CASCADE")
    at: datetime
    account_id: str = Field(max_length=24)
    section: str = Field(default="", max_length=40)
    what: str = Field(max_length=12)
    why: str = Field(max_length=24)
    sealed_words: bytes = b""


class Acknowledgement(Record, table=True):
    """That a section's own system has an application safely, in its state of `version`. It may say so any number of times."""

    __tablename__ = "acknowledgement"

    application_id: str = Field(primary_key=True, foreign_key="application.id", max_length=24, ondelete="CASCADE")
    system: str = Field(primary_key=True, max_length=40)
    version: int
    taken_at: datetime


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
