"""Reading with the network really cut: the port is closed, and a real browser has nothing but what it kept."""

import json
import threading
from urllib.parse import quote

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from accessibility_tests.browser import open_browser
from accessibility_tests.cut_site import meet_worker, open_cut_site, read_caches, wait_until
from accessibility_tests.hands import wait_for_next
from accessibility_tests.looking import look_here

NOTE = "[role=region] .notice.warn"


@pytest.fixture(scope="module")
def street():
    """Yield a ward whose port can be closed, and a browser that knows it and has its worker."""
    with open_cut_site() as site, open_browser() as driver:
        meet_worker(driver, site)
        yield site, driver


@pytest.fixture(autouse=True)
def network(street):
    """Every test begins with a network."""
    site, _ = street
    site.cut()
    site.open()


def read_words(driver, selector="main"):
    """Return the words that a page shows."""
    return driver.find_element(By.CSS_SELECTOR, selector).text


def go(driver, site, path):
    """Open a page."""
    driver.get(site.base + quote(path, safe="/?=&%"))


def pick_pages(site):
    """Return one page of each kind that has to be readable."""
    ward = site.app.extensions["madoguchi"]
    tutorial = next(iter(ward.tutorials))
    event, procedure = next(iter(ward.catalogue.events)), next(iter(ward.catalogue.procedures))
    kinds = (f"procedures/{procedure}", f"events/{event}", f"learn/{tutorial}", f"learn/{tutorial}/print/a4", "")
    return [f"/ja/{path}" for path in kinds]


def test_chromium_would_put_it_on_the_home_screen(street):
    site, driver = street
    for voice in ("ja", "en"):
        go(driver, site, f"/{voice}/help")
        told = driver.execute_cdp_cmd("Page.getAppManifest", {})
        assert told["errors"] == []
        said = json.loads(told["data"])
        assert (said["id"], said["start_url"], said["lang"]) == ("/", f"/{voice}/", voice)
        assert driver.execute_cdp_cmd("Page.getInstallabilityErrors", {})["installabilityErrors"] == []


def test_what_was_read_can_be_read_again_and_says_since_when(street):
    site, driver = street
    paths, seen = pick_pages(site), {}
    for path in paths:
        go(driver, site, path)
        seen[path] = read_words(driver)
        assert not driver.find_elements(By.CSS_SELECTOR, NOTE)
    WebDriverWait(driver, 30).until(lambda one: {f"pages {path}" for path in paths} <= set(read_caches(one)))
    site.cut()
    for path in paths:
        go(driver, site, path)
        assert read_words(driver) == seen[path], path
        words = read_words(driver, NOTE)
        day = driver.execute_script(
            "return new Date().toLocaleDateString('ja', {month: 'long', day: 'numeric', timeZone: 'Asia/Tokyo'})"
        )
        assert words.startswith("ネットにつながっていません。")
        assert day in words
        assert driver.execute_script("return getComputedStyle(document.querySelector('h1')).fontWeight") == "700"
    go(driver, site, f"{paths[0]}?card=yes")
    assert read_words(driver, NOTE)
    go(driver, site, paths[0])
    assert look_here(driver, deep=False, can_be_opened_again=True) == []
    site.open()
    go(driver, site, paths[0])
    assert not driver.find_elements(By.CSS_SELECTOR, NOTE)


def test_what_was_not_kept_leads_to_a_page_that_says_what_can_be_done(street):
    site, driver = street
    go(driver, site, "/ja/help")
    site.cut()
    for path in ("/ja/procedures/", "/en/find?q=dog", "/ja/slip"):
        go(driver, site, path)
        assert driver.find_element(By.CSS_SELECTOR, "[data-offline]")
        assert driver.find_element(By.CSS_SELECTOR, "html").get_attribute("lang") == path[1:3]
    wait_until(driver, "!document.querySelector('[data-again]').hidden")
    assert driver.find_elements(By.CSS_SELECTOR, 'main a[href^="tel:"]')
    assert look_here(driver, deep=True, can_be_opened_again=True) == []
    again = driver.find_element(By.CSS_SELECTOR, "[data-again] button")
    site.open()
    wait_for_next(driver, again.click)
    assert not driver.find_elements(By.CSS_SELECTOR, "[data-offline]")


