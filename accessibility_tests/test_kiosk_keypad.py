"""Whole journeys at a shared machine in a real browser: by the keypad alone, and by touch alone. And how large things are."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from accessibility_tests.browser import open_browser, set_width
from accessibility_tests.checks import check_reflow, check_targets
from accessibility_tests.families import HOME, ILL, Family, days_ago
from accessibility_tests.headset import pair_machine
from accessibility_tests.kiosk_hands import Arrows, KioskHands, Touching, bring_kanji, wait_a_moment
from accessibility_tests.site import Site
from accessibility_tests.walks import GO_ON, RECEIPT, Walk, Way

SCREENS = ((1280, 800), (1080, 1920), (1920, 1080))
FORM = "child-allowance-end"
SAID = Family({
    "applicant.address": HOME, "applicant.new_address": HOME, "applicant.phone": "090-1234-5678", "applicant.contact_way": ["phone"],
    "situation.allowance_changed_on": days_ago(5), "work.civil_servant_on": days_ago(5),
}, lists=ILL.lists)  # fmt: skip
SMALL = """
  const found = [], primary = '.button, .chip, .choice, summary, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), textarea, .cards a, .links a, .keys button';
  for (const one of document.querySelectorAll(primary)) {
    const box = one.getBoundingClientRect();
    if (!one.checkVisibility({checkVisibilityCSS: true}) || one.closest('.vh') || one.classList.contains('skip')) continue;
    if (box.width && (box.height < 71.5 || box.width < 71.5)) found.push(`${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 20)}: ${Math.round(box.width)}x${Math.round(box.height)}`);
  }
  const size = parseFloat(getComputedStyle(document.body).fontSize);
  if (size < 24) found.push(`text of ${size}px`);
  return found;
"""
LOW = """
  const high = innerHeight * .4 - 1, found = [];
  for (const one of document.querySelectorAll('a[href], button, input:not([type=hidden]), summary')) {
    const box = one.getBoundingClientRect();
    const over = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (box.height && box.bottom > 0 && box.top + box.height / 2 < high && over && (over === one || one.contains(over))) found.push(one.textContent.trim().slice(0, 20) || one.name);
  }
  return found;
"""


class Resident(Walk):
    """Somebody at the machine, from the page that waits to the page that says goodbye."""

    def __init__(self, driver: Chrome, site: Site, hands: KioskHands) -> None:
        way = Way("ja", "", 0, True, lambda _: hands)
        super().__init__(driver, site, SAID, way, Path("nothing"))

    def look(self) -> None:
        """Note what is wrong with a page: too wide, too small, no heading, a script that failed."""
        self.pages += 1
        found = check_reflow(self.driver) + self.driver.execute_script(SMALL)
        found += [] if len(self.find_all("h1")) == 1 else ["not one h1"]
        found += [
            entry["message"]
            for entry in self.driver.get_log("browser")
            if entry["level"] == "SEVERE" and "422" not in entry["message"]
        ]
        place = re.sub(r"[0-9a-f]{24}/?", "", self.driver.current_url.removeprefix(self.site.base))
        self.findings += [f"{place}: {one}" for one in found]

    def link(self, part: str) -> WebElement:
        """Return the first link whose address has this in it and which can be seen."""
        return next(one for one in self.find_all(f'main a[href*="{part}"]') if one.is_displayed())

    def begin(self) -> None:
        """Begin at the page that waits."""
        self.look()
        self.hands.press(self.find('.kiosk-starts button[value="ja"]'))
        assert self.driver.current_url.endswith("/ja/"), f"{self.driver.current_url}: {self.find('body').text[:300]}"
        self.look()

    def search(self, words: str, slug: str) -> None:
        """Find a procedure by words and begin it."""
        self.hands.write(self.find('input[name="q"]'), words)
        self.hands.press(self.find('.search button:not([type="button"])'))
        self.look()
        self.hands.press(self.link(f"/procedures/{slug}"))
        self.look()
        self.hands.press(self.find('main form[action$="/start"] button'))

    def answer_all(self) -> None:
        """Answer every page until the one that shows everything."""
        while not self.driver.current_url.endswith("/check"):
            self.look()
            assert self.pages < 60, self.driver.current_url
            assert not self.find_all(".errors"), self.find(".errors").text
            self.answer()

    def send(self) -> tuple[str, str]:
        """Promise and send; return the slip's two numbers."""
        self.look()
        for box in self.find_all('#question input[name="declare"]'):
            self.hands.tick(box)
        self.hands.press(self.find(GO_ON))
        assert self.driver.current_url.endswith("/sent"), self.find("main").text[:400]
        self.look()
        assert re.fullmatch(RECEIPT, self.find('main .notice dd[translate="no"]').text)
        number, code = [one.text for one in self.find_all(".slip dd")][:2]
        return number, code

    def come_back(self, number: str, code: str) -> None:
        """Open what was sent with the slip's numbers."""
        self.hands.press(self.find(".brand"))
        self.hands.press(self.link("/slip"))
        self.look()
        self.hands.write(self.find("#number"), number)
        self.hands.write(self.find("#code"), code)
        self.hands.press(self.find('main form[action$="/slip"] .button:not([type="button"])'))
        self.look()

    def leave(self) -> None:
        """End."""
        self.hands.act(self.find("[data-kiosk-end] button"))
        if self.find_all("#kiosk-unheld[open]"):  # the numbers were read off the screen
            self.hands.act(self.find("#kiosk-unheld [data-kiosk-end-now]"))
        wait_a_moment(self.driver, "/kiosk/bye")


