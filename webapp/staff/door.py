"""How a request of somebody behind the counter gets to applications: the blueprint, who asks, and the wall between sections."""

from typing import Any

from flask import Blueprint, abort, current_app

from webapp.accounts.pages import current_account
from webapp.accounts.rules import Clerk
from webapp.applications.service_cases import find_row
from webapp.applications.service_desk import find_id_by_receipt
from webapp.applications.service_vault import Vault, open_vault
from webapp.kit.database import get_session

staff = Blueprint("staff", __name__)
WORK = "/<voice>/staff/inbox"
"""The inbox; `/staff/inbox/<application_id>` and below is one application."""


@staff.record_once
def _name_receipts(state: Any) -> None:
    """Have the log take a receipt number for what it is about."""
    state.app.extensions["log_abouts"] = find_id_by_receipt


def ward() -> Any:
    """Return the ward's settings and content."""
    return current_app.extensions["madoguchi"]


def clerk() -> Clerk:
    """Return who is signed in; `needs` has made sure that somebody is."""
    account = current_account()
    if account is None:
        abort(404)
    return account.clerk


def vault() -> Vault:
    """Return the ward's keys."""
    return open_vault(ward().settings)


def get_row(application_id: str, write: bool = False) -> Any:
    """Return an application of a section that whoever is signed in works in; for any other there is nothing here."""
    row = find_row(get_session(), clerk(), application_id, write)
    if row is None:
        abort(404)
    return row
