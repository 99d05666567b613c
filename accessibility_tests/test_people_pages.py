"""Every page of accounts and people, each in one voice and look."""

from itertools import cycle

import pytest

from accessibility_tests import people_pages
from accessibility_tests.looking import LOOKS, VOICES, look_at


@pytest.mark.parametrize("walk", ["walk_steps", "walk_people"])
def test_pages_of_people_in_every_state(site, driver, walk):
    looks, found = cycle(LOOKS), []
    for number, visit in enumerate(getattr(people_pages, walk)(site)):
        found += look_at(driver, site, visit, VOICES[number % len(VOICES)], *next(looks), number % 4 == 0)
    assert found == []
