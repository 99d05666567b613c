"""The people who work here as administrators see them: invited, given roles, switched off and on, helped back in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select

from webapp.accounts.rules import LINK_LASTS, Grant, fold_name
from webapp.accounts.service import find_account, list_grants, make_account, set_grants
from webapp.accounts.service_audit import note
from webapp.accounts.service_factors import forget_factors, hold_account, is_needed, list_factors
from webapp.accounts.service_passwords import forget_try
from webapp.accounts.service_sign_in import show_id
from webapp.accounts.service_single_sign_on import forget_links, has_link
from webapp.accounts.tables import Account, Invitation, RoleGrant, SignIn
from webapp.kit.crypto import keyed_hash
from webapp.kit.ids import new_token

ADMINISTRATOR = "administrator"
INVITE, RECOVER = "invite", "recover"


class NameTaken(ValueError):
    """Somebody has this name already."""


class LastAdministrator(ValueError):
    """Nobody would be left who could let people in."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here. `invited`: they have set no password yet, nor signed in elsewhere.

    `factors`: as `list_factors` has them. `has_password`: other roles may make them begin anew.
    """

    id: str
    name: str
    shown_name: str
    grants: frozenset[Grant]
    is_off: bool
    invited: bool
    factors: frozenset[str]
    has_password: bool


def list_people(session: Session) -> list[Person]:
    """Return everybody who works or worked here, by name; those who are switched off at the end."""
    accounts = session.exec(select(Account).order_by(col(Account.disabled_at).is_not(None), col(Account.name)))
    return [_describe(session, one) for one in accounts]


def find_person(session: Session, account_id: str) -> Person | None:
    """Return one of them."""
    account = session.get(Account, account_id)
    return _describe(session, account) if account else None


def _describe(session: Session, account: Account) -> Person:
    """Return an account as administrators see it."""
    return Person(
        account.id, account.name, account.shown_name, list_grants(session, account.id), account.disabled_at is not None,
        not account.password_hash and not has_link(session, account.id), list_factors(session, account.id),
        bool(account.password_hash),
    )  # fmt: skip


def invite(
    session: Session, name: str, grants: Sequence[str], by: str | None, now: datetime, pepper: bytes
) -> tuple[str, str]:
    """Make an account without a password; return its id and the token of its link. Raises WrongName, NameTaken."""
    if find_account(session, fold_name(name)) is not None:
        raise NameTaken
    account = make_account(session, name, None, tuple(grants), now, by)
    note(session, now, by, "invited", account.id)
    return account.id, _make_link(session, account.id, INVITE, by, now, pepper)


def recover(session: Session, account_id: str, by: str | None, now: datetime, pepper: bytes) -> str:
    """Take password, second factor, links and sign-ins away from somebody who has lost them; return a new link's token."""
    forget_factors(session, account_id)
    forget_links(session, account_id)
    return _begin_anew(session, account_id, by, now, pepper)


def _begin_anew(session: Session, account_id: str, by: str | None, now: datetime, pepper: bytes) -> str:
    """Take password and sign-ins away from somebody; return a new link's token."""
    account = session.get_one(Account, account_id)
    kind = RECOVER if account.password_hash else INVITE
    account.password_hash = ""
    session.add(account)
    _end_all(session, account_id)
    note(session, now, by, "recovery-begun", account_id)
    return _make_link(session, account_id, kind, by, now, pepper)


def _make_link(session: Session, account_id: str, kind: str, by: str | None, now: datetime, pepper: bytes) -> str:
    """Return the token of a link that works once; older ones of the same person work no more."""
    token = new_token()
    session.exec(delete(Invitation).where(col(Invitation.account_id) == account_id))
    session.add(Invitation(
        lookup=_hash(token, pepper), account_id=account_id, kind=kind, made_by=by, made_at=now, ends_at=now + LINK_LASTS,
    ))  # fmt: skip
    session.flush()
    return token


def find_invited(session: Session, token: str, now: datetime, pepper: bytes, hold: bool = False) -> Account | None:
    """Return whose link this is, if it still works."""
    row = session.get(Invitation, _hash(token, pepper), with_for_update=hold or None, populate_existing=True)
    if row is None or row.used_at is not None or row.ends_at <= now:
        return None
    account = session.get_one(Account, row.account_id)
    return None if account.disabled_at is not None else account


