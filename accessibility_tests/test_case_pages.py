"""Every page of one application in each of its states, each in one voice and look."""

from itertools import cycle

from accessibility_tests.case_pages import list_case_pages
from accessibility_tests.looking import LOOKS, VOICES, look_at


def test_an_application_in_every_state(site, driver):
    looks, found = cycle(LOOKS), []
    for number, visit in enumerate(list_case_pages(site)):
        found += look_at(driver, site, visit, VOICES[number % len(VOICES)], *next(looks), number % 5 == 0)
    assert found == []
