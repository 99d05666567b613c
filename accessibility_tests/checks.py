"""The checks themselves. Each takes a browser that shows a page and returns findings in words; none means passed."""

from functools import lru_cache
from pathlib import Path

from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.keys import Keys

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe-4.14.1.min.js"
SCRIPTS = Path(__file__).parent / "scripts"
TAGS = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
CONTRAST = {
    "ignoreUnicode": True, "ignoreLength": False, "ignorePseudo": False, "boldValue": 700, "boldTextPt": 14, "largeTextPt": 18,
    "contrastRatio": {"normal": {"expected": 7}, "large": {"expected": 4.5}},
    "pseudoSizeThreshold": 0.25, "shadowOutlineEmMax": 0.2, "textStrokeEmMin": 0.03,
}  # fmt: skip
"""WCAG 1.4.6 in one pass over the page: the rule for 1.4.3, the slowest of all, asked for the higher contrast."""
RUN = {
    "runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"],
    "rules": {"color-contrast-enhanced": {"enabled": False}},
}  # fmt: skip
MOST_STOPS = 150


def check_axe(driver: Chrome) -> list[str]:
    """Return every violation that axe-core finds with all WCAG tags and best practices."""
    if not driver.execute_script("return 'axe' in window"):
        # For this page now, and for every later page of this browser, where handing it over anew would take longer than asking.
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": read_axe()})
        driver.execute_script(read_axe())
    driver.set_script_timeout(120)
    config = {"checks": [{"id": "color-contrast", "options": CONTRAST}]}
    violations = driver.execute_async_script(read_script("axe"), config, RUN)
    return [f"axe {one['id']}: {one['help']}: {node}" for one in violations for node in one["nodes"]]


@lru_cache
def read_axe() -> str:
    """Return axe-core itself."""
    return AXE.read_text(encoding="utf-8")


@lru_cache
def read_script(name: str) -> str:
    """Return one of the scripts beside this file."""
    return (SCRIPTS / f"{name}.js").read_text(encoding="utf-8")


def run_script(driver: Chrome, name: str) -> list[str]:
    """Run one of the scripts in the page; it returns findings."""
    findings: list[str] = driver.execute_script(read_script(name))
    return findings


def check_reflow(driver: Chrome) -> list[str]:
    """Nothing is wider than the window, nothing is cut off inside its box."""
    return run_script(driver, "reflow")


def check_spacing(driver: Chrome) -> list[str]:
    """With the text spacing of WCAG 1.4.12 still nothing is cut or too wide."""
    style = "* {line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important}"
    style += " p {margin-bottom: 2em !important}"
    driver.execute_script(
        "const s = new CSSStyleSheet(); s.replaceSync(arguments[0]); document.adoptedStyleSheets = [s]", style
    )
    found = run_script(driver, "reflow")
    driver.execute_script("document.adoptedStyleSheets = []")
    return found


def check_targets(driver: Chrome) -> list[str]:
    """Every control is at least 44 by 44 CSS pixels (links inside sentences excepted)."""
    return run_script(driver, "targets")


def check_looks(driver: Chrome) -> list[str]:
    """Type is big enough, lines are open enough and short enough, nothing is justified; rulings for furigana hold."""
    return run_script(driver, "type")


def press_tab(driver: Chrome) -> None:
    """Press Tab wherever the focus is (a file input takes no keys through its element)."""
    ActionChains(driver).send_keys(Keys.TAB).perform()


def check_keyboard(driver: Chrome) -> list[str]:
    """Walk the page with Tab: each control is reached once, in order, with a ring that can be seen and is not covered."""
    driver.execute_script(read_script("focus_start"))
    press_tab(driver)
    findings: list[str] = []
    for _ in range(MOST_STOPS):
        finding, done = driver.execute_script(read_script("focus_step"))
        findings += finding
        if done:
            break
        press_tab(driver)
    else:
        findings.append("the keyboard never gets out of the page")
    return findings + run_script(driver, "focus_end")
