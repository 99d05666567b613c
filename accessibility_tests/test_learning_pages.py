"""Pages of learning and teaching in their states, dealt out in turn; every state in every voice and look is `make a11y`."""

import pytest

from accessibility_tests import learning_pages, teaching_pages
from accessibility_tests.dealing import EVERY, look_round
from accessibility_tests.hands import wait_for_next
from accessibility_tests.learners import make_teacher
from accessibility_tests.learning_pages import list_tutorial_pages
from accessibility_tests.looking import LOOKS, VOICES, check_forced_colours, go, look_at, look_here
from accessibility_tests.site import Visit


@pytest.fixture(autouse=True)
def stay_where_we_are(monkeypatch):
    """A page that is looked at does not go along with the instructor meanwhile."""
    monkeypatch.setattr("webapp.learning.pages_class.FOLLOW_SECONDS", 86400)


def test_each_tutorial_its_steps_to_watch_and_its_handouts(site, driver):
    """A template shows all of these: every third tutorial is met, in one voice and look (with SOAK=1 each)."""
    chosen = [one for one in list_tutorial_pages(site) if one.path.endswith("/1") or one.path.count("/") == 2]
    found = []
    for number, visit in enumerate(chosen if EVERY else chosen[::3]):
        found += look_at(driver, site, visit, VOICES[number % 3], *LOOKS[number % len(LOOKS)])
    assert found == []


@pytest.mark.parametrize("walk", ["walk_public", "walk_guide", "walk_other_ways", "walk_ends"])
def test_tutorials_and_the_guide_in_every_state(site, driver, walk):
    assert look_round(driver, site, getattr(learning_pages, walk)(site), 6) == []


@pytest.mark.parametrize("walk", ["walk_strip", "walk_class", "walk_accounts"])
def test_classes_as_learners_see_them_and_signing_in(site, driver, walk):
    assert look_round(driver, site, getattr(learning_pages, walk)(site), 6) == []


@pytest.mark.parametrize("walk", ["walk_lists", "walk_boards", "walk_screens", "walk_reports", "walk_pack"])
def test_teaching_in_every_state(site, driver, walk):
    assert look_round(driver, site, getattr(teaching_pages, walk)(site), 6) == []


@pytest.mark.parametrize("voice", VOICES[:1])
def test_what_was_written_when_the_sign_in_was_over_is_kept_through_it(site, driver, voice):
    _, staff = make_teacher(site, "late")
    go(driver, site, Visit("new class", "/teach/new", staff=staff), voice, "standard.standard.normal.on")
    driver.delete_cookie("staff")
    driver.execute_script("document.getElementById('place').value = '3階'")
    wait_for_next(driver, driver.find_element("css selector", "main form .buttons button").click)
    assert driver.find_element("css selector", '[name="kept-place"]').get_attribute("value") == "3階"
    assert look_here(driver, deep=True, can_be_opened_again=False) == []


def test_edges_of_the_guide_the_strip_and_the_board_stay_in_forced_colours(site, driver):
    visits = [
        *learning_pages.walk_guide(site)[:3],
        *learning_pages.walk_strip(site)[:3],
        *teaching_pages.walk_boards(site)[:2],
    ]
    assert [one for visit in visits for one in check_forced_colours(driver, site, visit)] == []
