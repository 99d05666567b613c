"""In a real browser: what the next resident finds of the one before, in every layer, however the time ended."""

import json
import os
import signal
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from accessibility_tests.browser import open_profile
from accessibility_tests.kiosk_site import (
    count_rows,
    find_in_files,
    make_machine,
    pause,
    sit_down,
    wait_for,
    wait_for_state,
    wake,
)
from accessibility_tests.site import Site, open_site
from tests.autopilot import Autopilot, read_form
from webapp.kiosk.service_sittings import end_all, end_left
from webapp.kit.clock import now, today
from webapp.kit.database import open_session

NAME, SOUND, STREET, SEARCHED = "鬼頭院彩乃丞", "キトウインアヤノジョウ", "幻町四二番地ノ七", "sagashita-kotoba-xyzzy"
WORDS = [NAME, SOUND, STREET]
KEPT = ("kiosk", "sitting", "look")
STORES = """
const found = {local: localStorage.length, session: sessionStorage.length, cookies: document.cookie};
const done = arguments[0];
Promise.all([
  caches.keys(), indexedDB.databases(), navigator.serviceWorker.getRegistrations(),
]).then(all => done(JSON.stringify({...found, caches: all[0], databases: all[1], workers: all[2].length})));
"""


@pytest.fixture(scope="module")
def place() -> Iterator[Site]:
    """Yield a ward whose machines wait as long as real ones."""
    with open_site() as site:
        yield site


@pytest.fixture
def hasty(place: Site) -> Iterator[Site]:
    """Yield the ward with machines that ask after two seconds and wait five more."""
    place.app.config.update(KIOSK_IDLE=2.0, KIOSK_WARN=5.0)
    yield place
    place.app.config.update(KIOSK_IDLE=60.0, KIOSK_WARN=60.0)


def write(driver: Chrome, site: Site, slip: bool) -> tuple[str, list[str]]:
    """Write a name and an address into a form as a resident does, perhaps make a slip; return the draft's address and the slip."""
    client = site.app.test_client()
    for one in ("kiosk", "sitting"):
        client.set_cookie(one, driver.get_cookie(one)["value"])
    slug = "national-pension"
    driver.get(f"{site.base}/ja/find?q={SEARCHED}")
    pilot = Autopilot(client, site.ward.dictionary, today())
    first = pilot.start(next(s for s, p in site.ward.catalogue.procedures.items() if p.define.form) or slug)
    driver.add_cookie({"name": "browser", "value": client.get_cookie("browser").value, "httpOnly": True, "path": "/"})
    check = pilot.walk_to_check(first)
    base = check.rsplit("/", 1)[0]
    typed = 0
    for path in dict.fromkeys(pilot.seen):
        driver.get(site.base + path)
        fields = driver.find_elements(By.CSS_SELECTOR, "main input[type=text], main textarea")
        if not fields:
            continue
        for number, field in enumerate(fields):
            driver.execute_script("arguments[0].value = ''", field)
            field.send_keys((NAME, STREET, SOUND)[number % 3])
            typed += 1
        driver.find_element(By.CSS_SELECTOR, "main form .buttons button").click()
        wait_for(driver, "return document.readyState === 'complete'")
    assert typed > 2
    if not slip:
        return base, []
    csrf = read_form(client.get(check).text).hidden["csrf"]
    client.post(f"{base}/slip", data={"csrf": csrf})
    driver.get(f"{site.base}{base}/print/a4")
    return base, [one.text for one in driver.find_elements(By.CSS_SELECTOR, ".slip dd")]


def end_by(how: str, driver: Chrome, site: Site, machine: str) -> None:
    """End the time of whoever sits there: by the button, by doing nothing, or by staff."""
    if how == "button":
        driver.find_element(By.CSS_SELECTOR, "[data-kiosk-end] button").click()
        wait_for(
            driver, "return document.documentElement.dataset.kiosk === 'bye' || document.querySelector('dialog[open]')"
        )
        if driver.execute_script("return !!document.querySelector('.kiosk-ask[open]')"):
            driver.find_element(By.CSS_SELECTOR, ".kiosk-ask[open] [data-kiosk-end-now]").click()
        wait_for_state(driver, "bye")
    elif how == "idle":
        wait_for_state(driver, "bye", 20)
    else:
        with open_session(site.app.extensions["engine"]) as session:
            end_all(session, machine, "staff", now(), site.ward.settings.data_dir)
        driver.execute_script("dispatchEvent(new Event('online'))")  # the next beat, now
        wait_for_state(driver, "waiting", 20)
        return
    driver.execute_script("location.replace('/ja/kiosk/')")
    wait_for_state(driver, "waiting")


