"""Hands of somebody at a shared machine: one finger on the screen, or four arrow keys, OK and ten digits."""

import shutil
import tempfile
import time
from pathlib import Path

from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from accessibility_tests.hands import wait_for_next
from accessibility_tests.site import Site
from webapp.kiosk.service_kanji import path_of_index, prepare_index

MOST_PRESSES = 250
READINGS = {
    "鈴木": "すずき", "花子": "はなこ", "一郎": "いちろう", "阿佐谷南": "あさがやみなみ", "東京都": "とうきょうと", "杉並区": "すぎなみく",
}  # fmt: skip
"""How what the families are called is typed; what is not here is written in kana, as residents do who do not find their kanji."""
VOICED = dict(zip("がぎぐげござじずぜぞだぢづでどばびぶべぼ", "かきくけこさしすせそたちつてとはひふへほ", strict=True))
HALF = dict(zip("ぱぴぷぺぽ", "はひふへほ", strict=True))
SMALL = dict(zip("ぁぃぅぇぉっゃゅょ", "あいうえおつやゆよ", strict=True))
WHERE = """
  const box = arguments[0].getBoundingClientRect(), at = document.activeElement.getBoundingClientRect();
  return [document.activeElement === arguments[0], box.left + box.width / 2 - at.left - at.width / 2,
    box.top + box.height / 2 - at.top - at.height / 2, at.height];
"""
RING = """
  const at = document.activeElement, row = at.closest('.choice') || at, style = getComputedStyle(row), box = row.getBoundingClientRect();
  const over = document.elementFromPoint(Math.max(0, Math.min(innerWidth - 1, box.left + box.width / 2)), Math.max(0, Math.min(innerHeight - 1, box.top + Math.min(box.height, innerHeight) / 2)));
  const found = [], name = at.tagName + ' ' + (at.id || at.textContent.trim().slice(0, 20));
  if (parseFloat(style.outlineWidth) < 5) found.push('no thick ring: ' + name);
  if (box.bottom < 1 || box.top > innerHeight - 1) found.push('out of sight: ' + name);
  else if (over && !row.contains(over) && !over.contains(row) && !over.closest('label,li,.cards')) found.push('covered by ' + over.tagName + '.' + over.className + ': ' + name);
  return found;
"""


class KioskHands:
    """What both have in common: how words are written with the keys on the screen."""

    def __init__(self, driver: Chrome) -> None:
        self.driver, self.findings, self.presses = driver, [], 0

    def write(self, element: WebElement, words: str) -> None:
        """Open the keys at a field, write in the place of what is there, and close them."""
        self.open(element)
        if element.get_attribute("value"):
            self.key("clear", "do")
            self.key("erase-all", "do")
        for part in words.split(" "):
            self.write_part(element, part)
            if part is not words.rsplit(" ", maxsplit=1)[-1]:
                self.key("space", "do")
        self.close(element)

    def write_part(self, element: WebElement, words: str) -> None:
        """Write words without a space: known ones in kanji, others letter by letter, kanji nobody knows as かな."""
        while words:
            known = next((one for one in READINGS if words.startswith(one)), None)
            if known:
                self.write_letters(READINGS[known])
                self.choose_kanji(element, known)
                words = words.removeprefix(known)
            else:
                letter = words[0] if self.has_key(words[0]) else "な"
                self.write_letters(letter)
                words = words[1:]

    def has_key(self, letter: str) -> bool:
        """Tell whether a letter can be written with the keys."""
        plain = VOICED.get(letter) or HALF.get(letter) or SMALL.get(letter) or letter
        return bool(self.driver.find_elements(By.CSS_SELECTOR, f'.keys [data-key="{plain}"]'))

    def write_letters(self, letters: str) -> None:
        """Write letter by letter, in whichever set of keys has it."""
        for letter in letters:
            if self.type_directly(letter):
                continue
            for table, does in ((VOICED, "voiced"), (HALF, "half"), (SMALL, "small")):
                if letter in table:
                    self.key(table[letter])
                    self.key(does, "do")
                    break
            else:
                self.key(letter)

    def choose_kanji(self, element: WebElement, wanted: str) -> None:
        """Ask for kanji and take the right ones, turning over as often as it needs."""
        self.key("kanji", "do")
        find = f"//*[contains(@class, 'keys-choice')]/button[text()='{wanted}']"
        WebDriverWait(self.driver, 40, 0.05).until(
            lambda one: one.find_elements(By.CSS_SELECTOR, ".keys-choice button")
        )
        for _ in range(6):
            found = self.driver.find_elements(By.XPATH, find)
            if found:
                self.press_key(found[0])
                assert wanted in element.get_attribute("value")
                return
            self.press_key(self.driver.find_element(By.CSS_SELECTOR, ".keys-more"))
        raise AssertionError(f"{wanted} is not offered")

    def key(self, name: str, kind: str = "key") -> None:
        """Press one key, in the set that has it."""
        found = [one for one in self.driver.find_elements(By.CSS_SELECTOR, f'.keys [data-{kind}="{name}"]')]
        shown = next((one for one in found if one.is_displayed()), None)
        if shown is None:
            panel = found[0].find_element(By.XPATH, "..").get_attribute("data-panel")
            self.press_key(self.driver.find_element(By.CSS_SELECTOR, f'.keys [data-show="{panel}"]'))
            shown = found[0]
        self.press_key(shown)

    def give(self, element: WebElement, file: Path) -> None:
        """Nobody gives a file at a machine; where it may be left, it is left."""

    def press(self, element: WebElement) -> None:
        """Press what leads to another page, and wait for that page."""
        wait_for_next(self.driver, lambda: self.act(element))


