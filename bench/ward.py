"""A ward in a temporary folder for the benchmarks."""

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging import ERROR, getLogger
from pathlib import Path
from typing import Any

from flask import Flask

from webapp.app import create_app
from webapp.config import ROOT, load_settings
from webapp.kit.database import make_engine
from webapp.kit.migrations import migrate


@contextmanager
def open_ward() -> Iterator[Flask]:
    """Yield the app on a fresh SQLite database with real syncs."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({"DATA_DIR": str(Path(folder) / "data")})
        engine = make_engine(settings.database_url)
        migrate(engine, ROOT / "migrations")
        app = create_app(settings, engine)
        getLogger("madoguchi").setLevel(ERROR)
        yield app
        engine.dispose()


def make_call(app: Any, path: str, cookie: str = "") -> Callable[[], bytes]:
    """Return a call of the bare WSGI callable: no sockets, no test client."""
    place, _, query = path.partition("?")

    def call() -> bytes:
        """Ask for the page once."""
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": place, "QUERY_STRING": query, "SERVER_NAME": "localhost",
            "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
            "wsgi.errors": None, "wsgi.version": (1, 0), "wsgi.multithread": True, "wsgi.multiprocess": True,
            "wsgi.run_once": False, "HTTP_COOKIE": cookie, "HTTP_HOST": "localhost", "SCRIPT_NAME": "",
            "REMOTE_ADDR": "127.0.0.1", "HTTP_ACCEPT_LANGUAGE": "en",
        }  # fmt: skip
        statuses: list[str] = []
        body = app(environ, lambda status, headers, exc=None: statuses.append(status))
        content = b"".join(body)
        if hasattr(body, "close"):
            body.close()
        if not statuses[0].startswith("200"):
            raise RuntimeError(f"{path}: {statuses[0]}")
        return content

    return call
