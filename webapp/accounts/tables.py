"""Accounts of staff and instructors, what is signed in, slowed-down tries, and the log. Private to this room."""

from datetime import datetime

from sqlmodel import Field

from webapp.kit.database import Record


class Account(Record, table=True):
    """One person who works here. `name` is what is typed to sign in, in lower case; `roles` are parted by spaces."""

    __tablename__ = "account"

    id: str = Field(primary_key=True, max_length=24)
    name: str = Field(unique=True, max_length=40)
    shown_name: str = Field(max_length=40)
    password_hash: str = Field(max_length=200)
    roles: str = Field(max_length=80)
    made_at: datetime
    disabled_at: datetime | None = None


class SignIn(Record, table=True):
    """One browser that is signed in. `lookup` is the hash of its cookie; the cookie itself is nowhere."""

    __tablename__ = "sign_in"

    lookup: bytes = Field(primary_key=True, max_length=32)
    account_id: str = Field(foreign_key="account.id", index=True, max_length=24, ondelete="CASCADE")
    made_at: datetime
    seen_at: datetime
    ends_at: datetime = Field(index=True)
    browser: str = Field(default="", max_length=80)


class SignInTry(Record, table=True):
    """Wrong passwords for one name, or from one address: how many, and until when the next try waits."""

    __tablename__ = "sign_in_try"

    who: bytes = Field(primary_key=True, max_length=32)
    wrong: int = 0
    wait_until: datetime = Field(index=True)


class AuditEntry(Record, table=True):
    """One thing that was done or looked at: who (None before a sign-in), what, and what about. Never what it said."""

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    account_id: str | None = Field(default=None, index=True, max_length=24)
    what: str = Field(max_length=40)
    about: str = Field(default="", max_length=80)
