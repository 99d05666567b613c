"""Somebody at the counter, and residents who come with what they prepared at home."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from tests.accounts.helping import make_csrf, sign_in
from tests.conftest import CheckedClient
from tests.drafts.browser import BrowserResident, words
from tests.drafts.test_journeys import CATALOGUE, DICTIONARY
from tests.walks import walk_once
from webapp.accounts.tables import AuditEntry
from webapp.drafts.service_hand_over import Codes, read_own
from webapp.drafts.tables import HandOver
from webapp.kit.ids import show_spoken_code
from webapp.procedures.service_books import BookShelf

SHELF = BookShelf(CATALOGUE, DICTIONARY)
COUNTER = "/ja/staff/counter"
GOOD = {"identity": "driving-licence", "checked": "yes"}


@dataclass
class Desk:
    """A clerk's browser, signed in."""

    client: FlaskClient
    account_id: str

    def post(self, path: str, data: Mapping[str, Any] | None = None) -> Any:
        """Send a form of the counter with its token."""
        return self.client.post(f"{COUNTER}/{path}", data={"csrf": make_csrf(self.client), **(data or {})})

    def open(self, word: str) -> Any:
        """Type or scan what the resident brings."""
        return self.post("open", {"word": word})

    def accept(self, word: str, **more: Any) -> Any:
        """Take what was prepared, after looking who it is: all of it, unless `take` says what."""
        return self.post("accept", {"word": word, "take": self.list_prepared(), **GOOD, **more})

    def list_prepared(self) -> list[str]:
        """Return all procedures that are prepared for the counter, as the page ticks them."""
        with Session(self.client.application.extensions["engine"]) as session:
            return [slug for line in session.exec(select(HandOver.procedures)) for slug in line.split()]


def open_desk(app: Flask, roles: tuple[str, ...] = ("reception",), name: str = "uketsuke") -> Desk:
    """Sign somebody in at the counter."""
    app.test_client_class = CheckedClient
    client = app.test_client()
    return Desk(client, sign_in(client, app, roles, name))


def come_with(app: Flask, path: str = "procedures/moving-in", **choose: Any) -> tuple[BrowserResident, str]:
    """Prepare something for the counter as a resident does; return the resident and the draft's address."""
    return prepare(app, path, choose)


def prepare(app: Flask, path: str, choose: Mapping[str, Any], slugs: Sequence[str] = ()) -> tuple[BrowserResident, str]:
    """Prepare something, of a life event these procedures; return the resident and the draft's address."""
    app.test_client_class = CheckedClient
    resident = BrowserResident(app.test_client(), app.extensions["engine"], SHELF, dict(choose))

    def walk(_client: FlaskClient) -> str:
        base = resident.begin(path)
        resident.hurry(base, todo=(lambda _state: list(slugs)) if slugs else None)
        assert resident.send(base).status_code == 303
        return base

    return resident, walk_once(app, ("prepared", path, choose, slugs), resident.client, walk)


def codes_of(resident: BrowserResident, base: str) -> Codes:
    """Return the codes that a resident brings."""
    with Session(resident.engine) as session:
        row = session.exec(select(HandOver).where(HandOver.draft_id == base.split("/")[3])).one()
    return read_own(row, resident.look(base).draft.key)[0]


def spoken(resident: BrowserResident, base: str) -> str:
    """Return the code as it is said: grouped."""
    return show_spoken_code(codes_of(resident, base).spoken)


def address_of(answer: Any) -> str:
    """Return where an answer leads, when it leads anywhere."""
    assert answer.status_code == 303, words(answer.text)
    return str(answer.headers["Location"])


def list_log(app: Flask) -> list[tuple[str, str, str]]:
    """Return what stands in the log: what, what about, why."""
    with Session(app.extensions["engine"]) as session:
        return [(one.what, one.about, one.why) for one in session.exec(select(AuditEntry).order_by(AuditEntry.number))]


def rows(app: Flask, table: Any) -> list[Any]:
    """Return all rows of a table."""
    with Session(app.extensions["engine"]) as session:
        return list(session.exec(select(table)))


def numbers_in(html: str) -> list[str]:
    """Return the receipt and slip numbers that a page shows."""
    return re.findall(r"[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{4}", html)
