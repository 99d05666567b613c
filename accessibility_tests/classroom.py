"""Two people in one class, each at a real browser: an instructor at the board, and a learner with a phone."""

import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging import ERROR, getLogger
from pathlib import Path

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

from accessibility_tests.browser import set_width
from accessibility_tests.checks import check_reflow
from accessibility_tests.hands import wait_for_next
from accessibility_tests.learners import PASSWORD
from accessibility_tests.site import Site
from tests.soak.server import Server
from webapp.accounts.service import make_account
from webapp.app import create_app
from webapp.config import load_settings
from webapp.content_play import Player
from webapp.kit.clock import now
from webapp.kit.database import make_engine, open_session
from webapp.learning.rules import Tutorial

SOON = 3.0
"""Seconds within which a change is on the other one's screen."""
GO_ON = "#question .buttons .button:not([name])"
POLLS = """
  const polls = performance.getEntriesByType('resource').filter(e => /\\/(board|state)\\?/.test(e.name));
  return Math.max(0, ...polls.map(e => e.duration)) / 1000;
"""
READ = """
  const copy = document.querySelector(arguments[0])?.cloneNode(true);
  copy?.querySelectorAll('rt, rp').forEach(e => e.remove());
  return copy?.textContent ?? '';
"""
ANSWERED = """
  const one = performance.getEntriesByType('navigation')[0];
  return (performance.timeOrigin + (one.redirectEnd || one.responseStart)) / 1000;
"""


@contextmanager
def open_real_site() -> Iterator[Site]:
    """Yield the product as residents reach it, with two workers of its own; the app beside it sees the same data."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        settings = load_settings({"DATA_DIR": folder})
        engine = make_engine(settings.database_url)
        app = create_app(settings, engine)
        getLogger("madoguchi").setLevel(ERROR)
        try:
            server.start()
            yield Site(server.base, app, app.extensions["madoguchi"])
        finally:
            server.kill()
            engine.dispose()


class Person:
    """Somebody at a browser."""

    def __init__(self, driver: Chrome, site: Site, voice: str, look: str, width: int) -> None:
        self.driver, self.site, self.voice = driver, site, voice
        self.findings: list[str] = []
        set_width(driver, width, 800)
        driver.get(f"{site.base}/{voice}/help")
        driver.add_cookie({"name": "look", "value": look, "path": "/"})

    @property
    def path(self) -> str:
        """Return the path of the page that is shown."""
        return self.driver.current_url.removeprefix(self.site.base).partition("#")[0]

    def open(self, path: str) -> None:
        """Open a page in this person's voice."""
        self.driver.get(f"{self.site.base}/{self.voice}{path}")
        self.look()

    def find(self, selector: str) -> WebElement:
        """Return the first element that fits."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def has(self, selector: str) -> bool:
        """Tell whether something that fits can be seen."""
        try:
            return any(one.is_displayed() for one in self.driver.find_elements(By.CSS_SELECTOR, selector))
        except WebDriverException:  # a part of the page was renewed in this moment
            return False

    def read(self, selector: str) -> str:
        """Return the words of an element as they are now, without furigana; "" without one."""
        return str(self.driver.execute_script(READ, selector))

    def press(self, selector: str) -> None:
        """Press what leads to another page, wait for it and look at it."""
        for _ in range(3):
            element = self.find(selector)
            try:
                wait_for_next(self.driver, element.click)
            except WebDriverException:  # a part of the page was renewed in this moment
                continue
            self.look()
            return
        raise AssertionError(f"{selector} cannot be pressed")

    def tick(self, selector: str) -> None:
        """Choose something that is not chosen yet."""
        box = self.find(selector)
        if not box.is_selected():
            box.click()

    def write(self, selector: str, words: str) -> None:
        """Put words into a field."""
        box = self.find(selector)
        box.clear()
        box.send_keys(words)

    def look(self) -> None:
        """Note what is too wide, and what a page that is no error says went wrong."""
        self.findings += [f"{self.path}: {one}" for one in check_reflow(self.driver)]

    def answered_at(self) -> float:
        """Return when the server had answered what led to this page."""
        return float(self.driver.execute_script(ANSWERED))

    def wait(self, what: str, test: Callable[[], bool], since: float = 0.0, most: float = SOON) -> float:
        """Wait until something can be seen; return the seconds since the server had answered, or since now.

        On a machine that is busy with other things, what the slowest poll took is waited for besides.
        """
        began = since or time.time()
        while not test():
            late = time.time() - began - most
            assert late < 0 or late < float(self.driver.execute_script(POLLS)), f"not seen within {most} s: {what}"
            time.sleep(0.05)
        return time.time() - began

    def opened_at(self) -> float:
        """Return when what led to this page was pressed."""
        return float(self.driver.execute_script("return performance.timeOrigin / 1000"))


class Instructor(Person):
    """Somebody who leads a class. `secrets` are words that learners typed, which no page of theirs may hold."""

    secrets: tuple[str, ...] = ()

    def sign_in(self) -> None:
        """Sign in by the real form."""
        name = f"sensei-{self.voice}"
        with open_session(self.site.app.extensions["engine"]) as session:
            make_account(session, name, PASSWORD, ("instructor",), now())
        self.open("/staff/sign-in")
        self.write("#name", name)
        self.write("#password", PASSWORD)
        self.press("#question .buttons button")
        assert self.path == f"/{self.voice}/teach/"

    def make_class(self, slug: str, place: str) -> str:
        """Make a class about one tutorial; return its six digits."""
        self.press('main a[href$="/teach/new"]')
        self.tick(f'input[name="tutorials"][value="{slug}"]')
        self.write("#place", place)
        self.press("main form .buttons button")
        digits = "".join(re.findall(r"\d", self.read(".code-card .code")))
        assert len(digits) == 6, digits
        return digits

    def lead(self, mode: str, place: str) -> None:
        """Lead the class."""
        self.tick(f"#mode-{mode}")
        Select(self.find("#pace-place")).select_by_value(place)
        self.press('button[name="then"][value="set"]')

    def board(self) -> str:
        """Return the board's words; what learners typed is not in the page, wherever it might hide."""
        source = self.driver.page_source
        assert not [one for one in self.secrets if one in source], "the board holds what a learner typed"
        return self.read("#board")


