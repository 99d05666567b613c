"""What tests share: settings of their own, both databases, the app, and a browser-like client that checks every page."""

import copy
import hashlib
import os
import re
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine

import webapp.app
import webapp.kit.crypto
import webapp.reading.service
from tests.page_checks import check_page
from tests.postgres import run_cluster
from webapp.config import ROOT, Settings, load_settings
from webapp.kit.database import make_engine, sign_with
from webapp.kit.finished import FinishedPages
from webapp.kit.migrations import migrate

webapp.app.read_content = lru_cache(webapp.app.read_content)
"""Content is the same for all tests; reading it takes a second."""

webapp.app.Assets = lru_cache(webapp.app.Assets)
"""Compressing the static files takes a quarter of a second."""

REAL_SCRYPT_N = webapp.kit.crypto.SCRYPT_N
webapp.kit.crypto.SCRYPT_N = 2**8
"""Each typed secret is meant to cost 40 ms, and tests type thousands; what it costs outside of tests has a test of its own."""

_make_environment = webapp.reading.service._make_environment
_environments: dict[Any, Any] = {}


def share_environment(speaker: Any, loader: Any, reading: Any, assets: Any, reload: bool) -> Any:
    """Return the templates of a voice as they were prepared for an earlier app: compiling them takes most of a test's time."""
    texts = frozenset(speaker.messages.items())
    folders = tuple(str(folder) for part in loader.loaders for folder in part.searchpath)
    files = tuple(assets.__self__.addresses.items())
    key = (speaker.voice, speaker.ruby, texts, tuple(voice.code for voice in reading.offered), folders, files)
    if key not in _environments:
        _environments[key] = _make_environment(speaker, loader, reading, assets, reload)
    return _environments[key]


webapp.reading.service._make_environment = share_environment

_load_messages = webapp.reading.service.load_messages
_messages: dict[Any, Any] = {}


def share_messages(folder: Path, voices: Any) -> Any:
    """Return the interface's texts as they were read for an earlier app: no test changes them on the disk."""
    key = (folder, str(voices))
    if key not in _messages:
        _messages[key] = _load_messages(folder, voices)
    return _messages[key]


webapp.reading.service.load_messages = share_messages

OWN = {"data_dir", "database_url", "master_keys", "pepper", "audit_keys", "vapid_key"}
make_app_anew = webapp.app.create_app
_apps: dict[Any, Flask] = {}


def copy_app(settings: Settings | None = None, engine: Engine | None = None) -> Flask:
    """Return a copy of an app made before, with settings, database and kept pages of its own.

    Routes and words take a third of a second each time, and are the same for all settings but those of `OWN`. Content that a
    test may change on the disk is read anew.
    """
    if settings is None or engine is None or settings.content_dir != ROOT / "content":
        return make_app_anew(settings, engine)
    key = tuple((one.name, getattr(settings, one.name)) for one in fields(settings) if one.name not in OWN)
    if key not in _apps:
        _apps[key] = make_app_anew(settings, engine)
    return make_copy(_apps[key], settings, engine)


def make_copy(finished: Flask, settings: Settings, engine: Engine) -> Flask:
    """Return a copy of a finished app, routes and all, with settings and a database of its own."""
    sign_with(engine, settings.audit_keys)
    app = copy.copy(finished)
    app.config = copy.copy(finished.config)
    app.before_request_funcs = copy.deepcopy(finished.before_request_funcs)  # some tests add to them
    app.extensions = {
        **finished.extensions, "engine": engine, "finished_pages": FinishedPages(),
        "madoguchi": replace(finished.extensions["madoguchi"], settings=settings),
    }  # fmt: skip
    return app


webapp.app.create_app = copy_app


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """Yield the address of a PostgreSQL server with a place for the database's name."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with run_cluster() as address:
        yield address


_keys: dict[str, bytes] = {}


def usual_settings(folder: Path) -> Settings:
    """Return settings with a data folder of their own; the keys are the same ones, so that rows may be copied."""
    keys = folder / "data" / "keys"
    for part in (keys.parent, keys):
        part.mkdir(mode=0o700, exist_ok=True)
    for name, content in _keys.items():
        (keys / name).write_bytes(content)
        (keys / name).chmod(0o600)
    settings = load_settings({"DATA_DIR": str(folder / "data"), "PUBLIC_URL": "http://localhost"})
    _keys.update({one.name: one.read_bytes() for one in keys.iterdir()})
    return settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return the usual settings."""
    return usual_settings(tmp_path)


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite database that tests take copies of: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "migrated.db"
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine, ROOT / "migrations")
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:  # outside any transaction, whatever ran before
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def sqlite_engine(settings: Settings, sqlite_file: Path) -> Iterator[Engine]:
    """Yield a migrated SQLite database."""
    shutil.copyfile(sqlite_file, settings.database_url.removeprefix("sqlite:///"))
    engine = sign_with(make_engine(settings.database_url), settings.audit_keys)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_template(postgres_address: str) -> str:
    """Return the name of a migrated PostgreSQL database that tests take copies of."""
    name = f"migrated{secrets.token_hex(6)}"
    make_postgres(postgres_address, f"CREATE DATABASE {name}")
    engine = make_engine(postgres_address % name)
    migrate(engine, ROOT / "migrations")
    engine.dispose()
    return name


def make_postgres(address: str, command: str) -> None:
    """Make or drop a database of a PostgreSQL server."""
    admin = create_engine(address % "postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(command))
    admin.dispose()


@pytest.fixture
def postgres_engine(postgres_address: str, postgres_template: str, settings: Settings) -> Iterator[Engine]:
    """Yield a migrated PostgreSQL database of its own."""
    name = f"t{secrets.token_hex(6)}"
    make_postgres(postgres_address, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    engine = sign_with(make_engine(postgres_address % name), settings.audit_keys)
    yield engine
    engine.dispose()
    make_postgres(postgres_address, f"DROP DATABASE {name}")


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Return each database in turn."""
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


@pytest.fixture
def app(settings: Settings, sqlite_engine: Engine) -> Flask:
    """Return the app on SQLite."""
    return webapp.app.create_app(settings, sqlite_engine)


_sound: set[bytes] = set()
_CHANGING = re.compile(r"[0-9a-f]{24,}|[0-9]{4,}|[0-9]{1,2}:[0-9]{2}")


def check_once(html: str) -> None:
    """Check a page, unless the same page was found sound before: ids, numbers and times are other ones each time, the page is not."""
    digest = hashlib.blake2b(_CHANGING.sub("x", html).encode(), digest_size=16).digest()
    if digest not in _sound:
        check_page(html)
        _sound.add(digest)


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
            check_once(response.get_data(as_text=True))
            checked.add(place)
        return response


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client that checks every page it fetches."""
    app.test_client_class = CheckedClient
    return app.test_client()
