"""Somebody at a shared machine who has a headset and a keypad, and sees nothing: what is spoken to them, in its order.

Sound is played sixty times as fast, so that a journey takes no longer than it must; nothing else of the page is changed.
"""

from typing import Any

from selenium.webdriver import Chrome
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from accessibility_tests.browser import set_width
from webapp.kiosk.rules_keys import KANA
from webapp.kiosk.service import make_kiosk, new_code
from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.reading.furigana import strip_markers

AUTOPLAY = "--autoplay-policy=no-user-gesture-required"
EARS = """
  window.heard = [];
  document.addEventListener('kiosk:spoken', e => window.heard.push([e.detail.lang, e.detail.words]));
  document.addEventListener('kiosk:unspoken', e => window.heard.push(['none', e.detail.words]));
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function () { this.playbackRate.value = 60; return start.apply(this, arguments); };
"""
LONGEST = 25.0
SILENCE = """
  const done = arguments[arguments.length - 1];
  let still = 0;
  const wait = setInterval(() => {
    const loaded = window.kioskVoice && performance.getEntriesByType('navigation')[0].loadEventEnd > 0;
    still = loaded && !window.kioskVoice.isSpeaking() ? still + 1 : 0;
    if (still < 5) return;
    clearInterval(wait);
    const all = window.heard;
    window.heard = [];
    done(all);
  }, 15);
"""
"""What was heard, once nothing has been said for a moment."""
ARRIVED = "return !window.isLeft && document.readyState === 'complete'"
NAMES = {
    Keys.ENTER: "OK", Keys.ARROW_DOWN: "down", Keys.ARROW_UP: "up", Keys.ARROW_RIGHT: "right", Keys.ARROW_LEFT: "left",
    Keys.ESCAPE: "back",
}  # fmt: skip


def pair_machine(site: Any, driver: Chrome) -> None:
    """Make this browser a machine of the ward's."""
    with open_session(site.app.extensions["engine"]) as session:
        code = new_code(session, make_kiosk(session, "図書館1", "", now()), now(), site.ward.settings.pepper)
    driver.get(f"{site.base}/ja/kiosk/pair")
    driver.find_element(By.NAME, "code").send_keys(code)
    driver.find_element(By.CSS_SELECTOR, "main form button").click()


class Headset:
    """What comes out of the headset of a machine, and the keypad that its user has in front of them."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver
        self.transcript: list[str] = []
        self.presses = 0
        set_width(driver, 1280, 1024)
        driver.set_script_timeout(LONGEST)
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": EARS})

    def listen(self) -> list[str]:
        """Wait until nothing more is said, and return what was said since the last time."""
        heard = self.driver.execute_async_script(SILENCE)
        said = [words if lang != "none" else f"(no voice) {words}" for lang, words in heard]
        self.transcript += [f"  {words}" for words in said]
        return said

    def press(self, key: str) -> list[str]:
        """Press a key and listen."""
        self.presses += 1
        self.transcript.append(f"> {NAMES.get(key, key)}")
        ActionChains(self.driver, duration=0).send_keys(key).perform()
        return self.listen()

    def press_and_go(self, key: str = Keys.ENTER, patient: bool = True) -> list[str]:
        """Press a key that leads to another page, and hear that page; who is not patient presses another key at once."""
        self.presses += 1
        self.transcript += [f"> {NAMES.get(key, key)}", ""]
        self.driver.execute_script("window.isLeft = true")
        ActionChains(self.driver, duration=0).send_keys(key).perform()
        WebDriverWait(self.driver, 40, 0.02).until(lambda d: d.execute_script(ARRIVED))
        return self.listen() if patient else self.press(Keys.ARROW_DOWN)

    def seek(self, *wanted: str, key: str = Keys.ARROW_DOWN, most: int = 70) -> list[str]:
        """Press a key until all of the wanted words are heard."""
        for _ in range(most):
            said = self.press(key)
            if all(any(strip_markers(one) in strip_markers(words) for words in said) for one in wanted):
                return said
        raise AssertionError(f"{wanted} was never heard: {self.transcript[-60:]}")

    def write(self, kana: str) -> list[str]:
        """Write kana with the on-screen keys by ear alone: first the column of a sound, then the sound; then close them."""
        said = self.press(Keys.ENTER)
        for one in kana:
            column = next(group for group in KANA if one in group)
            if not said or one not in said:
                self._go_to(column, one)
            said = self.press(Keys.ENTER)
            assert one in said, said
        return self.seek_close()

    def _go_to(self, column: str, one: str) -> None:
        """Go to a kana among the keys."""
        for _ in range(12):
            at = self.here()
            if at in column:
                break
            self.press(Keys.ARROW_RIGHT)
        for _ in column:
            if self.here() == one:
                return
            here = column.find(self.here())
            self.press(Keys.ARROW_DOWN if here < column.index(one) else Keys.ARROW_UP)

    def here(self) -> str:
        """Return the last word that was said for a key."""
        return next((line.strip() for line in reversed(self.transcript) if len(line.strip()) == 1), "")

    def seek_close(self) -> list[str]:
        """Leave the keys with the key that goes back."""
        return self.press(Keys.ESCAPE)
