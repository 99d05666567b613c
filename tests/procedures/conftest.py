"""An app over the small ward."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import CheckedClient
from tests.procedures.small_content import write_small_content, write_small_facts
from webapp.app import create_app
from webapp.config import load_settings
from webapp.kit.database import make_engine


@pytest.fixture(scope="module")
def small_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Return the app over a ward with two procedures."""
    folder: Path = tmp_path_factory.mktemp("ward")
    content = write_small_content(folder / "content")
    write_small_facts(content)
    settings = load_settings({"DATA_DIR": str(folder / "data"), "CONTENT_DIR": str(content)})
    app = create_app(settings, make_engine(settings.database_url))
    app.test_client_class = CheckedClient
    return app


@pytest.fixture
def small(small_app: Flask) -> FlaskClient:
    """Return a client of the small ward that checks every page it fetches."""
    return small_app.test_client()
