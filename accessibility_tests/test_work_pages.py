"""Every state of the list of what came to a section, each in one voice and look; and its single keys."""

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

from accessibility_tests.browser import set_width
from accessibility_tests.dealing import look_round
from accessibility_tests.looking import go
from accessibility_tests.work_pages import list_work_pages


def test_work_in_every_state(site, driver):
    assert look_round(driver, site, list_work_pages(site), 4, all_of_them=True) == []


def test_single_keys_move_tick_and_search_and_can_be_turned_off(site, driver):
    set_width(driver, 1024)
    go(driver, site, list_work_pages(site)[0], "ja", "standard.standard.normal.off")
    links = driver.find_elements(By.CSS_SELECTOR, "#list th a")

    def press(keys):
        ActionChains(driver).send_keys(keys).perform()
        return driver.switch_to.active_element

    assert press("j") == links[0]
    assert press("j") == links[1]
    assert press("k") == links[0]
    press("x")
    assert driver.find_element(By.CSS_SELECTOR, "#list tbody input").is_selected()
    assert press("/").get_attribute("id") == "words"
    assert press("jx").get_attribute("value") == "jx"
    driver.find_element(By.CSS_SELECTOR, "#keys button").click()
    assert press("j").tag_name == "button"
    driver.refresh()
    assert driver.find_element(By.CSS_SELECTOR, "#keys button").get_attribute("aria-pressed") == "false"
    assert press("j").tag_name == "body"
    driver.execute_script("localStorage.clear()")
