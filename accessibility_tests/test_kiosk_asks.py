"""In a real browser: what answers a machine's question does nothing else, and a page that cannot be reached is never gone to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from accessibility_tests.browser import open_profile, set_width
from accessibility_tests.kiosk_hands import hold_key, tap
from accessibility_tests.kiosk_site import make_machine, pause, sit_down, wait_for, wake
from accessibility_tests.site import Site, open_site
from webapp.accounts.service import make_account
from webapp.accounts.service_sign_in import Tried, begin_sign_in
from webapp.kiosk.service import call_help
from webapp.kit.clock import now
from webapp.kit.database import open_session

UNDER = """
  const link = document.createElement(arguments[0]);
  link.href = '/ja/words'; link.id = 'under'; link.textContent = 'under';
  link.style.cssText = 'position: fixed; inset: 0; z-index: 99; opacity: .1';
  document.querySelector('main').append(link);
  link.focus();
  window.here = 1; window.pressed = 0;
  link.addEventListener('click', () => window.pressed++);
"""
"""A link or button over the whole page, as every page has something under whatever is asked."""
MIDDLE = """
  const box = document.querySelector(arguments[0]).getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
"""
IS_ASKED = "return document.querySelector('#kiosk-idle').open"
IS_OVER = "return !document.querySelector('#kiosk-idle').open"


@pytest.fixture(scope="module")
def place() -> Iterator[Site]:
    """Yield a ward of this file's own."""
    with open_site() as site:
        yield site


@pytest.fixture
def calm(place: Site, tmp_path: Path) -> Iterator[Chrome]:
    """Yield a machine with somebody at it."""
    with open_profile(tmp_path / "profile") as driver:
        set_width(driver, 1280, 800)
        _, key = make_machine(place)
        wake(driver, place, key)
        sit_down(driver)
        yield driver


@pytest.fixture
def used(place: Site, calm: Chrome) -> Iterator[Chrome]:
    """Yield a machine that asks after two seconds, with somebody at it."""
    place.app.config.update(KIOSK_IDLE=2.0, KIOSK_WARN=20.0)
    calm.get(f"{place.base}/ja/help")
    yield calm
    place.app.config.update(KIOSK_IDLE=60.0, KIOSK_WARN=60.0)


def assert_here(driver: Chrome) -> None:
    """Nothing under the question was pressed."""
    wait_for(driver, IS_OVER, 4)
    pause(0.4)
    assert driver.execute_script("return [window.here, window.pressed]") == [1, 0]


def test_key_that_answers_presses_nothing_under_it(used: Chrome) -> None:
    """Enter and space are pressed whole and held for a moment: the button that had the focus, and has it again, notices nothing."""
    used.execute_script(UNDER, "button")
    for key, code, text in (("Enter", "Enter", "\r"), (" ", "Space", " "), ("a", "KeyA", "a")):
        wait_for(used, IS_ASKED, 10)
        hold_key(used, key, code, text)
        assert_here(used)
    assert used.execute_script("return document.activeElement.id") == "under", "the focus is where it was"


def test_keypad_that_answers_chooses_nothing(used: Chrome) -> None:
    """By keypad, OK on a choice would change it."""
    used.execute_script(
        "document.documentElement.dataset.kioskKeypad = 'on'; window.here = 1; window.pressed = 0;"
        "const one = document.createElement('input'); one.type = 'checkbox'; one.id = 'under';"
        "one.addEventListener('click', () => window.pressed++); document.querySelector('main').append(one); one.focus();"
    )
    wait_for(used, IS_ASKED, 10)
    hold_key(used, "Enter", "Enter", "\r")
    assert_here(used)
    pause(0.3)
    used.execute_script("document.getElementById('under').focus()")
    hold_key(used, "Enter", "Enter", "\r")
    assert used.execute_script("return window.pressed") == 1, "afterwards the same key works again"


@pytest.mark.parametrize("where", ["[data-kiosk-go-on]", "#kiosk-idle h2", ".kiosk-end button"])
def test_finger_that_answers_presses_nothing_under_it(used: Chrome, where: str) -> None:
    """A finger goes down, stays and comes up: on the button, on the words, beside both; a second tap in a hurry does nothing either."""
    used.execute_script(UNDER, "a")
    wait_for(used, IS_ASKED, 10)
    x, y = used.execute_script(MIDDLE, where)
    tap(used, x, y)
    tap(used, x, y)
    assert_here(used)