def use_link(session: Session, token: str, fresh_hash: str, now: datetime, pepper: bytes) -> Account | None:
    """Set the password of the person whose link this is; the link works no more. None if it did not work any more."""
    account = find_invited(session, token, now, pepper, hold=True)
    if account is None:
        return None
    session.get_one(Invitation, _hash(token, pepper)).used_at = now
    account.password_hash = fresh_hash
    session.add(account)
    _end_all(session, account.id)
    forget_try(session, {"name": account.name}, now, pepper)
    note(session, now, account.id, "link-used", account.id)
    return account


def _hash(token: str, pepper: bytes) -> bytes:
    """Return the hash under which a link is found."""
    return keyed_hash(pepper, f"welcome|{token}")


def may_begin(session: Session, account_id: str, now: datetime) -> bool:
    """Tell whether somebody came by a link that would still be good: a password that is older proves too little to begin with."""
    query = select(Invitation.lookup).where(Invitation.account_id == account_id, Invitation.ends_at > now)
    return session.exec(query.where(col(Invitation.used_at).is_not(None)).limit(1)).first() is not None


def change_grants(
    session: Session, account_id: str, grants: frozenset[Grant], by: str, now: datetime, pepper: bytes
) -> tuple[bool, str]:
    """Let somebody do this and nothing else; return if that was a change, and the token of a link if they begin anew.

    What they are signed in with ends (but for one's own sign-in, which is renewed): the new roles begin with a new one.
    Whoever needs a second factor now and has none begins anew, as an old password may be known to others. Raises
    LastAdministrator.
    """
    if grants == list_grants(session, account_id):
        return False, ""
    if Grant(ADMINISTRATOR) not in grants:
        _keep_one(session, account_id)
    account = hold_account(session, account_id)
    set_grants(session, account_id, grants, now, by)
    if account_id == by:
        return True, ""
    _end_all(session, account_id)
    if account.disabled_at is not None or not account.password_hash:
        return True, ""  # no link would open for who is shut out; without one an old password sets no factor up
    if not is_needed(session, account_id) or list_factors(session, account_id):
        return True, ""
    return True, _begin_anew(session, account_id, by, now, pepper)


def switch_off(session: Session, account_id: str, by: str, now: datetime) -> None:
    """Shut somebody out: sign-ins and links end, nothing of them is erased. Raises LastAdministrator."""
    _keep_one(session, account_id)
    account = session.get_one(Account, account_id)
    account.disabled_at = account.disabled_at or now
    session.add(account)
    _end_all(session, account_id)
    session.exec(delete(Invitation).where(col(Invitation.account_id) == account_id))
    note(session, now, by, "switched-off", account_id)


def switch_on(session: Session, account_id: str, by: str, now: datetime) -> None:
    """Let somebody in again, with the password and second factor that they had."""
    account = session.get_one(Account, account_id)
    account.disabled_at = None
    session.add(account)
    note(session, now, by, "switched-on", account_id)


def end_sign_ins_of(session: Session, account_id: str, which: str, by: str, now: datetime) -> int:
    """End one of somebody's sign-ins by its short name, or "all"; return how many."""
    rows = session.exec(select(SignIn).where(SignIn.account_id == account_id))
    gone = [row for row in rows if which in ("all", show_id(row.lookup))]
    for row in gone:
        session.delete(row)
    if gone:
        note(session, now, by, "sign-ins-ended", account_id)
    return len(gone)


def _end_all(session: Session, account_id: str) -> None:
    """End everything that somebody is signed in with."""
    session.exec(delete(SignIn).where(col(SignIn.account_id) == account_id))


def _keep_one(session: Session, account_id: str) -> None:
    """See to it that somebody else is left who administers; the rows are held, so that no two go at once."""
    query = select(RoleGrant).where(RoleGrant.role == ADMINISTRATOR).order_by(col(RoleGrant.account_id))
    holders = [row.account_id for row in session.exec(query.with_for_update())]
    able = select(Account.id).where(
        col(Account.id).in_(holders), col(Account.disabled_at).is_(None), Account.password_hash != ""
    )
    left = set(session.exec(able))
    if account_id in left and left == {account_id}:
        raise LastAdministrator


def make_administrator(session: Session, name: str, now: datetime, pepper: bytes) -> tuple[str, str, bool]:
    """Make an administrator, or help one back in who exists; return name, token of the link, made. Raises WrongName."""
    account = find_account(session, fold_name(name))
    if account is None:
        account_id, token = invite(session, name, (ADMINISTRATOR,), None, now, pepper)
        return session.get_one(Account, account_id).name, token, True
    set_grants(session, account.id, list_grants(session, account.id) | {Grant(ADMINISTRATOR)}, now)
    account.disabled_at = None
    session.add(account)
    return account.name, recover(session, account.id, None, now, pepper), False
