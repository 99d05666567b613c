"""One site and one browser for all page checks."""

from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome

from accessibility_tests.browser import open_browser
from accessibility_tests.site import Site, open_site


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Yield the running product."""
    with open_site() as one:
        yield one


@pytest.fixture(scope="session")
def driver() -> Iterator[Chrome]:
    """Yield a browser."""
    with open_browser() as one:
        yield one
