"""What a phone keeps beyond what was read: everything on request, slips, a later version, notices, and nothing after leaving."""

import itertools
import json
import urllib.request
from contextlib import contextmanager

import pytest
import websocket
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from accessibility_tests.browser import open_browser
from accessibility_tests.cut_site import meet_worker, open_cut_site, read_caches, wait_until
from accessibility_tests.hands import wait_for_next
from accessibility_tests.looking import look_here
from tests.autopilot import Autopilot, read_form
from webapp.kit.clock import today
from webapp.offline.service import make_worker

SLUG = "dog-change-or-death"

ROWS = """const done = arguments[0]; (async () => { let count = 0;
  for (const { name } of await indexedDB.databases()) await new Promise(next => { const o = indexedDB.open(name);
    o.onsuccess = () => { const names = [...o.result.objectStoreNames]; if (!names.length) { o.result.close(); return next(); }
      const t = o.result.transaction(names); for (const n of names) t.objectStore(n).count().onsuccess = e => { count += e.target.result; };
      t.oncomplete = () => { o.result.close(); next(); }; }; });
  done(count); })()"""


@pytest.fixture
def street():
    """Yield a ward whose port can be closed, and a browser that knows it and has its worker."""
    with open_cut_site() as site, open_browser() as driver:
        meet_worker(driver, site)
        yield site, driver


@contextmanager
def talk_to_browser(driver):
    """Yield a way to say things to the browser and hear what it tells by itself, which the driver does not."""
    port = driver.capabilities["goog:chromeOptions"]["debuggerAddress"]
    with urllib.request.urlopen(f"http://{port}/json/list") as answer:
        page = next(one for one in json.load(answer) if one["type"] == "page")
    line = websocket.create_connection(page["webSocketDebuggerUrl"], suppress_origin=True, timeout=10)
    numbers = itertools.count(1)

    def say(method, until=None, **params):
        number = next(numbers)
        line.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            heard = json.loads(line.recv())
            if (until and heard.get("method") == until and heard["params"].get("registrations")) or (
                not until and heard.get("id") == number
            ):
                return heard

    try:
        yield say
    finally:
        line.close()


def test_what_the_ward_tells_is_shown_as_it_was_sent_and_nonsense_in_plain_words(street):
    site, driver = street
    driver.get(f"{site.base}/ja/help")
    driver.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["notifications"], "origin": site.base})
    told = {
        "title": "区からお知らせがあります",
        "body": "まどぐちを開いてください。",
        "lang": "ja",
        "navigate": "/ja/slip",
        "tag": "a",
    }
    far = {"title": "よそ", "navigate": "https://example.com/", "tag": "b"}
    sent = [
        json.dumps({"web_push": 8030, "notification": told}),
        json.dumps({"notification": far}),
        "{not json",
        "null",
        "[]",
    ]
    shown = """const done = arguments[0]; navigator.serviceWorker.ready.then(kept => kept.getNotifications())
      .then(all => done(all.map(one => [one.title, one.body, one.lang, one.tag, one.data])))"""
    with talk_to_browser(driver) as say:
        heard = say("ServiceWorker.enable", until="ServiceWorker.workerRegistrationUpdated")
        known = next(one for one in heard["params"]["registrations"] if one["scopeURL"].startswith(site.base))
        push = {"origin": site.base, "registrationId": known["registrationId"]}
        for _ in range(20):  # the permission reaches the worker a little later; with its tag the same again is one
            say("ServiceWorker.deliverPushMessage", data=sent[0], **push)
            driver.execute_async_script("setTimeout(arguments[0], 500)")
            if driver.execute_async_script(shown):
                break
        for count, data in enumerate(sent[1:], 2):
            say("ServiceWorker.deliverPushMessage", data=data, **push)
            WebDriverWait(driver, 30).until(lambda one, count=count: len(one.execute_async_script(shown)) == count)
    found = driver.execute_async_script(shown)
    assert [told["title"], told["body"], "ja", "a", "/ja/slip"] in found
    assert ["よそ", "", "", "b", "https://example.com/"] in found
    rest = [one for one in found if one[0] not in (told["title"], "よそ")]
    assert {tuple(one[:2]) for one in rest} <= {("まどぐち", "区からお知らせがあります。"), list_plain_words(site)}
    assert len(rest) == 3


def list_plain_words(site):
    """Return the plain words in English: the voice hangs on the browser's own language."""
    words = json.loads(make_worker(site.app).decode().partition(";\n//")[0].removeprefix("const SET = "))
    return words["voices"]["en"]["title"], words["voices"]["en"]["body"]


