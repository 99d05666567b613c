"""Looking at one page in one voice and look, and everything that is checked there."""

from collections.abc import Callable
from urllib.parse import quote

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from accessibility_tests.browser import set_media, set_width
from accessibility_tests.checks import (
    check_axe,
    check_keyboard,
    check_looks,
    check_reflow,
    check_spacing,
    check_targets,
)
from accessibility_tests.hands import wait_for_next
from accessibility_tests.site import Site, Visit

VOICES = ("ja", "ja-easy", "en")
CONTRASTS = ("standard", "high", "dark")
FURIGANA = ("off", "on")
LOOKS = tuple((contrast, ruby) for contrast in CONTRASTS for ruby in FURIGANA)
Check = Callable[[Chrome], list[str]]


def go(driver: Chrome, site: Site, visit: Visit, voice: str, look: str) -> None:
    """Open a page as a reader who chose this look and holds this draft."""
    if not driver.current_url.startswith(site.base):
        driver.get(f"{site.base}/healthz")
    driver.delete_all_cookies()
    driver.add_cookie({"name": "look", "value": look, "path": "/"})
    if visit.secret:
        driver.add_cookie({"name": "browser", "value": visit.secret, "path": "/"})
    if visit.staff:
        driver.add_cookie({"name": "staff", "value": visit.staff, "path": "/"})
    for name, value in visit.cookies:
        driver.add_cookie({"name": name, "value": value, "path": "/"})
    driver.get(site.base + quote(visit.in_voice(voice), safe="/?=&%."))
    for selector, words in visit.typed:
        driver.execute_script(
            "const e = document.querySelector(arguments[0]); if (e.type === 'radio') e.checked = true; else e.value = arguments[1]",
            selector, words,
        )  # fmt: skip
    if visit.press:
        driver.execute_script(
            "document.querySelector(arguments[0]).closest('details')?.setAttribute('open', '')", visit.press
        )
        wait_for_next(driver, driver.find_element(By.CSS_SELECTOR, visit.press).click)


def make_bad(driver: Chrome) -> None:
    """Send the page's form empty, as somebody in a hurry does."""
    script = """
      const form = document.getElementById('question');
      for (const e of form.querySelectorAll('input:not([type=hidden]), textarea'))
        if (e.type === 'radio' || e.type === 'checkbox') e.checked = false; else if (e.type !== 'file') e.value = '';
      form.submit();"""
    wait_for_next(driver, lambda: driver.execute_script(script))


def look_at(
    driver: Chrome, site: Site, visit: Visit, voice: str, contrast: str, ruby: str, deep: bool = False
) -> list[str]:
    """Return everything that is wrong with one page in one voice and look. `deep` adds zoom, spacing and the keyboard."""
    set_width(driver, 1024)
    go(driver, site, visit, voice, f"standard.{contrast}.normal.{ruby}")
    if visit.bad:
        make_bad(driver)
    found = look_here(driver, deep, can_be_opened_again=not visit.bad and not visit.press)
    return [f"{visit.name} [{voice} {contrast} furigana {ruby}] {one}" for one in found]


def look_here(driver: Chrome, deep: bool, can_be_opened_again: bool, ready: str = "true") -> list[str]:
    """Return everything that is wrong with the page that a browser shows; `ready` holds once its scripts are done."""
    checks: list[tuple[str, Check]] = [("", check_axe), ("", check_looks), ("", check_targets)]
    found = [f"{name}{one}" for name, check in checks for one in check(driver)]
    found += at_width(driver, 320, [check_reflow, check_targets])
    if deep:
        found += [f"with wide spacing: {one}" for one in check_spacing(driver)]
        found += check_zoomed_text(driver)
        set_width(driver, 1024)
        driver.refresh() if can_be_opened_again else None
        WebDriverWait(driver, 60).until(lambda one: one.execute_script(f"return Boolean({ready})"))
        found += check_keyboard(driver)
    return found


def at_width(driver: Chrome, width: int, checks: list[Check]) -> list[str]:
    """Run checks at another width."""
    set_width(driver, width)
    return [f"at {width} px: {one}" for check in checks for one in check(driver)]


def check_zoomed_text(driver: Chrome) -> list[str]:
    """With the reader's largest text at 320 px still nothing is cut (the browser's own 200 % text)."""
    driver.execute_script("document.documentElement.dataset.size = '3'")
    found = [f"at 320 px with the largest text: {one}" for one in check_reflow(driver)]
    driver.execute_script("document.documentElement.dataset.size = '0'")
    return found


def check_forced_colours(driver: Chrome, site: Site, visit: Visit) -> list[str]:
    """In forced colours every control keeps an edge or an underline."""
    set_media(driver, forced_colors="active")
    go(driver, site, visit, "ja", "standard.standard.normal.off")
    lost = []
    for element in driver.find_elements(By.CSS_SELECTOR, "main button, main input:not([type=hidden]), main textarea"):
        if element.is_displayed() and element.value_of_css_property("border-top-width") == "0px":
            box = element.find_elements(By.XPATH, "./ancestor::label[contains(@class,'choice')]")
            if not box and element.get_attribute("type") not in ("radio", "checkbox"):
                lost.append(f"{visit.name}: an edge is lost: {element.get_attribute('outerHTML')[:80]}")
    set_media(driver, forced_colors="none")
    return lost
