"""A walk through a whole life event in a real browser, as a family answers it, with every page looked at on the way."""

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from accessibility_tests.browser import open_browser, set_width
from accessibility_tests.checks import check_reflow, press_tab
from accessibility_tests.families import PEOPLE, Family
from accessibility_tests.hands import Hands, Pointing, Typing, look_at_focus
from accessibility_tests.site import Site
from tests.autopilot import SAMPLES, make_picture
from webapp.facts.rules import Fact
from webapp.kit.clock import today

MOST_PAGES = 250
GO_ON = "#question .buttons .button:not([name])"
RECEIPT, SPOKEN = r"[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{4}", r"\d{3}-\d{4}-\d{4}"
READ_FIELDS = """
  const form = document.getElementById('question');
  return [...form.querySelectorAll('input:not([type=hidden]), textarea')].map(e => [e, e.name, e.type, e.value, e.checked]);
"""


@dataclass(frozen=True)
class Way:
    """How somebody goes through: the voice, the look, the width of the window, with JavaScript, and their hands."""

    voice: str
    look: str
    width: int
    javascript: bool
    hands: Callable[[Chrome], Hands]


WAYS = {
    "phone": Way("ja-easy", "standard.standard.normal.on", 320, False, Pointing),
    "keyboard": Way("ja", "standard.standard.normal.off", 1024, True, Typing),
    "english": Way("en", "standard.standard.normal.off", 1280, True, Pointing),
}


class End(NamedTuple):
    """What a walk came to: how many pages, the receipts, what is handed over, and what is said at the counter."""

    pages: int
    promised: int
    receipts: list[str]
    handed: int
    spoken: str
    findings: list[str]


class Field(NamedTuple):
    """One input of a question page."""

    element: WebElement
    name: str
    type: str
    value: str
    ticked: bool

    @property
    def fact(self) -> str:
        """Return the fact that the input belongs to."""
        return self.name.partition(":")[0]


def walk_in_browser(site: Site, slug: str, family: Family, way: Way) -> End:
    """Walk a life event from its own page to the counter's code in a browser of its own."""
    with open_browser(way.javascript) as driver, tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "写真.png"
        picture.write_bytes(make_picture())
        return Walk(driver, site, family, way, picture).go(slug)


