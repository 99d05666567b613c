"""Accounts of staff and instructors, what is signed in, slowed-down tries, and the log. Private to this room."""

from datetime import datetime

from sqlmodel import Field

from webapp.kit.database import Record


class Account(Record, table=True):
    """One person who works here. `name` is what is typed to sign in, in lower case.

    An empty `password_hash` fits no password (somebody invited, or known by single sign-on only). `sealed_totp` holds the
    secret of one-time codes under the master key, `totp_step` the last half-minute whose code was taken.
    """

    __tablename__ = "account"

    id: str = Field(primary_key=True, max_length=24)
    name: str = Field(unique=True, max_length=40)
    shown_name: str = Field(max_length=40)
    password_hash: str = Field(default="", max_length=200)
    made_at: datetime
    disabled_at: datetime | None = None
    sealed_totp: bytes = b""
    totp_step: int = 0


class RoleGrant(Record, table=True):
    """One role of one person, in one section (an office's key) or, where `section` is empty, in the whole ward."""

    __tablename__ = "role_grant"

    account_id: str = Field(primary_key=True, foreign_key="account.id", max_length=24, ondelete="CASCADE")
    role: str = Field(primary_key=True, max_length=16)
    section: str = Field(default="", primary_key=True, max_length=40)


class Passkey(Record, table=True):
    """One passkey of one person: its public key; the private one is in their device only."""

    __tablename__ = "passkey"

    id: bytes = Field(primary_key=True, max_length=1023)
    account_id: str = Field(foreign_key="account.id", index=True, max_length=24, ondelete="CASCADE")
    public_key: bytes
    sign_count: int = 0
    name: str = Field(default="", max_length=40)
    made_at: datetime
    used_at: datetime | None = None


class Invitation(Record, table=True):
    """One link that lets somebody set a password and a second factor, once. `lookup` is the hash of its token.

    `kind` is "invite" for a new account, "recover" for one whose second factor or password was lost.
    """

    __tablename__ = "invitation"

    lookup: bytes = Field(primary_key=True, max_length=32)
    account_id: str = Field(foreign_key="account.id", index=True, max_length=24, ondelete="CASCADE")
    kind: str = Field(max_length=8)
    made_by: str | None = Field(default=None, max_length=24)
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None = None


class SingleSignOn(Record, table=True):
    """That a person of the ward's own sign-in service is somebody here. `lookup` is the hash of issuer and subject."""

    __tablename__ = "single_sign_on"

    lookup: bytes = Field(primary_key=True, max_length=32)
    account_id: str = Field(foreign_key="account.id", index=True, max_length=24, ondelete="CASCADE")
    made_at: datetime
    used_at: datetime | None = None


class ApiToken(Record, table=True):
    """What a section's own system shows to fetch applications. `lookup` is the hash of the token; the token is nowhere.

    `system` names the system that it belongs to: what was acknowledged stays so when its token is renewed.
    """

    __tablename__ = "api_token"

    id: str = Field(primary_key=True, max_length=24)
    lookup: bytes = Field(unique=True, max_length=32)
    section: str = Field(index=True, max_length=40)
    system: str = Field(max_length=40)
    made_by: str = Field(max_length=24)
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class SignIn(Record, table=True):
    """One browser that is signed in. `lookup` is the hash of its cookie; the cookie itself is nowhere.

    `stage` is "password" or "sso" while the second factor is still to come (nothing but that opens then), "whole" afterwards.
    `proved_at` is when the person last proved who they are; `challenge` what a passkey has to sign.
    """

    __tablename__ = "sign_in"

    lookup: bytes = Field(primary_key=True, max_length=32)
    account_id: str = Field(foreign_key="account.id", index=True, max_length=24, ondelete="CASCADE")
    made_at: datetime
    seen_at: datetime
    ends_at: datetime = Field(index=True)
    browser: str = Field(default="", max_length=80)
    stage: str = Field(default="whole", max_length=8)
    proved_at: datetime | None = None
    challenge: bytes = b""


class SignInTry(Record, table=True):
    """Wrong passwords for one name, or from one address: how many, and until when the next try waits."""

    __tablename__ = "sign_in_try"

    who: bytes = Field(primary_key=True, max_length=32)
    wrong: int = 0
    wait_until: datetime = Field(index=True)


class AuditEntry(Record, table=True):
    """One thing that was done or looked at: who (None before a sign-in), what, what about, and why. Never what it said.

    Entries are numbered without a gap. `mac` is over the entry and the `mac` of the one before, under a key that is not in
    the database: whoever changes, removes or moves one breaks the chain.
    """

    __tablename__ = "audit_entry"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(index=True)
    account_id: str | None = Field(default=None, index=True, max_length=24)
    what: str = Field(max_length=40)
    about: str = Field(default="", index=True, max_length=80)
    why: str = Field(default="", max_length=24)
    mac: bytes = Field(max_length=32)


class AuditHead(Record, table=True):
    """The end of the chain (one row, id 1), which is held while an entry is added; entries up to `began` are older than it."""

    __tablename__ = "audit_head"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    number: int
    mac: bytes = Field(max_length=32)
    began: int = 0
