"""One procedure from search to slip in a real browser: by keyboard alone on a phone, and with JavaScript off."""

import re

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from accessibility_tests.browser import open_browser, set_width
from accessibility_tests.checks import press_tab

MOST = 60


def leave(driver, element, *keys: str) -> None:
    """Press keys on a control that leads to another page, and wait for that page."""
    old = driver.find_element(By.TAG_NAME, "html")
    element.send_keys(*(keys or (Keys.ENTER,)))
    WebDriverWait(driver, 15).until(lambda _: is_gone(old))


def is_gone(element) -> bool:
    """Tell whether an element's page was left; the driver says so in more than one way."""
    try:
        element.is_enabled()
    except WebDriverException:
        return True
    return False


def press(driver, selector: str) -> None:
    """Move to a control with Tab and press it with Enter."""
    target = driver.find_element(By.CSS_SELECTOR, selector)
    for _ in range(MOST):
        if driver.switch_to.active_element == target:
            leave(driver, target)
            return
        press_tab(driver)
    raise AssertionError(f"Tab never reaches {selector}")


def fill(driver, element) -> None:
    """Answer one field by typing or by the space bar."""
    kind, name = element.get_attribute("type"), element.get_attribute("name")
    if kind in ("radio", "checkbox"):
        if not element.is_selected():
            element.send_keys(Keys.SPACE)
        return
    words = {"year": "2026", "month": "11", "day": "20", "kana": "やまだ", "postal": "1660004", "area": "東京都杉並区阿佐谷南",
             "block": "1-1", "number": "1234567", "holder": "ヤマダ"}  # fmt: skip
    text = words.get(name.rpartition(":")[2] if ":" in name else "", "山田")
    if element.get_attribute("inputmode") == "numeric" and ":" not in name:
        text = "392145000123456"
    if "phone" in name:
        text = "03-1234-5678"
    if "mail" in name:
        text = "a@example.jp"
    if not element.get_attribute("value"):
        element.send_keys(text)


def answer_pages(driver, by_keyboard: bool) -> None:
    """Answer page after page until the check page."""
    for _ in range(MOST):
        if driver.current_url.endswith("/check"):
            return
        seen = set()
        for element in driver.find_elements(
            By.CSS_SELECTOR, "#question input:not([type=hidden]):not([type=file]), #question textarea"
        ):
            name = element.get_attribute("name")
            once = element.get_attribute("type") == "radio"
            if (once and name in seen) or name.endswith(":unknown") or (name.endswith(":era") and name in seen):
                continue
            if once and driver.find_elements(By.CSS_SELECTOR, f'input[name="{name}"]:checked'):
                seen.add(name)
                continue
            seen.add(name)
            fill(driver, element)
        go_on = "#question .buttons .button"
        if by_keyboard:
            press(driver, go_on)
        else:
            leave(driver, driver.find_element(By.CSS_SELECTOR, go_on))
        assert not driver.find_elements(By.ID, "errors"), driver.find_element(By.ID, "errors").text
    raise AssertionError("no end of pages")


@pytest.mark.parametrize(
    ("javascript", "voice"), [(True, "ja"), (False, "ja-easy"), pytest.param(False, "en", marks=pytest.mark.long)]
)
def test_procedure_is_found_answered_sent_and_the_slip_held(site, javascript, voice):
    words = {"ja": "犬が死んだ", "ja-easy": "いぬ", "en": "dog"}[voice]
    with open_browser(javascript) as driver:
        set_width(driver, 320, 640)
        driver.get(f"{site.base}/{voice}/")
        box = driver.find_element(By.CSS_SELECTOR, "input[name=q]")
        leave(driver, box, words, Keys.ENTER)
        leave(driver, driver.find_element(By.CSS_SELECTOR, 'main a[href$="/procedures/dog-change-or-death"]'))
        leave(driver, driver.find_element(By.CSS_SELECTOR, 'form[action$="/start"] button'))
        answer_pages(driver, by_keyboard=javascript)
        for box in driver.find_elements(By.NAME, "declare"):
            box.send_keys(Keys.SPACE)
        leave(driver, driver.find_element(By.CSS_SELECTOR, "#question .buttons .button"))
        assert driver.current_url.endswith("/sent")
        page = driver.find_element(By.TAG_NAME, "main").text
        assert re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{4}", page)
        assert re.search(r"\d{4}-\d{4}-\d{4}", page)
        ran = driver.find_elements(By.CSS_SELECTOR, "[data-aloud]")
        assert javascript or not ran, "JavaScript was not off"


@pytest.mark.parametrize("javascript", [True, False])
def test_after_an_error_the_summary_has_the_focus_and_leads_to_the_field(site, javascript):
    with open_browser(javascript) as driver:
        driver.get(f"{site.base}/ja/procedures/dog-change-or-death")
        leave(driver, driver.find_element(By.CSS_SELECTOR, 'form[action$="/start"] button'))
        leave(driver, driver.find_element(By.CSS_SELECTOR, "#question .buttons .button"))
        assert driver.title.startswith("エラー: ")
        assert driver.switch_to.active_element.get_attribute("id") == "errors"
        link = driver.find_element(By.CSS_SELECTOR, "#errors a")
        target = link.get_attribute("href").partition("#")[2]
        link.send_keys(Keys.ENTER)  # stays on the page
        assert driver.find_elements(By.ID, target)


def test_switching_voice_in_the_middle_keeps_what_was_typed_without_javascript(site):
    with open_browser(javascript=False) as driver:
        driver.get(f"{site.base}/ja/procedures/road-damage-report")
        leave(driver, driver.find_element(By.CSS_SELECTOR, 'form[action$="/start"] button'))
        for _ in range(MOST):
            boxes = driver.find_elements(By.CSS_SELECTOR, "#question input[type=text], #question textarea")
            if boxes:
                break
            driver.find_element(
                By.CSS_SELECTOR, "#question input[type=radio], #question input[type=checkbox]"
            ).send_keys(Keys.SPACE)
            leave(driver, driver.find_element(By.CSS_SELECTOR, "#question .buttons .button"))
        boxes[0].send_keys("書きかけ")
        leave(driver, driver.find_element(By.CSS_SELECTOR, 'button[value="voice:en"]'))
        assert "/en/" in driver.current_url
        box = driver.find_element(By.CSS_SELECTOR, "#question input[type=text], #question textarea")
        assert box.get_attribute("value") == "書きかけ"


def test_look_in_an_address_shows_at_once_and_is_kept_only_when_asked(site):
    with open_browser(javascript=False) as driver:
        driver.get(f"{site.base}/ja/help?look=largest.dark.wide.on")
        root = driver.find_element(By.TAG_NAME, "html")
        assert (root.get_attribute("data-size"), root.get_attribute("data-contrast")) == ("3", "dark")
        assert not driver.get_cookie("look")
        leave(driver, driver.find_element(By.CSS_SELECTOR, "button[name=keep]"))
        assert driver.get_cookie("look")
        root = driver.find_element(By.TAG_NAME, "html")
        assert root.get_attribute("data-size") == "3"
        assert "look=" not in driver.current_url
