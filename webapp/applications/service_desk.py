"""Applications as the counter meets them: what came from one draft, one found by its receipt number and name."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from webapp.applications.rules_names import fold_name
from webapp.applications.service import answers_key
from webapp.applications.service_cases import open_with, write_down
from webapp.applications.service_vault import Vault
from webapp.applications.tables import Application, Happening
from webapp.kit.crypto import CannotOpen, unseal


def list_of_draft(session: Session, draft_id: str) -> list[Application]:
    """Return the applications that one draft made, without opening them."""
    query = select(Application).where(Application.draft_id == draft_id).order_by(col(Application.procedure))
    return list(session.exec(query))


def list_taken(session: Session, draft_id: str, account_id: str) -> list[Application]:
    """Return what somebody received at the counter from one draft, without opening it."""
    taken = select(Happening.application_id).where(Happening.kind == "received", Happening.account_id == account_id)
    mine = select(Application).where(Application.draft_id == draft_id, col(Application.id).in_(taken))
    return list(session.exec(mine.order_by(col(Application.procedure))))


def find_by_receipt(session: Session, number: str) -> Application | None:
    """Return the application with a receipt number, without opening it, locked until the request ends."""
    return session.exec(select(Application).where(Application.receipt == number).with_for_update()).first()


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
