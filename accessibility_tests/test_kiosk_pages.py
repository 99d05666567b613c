"""Every page of shared machines and of those who look after them, and what a machine asks, each in one voice and look."""

import pytest

from accessibility_tests import kiosk_pages
from accessibility_tests.browser import set_width
from accessibility_tests.checks import check_axe, check_looks, check_reflow, check_targets
from accessibility_tests.dealing import look_round
from accessibility_tests.looking import go
from accessibility_tests.site import Visit
from webapp.kiosk.rules import Settings


@pytest.mark.parametrize("walk", ["walk_machine", "walk_used", "walk_staff"])
def test_machines_in_every_state(site, driver, walk):
    assert look_round(driver, site, getattr(kiosk_pages, walk)(site), 5) == []


@pytest.mark.parametrize("box", ["kiosk-idle", "kiosk-unslipped", "kiosk-unheld"])
def test_what_a_machine_asks(site, driver, box):
    _, held = kiosk_pages.write(site, kiosk_pages.use(site, Settings()), slip=box == "kiosk-unheld")
    go(driver, site, Visit("ask", "/help", cookies=held), "ja-easy", "standard.standard.normal.on")
    driver.execute_script("document.getElementById(arguments[0]).showModal()", box)
    found = [one for check in (check_axe, check_looks, check_targets) for one in check(driver)]
    set_width(driver, 320, 1200)  # on a lower window the box scrolls
    assert found + check_reflow(driver) + check_targets(driver) == []