def look_through(driver: Chrome, site: Site, base: str, words: list[str]) -> None:
    """Be the next resident: look for the one before in the page, Back and Forward, addresses, stores, cookies, suggestions."""
    for _ in range(6):
        driver.execute_script("history.back()")
        pause(0.15)
        assert_clean(driver, words)
    for _ in range(6):
        driver.execute_script("history.forward()")
        pause(0.1)
        assert_clean(driver, words)
    for path in (f"{base}/", f"{base}/check", f"{base}/slip", f"{base}/print/a4", "/ja/slip", "/ja/"):
        driver.get(site.base + path)
        assert driver.current_url == f"{site.base}/ja/kiosk/", path
    assert {one["name"] for one in driver.get_cookies()} <= {"kiosk", "sitting"}
    stores = json.loads(driver.execute_async_script(STORES))
    assert stores == {"local": 0, "session": 0, "cookies": "", "caches": [], "databases": [], "workers": 0}
    entries = driver.execute_cdp_cmd("Page.getNavigationHistory", {})["entries"]
    assert not [one for one in entries if any(word in one["title"] + one["url"] for word in words)]
    sit_down(driver)
    for path in (f"{base}/", f"{base}/check", f"{base}/slip", f"{base}/print/a4"):
        driver.get(site.base + path)
        assert_clean(driver, words)
        assert "見つかりません" in driver.title
    driver.get(f"{site.base}/ja/slip")
    assert base not in driver.page_source
    driver.find_element(By.ID, "number").send_keys("")
    assert driver.execute_script("return document.querySelectorAll(':autofill').length") == 0


def assert_clean(driver: Chrome, words: list[str]) -> None:
    """Find nothing of the one before on the page that is shown now."""
    source = wait_for(driver, "return document.readyState !== 'loading' && document.documentElement.outerHTML")
    assert not [word for word in words if word in source + driver.title], driver.current_url


@pytest.mark.parametrize(
    ("how", "memory", "slip"),
    [
        ("button", "on", False),
        ("idle", "on", True),
        pytest.param("staff", "off", True, marks=pytest.mark.long),
        pytest.param("button", "off", True, marks=pytest.mark.long),
    ],
)
def test_next_resident_finds_nothing(place: Site, tmp_path: Path, how: str, memory: str, slip: bool) -> None:
    """Every way to end, with and without the browser's memory of whole pages."""
    flags = ("--disable-features=BackForwardCache",) if memory == "off" else ("--enable-features=BackForwardCache",)
    with open_profile(tmp_path / "profile", *flags) as driver:
        machine, key = make_machine(place)
        wake(driver, place, key)
        sit_down(driver)
        base, numbers = write(driver, place, slip)
        draft = base.rsplit("/", 1)[1]
        assert NAME in driver.page_source or slip or count_rows(place, "draft", f"id = '{draft}'") == 1
        if how == "idle":
            place.app.config.update(KIOSK_IDLE=2.0, KIOSK_WARN=3.0)
            driver.get(f"{place.base}{base}/check")
        end_by(how, driver, place, machine)
        place.app.config.update(KIOSK_IDLE=60.0, KIOSK_WARN=60.0)
        assert count_rows(place, "draft", f"id = '{draft}'") == int(slip)
        assert count_rows(place, "way_in", f"draft_id = '{draft}' AND kind = 'browser'") == 0
        look_through(driver, place, base, [*WORDS, *numbers])
        if slip:
            driver.get(f"{place.base}/ja/slip")
            driver.find_element(By.ID, "number").send_keys(numbers[0])
            driver.find_element(By.ID, "code").send_keys(numbers[1])
            driver.find_element(By.CSS_SELECTOR, "main form .buttons button").click()
            wait_for(driver, f"return location.pathname.startsWith('{base}/')")


