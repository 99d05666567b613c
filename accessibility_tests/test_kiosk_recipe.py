"""The recipe for a shared machine, tried for real: its supervisor around a browser, its policies in a browser, its receipts."""

import base64
import contextlib
import os
import re
import signal
import time
import zlib
from pathlib import Path

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By

from accessibility_tests.browser import set_width
from accessibility_tests.kiosk_machine import (
    Machine,
    can_have_a_room_of_its_own,
    find_port,
    is_open,
    look_under_policies,
    make_machine,
    read_policies,
    wait_for,
)
from webapp.kiosk import service
from webapp.kit.clock import now
from webapp.kit.database import open_session

ROLL = 80 / 25.4 * 72
LEAVE_MARK = """
var done = arguments[0], form = document.getElementById('check');
form.addEventListener('submit', function (event) { event.preventDefault(); });
document.getElementById('mark').click();
fetch(form.action, {method: 'POST', body: new URLSearchParams({then: 'mark'}), redirect: 'manual'}).then(function () { done(); });
"""
"""Leaves the mark as its button does, but begins nothing anew."""
needs_room = pytest.mark.skipif(not can_have_a_room_of_its_own(), reason="policies need root and unshare")


def make_code(site) -> str:
    """Return a pairing code for a new machine, as staff make it."""
    with open_session(site.app.extensions["engine"]) as session:
        kiosk = service.make_kiosk(session, "図書館の1番", "入口", now())
        return service.new_code(session, kiosk, now(), site.ward.settings.pepper)


@pytest.fixture(scope="module")
def machine(site):
    with make_machine(site.base.replace("127.0.0.1", "localhost")) as one:
        one.pair(make_code(site))
        one.start()
        yield one


def is_waiting(machine: Machine) -> bool:
    """Wait until the machine shows its first page; tell so."""
    with machine.look() as driver:
        return bool(wait_for(lambda: driver.find_elements(By.CSS_SELECTOR, "[data-kiosk-page=waiting]")))


def wait_for_next(machine: Machine, former: set[str]) -> None:
    """Wait until another browser is up on a profile of its own."""
    wait_for(lambda: machine.profiles and not machine.profiles & former)
    wait_for(lambda: is_open(machine.debug))


def test_key_is_for_the_machine_alone(machine):
    key = machine.folder / "key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert is_waiting(machine)
    secret = key.read_bytes().strip()
    assert len(secret) == 64
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            assert secret not in one.read_bytes()
        except OSError:
            continue
    (profile,) = machine.profiles
    assert (machine.run / profile).stat().st_mode & 0o777 == 0o700


def test_end_of_a_sitting_throws_the_browser_and_its_profile_away(machine):
    former, browser = machine.profiles, machine.browser
    began = time.monotonic()
    with machine.look() as driver:
        driver.execute_script("setTimeout(function () { document.querySelector('.kiosk-starts button').click(); }, 50)")
        wait_for(lambda: driver.find_elements(By.CSS_SELECTOR, "html[data-kiosk=used] [data-kiosk-end]"))
        driver.execute_script(
            "setTimeout(function () { document.querySelector('[data-kiosk-end] button').click(); }, 50)"
        )
        wait_for(lambda: driver.find_elements(By.CSS_SELECTOR, "html[data-kiosk=bye]"))
        driver.execute_script("setTimeout(function () { document.querySelector('main a.button').click(); }, 50)")
    wait_for_next(machine, former)
    assert is_waiting(machine)
    assert time.monotonic() - began < 30
    assert machine.browser != browser
    assert not machine.profiles & former


@pytest.mark.long
def test_self_check_sees_that_the_browser_is_new_and_that_back_is_empty(machine, site):
    former = machine.profiles
    check = f"{machine.ward}/ja/kiosk/check"
    with machine.look() as driver:
        driver.get(check)
        wait_for(lambda: driver.find_elements(By.CSS_SELECTOR, "[data-check=worker][data-known]"))
        driver.execute_script("setTimeout(function () { document.querySelector('[form=go-back]').click(); }, 50)")
        wait_for(lambda: driver.find_elements(By.CSS_SELECTOR, "[data-check=back-cache][data-known]"))
        assert read_found(driver, "back-cache") == "safe"
        assert read_found(driver, "whole-screen") in ("safe", "unsafe")
        assert read_found(driver, "https") == "unsafe"
        assert read_found(driver, "clock") == "safe"
        driver.execute_script("setTimeout(function () { document.getElementById('mark').click(); }, 50)")
        wait_for(lambda: driver.find_elements(By.CSS_SELECTOR, "html[data-kiosk=bye]"))
        driver.execute_script("setTimeout(function () { document.querySelector('main a.button').click(); }, 50)")
    wait_for_next(machine, former)
    with machine.look() as driver:
        wait_for(lambda: driver.find_elements(By.CSS_SELECTOR, "[data-kiosk-page=waiting]"))
        driver.get(check)
        wait_for(lambda: driver.find_elements(By.CSS_SELECTOR, "[data-check=restart][data-known]"))
        assert (read_found(driver, "restart"), read_found(driver, "leftovers")) == ("safe", "safe")


