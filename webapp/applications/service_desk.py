"""Applications as the counter meets them: what came from one draft, which is found by a receipt number and a name."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from webapp.applications.rules_names import fold_name
from webapp.applications.service import answers_key
from webapp.applications.service_cases import open_with, write_down
from webapp.applications.service_vault import Vault
from webapp.applications.tables import Application, Correction, Happening
from webapp.kit.crypto import CannotOpen, unseal
from webapp.kit.ids import find_receipt_number


def list_of_draft(session: Session, draft_id: str, write: bool = False) -> list[Application]:
    """Return the applications that one draft made, without opening them. With `write` they stay locked.

    Locks are taken by id, as everybody takes them who locks several.
    """
    query = select(Application).where(Application.draft_id == draft_id)
    if write:
        return sorted(
            session.exec(query.order_by(col(Application.id)).with_for_update()), key=lambda row: row.procedure
        )
    return list(session.exec(query.order_by(col(Application.procedure))))


def find_wrapped(session: Session, draft_id: str) -> Any:
    """Return the wrapped key of what one draft sent, as a vault takes it, without reading more; None where nothing is left."""
    query = select(Application.id, Application.wrapped_key).where(Application.draft_id == draft_id)
    return session.exec(query).first()


def list_mending(session: Session, draft_id: str) -> list[str]:
    """Return the drafts in which something is mended, or was, of what one draft sent: they have its key, and ways of their own."""
    sent = select(Application.id).where(Application.draft_id == draft_id)
    query = select(Correction.draft_id).where(col(Correction.application_id).in_(sent))
    return [one for one in session.exec(query) if one]


def list_taken(session: Session, draft_id: str, account_id: str) -> list[Application]:
    """Return what somebody received at the counter from one draft, without opening it."""
    taken = select(Happening.application_id).where(Happening.kind == "received", Happening.account_id == account_id)
    mine = select(Application).where(Application.draft_id == draft_id, col(Application.id).in_(taken))
    return list(session.exec(mine.order_by(col(Application.procedure))))


def find_draft_of(session: Session, number: str) -> str | None:
    """Return the draft that the application with a receipt number came from, without opening anything."""
    return session.exec(select(Application.draft_id).where(Application.receipt == number)).first()


def find_id_by_receipt(session: Session, typed: str) -> str | None:
    """Return the id of the application whose receipt number was typed; None where nobody has it (any more)."""
    number = find_receipt_number(typed)
    return session.exec(select(Application.id).where(Application.receipt == number)).first() if number else None


def fits_name(row: Application, vault: Vault, typed: str) -> bool:
    """Tell whether a whole name, in its signs or in kana, is the one an application goes by; no answer is opened for it."""
    try:
        key = answers_key(vault.unwrap(row), row.id)
        label = json.loads(unseal(key, row.sealed_label, f"application|{row.id}|label"))
    except CannotOpen:
        return False
    folded = fold_name(typed)
    return bool(folded) and folded in {fold_name(label.get(part, "")) for part in ("name", "kana")}


def write_down_all(
    session: Session, draft_id: str, data_key: bytes, procedures: Collection[str], kind: str, now: datetime,
    account_id: str, **content: Any,
) -> None:  # fmt: skip
    """Add the same to the history of each of these procedures' applications that one draft made."""
    for row in list_of_draft(session, draft_id):
        if row.procedure in procedures:
            write_down(session, open_with(row, data_key), kind, now, account_id, **content)