class Touching(KioskHands):
    """One finger: it presses, and does nothing else. What lies over a control makes the browser refuse."""

    def act(self, element: WebElement) -> None:
        """Press once."""
        self.presses += 1
        element.click()

    press_key = act

    def tick(self, element: WebElement) -> None:
        """Press a row that is not chosen yet."""
        if not element.is_selected():
            self.act(element)

    def open(self, element: WebElement) -> None:
        """Press the field."""
        self.act(element)
        self.look_at_field(element)

    def close(self, element: WebElement) -> None:
        """Press the key that closes."""
        self.key("close", "do")

    def type_directly(self, letter: str) -> bool:
        """A finger has no digits but those on the screen."""
        return False

    def look_at_field(self, element: WebElement) -> None:
        """Note when the keys lie over the field they write in."""
        script = "const k = document.querySelector('.keys').getBoundingClientRect(), f = arguments[0].getBoundingClientRect(); return [f.top, f.bottom, k.top, getComputedStyle(document.querySelector('.keys')).position]"
        top, bottom, keys, position = self.driver.execute_script(script, element)
        if position == "fixed" and (bottom > keys + 1 or top < 0):
            self.findings.append(f"the keys cover {element.get_attribute('name')}: {top} {bottom} {keys}")


class Arrows(KioskHands):
    """Four arrow keys, OK and ten digits: nothing else is ever sent."""

    def send(self, key: str) -> None:
        """Press a key of the keypad."""
        assert key in (Keys.ARROW_UP, Keys.ARROW_DOWN, Keys.ARROW_LEFT, Keys.ARROW_RIGHT, Keys.ENTER) or key.isdigit()
        self.presses += 1
        ActionChains(self.driver, duration=0).send_keys(key).perform()

    def reach(self, element: WebElement) -> None:
        """Go down, or up where it lies behind, until the keypad is there."""
        way = self.driver.execute_script(
            "return document.activeElement.compareDocumentPosition(arguments[0]) & 2 && document.activeElement !== document.body",
            element,
        )
        for _ in range(MOST_PRESSES):
            if self.driver.switch_to.active_element == element:
                break
            self.send(Keys.ARROW_UP if way else Keys.ARROW_DOWN)
        else:
            raise AssertionError(
                f"{self.driver.current_url}: the keypad never gets to {element.get_attribute('outerHTML')[:200]}"
            )
        self.findings += self.driver.execute_script(RING)

    def act(self, element: WebElement) -> None:
        """Go there and press OK."""
        self.reach(element)
        self.send(Keys.ENTER)

    def tick(self, element: WebElement) -> None:
        """Go there and press OK, where it is not chosen yet."""
        if not element.is_selected():
            self.act(element)
        assert element.is_selected(), element.get_attribute("id")

    def open(self, element: WebElement) -> None:
        """Go to the field and press OK: the keypad is then among the keys."""
        self.act(element)
        assert self.driver.execute_script("return !!document.activeElement.closest('.keys')"), "the keys did not open"

    def close(self, element: WebElement) -> None:
        """Go to the key that closes, and press it: the keypad is then at the field again."""
        self.key("close", "do")
        assert self.driver.switch_to.active_element == element

    def press_key(self, key: WebElement) -> None:
        """Go over the keys as the arrows point, and press OK."""
        for _ in range(MOST_PRESSES):
            there, across, down, high = self.driver.execute_script(WHERE, key)
            if there:
                self.send(Keys.ENTER)
                return
            if abs(down) > high / 2:
                self.send(Keys.ARROW_DOWN if down > 0 else Keys.ARROW_UP)
            else:
                self.send(Keys.ARROW_RIGHT if across > 0 else Keys.ARROW_LEFT)
        raise AssertionError(f"the arrows never get to {key.text}")

    def type_directly(self, letter: str) -> bool:
        """Digits are on the keypad."""
        if letter.isdigit() and letter.isascii():
            self.send(letter)
            return True
        return False


def bring_kanji(site: Site) -> None:
    """Give the site the index of kanji, made once for all runs on this computer: making it is not what is looked at here."""
    made = Path(tempfile.gettempdir()) / "madoguchi-kanji"
    made.mkdir(exist_ok=True)
    prepare_index(made)
    shutil.copy(path_of_index(made), path_of_index(site.ward.settings.data_dir))


def wait_a_moment(driver: Chrome, until: str) -> None:
    """Wait until a page's address ends as wanted."""
    for _ in range(200):
        if driver.current_url.endswith(until):
            return
        time.sleep(0.05)
    raise AssertionError(f"{driver.current_url} does not end with {until}")


CODES = {"Enter": 13, " ": 32, "Tab": 9}


def hold_key(driver: Chrome, key: str, code: str, text: str) -> None:
    """Press a key as a hand does: down with its letter, a little while, up."""
    what = {"key": key, "code": code, "windowsVirtualKeyCode": CODES.get(key, ord(key[0].upper()))}
    driver.execute_cdp_cmd(
        "Input.dispatchKeyEvent", {"type": "keyDown" if text else "rawKeyDown", "text": text, **what}
    )
    time.sleep(0.12)
    driver.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyUp", **what})


def tap(driver: Chrome, x: float, y: float) -> None:
    """Touch the screen as a finger does: down, a little while, up."""
    driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})
    driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    time.sleep(0.08)
    driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
