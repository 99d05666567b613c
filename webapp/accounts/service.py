"""Accounts: making one, finding one, what it may do, and giving it a new password."""

import os
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, delete, select

from webapp.accounts.rules import Clerk, Grant, fold_name, new_password, read_grant
from webapp.accounts.rules_audit import write_about
from webapp.accounts.service_audit import note
from webapp.accounts.service_passwords import forget_try, hash_password
from webapp.accounts.tables import Account, RoleGrant, SignIn
from webapp.kit.ids import new_id

FIRST_NAME = "instructor"
FIRST_FILE = "first-sign-in.txt"


class WrongName(ValueError):
    """A name that no account can have."""


def find_account(session: Session, name: str | None) -> Account | None:
    """Return the account of a folded name."""
    return session.exec(select(Account).where(Account.name == name)).first() if name else None


def get_account(session: Session, account_id: str) -> Account:
    """Return an account that exists."""
    return session.exec(select(Account).where(Account.id == account_id)).one()


def list_grants(session: Session, account_id: str) -> frozenset[Grant]:
    """Return what somebody may do, and where."""
    rows = session.exec(select(RoleGrant).where(RoleGrant.account_id == account_id))
    return frozenset(Grant(row.role, row.section) for row in rows)


def set_grants(
    session: Session, account_id: str, grants: frozenset[Grant], now: datetime, by: str | None = None
) -> None:
    """Let somebody do this and nothing else; the log has an entry for each role that is given or taken away, and where."""
    had = list_grants(session, account_id)
    for row in session.exec(select(RoleGrant).where(RoleGrant.account_id == account_id)):
        session.delete(row)
    session.flush()
    session.add_all(RoleGrant(account_id=account_id, role=one.role, section=one.section) for one in sorted(grants))
    session.flush()
    for what, changed in (("role-taken", had - grants), ("role-given", grants - had)):
        for one in sorted(changed):
            note(session, now, by, what, write_about(account_id, str(one)))


def find_clerk(session: Session, account_id: str) -> Clerk | None:
    """Return somebody who works here as services see them; None for nobody and for an account that is switched off."""
    account = session.get(Account, account_id)
    if account is None or account.disabled_at is not None:
        return None
    return Clerk(account.id, account.shown_name, list_grants(session, account_id))


def list_clerks(session: Session, section: str, *roles: str) -> list[Clerk]:
    """Return who has one of these roles in a section, by name; in two queries however many there are."""
    ids = select(RoleGrant.account_id).where(col(RoleGrant.role).in_(roles), RoleGrant.section == section)
    grants: dict[str, set[Grant]] = {}
    for row in session.exec(select(RoleGrant).where(col(RoleGrant.account_id).in_(ids))):
        grants.setdefault(row.account_id, set()).add(Grant(row.role, row.section))
    names = select(Account.id, Account.shown_name).where(col(Account.id).in_(ids), col(Account.disabled_at).is_(None))
    found = (Clerk(id_, name, frozenset(grants[id_])) for id_, name in session.exec(names))
    return sorted(found, key=lambda one: one.shown_name)


def make_account(
    session: Session,
    shown_name: str,
    password: str | None,
    roles: tuple[str, ...],
    now: datetime,
    by: str | None = None,
) -> Account:
    """Make an account with roles (`role` or `role:section`), without a password for somebody who is yet to set one.

    Raises WrongName, and ValueError for a role that is none.
    """
    grants = frozenset(map(read_grant, roles))
    name = fold_name(shown_name)
    if name is None:
        raise WrongName("a name is 1 to 40 letters, digits and . - _ @, without spaces")
    kept = hash_password(password) if password else ""
    account = Account(id=new_id(), name=name, shown_name=shown_name.strip()[:40], password_hash=kept, made_at=now)
    session.add(account)
    session.flush()
    note(session, now, None, "account-made", account.id)
    set_grants(session, account.id, grants, now, by)
    return account


def let_in(session: Session, shown_name: str, role: str, now: datetime, pepper: bytes) -> tuple[str, str, bool]:
    """Make an account with a role, or give one who exists the role and a new password; return name, password, made.

    Nobody stays locked out: a switched-off account works again, and wrong tries are forgotten. Raises WrongName.
    """
    password, account = new_password(), find_account(session, fold_name(shown_name))
    if account is None:
        return make_account(session, shown_name, password, (role,), now).name, password, True
    set_grants(session, account.id, list_grants(session, account.id) | {read_grant(role)}, now)
    account.disabled_at = None
    session.add(account)
    change_password(session, account, hash_password(password), now)
    forget_try(session, {"name": account.name}, now, pepper)
    return account.name, password, False


def change_password(session: Session, account: Account, fresh_hash: str, now: datetime, keep: bytes = b"") -> None:
    """Keep a new password's hash and end everything that is signed in with the old one, but for the sign-in `keep`."""
    account.password_hash = fresh_hash
    session.add(account)
    others = delete(SignIn).where(SignIn.account_id == account.id, SignIn.lookup != keep)  # type: ignore[arg-type]  # SQLModel types columns as values
    session.exec(others)
    note(session, now, account.id if keep else None, "password-changed", account.id)


def make_first_account(session: Session, data_dir: Path, now: datetime) -> str | None:
    """Make the first account of a ward that has none, with its password in a file for its owner only; return the password."""
    if session.exec(select(Account.id).limit(1)).first() is not None:
        return None
    password, path = new_password(), data_dir / FIRST_FILE
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{FIRST_NAME}\n{password}\n")
    make_account(session, FIRST_NAME, password, ("instructor",), now)
    return password


def forget_first_password(data_dir: Path, account: Account) -> None:
    """Throw the file with the first password away once it says nothing true any more."""
    if account.name == FIRST_NAME:
        (data_dir / FIRST_FILE).unlink(missing_ok=True)