def walk_to(site, driver, ends_with_slip):
    """Go through a procedure, let the browser take it over, and return the draft's address."""
    client = site.app.test_client()
    pilot = Autopilot(client, site.ward.dictionary, today())
    check = pilot.walk_to_check(pilot.start(SLUG))
    base = check.rsplit("/", 1)[0]
    if ends_with_slip:
        client.post(f"{base}/slip", data={"csrf": read_form(client.get(check).text).hidden["csrf"]})
    site.lend(driver, client)
    return base


def test_everything_that_can_be_read_is_kept_on_request_and_thrown_away(street):
    site, driver = street
    readable = site.app.extensions["offline_lists"].paths
    driver.get(f"{site.base}/en/device")
    wait_until(driver, "!document.querySelector('[data-with]').hidden")
    assert not driver.find_element(By.CSS_SELECTOR, "[data-without]").is_displayed()
    driver.find_element(By.CSS_SELECTOR, "[data-keep]").click()
    wait_until(driver, "!document.querySelector('[data-say=done]').hidden", 180)
    assert {f"pages /en/{path}" for path in readable} <= set(read_caches(driver))
    lines = driver.find_elements(By.CSS_SELECTOR, "[data-kept] li")
    assert len(lines) >= len(readable)
    assert lines[0].find_element(By.TAG_NAME, "a").get_attribute("href") == f"{site.base}/en/"
    listed = f"document.querySelectorAll('[data-kept] li').length >= {len(readable)}"
    assert look_here(driver, deep=True, can_be_opened_again=True, ready=listed) == []
    site.cut()
    for path in (f"procedures/{SLUG}", readable[-1], "offline"):
        driver.get(f"{site.base}/en/{path}")
        assert driver.execute_script("return getComputedStyle(document.querySelector('h1')).fontWeight") == "700"
    wait_until(driver, listed)
    site.open()
    driver.get(f"{site.base}/en/device")
    wait_until(driver, "!document.querySelector('[data-clear]').hidden")
    driver.find_element(By.CSS_SELECTOR, "[data-clear]").click()
    wait_until(driver, "!document.querySelector('[data-say=cleared]').hidden")
    assert [one for one in read_caches(driver) if one.startswith("pages ")] == []
    assert any(one.startswith("shell /en/offline") for one in read_caches(driver))


@pytest.mark.long
def test_what_was_cut_off_goes_on_where_it_stopped(street):
    site, driver = street
    driver.get(f"{site.base}/ja/device")
    wait_until(driver, "!document.querySelector('[data-with]').hidden")
    driver.find_element(By.CSS_SELECTOR, "[data-keep]").click()
    WebDriverWait(driver, 60, 0.05).until(lambda one: sum("pages /ja/" in path for path in read_caches(one)) >= 8)
    site.cut()
    wait_until(driver, "!document.querySelector('[data-say=stopped]').hidden", 30)
    kept = {one.removeprefix("pages ") for one in read_caches(driver) if one.startswith("pages /ja/")}
    site.open()
    site.asked.clear()
    driver.find_element(By.CSS_SELECTOR, "[data-keep]").click()
    wait_until(driver, "!document.querySelector('[data-say=done]').hidden", 90)
    asked = [one.removeprefix("GET ") for one in site.asked if one.removeprefix("GET ").startswith("/ja/")]
    readable = {f"/ja/{path}" for path in site.app.extensions["offline_lists"].paths}
    assert not set(asked[: len(readable - kept) - 4]) & kept
    assert readable <= {one.removeprefix("pages ") for one in read_caches(driver)}


def test_a_slip_is_kept_with_its_number_and_picture_only(street):
    site, driver = street
    base = walk_to(site, driver, True)
    driver.get(f"{site.base}{base}/slip")
    wait_until(driver, "!document.querySelector('[data-keep-slip]').hidden")
    number, code = (one.text for one in driver.find_elements(By.CSS_SELECTOR, "main .slip dd"))
    driver.find_element(By.CSS_SELECTOR, "[data-keep-slip] button").click()
    wait_until(driver, "!document.querySelector('[data-kept-slip]').hidden")
    assert look_here(driver, deep=False, can_be_opened_again=True) == []
    site.cut()
    driver.get(f"{site.base}/ja/device")
    wait_until(driver, "document.querySelector('[data-slips] li svg path')")
    shown = driver.find_element(By.CSS_SELECTOR, "main").text
    assert number in shown
    assert code not in shown
    assert look_here(driver, deep=True, can_be_opened_again=False) == []
    wait_until(driver, "document.querySelector('[data-slips] li svg')")
    held = driver.execute_async_script(
        "const o = indexedDB.open('device'); o.onsuccess = () => { const a = o.result.transaction('slips').objectStore('slips').getAll();"
        "a.onsuccess = () => { o.result.close(); arguments[0](JSON.stringify(a.result)); } }"
    )
    assert code not in held
    assert code.replace("-", "") not in held
    driver.find_element(By.CSS_SELECTOR, "[data-drop]").click()
    wait_until(driver, "!document.querySelector('[data-slips] li')")


