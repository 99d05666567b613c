"""One procedure from search to slip in a real browser: by keyboard alone on a phone, and with JavaScript off."""

import re

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from accessibility_tests.browser import open_browser, set_width

MOST = 60


def press(driver, selector: str) -> None:
    """Move to a control with Tab and press it with Enter."""
    target = driver.find_element(By.CSS_SELECTOR, selector)
    for _ in range(MOST):
        if driver.switch_to.active_element == target:
            driver.switch_to.active_element.send_keys(Keys.ENTER)
            return
        driver.switch_to.active_element.send_keys(Keys.TAB)
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
    if kind == "tel":
        text = "03-1234-5678"
    if kind == "email":
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
            driver.find_element(By.CSS_SELECTOR, go_on).click()
        assert not driver.find_elements(By.ID, "errors"), driver.find_element(By.ID, "errors").text
    raise AssertionError("no end of pages")


@pytest.mark.parametrize(("javascript", "voice"), [(True, "ja"), (False, "ja-easy"), (False, "en")])
def test_procedure_is_found_answered_sent_and_the_slip_held(site, javascript, voice):
    words = {"ja": "犬が死んだ", "ja-easy": "いぬ", "en": "dog"}[voice]
    with open_browser(javascript) as driver:
        set_width(driver, 320, 640)
        driver.get(f"{site.base}/{voice}/")
        box = driver.find_element(By.CSS_SELECTOR, "input[name=q]")
        box.send_keys(words, Keys.ENTER)
        driver.find_element(By.CSS_SELECTOR, 'main a[href$="/procedures/dog-change-or-death"]').send_keys(Keys.ENTER)
        driver.find_element(By.CSS_SELECTOR, 'form[action$="/start"] button').send_keys(Keys.ENTER)
        answer_pages(driver, by_keyboard=javascript)
        for box in driver.find_elements(By.NAME, "declare"):
            box.send_keys(Keys.SPACE)
        driver.find_element(By.CSS_SELECTOR, "#question .buttons .button").send_keys(Keys.ENTER)
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
        driver.find_element(By.CSS_SELECTOR, 'form[action$="/start"] button').send_keys(Keys.ENTER)
        driver.find_element(By.CSS_SELECTOR, "#question .buttons .button").send_keys(Keys.ENTER)
        assert driver.title.startswith("エラー: ")
        assert driver.switch_to.active_element.get_attribute("id") == "errors"
        link = driver.find_element(By.CSS_SELECTOR, "#errors a")
        target = link.get_attribute("href").partition("#")[2]
        link.send_keys(Keys.ENTER)
        assert driver.find_elements(By.ID, target)


def test_switching_voice_in_the_middle_keeps_what_was_typed_without_javascript(site):
    with open_browser(javascript=False) as driver:
        driver.get(f"{site.base}/ja/procedures/road-damage-report")
        driver.find_element(By.CSS_SELECTOR, 'form[action$="/start"] button').send_keys(Keys.ENTER)
        for _ in range(MOST):
            boxes = driver.find_elements(By.CSS_SELECTOR, "#question input[type=text], #question textarea")
            if boxes:
                break
            driver.find_element(
                By.CSS_SELECTOR, "#question input[type=radio], #question input[type=checkbox]"
            ).send_keys(Keys.SPACE)
            driver.find_element(By.CSS_SELECTOR, "#question .buttons .button").send_keys(Keys.ENTER)
        boxes[0].send_keys("書きかけ")
        driver.find_element(By.CSS_SELECTOR, 'button[value="voice:en"]').send_keys(Keys.ENTER)
        assert "/en/" in driver.current_url
        box = driver.find_element(By.CSS_SELECTOR, "#question input[type=text], #question textarea")
        assert box.get_attribute("value") == "書きかけ"


def test_look_in_an_address_shows_at_once_and_is_kept_only_when_asked(site):
    with open_browser(javascript=False) as driver:
        driver.get(f"{site.base}/ja/help?look=largest.dark.wide.on")
        root = driver.find_element(By.TAG_NAME, "html")
        assert (root.get_attribute("data-size"), root.get_attribute("data-contrast")) == ("3", "dark")
        assert not driver.get_cookie("look")
        driver.find_element(By.CSS_SELECTOR, "button[name=keep]").send_keys(Keys.ENTER)
        assert driver.get_cookie("look")
        root = driver.find_element(By.TAG_NAME, "html")
        assert root.get_attribute("data-size") == "3"
        assert "look=" not in driver.current_url
