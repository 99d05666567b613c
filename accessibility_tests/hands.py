"""Hands of somebody at a browser: one that points, and one that has nothing but a keyboard and looks where the focus is."""

from pathlib import Path
from typing import Protocol

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from accessibility_tests.checks import MOST_STOPS, press_tab, read_script


class Hands(Protocol):
    """What hands do with a page. `findings` grows with what was wrong on the way."""

    findings: list[str]

    def tick(self, element: WebElement) -> None:
        """Choose a radio, or tick a box that is not ticked."""

    def write(self, element: WebElement, words: str) -> None:
        """Put words into a field, in the place of what is there."""

    def give(self, element: WebElement, file: Path) -> None:
        """Choose a file."""

    def press(self, element: WebElement) -> None:
        """Press what leads to another page, and wait for that page."""


class Pointing:
    """Somebody who taps or clicks. Whatever lies over a control makes the browser refuse."""

    def __init__(self, driver: Chrome) -> None:
        self.driver, self.findings = driver, []

    def tick(self, element: WebElement) -> None:
        """Click, where it is not chosen yet."""
        if not element.is_selected():
            element.click()

    def write(self, element: WebElement, words: str) -> None:
        """Click into the field and type."""
        element.click()
        element.clear()
        element.send_keys(words)

    def give(self, element: WebElement, file: Path) -> None:
        """Choose a file."""
        element.send_keys(str(file))

    def press(self, element: WebElement) -> None:
        """Click and wait."""
        wait_for_next(self.driver, element.click)


class Typing:
    """Somebody with a keyboard alone: Tab, arrow keys, the space bar and Enter. The focus has to be seen at each step."""

    def __init__(self, driver: Chrome) -> None:
        self.driver, self.findings = driver, []

    def tick(self, element: WebElement) -> None:
        """Reach a box or a group of radios, go to the right one with the arrow keys, and choose it."""
        if element.is_selected():
            return
        name = element.get_attribute("name")
        if element.get_attribute("type") == "radio":
            self.reach(lambda at: at.get_attribute("name") == name)
            for _ in range(MOST_STOPS):
                if self.driver.switch_to.active_element == element:
                    break
                self.type(Keys.ARROW_DOWN)
                self.look()
        else:
            self.reach(lambda at: at == element)
        if not element.is_selected():
            self.type(Keys.SPACE)
        assert element.is_selected(), f"the keyboard cannot choose {element.get_attribute('id')}"

    def write(self, element: WebElement, words: str) -> None:
        """Reach the field; what is in it is chosen whole, and typing replaces it."""
        self.reach(lambda at: at == element)
        ActionChains(self.driver).key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).perform()
        self.type(words)

    def give(self, element: WebElement, file: Path) -> None:
        """Reach the field; the window in which a file is chosen belongs to the system."""
        self.reach(lambda at: at == element)
        element.send_keys(str(file))

    def press(self, element: WebElement) -> None:
        """Reach a button or link and press Enter."""
        self.reach(lambda at: at == element)
        wait_for_next(self.driver, lambda: self.type(Keys.ENTER))

    def type(self, keys: str) -> None:
        """Press keys wherever the focus is."""
        ActionChains(self.driver).send_keys(keys).perform()

    def reach(self, wanted) -> None:
        """Press Tab until the focus is where it is wanted."""
        for _ in range(MOST_STOPS):
            at = self.driver.switch_to.active_element
            if wanted(at):
                return
            press_tab(self.driver)
            self.look()
        raise AssertionError(f"{self.driver.current_url}: Tab never gets there")

    def look(self) -> None:
        """Note when the focus cannot be seen."""
        self.findings += look_at_focus(self.driver)


def look_at_focus(driver: Chrome) -> list[str]:
    """Return what is wrong with how the focus shows now."""
    found, _ = driver.execute_script("window.__stops = window.__stops || [];" + read_script("focus_step"))
    return list(found)


def wait_for_next(driver: Chrome, act) -> None:
    """Do what leads to another page, and wait until it is there."""
    old = driver.find_element(By.TAG_NAME, "html")
    act()
    WebDriverWait(driver, 30, 0.05).until(lambda _: is_gone(old))
    WebDriverWait(driver, 30, 0.05).until(lambda one: one.execute_script("return document.readyState") == "complete")


def is_gone(element: WebElement) -> bool:
    """Tell whether an element's page was left; the driver says so in more than one way."""
    try:
        element.is_enabled()
    except WebDriverException:
        return True
    return False