def test_a_later_version_waits_until_no_page_is_open(street):
    site, driver = street
    base = walk_to(site, driver, False)
    driver.get(f"{site.base}{base}/")
    driver.get(driver.find_element(By.CSS_SELECTOR, "main a[href*='/drafts/']").get_attribute("href"))
    field = driver.find_element(
        By.CSS_SELECTOR, "#question input[type=text], #question textarea, #question input[type=tel]"
    )
    name, page = field.get_attribute("name"), driver.execute_script("return location.pathname")
    driver.execute_script("arguments[0].value = arguments[0].value + ' '", field)
    typed = field.get_attribute("value")
    old = driver.execute_async_script(
        "caches.keys().then(all => arguments[0](all.find(one => one.startsWith('shell-'))))"
    )
    site.renew("\nh1 { letter-spacing: .01em; }\n")
    driver.execute_async_script("navigator.serviceWorker.ready.then(kept => kept.update()).then(() => arguments[0]())")
    waiting = "navigator.serviceWorker.ready.then(kept => arguments[0](Boolean(kept.waiting)))"
    WebDriverWait(driver, 60).until(lambda one: one.execute_async_script(waiting))
    driver.switch_to.new_window("tab")
    driver.get(f"{site.base}/ja/help")
    driver.execute_async_script("setTimeout(arguments[0], 700)")
    assert driver.execute_async_script(waiting), "it took over while somebody was writing in another tab"
    driver.close()
    driver.switch_to.window(driver.window_handles[0])
    assert driver.find_element(By.NAME, name).get_attribute("value") == typed
    wait_for_next(
        driver, driver.find_element(By.CSS_SELECTOR, "main #question .button, main form .buttons button").click
    )
    assert driver.execute_script("return location.pathname") != page
    assert driver.execute_async_script(waiting)
    driver.get("about:blank")  # no page of ours is open: the new one begins when the old one rests, here at once
    driver.execute_cdp_cmd("ServiceWorker.enable", {})
    driver.execute_cdp_cmd("ServiceWorker.stopAllWorkers", {})
    shells = "caches.keys().then(all => arguments[0](all.filter(one => one.startsWith('shell-'))))"
    WebDriverWait(driver, 150, 2).until(lambda one: has_only_new(one, site, shells, old))
    site.cut()
    driver.get(f"{site.base}/ja/find")
    assert driver.execute_script("return getComputedStyle(document.querySelector('h1')).letterSpacing") != "normal"


def has_only_new(driver, site, shells, old):
    """Look whether the new version is on, and leave again."""
    driver.get(f"{site.base}/healthz")
    found = driver.execute_async_script(shells)
    driver.get("about:blank")
    return len(found) == 1 and found != [old]


def test_leaving_leaves_nothing_on_this_device(street):
    site, driver = street
    base = walk_to(site, driver, True)
    driver.get(f"{site.base}/ja/privacy")
    WebDriverWait(driver, 30).until(lambda one: "pages /ja/privacy" in read_caches(one))
    driver.get(f"{site.base}{base}/slip")
    wait_until(driver, "!document.querySelector('[data-keep-slip]').hidden")
    driver.find_element(By.CSS_SELECTOR, "[data-keep-slip] button").click()
    wait_until(driver, "!document.querySelector('[data-kept-slip]').hidden")
    wait_for_next(driver, driver.find_element(By.CSS_SELECTOR, 'form[action$="/leave"] button').click)
    assert driver.execute_script("return location.pathname") == "/ja/left"
    driver.execute_async_script("setTimeout(arguments[0], 1500)")
    assert read_caches(driver) == []
    assert (
        driver.execute_async_script("navigator.serviceWorker.getRegistrations().then(all => arguments[0](all.length))")
        == 0
    )
    assert driver.execute_async_script(ROWS) == 0
