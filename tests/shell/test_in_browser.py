"""What the page's own script does, in a real browser whose voice is a stand-in that writes down what it is given to say."""

from collections.abc import Iterator
from typing import Any

import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from accessibility_tests.browser import open_browser
from accessibility_tests.site import Site, open_site
from tests.autopilot import Autopilot
from webapp.kit.clock import today

VOICES = """
window.spoken = [];
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices() { return LANGS.map((lang) => ({ lang, name: lang })); },
  speak(one) { window.spoken.push([one.lang, one.text]); this.timer = setTimeout(() => one.onend && one.onend(), 40); },
  cancel() { clearTimeout(this.timer); },
  addEventListener() {},
} });
"""
PAGE_BUTTON = "#aloud button"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Yield the running product."""
    with open_site() as one:
        yield one


@pytest.fixture
def driver() -> Iterator[Chrome]:
    """Yield a fresh browser."""
    with open_browser() as one:
        yield one


def give_voices(driver: Chrome, *langs: str) -> None:
    """Let the device have voices for these languages only, from the next page on."""
    driver.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source": VOICES.replace("LANGS", str(list(langs)))}
    )


def wait_for_words(driver: Chrome, count: int) -> list[Any]:
    """Return what was spoken once so many sentences were."""
    script = "return window.spoken.length >= arguments[0] && window.spoken"
    spoken: list[Any] = WebDriverWait(driver, 10, 0.05).until(lambda d: d.execute_script(script, count))
    return spoken


def find_buttons(driver: Chrome) -> list[Any]:
    """Return the buttons that read aloud."""
    return driver.find_elements(By.CSS_SELECTOR, "header [data-aloud], .place [data-aloud], main [data-aloud]")


def wait_for_button(driver: Chrome) -> Any:
    """Return the button that reads the page aloud once it is there."""
    return WebDriverWait(driver, 10).until(lambda d: d.find_element(By.CSS_SELECTOR, PAGE_BUTTON))


def test_nothing_to_read_aloud_shows_where_the_device_has_no_voice_for_the_page(driver, site):
    give_voices(driver, "en-US")
    driver.get(f"{site.base}/ja/help")
    assert not find_buttons(driver)
    assert driver.execute_script("return document.querySelectorAll('script').length") == 1
    driver.get(f"{site.base}/en/help")
    assert wait_for_button(driver)


def test_page_without_furigana_is_read_with_the_readings_of_the_ward(driver, site):
    give_voices(driver, "ja-JP")
    driver.get(f"{site.base}/ja/help")
    wait_for_button(driver).click()
    spoken = wait_for_words(driver, 3)
    assert spoken[0] == ["ja", "こまったとき"]
    assert not any("一" <= letter <= "龯" for _, words in spoken for letter in words)


def test_reading_stops_goes_on_and_stops_by_escape(driver, site):
    give_voices(driver, "ja-JP")
    driver.get(f"{site.base}/ja-easy/help")
    button = wait_for_button(driver)
    words = button.get_property("innerText")
    button.click()
    wait_for_words(driver, 2)
    assert driver.find_elements(By.CSS_SELECTOR, ".aloud-on")
    assert button.get_property("innerText") != words
    ActionChains(driver).send_keys(Keys.ESCAPE).perform()
    count = driver.execute_script("return window.spoken.length")
    assert not driver.find_elements(By.CSS_SELECTOR, ".aloud-on")
    button.click()
    assert len(wait_for_words(driver, count + 1)) > count


def test_every_section_has_a_button_that_reads_it_alone(driver, site):
    give_voices(driver, "en-GB")
    driver.get(f"{site.base}/en/help")
    wait_for_button(driver)
    sections = driver.find_elements(By.CSS_SELECTOR, "main section")
    buttons = driver.find_elements(By.CSS_SELECTOR, "main .aloud-block")
    assert len(buttons) == len(sections) > 1
    heading = sections[1].find_element(By.TAG_NAME, "h2").text
    assert heading in buttons[1].get_property("textContent")
    buttons[1].click()
    assert wait_for_words(driver, 1)[0] == ["en", heading]


def test_buttons_that_come_later_move_nothing(driver, site):
    places = """return Array.from(document.querySelectorAll('main h1, main h2, main p, main li, footer'))
      .map((e) => Math.round(e.getBoundingClientRect().top))"""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 320, "height": 568, "deviceScaleFactor": 1, "mobile": False}
    )
    driver.get(f"{site.base}/ja/help")
    before = driver.execute_script(places)
    give_voices(driver, "ja-JP")
    driver.get(f"{site.base}/ja/help")
    wait_for_button(driver)
    assert driver.execute_script(places) == before


def test_first_heading_shows_on_a_small_phone_without_scrolling(driver, site):
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 320, "height": 568, "deviceScaleFactor": 1, "mobile": False}
    )
    for path in ("/ja/", "/ja-easy/", "/en/", "/ja/help", "/ja-easy/procedures/", "/en/procedures/"):
        driver.get(site.base + path)
        bottom = driver.execute_script("return document.querySelector('h1').getBoundingClientRect().bottom")
        assert bottom < 568, path


def find_address_page(site: Site) -> tuple[str, str]:
    """Return the address of a page that asks for an address, and the cookie that opens it."""
    client = site.app.test_client()
    pilot = Autopilot(client, site.ward.dictionary, today())
    where = pilot.follow(pilot.start("dog-registration"))
    while ':postal"' not in client.get(where).text:
        where = pilot.answer(where)
    cookie = client.get_cookie("browser")
    assert cookie is not None
    return where, cookie.value


def test_postal_code_fills_the_address_in_place_and_says_so_once(driver, site):
    where, secret = find_address_page(site)
    driver.get(f"{site.base}/ja/help")
    driver.add_cookie({"name": "browser", "value": secret, "path": "/"})
    driver.get(site.base + where)
    driver.execute_script("window.stayed = true")
    for part, words in (("postal", "166-0004"), ("block", "1-15-1")):
        driver.find_element(By.CSS_SELECTOR, f"[id$=-{part}]").send_keys(words)
    fill = driver.find_element(By.CSS_SELECTOR, "[id$=-fill]")
    name = fill.get_attribute("id")
    fill.click()
    told = "return document.getElementById('status').textContent"
    assert "住所を入れました" in WebDriverWait(driver, 10).until(lambda d: d.execute_script(told))
    assert "杉並区" in driver.find_element(By.CSS_SELECTOR, "[id$=-area]").get_property("value")
    assert driver.find_element(By.CSS_SELECTOR, "[id$=-block]").get_property("value") == "1-15-1"
    assert driver.switch_to.active_element.get_attribute("id") == name
    assert driver.execute_script("return window.stayed")
    assert not [line for line in driver.get_log("browser") if line["level"] == "SEVERE"]


def test_enter_in_a_text_box_goes_on_and_does_not_switch_the_voice(driver, site):
    where, secret = find_address_page(site)
    driver.get(f"{site.base}/ja/help")
    driver.add_cookie({"name": "browser", "value": secret, "path": "/"})
    driver.get(site.base + where)
    driver.find_element(By.CSS_SELECTOR, "[id$=-block]").send_keys("1-15-1", Keys.ENTER)
    summary = WebDriverWait(driver, 10).until(lambda d: d.find_element(By.CSS_SELECTOR, ".errors"))
    assert driver.switch_to.active_element == summary
    assert driver.title.startswith("エラー")
