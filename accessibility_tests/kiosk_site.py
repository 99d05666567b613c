"""A machine of the ward in a real browser: paired, sat down at, and looked through afterwards."""

import time
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from accessibility_tests.site import Site
from webapp.kiosk.service import make_kiosk, new_code, pair
from webapp.kit.clock import now
from webapp.kit.database import open_session


def make_machine(site: Site, name: str = "図書館の1番") -> tuple[str, str]:
    """Add and pair a machine; return its id and its key."""
    pepper = site.ward.settings.pepper
    with open_session(site.app.extensions["engine"]) as session:
        row = make_kiosk(session, name, "入口の左", now())
        made = pair(session, new_code(session, row, now(), pepper), "127.0.0.1", now(), pepper)
        assert made.key is not None
        return row.id, made.key.hex()


def wake(driver: Chrome, site: Site, key: str) -> None:
    """Give a browser the key of a machine."""
    driver.get(f"{site.base}/ja/kiosk/wake/{key}")
    wait_for(driver, "return document.documentElement.dataset.kiosk === 'waiting'")


def sit_down(driver: Chrome, voice: str = "ja") -> None:
    """Press the button of a voice on the waiting page."""
    driver.find_element(By.CSS_SELECTOR, f".kiosk-start[value='{voice}']").click()
    wait_for(driver, "return document.documentElement.dataset.kiosk === 'used' && document.readyState === 'complete'")


def wait_for(driver: Chrome, script: str, seconds: float = 40) -> Any:
    """Wait until a script returns something, whatever page is being left meanwhile."""

    def look(_: Any) -> Any:
        """Run the script; a page on its way out is no answer."""
        try:
            return driver.execute_script(script)
        except Exception:  # the page went while it was asked
            return None

    return WebDriverWait(driver, seconds, poll_frequency=0.05).until(look)


def wait_for_state(driver: Chrome, state: str, seconds: float = 40) -> None:
    """Wait until the machine stands as it is meant to."""
    wait_for(driver, f"return document.documentElement.dataset.kiosk === '{state}'", seconds)


def count_rows(site: Site, table: str, where: str = "1=1") -> int:
    """Return how many rows a table has."""
    with site.app.extensions["engine"].connect() as connection:
        found: int = connection.exec_driver_sql(f"SELECT count(*) FROM {table} WHERE {where}").scalar()
    return found


def find_in_files(folder: Path, words: list[str]) -> dict[str, set[str]]:
    """Return, for each word, the files of a folder in which it stands, in the ways in which browsers write text."""
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*"):
        try:
            content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        except OSError:
            continue
        for word in words:
            if any(word.encode(code) in content for code in ("utf-8", "utf-16-le")):
                found.setdefault(word, set()).add(str(path.relative_to(folder)))
    return found


def pause(seconds: float) -> None:
    """Let time pass in which nothing should happen."""
    time.sleep(seconds)
