"""A resident at a browser of their own."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from tests.drafts.browser import BrowserResident
from tests.drafts.household import FAMILY, JIRO, MEMBERS, SORA, tell
from tests.drafts.mending import Sent, send_one
from tests.drafts.test_journeys import CATALOGUE, DICTIONARY
from tests.walks import walk_once
from webapp.config import Settings
from webapp.procedures.service_books import BookShelf


@pytest.fixture(scope="session")
def shelf() -> BookShelf:
    """Return the books of questions as the content has them."""
    return BookShelf(CATALOGUE, DICTIONARY)


@pytest.fixture
def resident(client: FlaskClient, sqlite_engine: Engine, shelf: BookShelf) -> BrowserResident:
    """Return a resident whose browser checks every page that it shows."""
    return BrowserResident(client, sqlite_engine, shelf)


@pytest.fixture
def family(resident: BrowserResident) -> tuple[BrowserResident, str]:
    """Return a resident who has moved in with a partner and a child, and has put both on the list of the household."""
    resident.choose |= FAMILY
    resident.people = 1

    def walk(_client: FlaskClient) -> str:
        base = resident.begin("events/moving-in")
        resident.hurry(base, MEMBERS)
        resident.send_page(base, f"{MEMBERS}/new", tell("member", JIRO, relation="head"))
        resident.send_page(base, f"{MEMBERS}/new", tell("member", SORA, 2015, relation="child"))
        resident.send_page(base, MEMBERS, {MEMBERS: resident.list_of(resident.look(base), MEMBERS)})
        return base

    return resident, walk_once(resident.client.application, "family", resident.client, walk)


@pytest.fixture
def sent(resident: BrowserResident, settings: Settings) -> Sent:
    """Return somebody who asked for a vaccination slip."""
    resident.choose |= {"situation.slip_reason": {"": "lost"}, "applicant.contact_way": {"": ["phone"]}}
    return send_one(resident, settings)
