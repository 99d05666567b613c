"""Every page of the log, and of who looked at an application, each in one voice and look."""

from itertools import cycle

import pytest

from accessibility_tests import log_pages
from accessibility_tests.looking import LOOKS, VOICES, look_at


@pytest.mark.parametrize("walk", ["walk_auditor", "walk_looks", "walk_broken"])
def test_log_in_every_state(site, driver, walk):
    looks, found = cycle(LOOKS), []
    for number, visit in enumerate(getattr(log_pages, walk)(site)):
        found += look_at(driver, site, visit, VOICES[number % len(VOICES)], *next(looks), number % 3 == 0)
    assert found == []
