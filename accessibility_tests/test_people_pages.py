"""Every page of accounts and people, each in one voice and look."""

import pytest

from accessibility_tests import people_pages
from accessibility_tests.dealing import look_round


@pytest.mark.parametrize("walk", ["walk_steps", "walk_people"])
def test_pages_of_people_in_every_state(site, driver, walk):
    assert look_round(driver, site, getattr(people_pages, walk)(site), 4, all_of_them=True) == []
