"""Every page of the content desk, of drafts, of exports and of tokens, each in one voice and look."""

import pytest

from accessibility_tests import desk_pages
from accessibility_tests.dealing import look_round


@pytest.mark.parametrize("walk", ["walk_desk", "walk_drafts", "walk_exports", "walk_tokens"])
def test_the_desk_in_every_state(site, driver, walk):
    assert look_round(driver, site, getattr(desk_pages, walk)(site), 5, all_of_them=True) == []
