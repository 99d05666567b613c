"""Who of the ward's own sign-in service is who here: allowed by an administrator, linked at the first sign-in, taken off again.

An administrator allows it for one account; the first person whom the service calls by that account's name, within the days
of a link, is linked to it, once. From then on the service's own number for that person counts, and names count no more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from webapp.accounts.rules import LINK_LASTS, fold_name
from webapp.accounts.rules_oidc import FLOW_LASTS, Proven
from webapp.accounts.service_audit import note
from webapp.accounts.tables import Account, SignIn, SignInTry, SingleSignOn
from webapp.kit.crypto import keyed_hash
from webapp.kit.database import open_session


@dataclass(frozen=True, slots=True)
class Standing:
    """How one account stands: allowed until a moment, linked since one, used last at one; or neither."""

    allowed_until: datetime | None = None
    linked_at: datetime | None = None
    used_at: datetime | None = None


def find_standing(session: Session, issuer: str, account_id: str, now: datetime, pepper: bytes) -> Standing:
    """Return how an account stands with a service."""
    allowed, standing = _allowed_lookup(issuer, account_id, pepper), Standing()
    for row in session.exec(select(SingleSignOn).where(SingleSignOn.account_id == account_id)):
        if row.lookup != allowed:
            return Standing(None, row.made_at, row.used_at)
        standing = Standing(row.made_at + LINK_LASTS) if now < row.made_at + LINK_LASTS else standing
    return standing


def allow(session: Session, issuer: str, account_id: str, by: str, now: datetime, pepper: bytes) -> None:
    """Let the account be linked at the next sign-in that names it; one that is linked already stays as it is."""
    if find_standing(session, issuer, account_id, now, pepper).linked_at is not None:
        return
    session.merge(SingleSignOn(lookup=_allowed_lookup(issuer, account_id, pepper), account_id=account_id, made_at=now))
    note(session, now, by, "sso-allowed", account_id)


def take_off(session: Session, account_id: str, by: str, now: datetime) -> None:
    """Take the link, or the leave to make one, away; what was signed in with it ends, too."""
    rows = session.exec(select(SingleSignOn).where(SingleSignOn.account_id == account_id)).all()
    if not rows:
        return
    forget_links(session, account_id)
    session.exec(delete(SignIn).where(col(SignIn.account_id) == account_id))
    note(session, now, by, "sso-removed", account_id)


def forget_links(session: Session, account_id: str) -> None:
    """Forget every link of an account."""
    session.exec(delete(SingleSignOn).where(col(SingleSignOn.account_id) == account_id))


def is_linked(session: Session, proven: Proven, account_id: str, pepper: bytes) -> bool:
    """Tell whether somebody at the service is the owner of an account."""
    row = session.get(SingleSignOn, _person_lookup(proven, pepper))
    return row is not None and row.account_id == account_id


def find_person_of(session: Session, proven: Proven, now: datetime, pepper: bytes) -> Account | None:
    """Return whose account it is: linked before, or now, where an administrator allowed it. None for everybody else."""
    row = session.get(SingleSignOn, _person_lookup(proven, pepper))
    account = session.get(Account, row.account_id) if row else _find_allowed(session, proven, now, pepper)
    if account is None or account.disabled_at is not None:
        return None
    if row is None:
        row = _link(session, proven, account.id, now, pepper)
    row.used_at = now
    session.add(row)
    return account


def _find_allowed(session: Session, proven: Proven, now: datetime, pepper: bytes) -> Account | None:
    """Return the account that has the very name by which the service calls somebody, if it may be linked."""
    name = fold_name(proven.name) if proven.name else None
    account = session.exec(select(Account).where(Account.name == name)).first() if name else None
    if account is None:
        return None
    lookup = _allowed_lookup(proven.issuer, account.id, pepper)
    row = session.get(SingleSignOn, lookup, with_for_update=True, populate_existing=True)
    return account if row is not None and now < row.made_at + LINK_LASTS else None


def _link(session: Session, proven: Proven, account_id: str, now: datetime, pepper: bytes) -> SingleSignOn:
    """Link somebody to an account; the leave to do so is used up."""
    forget_links(session, account_id)
    row = SingleSignOn(lookup=_person_lookup(proven, pepper), account_id=account_id, made_at=now)
    session.add(row)
    note(session, now, account_id, "sso-linked", account_id)
    return row


def has_link(session: Session, account_id: str) -> bool:
    """Tell whether somebody signs in to an account by the service; a link was used when it was made."""
    query = select(SingleSignOn.lookup).where(
        SingleSignOn.account_id == account_id, col(SingleSignOn.used_at).is_not(None)
    )
    return session.exec(query.limit(1)).first() is not None


def use_state(engine: Engine, state: str, now: datetime, pepper: bytes) -> bool:
    """Note on the disk that a journey has come back; False if it had before, so that nothing of it counts twice.

    It is kept among the tries, which go by themselves once nobody can wait for them any more.
    """
    key = keyed_hash(pepper, f"sign-in|state|{state}")
    try:
        with open_session(engine) as session:
            if session.get(SignInTry, key) is not None:
                return False
            session.add(SignInTry(who=key, wrong=1, wait_until=now + FLOW_LASTS + timedelta(minutes=1)))
            session.flush()
    except IntegrityError:
        return False
    return True


def _person_lookup(proven: Proven, pepper: bytes) -> bytes:
    """Return the hash under which somebody at a service is found: of both, so that no service can name another's people."""
    return keyed_hash(pepper, f"single sign-on|{len(proven.issuer)}|{proven.issuer}|{proven.subject}")


def _allowed_lookup(issuer: str, account_id: str, pepper: bytes) -> bytes:
    """Return the hash under which the leave to link an account is found."""
    return keyed_hash(pepper, f"single sign-on allowed|{issuer}|{account_id}")