def test_end_can_still_be_chosen_by_key_and_finger(used: Chrome) -> None:
    """Tab goes from one button to the other, and OK there ends."""
    wait_for(used, IS_ASKED, 10)
    hold_key(used, "Tab", "Tab", "")
    assert used.execute_script(IS_ASKED)
    assert used.execute_script("return document.activeElement.matches('[data-kiosk-end-now]')")
    hold_key(used, "Enter", "Enter", "\r")
    wait_for(used, "return document.documentElement.dataset.kiosk === 'bye'", 20)


def cut(driver: Chrome, off: bool) -> None:
    """Let this browser get no answer, without its being told that it is offline; or give the answers back."""
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/kiosk/beat*"] if off else []})


def test_nothing_is_sent_and_no_page_left_while_the_network_is_away(place: Site, calm: Chrome) -> None:
    """What was typed stays where it is, the page says so, and the same button sends it later; links wait as well."""
    field = calm.find_element(By.CSS_SELECTOR, ".search input[name=q]")
    field.send_keys("ごみ")
    calm.execute_script("window.here = 1")
    cut(calm, True)
    calm.execute_script(
        "window.told = 0; new MutationObserver(all => all.forEach(one => { if (!one.target.hidden) window.told++; }))"
        ".observe(document.querySelector('[data-kiosk-lost]'), {attributes: true, attributeFilter: ['hidden']});"
    )
    for press in (".search button:not([type=button])", ".foot a"):
        calm.execute_script("window.told = 0")
        button = calm.find_element(By.CSS_SELECTOR, press)
        calm.execute_script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].click()", button)
        wait_for(calm, "return window.told > 0 && !document.querySelector('[data-kiosk-lost]').hidden", 10)
        assert calm.execute_script("return window.here") == 1
        assert button.get_attribute("aria-disabled") is None
    assert field.get_attribute("value") == "ごみ"
    cut(calm, False)
    wait_for(calm, "return document.querySelector('[data-kiosk-lost]').hidden", 15)
    calm.execute_script("document.querySelector('.search button:not([type=button])').click()")
    wait_for(calm, "return location.pathname === '/ja/find'", 15)


def test_slip_that_could_not_be_had_is_not_asked_for_by_another_button_later(place: Site, calm: Chrome) -> None:
    """The question before the end offers the slip; without the network nothing of that wish stays in the form."""
    slug = next(slug for slug, one in place.ward.catalogue.procedures.items() if one.define.form)
    calm.get(f"{place.base}/ja/procedures/{slug}")
    calm.find_element(By.CSS_SELECTOR, 'main form[action$="/start"] button').click()
    wait_for(calm, "return location.pathname.includes('/drafts/') && !!document.querySelector('#question')")
    cut(calm, True)
    calm.find_element(By.CSS_SELECTOR, "[data-kiosk-end] button").click()
    calm.find_element(By.CSS_SELECTOR, "[data-kiosk-slip]").click()
    wait_for(calm, "return !document.querySelector('[data-kiosk-lost]').hidden", 10)
    assert not calm.execute_script("return document.querySelectorAll('#question input[name=then]').length")
    calm.execute_script(
        "document.querySelector('[data-kiosk-lost]').hidden = true; delete SubmitEvent.prototype.submitter"
    )
    cut(calm, False)
    press = "document.querySelector('#question button[name=then][value=save]').click()"
    calm.execute_script(press)
    wait_for(calm, "return location.pathname.endsWith('/slip')", 15)


def test_waiting_and_last_page_stay_while_the_network_is_away(place: Site, calm: Chrome) -> None:
    """They lead on by themselves, and never to the browser's own page of errors."""
    place.app.config.update(KIOSK_IDLE=1.0)
    try:
        calm.find_element(By.CSS_SELECTOR, "[data-kiosk-end] button").click()
        wait_for(
            calm, "return document.documentElement.dataset.kiosk === 'bye' && document.readyState === 'complete'", 20
        )
        calm.execute_script("window.here = 1")
        cut(calm, True)
        calm.find_element(By.CSS_SELECTOR, "main a.button").click()
        wait_for(calm, "return !document.querySelector('[data-kiosk-no-way]').hidden", 10)
        assert calm.execute_script("return window.here") == 1
        cut(calm, False)
        wait_for(calm, "return document.documentElement.dataset.kiosk === 'waiting'", 20)
        calm.get(f"{place.base}/ja/kiosk/?chosen=larger")
        calm.execute_script("window.here = 1")
        cut(calm, True)
        pause(2.5)
        assert calm.execute_script("return [window.here, location.search]") == [1, "?chosen=larger"]
        cut(calm, False)
        wait_for(calm, "return !location.search && document.readyState === 'complete'", 10)
    finally:
        place.app.config.update(KIOSK_IDLE=60.0)


