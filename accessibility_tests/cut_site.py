"""The product on a port that can be closed and opened again, also in a later version: a network that is really cut."""

import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from logging import ERROR, getLogger
from pathlib import Path
from typing import Any, ClassVar

from flask import Flask
from selenium.webdriver import Chrome
from selenium.webdriver.support.ui import WebDriverWait
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.test import run_wsgi_app

import webapp.app
from accessibility_tests.browser import set_width
from webapp.app import create_app
from webapp.config import ROOT, load_settings
from webapp.drafts.service import OpenDraft, find_draft
from webapp.drafts.service_stores import STORES
from webapp.kit.assets import Assets
from webapp.kit.database import make_engine, open_session
from webapp.kit.migrations import migrate


class Line(WSGIRequestHandler):
    """A connection that can be cut from outside: browsers open some before they need them."""

    open: ClassVar[set[socket.socket]] = set()

    def setup(self) -> None:
        """Write the connection down."""
        super().setup()
        self.open.add(self.connection)

    def finish(self) -> None:
        """Forget the connection."""
        self.open.discard(self.connection)
        with suppress(OSError):
            super().finish()


class CutSite:
    """One ward behind one port. `apps` are versions of it, over one database."""

    def __init__(self, folder: str) -> None:
        """Make the ward; nothing answers yet."""
        self.settings = load_settings({"DATA_DIR": folder})
        self.engine = make_engine(self.settings.database_url)
        migrate(self.engine, ROOT / "migrations")
        self.app = create_app(self.settings, self.engine)
        self.port = 0
        self.delay: Any = None
        self.proxy: Callable[[str, str], int] | None = None
        self.asked: list[str] = []
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def ward(self) -> Any:
        """Return the ward of the version that is on."""
        return self.app.extensions["madoguchi"]

    @property
    def base(self) -> str:
        """Return the address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def posts(self) -> list[str]:
        """Return the path of every form that reached the server since `asked` was cleared."""
        return [one.removeprefix("POST ") for one in self.asked if one.startswith("POST ")]

    def answer(self, environ: Any, start: Any) -> Any:
        """Note what is asked for, wait if that is wanted, and answer with the version that is on, or as a proxy in front."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        self.asked.append(f"{method} {path}")
        if self.delay is not None:
            self.delay.wait(20)
        status = self.proxy(method, path) if self.proxy else 0
        if not status:
            return self.app(environ, start)
        if status < 0:  # the service took it, and went before its answer was passed on
            run_wsgi_app(self.app, environ)
        start(f"{abs(status)} Proxy", [("Content-Length", "0")])
        return [b""]

    def open(self) -> None:
        """Answer from now on, on the same port as before."""
        self._server = make_server("127.0.0.1", self.port, self.answer, threaded=True, request_handler=Line)
        self.port = self._server.port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """Close the port and every connection: whoever asks is refused."""
        if self._server is not None and self._thread is not None:
            closing, self._server = self._server, None
            closing.shutdown()
            self._thread.join()
            closing.server_close()
            for one in list(Line.open):
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def move(self) -> None:
        """Answer at another address: what a browser keeps of the one before is out of its sight."""
        self.cut()
        self.port = 0
        self.open()

    def begin(self, driver: Chrome, path: str, door: str = "start") -> str:
        """Begin a draft in this browser and return its path."""
        client = self.app.test_client()
        answer = client.post(f"/ja/{path}/{door}")
        self.lend(driver, client)
        return "/".join(answer.headers["Location"].split("/")[:4])

    def lend(self, driver: Chrome, client: Any) -> None:
        """Give the browser what a client holds: its drafts."""
        cookie = client.get_cookie("browser")
        assert cookie is not None
        driver.get(f"{self.base}/healthz")
        driver.delete_all_cookies()
        driver.add_cookie({"name": "browser", "value": cookie.value, "path": "/"})

    def look_into(self, driver: Chrome, base: str) -> OpenDraft:
        """Return a draft of this browser as the server has it."""
        _, _, space, draft_id = base.split("/")
        cookie = driver.get_cookie("browser")
        assert cookie is not None
        with open_session(self.engine) as session:
            draft = find_draft(session, STORES[space], draft_id, bytes.fromhex(cookie["value"]), write=False)
            assert draft is not None
            return draft

    def renew(self, style: str) -> Flask:
        """Put a later version on, with other rules in the style sheet of every page."""
        old = webapp.app.Assets

        class Changed(Assets):
            """The static files, one of them changed."""

            def _take(self, path: Path, name: str) -> None:
                """Take a file; the main style sheet with the new rules."""
                super()._take(path, name)
                if name == "css/main.css":
                    with tempfile.TemporaryDirectory() as folder:
                        changed = Path(folder) / "main.css"
                        changed.write_text(path.read_text(encoding="utf-8") + style, encoding="utf-8")
                        self.by_address.pop(self.addresses[name].removeprefix("/static/"))
                        super()._take(changed, name)

        webapp.app.Assets = Changed  # type: ignore[misc]  # put back below
        try:
            self.app = create_app(self.settings, self.engine)
        finally:
            webapp.app.Assets = old  # type: ignore[misc]  # as it was
        self.warm()
        return self.app

    def warm(self) -> None:
        """Have the pages made that every device gets, so that no test waits for it."""
        for rule in ("offline", "device", "unsent"):
            for voice in self.app.extensions["reading"].offered:
                self.app.test_client().get(f"/{voice.code}/{rule}")


@contextmanager
def open_cut_site() -> Iterator[CutSite]:
    """Yield a ward that answers."""
    with tempfile.TemporaryDirectory() as folder:
        site = CutSite(folder)
        getLogger("madoguchi").setLevel(ERROR)
        getLogger("werkzeug").setLevel(ERROR)
        site.warm()
        site.open()
        try:
            yield site
        finally:
            if site.delay is not None:
                site.delay.set()
            site.cut()
            site.engine.dispose()


def meet_worker(driver: Chrome, site: CutSite, path: str = "/ja/help") -> None:
    """Open a page and wait until this browser has its worker."""
    set_width(driver, 390)
    driver.get(site.base + path)
    driver.set_script_timeout(20)
    assert driver.execute_async_script(
        "const done = arguments[0]; navigator.serviceWorker.ready.then(() => {"
        "if (navigator.serviceWorker.controller) return done(true);"
        "navigator.serviceWorker.addEventListener('controllerchange', () => done(true)); })"
    )


def read_caches(driver: Chrome) -> list[str]:
    """Return the paths of everything in the browser's caches."""
    script = """const done = arguments[0]; (async () => { const found = [];
      for (const name of await caches.keys()) for (const one of await (await caches.open(name)).keys())
        found.push(name.split('-')[0] + ' ' + new URL(one.url).pathname); done(found.sort()) })()"""
    found: list[str] = driver.execute_async_script(script)
    return found


def wait_until(driver: Chrome, condition: str, seconds: float = 90) -> None:
    """Wait until a condition in the page's own language holds."""
    WebDriverWait(driver, seconds, 0.05).until(lambda one: one.execute_script(f"return Boolean({condition})"))
