"""What tests share: settings of their own, both databases, the app, and a browser-like client that checks every page."""

import os
import secrets
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine

import webapp.app
from tests.page_checks import check_page
from tests.postgres import run_cluster
from webapp.app import create_app
from webapp.config import ROOT, Settings, load_settings
from webapp.kit.database import make_engine
from webapp.kit.migrations import migrate

webapp.app.read_content = lru_cache(webapp.app.read_content)
"""Content is the same for all tests; reading it takes a second."""


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """Yield the address of a PostgreSQL server with a place for the database's name."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with run_cluster() as address:
        yield address


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings with a data folder and keys of their own."""
    return load_settings({"DATA_DIR": str(tmp_path / "data"), "PUBLIC_URL": "http://localhost"})


@pytest.fixture
def sqlite_engine(settings: Settings) -> Iterator[Engine]:
    """Yield a migrated SQLite database."""
    engine = make_engine(settings.database_url)
    migrate(engine, ROOT / "migrations")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(postgres_address: str) -> Iterator[Engine]:
    """Yield a migrated PostgreSQL database of its own."""
    name = f"t{secrets.token_hex(6)}"
    admin = create_engine(postgres_address % "postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = make_engine(postgres_address % name)
    migrate(engine, ROOT / "migrations")
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Return each database in turn."""
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


@pytest.fixture
def app(settings: Settings, sqlite_engine: Engine) -> Flask:
    """Return the app on SQLite."""
    return create_app(settings, sqlite_engine)


class CheckedClient(FlaskClient):
    """A client whose every HTML answer is checked as a page, once for each address and status."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Fetch, and check what came if it is a whole page."""
        response = super().open(*args, **kwargs)
        checked: set[tuple[str, int]] = self.__dict__.setdefault("checked", set())
        place = (response.request.path, response.status_code)
        if (
            response.mimetype == "text/html"
            and place not in checked
            and response.status_code not in (304, 302, 303, 308)
        ):
            check_page(response.get_data(as_text=True))
            checked.add(place)
        return response


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client that checks every page it fetches."""
    app.test_client_class = CheckedClient
    return app.test_client()
