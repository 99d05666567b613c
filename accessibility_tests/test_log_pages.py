"""Every page of the log, and of who looked at an application, each in one voice and look."""

import pytest

from accessibility_tests import log_pages
from accessibility_tests.dealing import look_round


@pytest.mark.parametrize("walk", ["walk_auditor", "walk_looks", "walk_broken"])
def test_log_in_every_state(site, driver, walk):
    assert look_round(driver, site, getattr(log_pages, walk)(site), 3, all_of_them=True) == []
