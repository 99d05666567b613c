"""One whole tutorial with the keyboard alone, its guided mistakes and all, and what a screen reader is given on the way.

The transcripts in transcripts/ are what was heard last; a page that says something else fails here. Renew them with
TRANSCRIPTS=write, and read what has changed as somebody would hear it.
"""

import os
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from accessibility_tests.browser import open_browser, set_width
from accessibility_tests.checks import check_keyboard
from accessibility_tests.classroom import GO_ON
from accessibility_tests.hands import Typing
from accessibility_tests.learners import TAUGHT
from accessibility_tests.screen_reader import Page, even_out
from webapp.drafts.service_samples import find_sample
from webapp.kit.clock import today

KEPT = Path(__file__).parent / "transcripts"
GUIDES = {"ja": "region 練習の案内", "en": "region "}
RUBIES = """
  return [...document.querySelectorAll('main ruby')].map(r => [r.querySelector('span').textContent, r.querySelector('rt').textContent]);
"""


class Walk:
    """Somebody who sees nothing and has a keyboard, from the page of a tutorial to its end."""

    def __init__(self, driver, site, voice):
        self.driver, self.site, self.voice = driver, site, voice
        self.tutorial = site.ward.tutorials[TAUGHT]
        self.hands = Typing(driver)
        self.transcript, self.findings = [], []
        self.pages = self.questions = self.mended = 0

    def go(self):
        set_width(self.driver, 1024)
        self.driver.get(f"{self.site.base}/{self.voice}/help")
        self.driver.add_cookie({"name": "look", "value": "standard.standard.normal.on", "path": "/"})
        self.driver.get(f"{self.site.base}/{self.voice}/learn/{TAUGHT}")
        self.hear()
        self.press('main form input[value="together"] + button')
        for step in self.tutorial.steps:
            self.do(step)
        assert self.driver.current_url.partition("#")[0].endswith("/sent")
        self.press('#guide a[href$="/finish"]')
        self.press('main a[href$="/certificate"]')

    def press(self, selector, errs=False):
        """Press a control from the keyboard, and hear the page that comes."""
        self.hands.press(self.driver.find_element(By.CSS_SELECTOR, selector))
        has_errors = bool(self.driver.find_elements(By.CSS_SELECTOR, ".errors"))
        assert has_errors == errs, self.driver.current_url
        self.hear()

    def hear(self):
        """Write down what the page says, and note what somebody who hears it would miss."""
        page = Page(self.driver)
        lines, focus = page.read_main(), page.find_focus()
        address, _, mark = self.driver.current_url.removeprefix(self.site.base).partition("#")
        self.pages += 1
        self.transcript += [
            f"## {address}",
            f"title: {self.driver.title}",
            f"focus: {focus}" + (f", reading from #{mark}" if mark else ""),
        ]
        self.transcript += [*lines, ""]
        self.check_order(lines, mark)
        self.check_focus(focus)
        self.check_readings(lines)
        self.findings += [f"{address}: {one}" for one in check_keyboard(self.driver)]

    def check_order(self, lines, mark):
        """The guide is heard before the question, and a page that a step leads to is read from the guide on."""
        form = self.driver.find_elements(By.CSS_SELECTOR, "#question h1, #question .label, #question legend")
        if not form or not self.driver.find_elements(By.ID, "guide"):
            return
        self.questions += 1
        guide = next(n for n, line in enumerate(lines) if line.startswith(GUIDES[self.voice]))
        h1 = next(n for n, line in enumerate(lines) if line.strip().startswith("heading ") and "level 1" in line)
        assert guide < h1, lines
        step = self.driver.find_element(By.CSS_SELECTOR, "#guide .step, #guide .said").location["y"]
        assert step < self.driver.find_element(By.TAG_NAME, "h1").location["y"]
        assert mark in ("guide", ""), mark

    def check_focus(self, focus):
        """After a mistake the summary of what is to mend has the focus; else the page begins, and nothing was taken away."""
        at = self.driver.switch_to.active_element
        if self.driver.find_elements(By.CSS_SELECTOR, ".errors"):
            assert "errors" in at.get_attribute("class"), focus
            self.mended += 1
        else:
            assert at.tag_name == "body" or at.get_attribute("id") == "guide", focus

    def check_readings(self, lines):
        """Furigana is for the eye: no word is said twice."""
        said = "".join(lines)
        for word, reading in self.driver.execute_script(RUBIES):
            assert len(reading) < 3 or f"{word}{reading}" not in said, (
                f"{word} is read twice"
            )  # 書 and か are in 書かない

    def do(self, step):
        """Do a step as its guide says: first the mistake that it leads to, then right."""
        for mistake in (one.define for one in step.mistakes if one.define.meet):
            if mistake.typed is not None:
                self.press('#guide button[value^="mistake:"]')
            self.press(GO_ON, errs=True)
        for name, value, words in self.list_fields(step):
            box = self.driver.find_element(
                By.CSS_SELECTOR, f'[name="{name}"]' + (f'[value="{value}"]' if value else "")
            )
            self.hands.write(box, words) if words else self.hands.tick(box)
        self.press(GO_ON)

    def list_fields(self, step):
        """Return the fields that a step fills in: name, the value to choose, or the words to type."""
        if step.define.at == "check":
            return [
                ("declare", one.get_attribute("value"), "") for one in self.driver.find_elements(By.NAME, "declare")
            ]
        facts = self.site.ward.dictionary.facts
        typed = step.define.typed or {
            step.define.at: find_sample(self.site.ward.samples, facts[step.define.at], today()) or {}
        }
        found = []
        for fact, parts in typed.items():
            for part, given in parts.items():
                name = f"{fact}:{part}" if part else fact
                for words in given if isinstance(given, list) else [given]:
                    chosen = bool(
                        self.driver.find_elements(
                            By.CSS_SELECTOR, f'[name="{name}"][value="{words}"]:is([type=radio], [type=checkbox])'
                        )
                    )
                    found += [(name, str(words), "")] if chosen else [(name, "", str(words))] if words else []
        return found


@pytest.mark.parametrize("voice", ["ja", pytest.param("en", marks=pytest.mark.long)])
def test_whole_tutorial_by_keyboard_says_what_was_heard_last_time(site, voice):
    with open_browser() as driver:
        walk = Walk(driver, site, voice)
        walk.go()
    assert walk.findings + walk.hands.findings == []
    assert walk.mended == 3
    assert walk.questions >= len(walk.tutorial.steps) + 3
    heard = "\n".join(even_out(line) for line in walk.transcript).strip() + "\n"
    path = KEPT / f"{TAUGHT}.{voice}.txt"
    if os.environ.get("TRANSCRIPTS") == "write":
        KEPT.mkdir(exist_ok=True)
        path.write_text(heard, encoding="utf-8")
    assert heard.splitlines() == path.read_text(encoding="utf-8").splitlines(), "TRANSCRIPTS=write writes it anew"