class LearnerAtPhone(Person):
    """Somebody who learns, at 320 px. Without JavaScript nothing comes by itself, so that they look again."""

    def __init__(self, driver: Chrome, site: Site, voice: str, look: str, javascript: bool) -> None:
        super().__init__(driver, site, voice, look, 320)
        self.javascript = javascript
        self.told_before, self.told = "", [""]

    def join(self, digits: str) -> int:
        """Come into a class from the page that asks for its digits; return how many actions it took."""
        self.open("/class/")
        self.write("#code", f"{digits[:3]} {digits[3:]}")
        self.press("main form .buttons button")
        self.told_before = self.read("main")
        self.told = [one.text for one in self.driver.find_elements(By.CSS_SELECTOR, "main ul > li")]
        self.press("main form button.big")
        return len(("digits written and sent", "come in"))

    def wait_told(self, what: str, test: Callable[[], bool], since: float) -> float:
        """Wait until the strip tells something; without JavaScript open the page again."""
        if not self.javascript:
            self.driver.refresh()
            assert test(), f"not told after opening the page again: {what}"
            return 0.0
        return self.wait(what, test, since)

    @property
    def secret(self) -> str:
        """Return what the browser's cookie holds."""
        cookie = self.driver.get_cookie("browser")
        return str(cookie["value"]) if cookie else ""

    def play_on(self, tutorial: Tutorial, until: str) -> None:
        """Do the steps before one, mistakes and all, as this browser would send them."""
        client = self.site.app.test_client()
        client.set_cookie("browser", self.secret)
        player = Player(self.site.app, tutorial, self.voice, client)
        player.draft_id = re.search(r"[0-9a-f]{24}", self.path)[0]
        for step in tutorial.steps:
            if step.key == until:
                return
            if step.key not in player.progress().done:
                player.reach(step)
                for mistake in step.mistakes:
                    player.make(step, mistake)
                player.do(step)