def test_memory_of_whole_pages_goes_with_the_resident(place: Site, tmp_path: Path) -> None:
    """This browser keeps even pages that may not be stored; after the end it shows none of them, and the page's guard stands alone, too."""
    with open_profile(tmp_path / "profile", "--enable-features=BackForwardCache") as driver:
        machine, key = make_machine(place)
        wake(driver, place, key)
        sit_down(driver)
        driver.get(f"{place.base}/ja/help")
        driver.execute_script("window.mark = 1")
        driver.get(f"{place.base}/ja/words")
        driver.execute_script("history.back()")
        wait_for(driver, "return location.pathname === '/ja/help' && window.mark === 1 && !document.body.hidden")
        end_by("button", driver, place, machine)
        sit_down(driver)
        for _ in range(5):
            driver.execute_script("history.back()")
            pause(0.2)
            assert not wait_for(driver, "return document.readyState !== 'loading' && [window.mark]")[0]
        driver.get(f"{place.base}/ja/")
        with open_session(place.app.extensions["engine"]) as session:
            end_all(session, machine, "staff", now(), place.ward.settings.data_dir)
        driver.execute_script("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
        assert driver.execute_script(
            "return document.body.hidden || document.documentElement.dataset.kiosk === 'waiting'"
        )
        wait_for_state(driver, "waiting")


def test_screen_asks_by_sight_and_goes_on_at_any_touch(hasty: Site, tmp_path: Path) -> None:
    """The question comes before the end, has the focus, counts, and any key answers it, again and again."""
    with open_profile(tmp_path / "profile") as driver:
        _, key = make_machine(hasty)
        wake(driver, hasty, key)
        sit_down(driver)
        driver.execute_script("window.asked = 0; document.addEventListener('kiosk:ask', () => window.asked++)")
        for _ in range(3):
            wait_for(driver, "return document.querySelector('#kiosk-idle').open", 10)
            assert driver.execute_script("return document.activeElement.textContent") == "つづける"
            assert (
                driver.execute_script("return document.querySelectorAll('[data-kiosk-count]:not([hidden])').length")
                == 1
            )
            driver.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "a", "code": "KeyA"})
            wait_for(driver, "return !document.querySelector('#kiosk-idle').open", 4)
        assert driver.execute_script("return window.asked") == 3
        wait_for_state(driver, "bye", 15)


def test_screen_is_empty_before_anything_is_asked_of_the_network(hasty: Site, tmp_path: Path) -> None:
    """Where the network is cut, the page goes all the same, and the server ends the time by itself."""
    with open_profile(tmp_path / "profile") as driver:
        machine, key = make_machine(hasty)
        wake(driver, hasty, key)
        sit_down(driver)
        driver.execute_cdp_cmd("Network.enable", {})
        cut = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
        driver.execute_cdp_cmd("Network.emulateNetworkConditions", cut)
        wait_for(driver, "return document.querySelector('[data-kiosk-lost]:not([hidden])')", 10)
        wait_for(driver, "return document.querySelector('.kiosk-gone [data-kiosk-no-way]:not([hidden])')", 20)
        assert driver.execute_script("return document.querySelector('main')") is None
        assert driver.execute_script("return document.body.children.length") == 1
        driver.execute_cdp_cmd(
            "Network.emulateNetworkConditions",
            {**cut, "offline": False, "downloadThroughput": -1, "uploadThroughput": -1},
        )
        wait_for_state(driver, "bye", 20)
        assert count_rows(hasty, "kiosk_sitting", f"kiosk_id = '{machine}' AND state = 'used'") == 0


def test_killed_browser_is_ended_by_the_server(place: Site, tmp_path: Path) -> None:
    """No page, no script: the worker ends it, and what was written without a slip is gone."""
    with open_profile(tmp_path / "profile") as driver:
        machine, key = make_machine(place)
        wake(driver, place, key)
        sit_down(driver)
        base, _ = write(driver, place, False)
        os.kill(driver.service.process.pid, signal.SIGKILL)
    draft = base.rsplit("/", 1)[1]
    with open_session(place.app.extensions["engine"]) as session:
        end_left(session, now() + timedelta(minutes=18), place.ward.settings.data_dir)
    assert count_rows(place, "kiosk_sitting", f"kiosk_id = '{machine}' AND state = 'used'") == 0
    assert count_rows(place, "draft", f"id = '{draft}'") == 0


@pytest.mark.long
def test_what_a_browser_keeps_on_its_disk_is_known(place: Site, tmp_path: Path) -> None:
    """What was typed stands in no file of the profile, but for those that only a thrown-away profile takes care of."""
    profile = tmp_path / "profile"
    with open_profile(profile) as driver:
        machine, key = make_machine(place)
        wake(driver, place, key)
        sit_down(driver)
        _, numbers = write(driver, place, True)
        end_by("button", driver, place, machine)
    found = find_in_files(profile, [*WORDS, *numbers, SEARCHED])
    report = {word: sorted(files) for word, files in found.items()}
    print(json.dumps(report, ensure_ascii=False, indent=1))
    assert set(report) <= {SEARCHED}, "more is left than the word that was searched for"
    assert set(read_suggestions(profile)) & set(WORDS) == set(), "typed words are suggested to the next one"


def read_suggestions(profile: Path) -> list[str]:
    """Return what a browser kept to suggest in later forms."""
    path = profile / "Default" / "Web Data"
    if not path.exists():
        return []
    with sqlite3.connect(f"file:{path}?immutable=1", uri=True) as data:
        return [row[0] for row in data.execute("SELECT value FROM autofill")]
