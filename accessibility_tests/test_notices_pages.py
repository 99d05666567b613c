"""Every page of notices, for residents and for staff who call and write, each in one voice and look."""

import pytest

from accessibility_tests import notices_pages
from accessibility_tests.dealing import look_round


@pytest.mark.parametrize("walk", ["walk_resident", "walk_staff"])
def test_notices_in_every_state(site, driver, walk):
    assert look_round(driver, site, getattr(notices_pages, walk)(site), 5) == []
