"""Residents who sent something and want to be told, and keys of a device, for tests of notices."""

import base64
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from sqlalchemy import text
from sqlmodel import Session, SQLModel, select

from tests.drafts.browser import BrowserResident
from tests.drafts.test_journeys import SHORT

ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/"
CALL = {"number": "090-1234-5678", "name": "杉並 花子", "hours": "any"}
LETTER = {"to": "杉並 花子", "postal": "167-0051", "lines": "東京都杉並区荻窪1-2-3\nみどり荘 201"}


def send_something(resident: BrowserResident, voice: str = "ja") -> str:
    """Fill in a short form and send it; return the draft's address."""
    base = resident.begin(f"procedures/{SHORT}", voice=voice)
    resident.hurry(base)
    assert resident.send(base).status_code == 303
    return base


def make_slip(resident: BrowserResident) -> str:
    """Begin a short form and make its slip; return the draft's address."""
    base = resident.begin(f"procedures/{SHORT}")
    assert resident.post(f"{base}/slip").status_code == 303
    return base


def device(endpoint: str = "") -> dict[str, str]:
    """Return what a browser says of itself when it subscribes."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
        Encoding.X962, PublicFormat.UncompressedPoint
    )  # fmt: skip
    word = base64.urlsafe_b64encode
    return {
        "endpoint": endpoint or ENDPOINT + secrets.token_urlsafe(40), "p256dh": word(point).rstrip(b"=").decode(),
        "auth": word(secrets.token_bytes(16)).rstrip(b"=").decode(),
    }  # fmt: skip


def rows(app: Flask, table: type[SQLModel]) -> list[Any]:
    """Return all rows of a table."""
    with Session(app.extensions["engine"]) as session:
        return list(session.exec(select(table)))


def everything(app: Flask) -> str:
    """Return every value of every table as one text, to look for what must not be there."""
    with Session(app.extensions["engine"]) as session:
        names = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        return "\n".join(str(tuple(row)) for name in names for row in session.execute(text(f'SELECT * FROM "{name}"')))
