"""A real Chromium for the page checks: phone width, zoom, JavaScript off, forced colours."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=ja",
    "--hide-scrollbars", "--force-device-scale-factor=1",
)  # fmt: skip


def find_program(variable: str, *names: str) -> str:
    """Return a program given by the environment or found on the path. Raises RuntimeError with what to do."""
    found = os.environ.get(variable) or next(filter(None, map(shutil.which, names)), None)
    if not found:
        raise RuntimeError(f"{names[0]} is missing: run `make system`, or set {variable}")
    return found


@contextmanager
def open_browser(javascript: bool = True) -> Iterator[Chrome]:
    """Yield a fresh browser that is closed whatever happens, and leaves no files."""
    with (
        tempfile.TemporaryDirectory(prefix="madoguchi-browser-", ignore_cleanup_errors=True) as profile,
        open_profile(Path(profile), javascript=javascript) as driver,
    ):
        yield driver


@contextmanager
def open_profile(profile: Path, *flags: str, javascript: bool = True) -> Iterator[Chrome]:
    """Yield a browser that keeps its files in a folder, which stays when it is closed."""
    options = ChromeOptions()
    options.binary_location = find_program("CHROMIUM_BIN", "chromium", "google-chrome")
    for flag in (*FLAGS, f"--user-data-dir={profile}", *flags):
        options.add_argument(flag)
    if not javascript:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    os.environ.setdefault("SE_AVOID_STATS", "true")
    os.environ.setdefault("SE_OFFLINE", "true")
    driver = Chrome(options=options, service=Service(find_program("CHROMEDRIVER", "chromedriver")))
    try:
        driver.set_page_load_timeout(30)
        yield driver
    finally:
        driver.quit()


def set_width(driver: Chrome, width: int, height: int = 800) -> None:
    """Lay pages out at this width in CSS pixels, as a phone or a zoomed window has it."""
    metrics: dict[str, Any] = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def set_media(driver: Chrome, **features: str) -> None:
    """Pretend the reader's system settings: forced_colors="active", prefers_color_scheme="dark" …"""
    given = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": given})
