"""Every page of the counter and of helpers in one voice and look; and one way from home to the counter by the keyboard alone."""

import pytest
from selenium.webdriver.common.by import By

from accessibility_tests import counter_pages
from accessibility_tests.browser import open_browser, set_width
from accessibility_tests.counter_pages import COUNTER, Clerk, prepare
from accessibility_tests.dealing import look_round
from accessibility_tests.hands import Typing
from accessibility_tests.looking import go


@pytest.mark.parametrize("walk", ["walk_counter", "walk_filling", "walk_helpers"])
def test_counter_in_every_state(site, driver, walk):
    assert look_round(driver, site, getattr(counter_pages, walk)(site), 4, all_of_them=True) == []


def test_spoken_code_is_typed_and_taken_by_keyboard_alone_and_the_residents_page_shows_it(site, driver):
    resident, base, word = prepare(site, "keyboard")
    clerk = Clerk(site)
    set_width(driver, 1024)
    go(driver, site, clerk.see("first page", f"{COUNTER}/"), "ja", "standard.standard.normal.off")
    hands = Typing(driver)

    def find(selector):
        return driver.find_element(By.CSS_SELECTOR, selector)

    hands.write(find("#word"), word.replace("-", " "))
    hands.press(find("form[action$='/open'] .button"))
    assert "用意されたもの" in find("h1").text
    assert word.replace("-", "") not in driver.current_url
    hands.tick(find("#identity-mynumber-card"))
    hands.tick(find("#checked"))
    hands.tick(find("input[name=paper]"))
    hands.press(find("form#question .buttons .button.big"))
    numbers = [one.text for one in driver.find_elements(By.CSS_SELECTOR, "dl.answers strong")]
    assert numbers
    assert hands.findings == []
    with open_browser() as phone:
        go(phone, site, resident.see(f"{base}/sent"), "ja", "standard.standard.normal.off")
        said = phone.find_element(By.TAG_NAME, "main").text
        assert all(number in said for number in numbers)
        assert "受け付けました" in said