def begin_draft(driver, site):
    """Begin a procedure and return the path of its first open page."""
    ward = site.app.extensions["madoguchi"]
    slug = next(slug for slug, one in ward.catalogue.procedures.items() if one.define.form)
    go(driver, site, f"/ja/procedures/{slug}")
    button = driver.find_element(By.CSS_SELECTOR, 'main form[action*="/drafts"] button, main form[method=post] button')
    wait_for_next(driver, button.click)
    return driver.execute_script("return location.pathname")


def test_a_page_of_ones_own_is_never_kept(street):
    site, driver = street
    path = begin_draft(driver, site)
    assert "/drafts/" in path
    go(driver, site, path)
    assert driver.find_elements(By.ID, "question") or driver.find_elements(By.CSS_SELECTOR, "main form")
    assert [one for one in read_caches(driver) if "drafts" in one or "practice" in one] == []
    site.cut()
    go(driver, site, path)
    assert driver.find_element(By.CSS_SELECTOR, "[data-offline]")
    assert not driver.find_elements(By.CSS_SELECTOR, "main form")


def test_a_button_that_could_not_be_sent_says_so_and_leads_back(street):
    site, driver = street
    go(driver, site, "/ja/help")
    site.cut()
    wait_for_next(driver, driver.find_element(By.CSS_SELECTOR, "header form button").click)
    assert driver.find_element(By.CSS_SELECTOR, "[data-back]").is_displayed()
    assert not driver.find_element(By.CSS_SELECTOR, "[data-again]").is_displayed()
    site.open()
    wait_for_next(driver, driver.find_element(By.CSS_SELECTOR, "[data-back] button").click)
    assert driver.execute_script("return location.pathname") == "/ja/help"


def test_a_network_that_does_not_answer_is_not_waited_for_when_there_is_a_copy(street):
    site, driver = street
    go(driver, site, "/ja/help")
    WebDriverWait(driver, 30).until(lambda one: "pages /ja/help" in read_caches(one))
    site.delay = threading.Event()
    try:
        go(driver, site, "/ja/help")
        assert read_words(driver, NOTE).startswith("ネットが、とても遅くなっています。")
    finally:
        site.delay.set()
        site.delay = None


@pytest.mark.long
def test_pages_without_a_network_come_in_the_look_that_was_chosen_last(street):
    site, driver = street
    go(driver, site, "/ja/device")
    wait_for_next(driver, driver.find_element(By.CSS_SELECTOR, 'header button[value="furigana-on"]').click)
    WebDriverWait(driver, 30).until(lambda one: one.execute_async_script(
        "caches.match('/ja/offline').then(r => r.text()).then(t => arguments[0](t.includes('furigana=\"on\"')))"
    ))  # fmt: skip
    go(driver, site, "/ja/privacy")
    WebDriverWait(driver, 30).until(lambda one: "pages /ja/privacy" in read_caches(one))
    site.cut()
    go(driver, site, "/ja/find?q=x")
    assert driver.find_elements(By.CSS_SELECTOR, "main ruby")
    go(driver, site, "/ja/privacy")
    assert driver.find_elements(By.CSS_SELECTOR, f"{NOTE} ruby")
    assert look_here(driver, deep=False, can_be_opened_again=True) == []
    driver.delete_all_cookies()


@pytest.mark.long
def test_another_site_cannot_send_through_the_worker(street):
    """What the worker passes on still says where it comes from; else every stranger's form would look like ours."""
    site, driver = street
    form = (
        f'<form method="post" action="{site.base}/look"><input name="change" value="size-up"><button>x</button></form>'
    )
    driver.get(f"data:text/html,{quote(form)}")
    driver.find_element(By.TAG_NAME, "button").click()
    WebDriverWait(driver, 30).until(lambda one: one.current_url.startswith(site.base))
    assert driver.execute_script("return performance.getEntriesByType('navigation')[0].responseStatus") == 403
    assert driver.get_cookie("look") is None