@pytest.fixture
def machine(site: Site) -> Iterator[Chrome]:
    """Yield the browser of a machine that waits for somebody."""
    bring_kanji(site)
    with open_browser() as driver:
        set_width(driver, *SCREENS[0])
        pair_machine(site, driver)
        wait_a_moment(driver, "/kiosk/")
        WebDriverWait(driver, 30, 0.1).until(lambda one: one.execute_script("return document.readyState") == "complete")
        yield driver


@pytest.mark.long  # test_kiosk_speech goes the same way by keypad and ear
@pytest.mark.parametrize("hands", [Arrows, Touching])
def test_a_whole_journey_needs_nothing_but(hands: Any, site: Site, machine: Chrome) -> None:
    """Find a procedure, answer it all, check, send, come back with the slip's numbers, and end."""
    resident = Resident(machine, site, hands(machine))
    resident.begin()
    resident.search("じどうてあて", FORM)
    resident.answer_all()
    number, code = resident.send()
    resident.come_back(number, code)
    assert number in machine.find_element(By.TAG_NAME, "main").text or resident.find_all(".notice")
    resident.leave()
    assert resident.findings + resident.hands.findings == []


def go_to_questions(driver: Chrome, site: Site) -> list[str]:
    """Begin at the machine; return the addresses of pages of every sort, the last with fields."""
    driver.find_element(By.CSS_SELECTOR, '.kiosk-starts button[value="ja"]').click()
    wait_a_moment(driver, "/ja/")
    driver.get(f"{site.base}/ja/procedures/{FORM}")
    driver.find_element(By.CSS_SELECTOR, 'main form[action$="/start"] button').click()
    WebDriverWait(driver, 20, 0.05).until(lambda one: "/drafts/" in one.current_url)
    paths = [
        "/ja/",
        "/ja/find?q=ひっこし",
        f"/ja/procedures/{FORM}",
        "/ja/reading",
        "/ja/slip",
        "/ja/help",
        "/ja/kiosk/end",
    ]
    return [*(site.base + path for path in paths), driver.current_url.rsplit("/", 1)[0] + "/applicant.address"]


def test_everything_is_large_enough_on_every_screen_and_fits_at_400_percent(site: Site, machine: Chrome) -> None:
    """Primary controls are 72 px, all 44, text is 24 px; the keys, too, in every set."""
    findings = []
    for address in go_to_questions(machine, site):
        machine.get(address)
        if address.endswith("applicant.address"):
            machine.find_element(By.CSS_SELECTOR, "#question input[type=text]").click()
        for width, height in SCREENS:
            set_width(machine, width, height)
            found = machine.execute_script(SMALL) + check_targets(machine) + check_reflow(machine)
            findings += [f"{width} {address}: {one}" for one in found]
        set_width(machine, 320, 200)
        findings += [f"400% {address}: {one}" for one in check_reflow(machine)]
        set_width(machine, *SCREENS[0])
    for tab in machine.find_elements(By.CSS_SELECTOR, ".keys [data-show]"):
        tab.click()
        findings += [f"{tab.text}: {one}" for one in machine.execute_script(SMALL)]
    assert findings == []


def test_on_request_everything_to_touch_is_in_the_lower_part(site: Site, machine: Chrome) -> None:
    """What is higher up only shows the title and what is being written; nothing typed is lost when it is switched."""
    addresses = go_to_questions(machine, site)
    machine.get(addresses[-1])
    field = machine.find_element(By.CSS_SELECTOR, "#question input[type=text]")
    field.send_keys("166")
    machine.find_element(By.CSS_SELECTOR, '[data-kiosk-switch="lower"]').click()
    assert field.get_attribute("value") == "166"
    found = []
    for address in addresses:
        wait_for_setting(machine, address)
        for place in ("0", "document.body.scrollHeight / 2", "document.body.scrollHeight"):
            machine.execute_script(f"scrollTo(0, {place})")
            found += [f"{address} {place}: {one}" for one in machine.execute_script(LOW)]
    title = machine.find_element(By.CSS_SELECTOR, ".kiosk-band-title")
    assert title.is_displayed()
    assert title.text == machine.find_element(By.TAG_NAME, "h1").text.replace("\n", "")
    for width, height in SCREENS:
        set_width(machine, width, height)
        field = machine.find_element(By.CSS_SELECTOR, "#question input[type=text]")
        machine.execute_script("arguments[0].scrollIntoView()", field)
        field.click()
        machine.find_element(By.CSS_SELECTOR, '.keys-digits [data-key="1"]').click()
        assert "1" in machine.find_element(By.CSS_SELECTOR, ".kiosk-band-echo").text
        top = machine.execute_script("return document.querySelector('.keys').getBoundingClientRect().top")
        assert top >= height * 0.4 - 1
    assert found == []


def wait_for_setting(driver: Chrome, address: str) -> None:
    """Go to a page that has what was just switched on."""
    for _ in range(20):
        driver.get(address)
        if driver.find_element(By.TAG_NAME, "html").get_attribute("data-kiosk-lower") == "on":
            return
    raise AssertionError("the machine forgot what was switched on")