class Walk:
    """One walk: what has been seen so far, and whom it is about."""

    def __init__(self, driver: Chrome, site: Site, family: Family, way: Way, picture: Path) -> None:
        self.driver, self.site, self.family, self.way, self.picture = driver, site, family, way, picture
        self.hands = way.hands(driver)
        self.findings: list[str] = []
        self.pages = 0
        self.new = ""

    def go(self, slug: str) -> End:
        """Go from the page of a life event to the end."""
        self.driver.get("data:text/html,<noscript><p id=off>off</p></noscript>")
        assert bool(self.driver.find_elements(By.ID, "off")) != self.way.javascript, "JavaScript is not as wanted"
        set_width(self.driver, self.way.width, 800)
        self.driver.get(f"{self.site.base}/{self.way.voice}/help")
        self.driver.add_cookie({"name": "look", "value": self.way.look, "path": "/"})
        self.driver.get(f"{self.site.base}/{self.way.voice}/events/{slug}")
        self.look()
        self.hands.press(self.find('form[action$="/start"] button'))
        while not self.driver.current_url.endswith("/check"):
            self.look()
            assert self.pages < MOST_PAGES, f"no end of pages: {self.driver.current_url}"
            assert not self.driver.find_elements(By.ID, "errors"), self.find("#errors").text
            self.answer()
        return self.finish()

    def find(self, selector: str) -> WebElement:
        """Return the first element that fits."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector: str) -> list[WebElement]:
        """Return all elements that fit."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def look(self) -> None:
        """Note what is wrong with a page wherever it stands."""
        self.pages += 1
        found = check_reflow(self.driver)
        if [bool(one.text.strip()) for one in self.find_all("h1")] != [True]:
            found.append("not one h1")
        found += [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        if isinstance(self.hands, Pointing):
            press_tab(self.driver)
            found += look_at_focus(self.driver)
        place = re.sub(r"[0-9a-f]{24}/?", "", self.driver.current_url.removeprefix(self.site.base))
        self.findings += [f"{place}: {one}" for one in found]

    def answer(self) -> None:
        """Do what a page asks."""
        if self.driver.current_url.endswith("/todo"):
            assert self.find_all("input[name=procedure]:checked")
            self.hands.press(self.find("#question button.big"))
            return
        if self.find_all('button[value="person:new"]') and self.write_people():
            return
        for fact, fields in self.read_fields().items():
            self.fill(self.site.ward.dictionary.facts[fact], fields)
        self.hands.press(self.find(GO_ON))

    def read_fields(self) -> dict[str, list[Field]]:
        """Return the inputs of the page by fact, in their order."""
        found: dict[str, list[Field]] = {}
        for one in self.driver.execute_script(READ_FIELDS):
            field = Field(*one)
            found.setdefault(field.fact, []).append(field)
        return found

    def write_people(self) -> bool:
        """Tick who is known and belongs on a list; begin to write about the first who is not; tell whether that was begun."""
        key = self.driver.current_url.partition("?")[0].rsplit("/", 1)[1]
        wanted = self.family.people_on(self.site.ward.dictionary.facts[key])
        labels = {one.text.split("\n")[0]: one for one in self.find_all(".given .choice")}
        known = {name: label for name in wanted for words, label in labels.items() if words.startswith(name)}
        for label in known.values():
            self.hands.tick(label.find_element(By.TAG_NAME, "input"))
        missing = [name for name in wanted if name not in known]
        if missing:
            self.new = missing[0]
            self.hands.press(self.find('button[value="person:new"]'))
        return bool(missing)

    def fill(self, fact: Fact, fields: list[Field]) -> None:
        """Answer one fact."""
        if fact.define.kind == "people":
            return
        if fact.define.kind == "person":
            self.choose_person(fact, fields)
        elif fact.define.kind == "file":
            self.hands.give(fields[0].element, self.picture)
        else:
            said = self.family.say(fact, self.find_person())
            self.type(fact, fields, said or SAMPLES[fact.define.kind](fact, today()))

    def find_person(self) -> str:
        """Return whom the page is about: whoever its heading names, or whom the family has just begun to write about."""
        heading = self.find("h1").text
        named = next((name for name in PEOPLE if name in heading), "")
        return named or (self.new if self.driver.current_url.partition("?")[0].endswith("/new") else "")

    def choose_person(self, fact: Fact, fields: list[Field]) -> None:
        """Choose by name who it is, or somebody who is not there."""
        name = self.family.roles.get(fact.define.role or "", "-")
        labels = [(one, one.element.find_element(By.XPATH, "..").text) for one in fields]
        fits = [one for one, words in labels if words.startswith(name)] or [one for one in fields if one.value == "new"]
        self.hands.tick(fits[0].element)

    def type(self, fact: Fact, fields: list[Field], said: Any) -> None:
        """Put what is said into the inputs of one fact."""
        for field in fields:
            words = said.get(field.name.partition(":")[2], "")
            given = [str(one) for one in words] if isinstance(words, list | tuple) else [str(words)]
            if field.type in ("radio", "checkbox"):
                if field.value in given:
                    self.hands.tick(field.element)
            elif given and given[0] and field.value != given[0]:
                self.hands.write(field.element, given[0])

    def finish(self) -> End:
        """Promise, send, and read what was sent and what is said at the counter."""
        self.look()
        promised = len(self.find_all("#question legend h3"))
        for box in self.find_all('#question input[type="checkbox"]'):
            self.hands.tick(box)
        self.hands.press(self.find(GO_ON))
        assert self.driver.current_url.endswith("/sent"), self.driver.current_url
        self.look()
        receipts = [one.text for one in self.find_all('main .notice dd[translate="no"]')]
        assert all(re.fullmatch(RECEIPT, one) for one in receipts), receipts
        handed, spoken = self.go_to_counter()
        return End(self.pages, promised, receipts, handed, spoken, self.findings + self.hands.findings)

    def go_to_counter(self) -> tuple[int, str]:
        """Return how much is handed over at the counter, and the code to say there; nothing where all was sent."""
        if not self.find_all('a.button[href$="/counter"]'):
            return 0, ""
        self.hands.press(self.find('a.button[href$="/counter"]'))
        self.look()
        found = re.search(SPOKEN, self.find(".slip").text)
        return len(self.find_all("main h1 ~ ul > li")), found[0] if found else ""
