"""A product whose network can be really cut: its server stops and comes back at the same address, with the same data."""

import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from logging import ERROR, getLogger
from pathlib import Path
from typing import Any, ClassVar

from flask import Flask, request
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.autopilot import Autopilot
from webapp.app import create_app
from webapp.config import ROOT, load_settings
from webapp.drafts.service import OpenDraft, find_draft
from webapp.drafts.service_stores import STORES
from webapp.kit.clock import today
from webapp.kit.database import make_engine, open_session
from webapp.kit.migrations import migrate

FORM = "procedures/dog-change-or-death"
PAGE = "applicant.name"
NAME, KANA = "山﨑 花子", "やまざき はなこ"
NOT_SENT = "まだ送っていません"
PRESS = "#question .buttons .button"
READ_DEVICE = """
  const done = arguments[arguments.length - 1], found = {records: [], keys: [], plain: []};
  indexedDB.databases().then((all) => {
    if (!all.some((one) => one.name === 'unsent')) { done(found); return; }
    const asked = indexedDB.open('unsent');
    asked.onsuccess = () => {
      const base = asked.result, both = base.transaction(['keys', 'records']);
      const bytes = (value) => String.fromCharCode(...new Uint8Array(value.buffer || value));
      both.objectStore('keys').getAll().onsuccess = (event) => found.keys = event.target.result.map(
        (one) => ({draft: one.draft, until: one.until, readable: one.key.extractable, uses: one.key.usages}));
      both.objectStore('records').getAll().onsuccess = (event) => event.target.result.forEach((one) => {
        found.records.push({id: one.id, draft: one.draft, state: one.state, lost: one.lost});
        const text = JSON.stringify(one), sealed = one.sealed;
        found.plain.push(text, unescape(escape(bytes(sealed))), new TextDecoder().decode(sealed));
      });
      both.oncomplete = () => { base.close(); done(found); };
    };
    asked.onerror = () => done(null);
  });
"""


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


@dataclass
class CutSite:
    """The running product; `cut` stops its server, `mend` starts it again."""

    app: Flask
    engine: Any
    port: int = 0
    server: Any = None
    posts: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.port}"

    def mend(self) -> None:
        """Answer (again)."""
        self.server = make_server("127.0.0.1", self.port, self.app, threaded=True, request_handler=Line)
        self.port = self.server.port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def cut(self) -> None:
        """Answer nobody any more."""
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None
            for one in list(Line.open):
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def move(self) -> None:
        """Answer at another address: what a browser keeps of the one before is out of its sight."""
        self.cut()
        self.port = 0
        self.mend()

    def begin(self, driver: Chrome, path: str, door: str = "start") -> str:
        """Begin a draft in this browser and return its path."""
        client = self.app.test_client()
        answer = client.post(f"/ja/{path}/{door}")
        cookie = client.get_cookie("browser")
        assert cookie is not None
        driver.get(f"{self.base}/healthz")
        driver.delete_all_cookies()
        driver.add_cookie({"name": "browser", "value": cookie.value, "path": "/"})
        return "/".join(answer.headers["Location"].split("/")[:4])

    def open(self, driver: Chrome, base: str) -> OpenDraft:
        """Return a draft as the server has it."""
        _, _, space, draft_id = base.split("/")
        cookie = driver.get_cookie("browser")
        assert cookie is not None
        with open_session(self.engine) as session:
            draft = find_draft(session, STORES[space], draft_id, bytes.fromhex(cookie["value"]), write=False)
            assert draft is not None
            return draft


@contextmanager
def open_cut_site() -> Iterator[CutSite]:
    """Yield the product on a free port of this machine."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({"DATA_DIR": str(Path(folder) / "data")})
        engine = make_engine(settings.database_url)
        migrate(engine, ROOT / "migrations")
        app = create_app(settings, engine)
        for name in ("madoguchi", "werkzeug"):
            getLogger(name).setLevel(ERROR)
        site = CutSite(app, engine)
        app.before_request(lambda: note_post(site))
        site.mend()
        try:
            yield site
        finally:
            site.cut()
            engine.dispose()


def note_post(site: CutSite) -> None:
    """Write down every form of a draft that reaches the server."""
    if request.method == "POST":
        site.posts.append(request.path)


def set_offline(driver: Chrome, offline: bool) -> None:
    """Have the browser know whether it has a network, as a phone does."""
    driver.execute_cdp_cmd("Network.enable", {})
    limits = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", limits)


def read_device(driver: Chrome) -> dict[str, Any]:
    """Return what this origin keeps in the browser: records, keys, and everything of them that can be read as text."""
    found: dict[str, Any] = driver.execute_async_script(READ_DEVICE)
    return found


def wait_until(true: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Wait until something holds; say what did not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if true():
                return
        except Exception:  # the page is just changing
            pass
        time.sleep(0.05)
    raise AssertionError(f"not after {seconds} s: {what}")


def write(driver: Chrome, name: str, kana: str = KANA) -> None:
    """Type the two fields of the page."""
    for part, words in (("name", name), ("kana", kana)):
        field = driver.find_element(By.NAME, f"{PAGE}:{part}")
        field.clear()
        field.send_keys(words)


def press(driver: Chrome, selector: str = PRESS) -> None:
    """Press a button."""
    driver.find_element(By.CSS_SELECTOR, selector).click()


def text_of(driver: Chrome, selector: str = "main") -> str:
    """Return the words of a part of the page."""
    return driver.find_element(By.CSS_SELECTOR, selector).text


def states(driver: Chrome) -> list[str]:
    """Return the states of what the device keeps."""
    return [one["state"] for one in read_device(driver)["records"]]


def name_of(cut_site: CutSite, driver: Chrome, base: str) -> list[str]:
    """Return the names in a draft as the server has them."""
    return [one["name"]["name"] for one in cut_site.open(driver, base).answers.get("people", {}).values()]


def press_without_network(cut_site: CutSite, driver: Chrome, name: str, kana: str = KANA) -> None:
    """Write, lose the network, press, and be told."""
    write(driver, name, kana)
    cut_site.cut()
    set_offline(driver, True)
    press(driver)
    wait_until(lambda: NOT_SENT in text_of(driver, "#unsent-told"), "told that nothing was sent")


def come_back(cut_site: CutSite, driver: Chrome) -> None:
    """Have the network again."""
    cut_site.mend()
    set_offline(driver, False)


def bring_worker(cut_site: CutSite, phone: Chrome, draft: str) -> None:
    """Wait until the worker answers for the page."""
    wait_until(lambda: phone.execute_script("return !!navigator.serviceWorker.controller"), "the worker", 30)
    phone.get(f"{cut_site.base}{draft}/{PAGE}")


def walk_to_check(cut_site: CutSite, phone: Chrome, base: str) -> str:
    """Answer everything without looking; return the check page."""
    client = cut_site.app.test_client()
    client.set_cookie("browser", phone.get_cookie("browser")["value"])
    return Autopilot(client, cut_site.app.extensions["madoguchi"].dictionary, today()).walk_to_check(f"{base}/")
