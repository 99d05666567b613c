"""Every page of the content desk, of drafts and of exports, each in one voice and look."""

from itertools import cycle

import pytest

from accessibility_tests import desk_pages
from accessibility_tests.looking import LOOKS, VOICES, look_at


@pytest.mark.parametrize("walk", ["walk_desk", "walk_drafts", "walk_exports"])
def test_the_desk_in_every_state(site, driver, walk):
    looks, found = cycle(LOOKS), []
    for number, visit in enumerate(getattr(desk_pages, walk)(site)):
        found += look_at(driver, site, visit, VOICES[number % len(VOICES)], *next(looks), number % 5 == 0)
    assert found == []
