"""Notices on a device in Chromium: asked for by a button only, known again, stopped in the browser and on the server.

A real subscription needs a push service beyond the network, so the browser's own part of it is put in place by the test;
everything around it is real.
"""

import json
from typing import Any

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from sqlmodel import Session, select

from accessibility_tests.browser import open_browser, set_width
from accessibility_tests.site import Site
from tests.drafts.browser import BrowserResident
from tests.notifications.helping import device, send_something
from webapp.notifications.tables import Way
from webapp.procedures.service_books import BookShelf

FAKE = """
(function () {
  var state = JSON.parse(localStorage.getItem("fake") || "{}");
  function save() { localStorage.setItem("fake", JSON.stringify(state)); }
  function bytes(word) { return Uint8Array.from(atob(word.replace(/-/g, "+").replace(/_/g, "/")), function (c) { return c.charCodeAt(0); }).buffer; }
  function made() {
    return { endpoint: state.endpoint, options: {}, getKey: function (name) { return bytes(KEYS[name]); },
      unsubscribe: function () { state.stopped = (state.stopped || 0) + 1; delete state.endpoint; save(); return Promise.resolve(true); } };
  }
  var KEYS = %(keys)s, push = {
    getSubscription: function () { return Promise.resolve(state.endpoint ? made() : null); },
    subscribe: function (wish) {
      if (%(slow)s) return new Promise(function () {});
      state.asked = { visible: wish.userVisibleOnly, key: wish.applicationServerKey.length };
      state.endpoint = "https://updates.push.services.mozilla.com/wpush/v2/device" + (state.count = (state.count || 0) + 1);
      save(); return Promise.resolve(made());
    } };
  Object.defineProperty(navigator.serviceWorker, "ready", { get: function () { return Promise.resolve({ pushManager: push }); } });
  var answer = "%(answer)s";
  Object.defineProperty(Notification, "permission", { get: function () { return state.answered ? answer : "default"; } });
  Notification.requestPermission = function () { state.answered = true; state.requests = (state.requests || 0) + 1; save(); return Promise.resolve(answer); };
})();
"""


@pytest.fixture
def resident(site: Site) -> BrowserResident:
    """Return somebody who has just sent something."""
    return BrowserResident(
        site.app.test_client(), site.app.extensions["engine"], BookShelf(site.ward.catalogue, site.ward.dictionary)
    )


def enter(driver: Chrome, site: Site, resident: BrowserResident, answer: str = "granted", slow: bool = False) -> None:
    """Give the browser the resident's cookie, and a push service of its own."""
    keys = {key: value + "=" * (-len(value) % 4) for key, value in device().items() if key != "endpoint"}
    source = FAKE % {"keys": json.dumps(keys), "answer": answer, "slow": "true" if slow else "false"}
    driver.get(f"{site.base}/ja/help")
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": source})
    driver.add_cookie({"name": "browser", "value": resident.secret.hex(), "path": "/"})
    set_width(driver, 320)


def ways(site: Site, base: str) -> list[Any]:
    """Return the ways that the ward knows to tell about a draft."""
    with Session(site.app.extensions["engine"]) as session:
        return list(session.exec(select(Way).where(Way.about == base.rsplit("/", 1)[1])))


def fake(driver: Chrome) -> dict[str, Any]:
    """Return what happened to the browser's own part."""
    found: dict[str, Any] = driver.execute_script('return JSON.parse(localStorage.getItem("fake") || "{}")')
    return found


def shown(driver: Chrome) -> list[str]:
    """Return which of the page's blocks can be seen."""
    blocks = driver.find_elements(By.CSS_SELECTOR, "[data-when]")
    return [str(block.get_attribute("data-when")) for block in blocks if block.is_displayed()]


def wait(driver: Chrome, what: Any) -> Any:
    """Wait until something is so, across pages: one that renews its way in goes on to the next while it is read."""
    return WebDriverWait(driver, 40, ignored_exceptions=(StaleElementReferenceException,)).until(lambda _: what())


def test_a_device_is_asked_by_its_button_known_again_mended_and_stopped(site: Site, resident: BrowserResident) -> None:
    base = send_something(resident)
    with open_browser() as driver:
        enter(driver, site, resident)
        driver.get(f"{site.base}{base}/notices/push")
        wait(driver, lambda: shown(driver) == ["ready"])
        assert "requests" not in fake(driver)
        driver.find_element(By.CSS_SELECTOR, "#device button").click()
        wait(driver, lambda: "done=added" in driver.current_url)
        assert fake(driver)["asked"] == {"visible": True, "key": 65}
        (first,) = ways(site, base)
        assert first.channel == "push"
        wait(driver, lambda: driver.find_element(By.CSS_SELECTOR, "[data-here]").is_displayed())
        # The push service gives the browser another address: the next visit of the page tells the ward.
        driver.execute_script(
            'var s = JSON.parse(localStorage.getItem("fake")); delete s.endpoint; localStorage.setItem("fake", JSON.stringify(s))'
        )
        driver.get(f"{site.base}{base}/notices")
        wait(driver, lambda: [way.id for way in ways(site, base)] not in ([], [first.id]))
        wait(driver, lambda: driver.find_element(By.CSS_SELECTOR, "[data-here]").is_displayed())
        assert fake(driver)["requests"] == 1
        driver.find_element(By.CSS_SELECTOR, ".ways button").click()
        wait(driver, lambda: "done=stopped" in driver.current_url)
        assert ways(site, base) == []
        assert fake(driver)["stopped"] == 1
        driver.get(f"{site.base}{base}/notices")
        wait(driver, lambda: driver.execute_script("return document.readyState") == "complete")
        assert ways(site, base) == []


@pytest.mark.long
def test_a_no_is_taken_kindly(site: Site, resident: BrowserResident) -> None:
    base = send_something(resident)
    with open_browser() as driver:
        enter(driver, site, resident, answer="denied")
        driver.get(f"{site.base}{base}/notices/push")
        driver.find_element(By.CSS_SELECTOR, "#device button").click()
        wait(driver, lambda: shown(driver) == ["denied"])
        assert ways(site, base) == []


@pytest.mark.long
def test_a_push_service_that_does_not_answer_is_given_up(site: Site, resident: BrowserResident) -> None:
    base = send_something(resident)
    with open_browser() as driver:
        enter(driver, site, resident, slow=True)
        driver.execute_cdp_cmd(
            "Page.addScriptToEvaluateOnNewDocument",
            {
                "source": "var real = setTimeout; window.setTimeout = function (work, span) { return real(work, span / 20); };"
            },
        )
        driver.get(f"{site.base}{base}/notices/push")
        driver.find_element(By.CSS_SELECTOR, "#device button").click()
        wait(driver, lambda: sorted(shown(driver)) == ["ready", "slow"])
        assert ways(site, base) == []


def test_without_javascript_the_page_says_what_it_needs(site: Site, resident: BrowserResident) -> None:
    base = send_something(resident)
    with open_browser(javascript=False) as driver:
        driver.get(f"{site.base}/ja/help")
        driver.add_cookie({"name": "browser", "value": resident.secret.hex(), "path": "/"})
        driver.get(f"{site.base}{base}/notices/push")
        assert shown(driver) == ["plain"]
        driver.get(f"{site.base}{base}/notices/call")
        assert driver.find_element(By.NAME, "number").is_displayed()
