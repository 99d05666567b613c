"""Every page of one application in each of its states, each in one voice and look."""

from accessibility_tests.case_pages import list_case_pages
from accessibility_tests.dealing import look_round


def test_an_application_in_every_state(site, driver):
    assert look_round(driver, site, list_case_pages(site), 5, all_of_them=True) == []
