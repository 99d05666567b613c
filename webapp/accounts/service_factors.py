"""The second factor: who has one, setting one-time codes up, and taking a code once."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, select

from webapp.accounts.rules import needs_second_factor
from webapp.accounts.rules_totp import find_step, new_secret
from webapp.accounts.service import list_grants
from webapp.accounts.service_audit import note
from webapp.accounts.tables import Account, Passkey
from webapp.kit.crypto import CannotOpen, seal, unseal_with_any

CODE, KEY = "code", "key"


def list_factors(session: Session, account_id: str) -> frozenset[str]:
    """Return by what somebody can prove who they are besides a password: "code" for codes of an app, "key" for passkeys."""
    account = session.get_one(Account, account_id)
    keys = session.exec(select(Passkey.id).where(Passkey.account_id == account_id).limit(1)).first()
    return frozenset(({CODE} if account.sealed_totp else set()) | ({KEY} if keys else set()))


def is_asked_for_more(session: Session, account_id: str) -> bool:
    """Tell whether a password alone does not sign somebody in: their roles need more, or they have set more up."""
    roles = {one.role for one in list_grants(session, account_id)}
    return needs_second_factor(roles) or bool(list_factors(session, account_id))


def new_sealed_secret(keys: Sequence[bytes], place: str) -> str:
    """Return a fresh secret of one-time codes for a form's hidden field: only here it opens, and for this sign-in (`place`)."""
    return urlsafe_b64encode(seal(keys[0], new_secret(), _fresh(place))).decode()


def open_sealed_secret(keys: Sequence[bytes], sealed: str, place: str) -> bytes | None:
    """Return the secret that a form's hidden field holds; None if it is not one of ours for this sign-in."""
    try:
        return unseal_with_any(keys, urlsafe_b64decode(sealed[:400].encode("ascii")), _fresh(place))
    except (CannotOpen, ValueError):  # also what is no base64
        return None


def set_codes_up(
    session: Session, account_id: str, secret: bytes, code: str, now: datetime, keys: Sequence[bytes]
) -> bool:
    """Keep a secret of one-time codes once its app has shown a right code; tell if it was right."""
    account, step = hold_account(session, account_id), find_step(secret, code, now, 0)
    if step is None:
        return False
    account.sealed_totp, account.totp_step = seal(keys[0], secret, place_of_secret(account_id)), step
    session.add(account)
    note(session, now, account_id, "codes-set-up", account_id)
    return True


def take_code(session: Session, account_id: str, code: str, now: datetime, keys: Sequence[bytes]) -> bool:
    """Tell whether a one-time code is right, and take it: the same one is never right again."""
    account = hold_account(session, account_id)
    if not account.sealed_totp:
        return False
    secret = unseal_with_any(keys, account.sealed_totp, place_of_secret(account_id))
    step = find_step(secret, code, now, account.totp_step)
    if step is None:
        return False
    account.totp_step = step
    session.add(account)
    return True


def remove_codes(session: Session, account_id: str, now: datetime) -> bool:
    """Take the one-time codes away, unless nothing would be left of a second factor that is needed; tell if they are gone."""
    account = hold_account(session, account_id)
    if KEY not in list_factors(session, account_id) and is_needed(session, account_id):
        return False
    account.sealed_totp = b""
    session.add(account)
    note(session, now, account_id, "codes-removed", account_id)
    return True


def is_needed(session: Session, account_id: str) -> bool:
    """Tell whether somebody's roles need a second factor."""
    return needs_second_factor(one.role for one in list_grants(session, account_id))


def forget_factors(session: Session, account_id: str) -> None:
    """Take everything of a second factor away from somebody who has lost it."""
    account = hold_account(session, account_id)
    account.sealed_totp = b""
    session.add(account)
    for key in session.exec(select(Passkey).where(Passkey.account_id == account_id)):
        session.delete(key)
    session.flush()


def hold_account(session: Session, account_id: str) -> Account:
    """Return an account for this transaction alone: two tries at the same moment come one after the other."""
    return session.get_one(Account, account_id, with_for_update=True, populate_existing=True)


def place_of_secret(account_id: str) -> str:
    """Return the place that a kept secret is sealed for."""
    return f"account|{account_id}|totp"


def _fresh(place: str) -> str:
    """Return the place that a secret is sealed for while its app is being set up."""
    return f"account|{place}|totp-fresh"