@pytest.mark.long
def test_self_check_sees_a_browser_that_was_not_thrown_away(driver, site):
    let_in(driver, site)
    try:
        driver.get(f"{site.base}/ja/kiosk/check")
        wait_for(lambda: driver.find_elements(By.CSS_SELECTOR, "[data-check=worker][data-known]"))
        driver.execute_async_script(LEAVE_MARK)
        driver.get(f"{site.base}/ja/kiosk/check")
        wait_for(lambda: driver.find_elements(By.CSS_SELECTOR, "[data-check=restart][data-known]"))
        assert (read_found(driver, "restart"), read_found(driver, "leftovers")) == ("unsafe", "unsafe")
        assert read_found(driver, "notifications") in ("safe", "unsafe")
        set_width(driver, 320)
        assert driver.execute_script("return document.documentElement.scrollWidth") <= 320
    finally:
        set_width(driver, 800)
        driver.delete_all_cookies()


def let_in(driver, site) -> None:
    """Give a browser the key of a machine of its own."""
    with open_session(site.app.extensions["engine"]) as session:
        pepper = site.ward.settings.pepper
        code = service.new_code(session, service.make_kiosk(session, "2番", "", now()), now(), pepper)
        made = service.pair(session, code, "127.0.0.1", now(), pepper)
    assert made.key is not None
    cookie = {"name": "kiosk", "value": made.key.hex(), "url": site.base, "httpOnly": True}
    driver.execute_cdp_cmd("Network.setCookie", cookie)


def read_found(driver, name: str) -> str:
    """Return what the self-check says of one thing."""
    shown = driver.find_element(By.CSS_SELECTOR, f"[data-check={name}] [data-found]:not([hidden])")
    return str(shown.get_attribute("data-found"))


@pytest.mark.long
def test_page_that_is_not_ours_does_not_stay_on_the_screen(machine):
    """A browser's own page of errors has no way back: the service hears nothing, and the supervisor learns of it."""
    assert is_waiting(machine)
    former = machine.profiles
    with machine.look() as driver, contextlib.suppress(WebDriverException):
        driver.get("http://127.0.0.1:1/")
    wait_for(lambda: machine.profiles and not machine.profiles & former, 300, 0.5)
    assert is_waiting(machine)


@pytest.mark.long
def test_crash_of_the_browser_brings_a_new_one(machine):
    former = machine.profiles
    os.kill(machine.browser, signal.SIGKILL)
    wait_for_next(machine, former)
    assert is_waiting(machine)


@pytest.mark.long
def test_stop_leaves_nothing(machine):
    assert machine.stop() == 0
    assert list(machine.run.iterdir()) == []
    assert not is_open(machine.debug)
    assert not is_open(machine.port)


@needs_room
def test_browser_knows_every_policy_of_the_recipe():
    policies = read_policies("https://madoguchi.example.jp", 8790)
    looked = {**policies, "DeveloperToolsAvailability": 1}
    looked["URLBlocklist"] = [one for one in looked["URLBlocklist"] if one != "chrome://policy"]
    looked["URLAllowlist"] = [*looked["URLAllowlist"], "chrome://policy"]
    del looked["RemoteDebuggingAllowed"]
    said = look_under_policies(looked, "names")
    assert set(said) == set(looked)
    faults = {name: words for name, words in said.items() if not words.startswith("OK")}
    assert set(faults) <= {"AutofillAddressEnabled", "AutofillCreditCardEnabled"}
    assert all(words.startswith("Deprecated") for words in faults.values())


@needs_room
def test_policies_have_their_effects():
    port = find_port()
    policies = read_policies(f"http://127.0.0.1:{port}", 8790)
    del policies["RemoteDebuggingAllowed"]  # refuses earlier still, but whoever asks waits a minute for it
    assert "Not allowed" in look_under_policies(policies, "attach")
    looked = {**policies, "DeveloperToolsAvailability": 1}
    found = look_under_policies(looked, "effects", str(port))
    assert found == {"other": True, "file": True, "tools": True, "notifications": "denied", "kept": 0}
    assert look_under_policies({}, "effects", str(port))["kept"] == 1


@pytest.mark.parametrize("voice", ["ja", *(pytest.param(voice, marks=pytest.mark.long) for voice in ("ja-easy", "en"))])
def test_receipt_on_a_roll_is_one_strip_as_long_as_its_words(driver, site, voice):
    let_in(driver, site)
    try:
        driver.get(f"{site.base}/{voice}/kiosk/check/print/80mm")
        shape = driver.execute_script(
            "var q = document.querySelector('.qr svg'); q.closest('html').setAttribute('data-measured', '');"
            "var box = q.getBoundingClientRect(); document.documentElement.removeAttribute('data-measured');"
            "return box.width * 25.4 / 96 * (q.viewBox.baseVal.width - 8) / q.viewBox.baseVal.width;"
        )
        assert shape >= 25
        raw = driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})["data"]
        boxes = read_pages(base64.b64decode(raw))
        assert len(boxes) == 1
        assert boxes[0][0] == pytest.approx(ROLL, abs=1)
        assert boxes[0][1] < 297 / 25.4 * 72
    finally:
        driver.delete_all_cookies()


def read_pages(pdf: bytes) -> list[tuple[float, float]]:
    """Return the size of each page in points."""
    packed = [found[1] for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)]
    texts = [pdf]
    for one in packed:
        try:
            texts.append(zlib.decompress(one))
        except zlib.error:
            continue
    found = [box for text in texts for box in re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", text)]
    return [(float(width), float(height)) for width, height in found]
