"""Passkeys (WebAuthn): adding one, proving by one, naming and removing; the private key never leaves a person's device."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import PublicKeyCredentialDescriptor, UserVerificationRequirement

from webapp.accounts.service_audit import note
from webapp.accounts.service_factors import CODE, hold_account, is_needed, list_factors
from webapp.accounts.tables import Account, Passkey, SignIn

MOST_KEYS = 10
_BROKEN = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, LookupError)
"""What the library raises about an answer that is no right one, or none at all."""


@dataclass(frozen=True, slots=True)
class Host:
    """Where passkeys hold: the host's name, and the whole origin that a browser says it asked for."""

    name: str
    origin: str


def list_passkeys(session: Session, account_id: str) -> Sequence[Passkey]:
    """Return somebody's passkeys, the oldest first."""
    query = select(Passkey).where(Passkey.account_id == account_id).order_by(col(Passkey.made_at), col(Passkey.id))
    return session.exec(query).all()


def ask_for_new(session: Session, lookup: bytes, host: Host) -> str:
    """Return what a browser needs to make a passkey (JSON), and note what it has to sign."""
    row = session.get_one(SignIn, lookup)
    account = session.get_one(Account, row.account_id)
    options = generate_registration_options(
        rp_id=host.name, rp_name="Madoguchi", user_id=account.id.encode(), user_name=account.name,
        user_display_name=account.shown_name, exclude_credentials=_describe(session, account.id),
    )  # fmt: skip
    row.challenge = options.challenge
    session.add(row)
    return options_to_json(options)


def ask_for_proof(session: Session, lookup: bytes, host: Host) -> str:
    """Return what a browser needs to prove by a passkey (JSON), and note what it has to sign."""
    row = session.get_one(SignIn, lookup)
    options = generate_authentication_options(
        rp_id=host.name, allow_credentials=_describe(session, row.account_id),
        user_verification=UserVerificationRequirement.PREFERRED,
    )  # fmt: skip
    row.challenge = options.challenge
    session.add(row)
    return options_to_json(options)


def _describe(session: Session, account_id: str) -> list[PublicKeyCredentialDescriptor]:
    """Return somebody's passkeys as browsers are told about them."""
    return [PublicKeyCredentialDescriptor(id=one.id) for one in list_passkeys(session, account_id)]


def add_passkey(session: Session, lookup: bytes, answer: str, host: Host, name: str, now: datetime) -> bool:
    """Keep the passkey that a browser made; tell if its answer was right. What was to sign is used up either way."""
    account_id, challenge = _use_challenge(session, lookup)
    try:
        made = verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=host.name, expected_origin=host.origin
        )
    except _BROKEN:
        return False
    known = session.get(Passkey, made.credential_id) is not None
    if not challenge or known or len(list_passkeys(session, account_id)) >= MOST_KEYS:
        return False
    session.add(Passkey(
        id=made.credential_id, account_id=account_id, public_key=made.credential_public_key, sign_count=made.sign_count,
        name=name.strip()[:40], made_at=now,
    ))  # fmt: skip
    session.flush()
    note(session, now, account_id, "passkey-added", account_id)
    return True


def take_answer(session: Session, lookup: bytes, answer: str, host: Host, now: datetime) -> bool:
    """Tell whether a browser's answer proves who is signing in, and note the passkey's use."""
    account_id, challenge = _use_challenge(session, lookup)
    try:
        credential = parse_authentication_credential_json(answer)
        key = session.get(Passkey, credential.raw_id, with_for_update=True, populate_existing=True)
        if key is None or key.account_id != account_id or not challenge:
            return False
        proof = verify_authentication_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=host.name, expected_origin=host.origin,
            credential_public_key=key.public_key, credential_current_sign_count=key.sign_count,
        )  # fmt: skip
    except _BROKEN:
        return False
    key.sign_count, key.used_at = proof.new_sign_count, now
    session.add(key)
    return True


def _use_challenge(session: Session, lookup: bytes) -> tuple[str, bytes]:
    """Return whose sign-in it is and what was to be signed, which is used up: no answer counts twice."""
    row = session.get_one(SignIn, lookup, with_for_update=True, populate_existing=True)
    challenge, row.challenge = row.challenge, b""
    session.add(row)
    session.flush()
    return row.account_id, challenge


def short_id(key_id: bytes) -> str:
    """Return a short name for a passkey, for forms."""
    return hashlib.sha256(key_id).hexdigest()[:16]


def find_passkey(session: Session, account_id: str, short: str) -> Passkey | None:
    """Return one of somebody's passkeys by its short name."""
    return next((one for one in list_passkeys(session, account_id) if short_id(one.id) == short), None)


def name_passkey(session: Session, key: Passkey, name: str) -> None:
    """Give a passkey the name that its person knows it by."""
    key.name = name.strip()[:40]
    session.add(key)


def remove_passkey(session: Session, key: Passkey, now: datetime) -> bool:
    """Take a passkey away, unless nothing would be left of a second factor that is needed; tell if it is gone."""
    account_id, key_id = key.account_id, key.id
    hold_account(session, account_id)
    kept = {one.id for one in list_passkeys(session, account_id)}  # as they are now, when nobody else takes any away
    if key_id not in kept:
        return True
    if len(kept) == 1 and CODE not in list_factors(session, account_id) and is_needed(session, account_id):
        return False
    session.delete(key)
    session.flush()
    note(session, now, account_id, "passkey-removed", account_id)
    return True
