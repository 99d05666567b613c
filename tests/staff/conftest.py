"""Who works behind the counter, and what came to them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import webapp.app
from tests.conftest import CheckedClient, usual_settings
from tests.drafts.browser import BrowserResident
from tests.staff.answered import Both
from tests.staff.counters import Desk, come_with, open_desk
from tests.staff.leaving import receive_three, sign_officer_in
from tests.staff.sections import Section
from tests.staff.systems import System, receive_some
from webapp.kit.database import make_engine


@pytest.fixture(scope="module")
def usual_app(tmp_path_factory: pytest.TempPathFactory, sqlite_file: Path) -> Iterator[Flask]:
    """Yield an app for all tests of a module that only read."""
    settings = usual_settings(tmp_path_factory.mktemp("usual"))
    shutil.copyfile(sqlite_file, settings.database_url.removeprefix("sqlite:///"))
    engine = make_engine(settings.database_url)
    app = webapp.app.create_app(settings, engine)
    app.test_client_class = CheckedClient
    yield app
    engine.dispose()


@pytest.fixture
def work(app: Flask, client: FlaskClient) -> Both:
    """Return an application that came to its section."""
    return Both(app)


@pytest.fixture
def clerk(work: Both) -> FlaskClient:
    """Return the browser of somebody who has taken it on."""
    client = work.staff()
    work.take(client)
    return client


@pytest.fixture
def desk(app: Flask) -> Desk:
    """Return a clerk at the reception."""
    return open_desk(app)


@pytest.fixture
def moved(app: Flask) -> tuple[BrowserResident, str]:
    """Return a resident who prepared to move in."""
    return come_with(app)


@pytest.fixture
def section(app: Flask) -> Section:
    """Return a section with three applications, which came without walking the forms."""
    return receive_three(app)


@pytest.fixture
def officer(app: Flask, client: FlaskClient, section: Section) -> FlaskClient:
    """Return the browser of somebody of that section, who is signed in."""
    return sign_officer_in(app, client)


@pytest.fixture
def rows(app):
    """Return three applications of a section, the oldest first."""
    return receive_some(app)


@pytest.fixture
def system(app, rows):
    """Return the section's system."""
    return System(app)
