"""Every page of notices, for residents and for staff who call and write, each in one voice and look."""

from itertools import cycle

import pytest

from accessibility_tests import notices_pages
from accessibility_tests.looking import LOOKS, VOICES, look_at


@pytest.mark.parametrize("walk", ["walk_resident", "walk_staff"])
def test_notices_in_every_state(site, driver, walk):
    looks, found = cycle(LOOKS), []
    for number, visit in enumerate(getattr(notices_pages, walk)(site)):
        found += look_at(driver, site, visit, VOICES[number % len(VOICES)], *next(looks), number % 5 == 0)
    assert found == []
