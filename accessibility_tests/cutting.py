"""What somebody does who writes while the network comes and goes, and what their device keeps of it."""

import time
from collections.abc import Callable
from typing import Any

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from accessibility_tests.cut_site import CutSite
from tests.autopilot import Autopilot
from webapp.kit.clock import today

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
    return [one["name"]["name"] for one in cut_site.look_into(driver, base).answers.get("people", {}).values()]


def press_without_network(cut_site: CutSite, driver: Chrome, name: str, kana: str = KANA) -> None:
    """Write, lose the network, press, and be told."""
    write(driver, name, kana)
    cut_site.cut()
    set_offline(driver, True)
    press(driver)
    wait_until(lambda: NOT_SENT in text_of(driver, "#unsent-told"), "told that nothing was sent")


def come_back(cut_site: CutSite, driver: Chrome) -> None:
    """Have the network again."""
    cut_site.open()
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


def come_back_without_draft(cut_site: CutSite, phone: Chrome) -> None:
    """Open the list in a browser that holds the draft no more."""
    phone.get("about:blank")
    come_back(cut_site, phone)
    phone.get(f"{cut_site.base}/healthz")
    phone.delete_all_cookies()
    phone.get(f"{cut_site.base}/ja/unsent")
    wait_until(lambda: NOT_SENT in text_of(phone, "[data-list]"), "the list")
