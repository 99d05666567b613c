"""Every page of mending and deciding in each of its states, each in one voice and look."""

from accessibility_tests.correct_pages import list_correct_pages
from accessibility_tests.dealing import look_round


def test_mending_and_deciding_in_every_state(site, driver):
    assert look_round(driver, site, list_correct_pages(site), 5, all_of_them=True) == []
