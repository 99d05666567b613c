"""Each check finds what is wrong with a page that is wrong: a check that cannot fail proves nothing."""

from pathlib import Path

import pytest

from accessibility_tests.browser import set_width
from accessibility_tests.checks import (
    check_axe,
    check_keyboard,
    check_looks,
    check_reflow,
    check_spacing,
    check_targets,
)

BAD = (Path(__file__).parent / "bad" / "bad.html").as_uri()


@pytest.fixture
def bad_page(driver):
    """Return a browser that shows the bad page at phone width."""
    set_width(driver, 320)
    driver.get(BAD)
    return driver


def test_axe_finds_missing_names_language_and_contrast(bad_page):
    found = " ".join(check_axe(bad_page))
    for rule in ("button-name", "html-has-lang", "image-alt", "label", "document-title", "color-contrast"):
        assert rule in found


def test_axe_asks_for_a_contrast_of_seven(driver):
    driver.get(
        "data:text/html,<html lang=ja><title>a</title><main><h1>a</h1><p style='color:%23707070'>five to one</p></main>"
    )
    assert any(one.startswith("axe color-contrast:") for one in check_axe(driver))


def test_reflow_finds_wide_boxes_and_cut_text(bad_page):
    found = " ".join(check_reflow(bad_page))
    assert "px wide" in found
    assert "cuts its text off" in found


def test_spacing_finds_cut_text(bad_page):
    assert check_spacing(bad_page)


def test_targets_finds_small_controls(bad_page):
    assert any("10 by 10" in one for one in check_targets(bad_page))


def test_type_finds_small_tight_justified_text_and_ruby_read_twice(bad_page):
    found = " ".join(check_looks(bad_page))
    for word in ("text of 12 px", "justified", "line height", "read twice", "base size"):
        assert word in found


def test_keyboard_finds_lost_and_covered_focus(bad_page):
    found = " ".join(check_keyboard(bad_page))
    assert "no visible focus" in found
    assert "covered by" in found