def test_no_link_leads_out_of_the_service(calm: Chrome) -> None:
    """A link to elsewhere or to a telephone does nothing: what the browser would show then has no way back."""
    calm.execute_script(
        "window.here = 1; for (const to of ['https://elsewhere.example/', 'tel:0333122111', 'mailto:a@elsewhere.example']) {"
        "const link = document.createElement('a'); link.href = to; link.className = 'out'; link.textContent = to;"
        "link.target = '_blank'; document.querySelector('main').append(link); }"
    )
    windows = len(calm.window_handles)
    for link in calm.find_elements(By.CSS_SELECTOR, ".out"):
        calm.execute_script("arguments[0].scrollIntoView({block: 'center'})", link)
        link.click()
    pause(1)
    assert calm.execute_script("return window.here") == 1
    assert len(calm.window_handles) == windows


def test_end_asks_for_the_slip_that_nobody_took_along(place: Site, calm: Chrome) -> None:
    """The question says what it is about, leads to paper, and does not come back."""
    slug = next(slug for slug, one in place.ward.catalogue.procedures.items() if one.define.form)
    calm.get(f"{place.base}/ja/procedures/{slug}")
    calm.find_element(By.CSS_SELECTOR, 'main form[action$="/start"] button').click()
    wait_for(calm, "return location.pathname.includes('/drafts/')")
    base = "/".join(calm.current_url.split("/")[:6])
    calm.get(f"{base}/slip")
    calm.find_element(By.CSS_SELECTOR, 'main form[action$="/slip"] button').click()
    wait_for(calm, "return !!document.querySelector('.slip') && document.readyState === 'complete'")
    calm.find_element(By.CSS_SELECTOR, "[data-kiosk-end] button").click()
    wait_for(calm, "return document.querySelector('#kiosk-unheld').open")
    said = calm.execute_script(
        "return kioskWords.describe(document.activeElement).map(one => one.words).join('').replace(/《[^》]*》/g, '')"
    )
    assert said.index("控えは持ちましたか") < said.index("番号を書き写したときや") < said.index("印刷する")
    calm.find_element(By.CSS_SELECTOR, "#kiosk-unheld a").click()
    wait_for(calm, "return location.pathname.endsWith('/print/80mm') && document.readyState === 'complete'")
    calm.find_element(By.CSS_SELECTOR, "[data-kiosk-end] button").click()
    wait_for(calm, "return document.documentElement.dataset.kiosk === 'bye'", 20)


def test_call_for_help_is_noticed_in_a_tab_that_nobody_looks_at(place: Site, tmp_path: Path) -> None:
    """The tab's name says how many wait; the tone begins only after its button was pressed."""
    machine, _ = make_machine(place)
    with open_session(place.app.extensions["engine"]) as session:
        account = make_account(session, "kakari", "gorogoro-kaminari-7", ("reception",), now())
        staff = begin_sign_in(session, Tried(account.id), "Chrome", now()).hex()
    with open_profile(tmp_path / "staff") as driver:
        driver.get(f"{place.base}/ja/help")
        driver.add_cookie({"name": "staff", "value": staff, "httpOnly": True, "path": "/"})
        driver.get(f"{place.base}/ja/staff/kiosks")
        button = driver.find_element(By.CSS_SELECTOR, "[data-sound-of] button")
        button.click()
        assert button.get_attribute("aria-pressed") == "true"
        driver.execute_script(
            "Object.defineProperty(document, 'hidden', {get: () => true}); window.rung = 0;"
            "const start = OscillatorNode.prototype.start;"
            "OscillatorNode.prototype.start = function () { window.rung++; return start.apply(this, arguments); };"
        )
        assert not driver.title.startswith("(")
        with open_session(place.app.extensions["engine"]) as session:
            call_help(session, machine, now())
        wait_for(driver, "return document.title.startsWith('(1) 係を呼んでいます') && window.rung === 3", 20)
        driver.delete_cookie("staff")
        wait_for(driver, "return document.title.startsWith('サインインが終わりました') && window.rung >= 6", 20)
        assert driver.find_element(By.CSS_SELECTOR, "[data-sound-of] [data-over]").is_displayed()
