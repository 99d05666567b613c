"""Looks at a Chromium that is bound by the policies of the recipe. Run by kiosk_machine in a process that sees them."""

import json
import sqlite3
import sys
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By

from accessibility_tests.browser import open_browser

READ_TABLE = """
function walk(from, out) {
  from.querySelectorAll('*').forEach(function (one) {
    if (one.tagName === 'POLICY-ROW') out.push(one.shadowRoot.textContent.replace(/\\s+/g, ' ').trim());
    if (one.shadowRoot) walk(one.shadowRoot, out);
  });
  return out;
}
return walk(document, []);
"""


def names() -> dict[str, str]:
    """Return what Chromium says of each policy that is set."""
    with open_browser() as driver:
        driver.get("chrome://policy")
        time.sleep(1.5)
        rows = [row for row in driver.execute_script(READ_TABLE) if "Not set" not in row]
    return {row.split()[0]: row.rpartition(" Status ")[2] for row in rows}


class Ward(BaseHTTPRequestHandler):
    """A page with one field, as any form has."""

    def do_GET(self) -> None:
        """Show the field."""
        body = b'<!doctype html><title>x</title><form><input type="text" name="given"><button>go</button></form>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def effects(port: str) -> dict[str, Any]:
    """Return what really happens: other places, what was typed, permissions. The allowed place is served here, at a port."""
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Ward)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found: dict[str, Any] = {}
    with open_browser() as driver:
        for name, address in (
            ("other", "http://127.0.0.2:9/"),
            ("file", "file:///etc/passwd"),
            ("tools", "chrome://settings"),
        ):
            try:
                driver.get(address)
                found[name] = (
                    "ERR_BLOCKED_BY_ADMINISTRATOR" in driver.page_source or "blocked" in driver.page_source.lower()
                )
            except WebDriverException as error:
                found[name] = "BLOCKED_BY_ADMINISTRATOR" in str(error)
        driver.get(f"http://127.0.0.1:{port}/")
        found["notifications"] = driver.execute_script("return Notification.permission")
        driver.find_element(By.NAME, "given").send_keys("yamada hanako")
        driver.find_element(By.CSS_SELECTOR, "button").click()
        time.sleep(2)
        profile = Path(driver.capabilities["chrome"]["userDataDir"])
        with suppress(WebDriverException):
            driver.execute_cdp_cmd("Browser.close", {})
        time.sleep(3)
        found["kept"] = count_kept(profile)
    return found


def count_kept(profile: Path) -> int:
    """Return how many typed words the browser keeps for the next time."""
    places = list(profile.rglob("Web Data"))
    kept = 0
    for place in places:
        with sqlite3.connect(f"file:{place}?mode=ro&immutable=1", uri=True) as base:
            kept += base.execute("SELECT count(*) FROM autofill").fetchone()[0]
    return kept


def attach() -> str:
    """Return what comes of looking into a page with tools for developers."""
    try:
        with open_browser():
            return "let in"
    except WebDriverException as error:
        return str(error.msg)


if __name__ == "__main__":
    work = {"names": names, "effects": effects, "attach": attach}[sys.argv[1]]
    print(json.dumps(work(*sys.argv[2:])))  # type: ignore[operator]  # each takes what it is given
