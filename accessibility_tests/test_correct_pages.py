"""Every page of mending and deciding in each of its states, each in one voice and look."""

from itertools import cycle

from accessibility_tests.correct_pages import list_correct_pages
from accessibility_tests.looking import LOOKS, VOICES, look_at


def test_mending_and_deciding_in_every_state(site, driver):
    looks, found = cycle(LOOKS), []
    for number, visit in enumerate(list_correct_pages(site)):
        found += look_at(driver, site, visit, VOICES[number % len(VOICES)], *next(looks), number % 5 == 0)
    assert found == []
