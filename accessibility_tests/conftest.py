"""One site and one browser for all page checks."""

import os
from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome

from accessibility_tests.browser import open_browser
from accessibility_tests.site import Site, open_site


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave tests marked `long` to `make soak` (SOAK=1): each of them varies one that always runs."""
    if os.environ.get("SOAK") or os.environ.get("JOURNEYS"):
        return
    left = [item for item in items if item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


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
