"""Signing in at other services in a real browser: staff at the ward's own, residents by their card; and the pages around it."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from accessibility_tests.browser import open_browser
from accessibility_tests.dealing import look_round
from accessibility_tests.hands import wait_for_next
from accessibility_tests.site import Site
from accessibility_tests.sso_pages import allow_account, begin_slip, list_sso_pages, open_ward
from tests.accounts.provider import Service

Ward = tuple[Site, Service]


@pytest.fixture(scope="module")
def ward() -> Iterator[Ward]:
    """Yield a ward with sign-in services."""
    with open_ward() as one:
        yield one


def press(driver: Chrome, selector: str) -> str:
    """Press a button and wait for the next page; return its path."""
    wait_for_next(driver, driver.find_element(By.CSS_SELECTOR, selector).click)
    return urlsplit(driver.current_url).path


def test_staff_and_a_resident_go_to_the_service_and_come_back(ward: Ward) -> None:
    site, service = ward
    base = site.base.replace("127.0.0.1", "localhost")  # another site than the service, as browsers see it
    allow_account(site, "kakari", ("officer:tax",))
    service.person |= {"preferred_username": "kakari", "amr": ["otp"]}
    with open_browser() as driver:
        driver.get(f"{base}/ja/staff/sign-in?back=/ja/staff/inbox/")
        assert press(driver, 'form[action$="/staff/sso"] button') == "/authorize"
        assert press(driver, "button") == "/ja/staff/inbox/"
        assert press(driver, 'form[action$="/sign-out"] button') == "/ja/staff/signed-out"
        address, secret = begin_slip(site)
        driver.add_cookie({"name": "browser", "value": secret, "path": "/"})
        driver.get(f"{base}{address}/slip")
        assert press(driver, 'button[value="link"]') == "/authorize"
        assert press(driver, "button") == f"{address}/slip"
        assert driver.find_elements(By.CSS_SELECTOR, 'button[value="remove"]')
        driver.delete_all_cookies()  # another device
        driver.get(f"{base}/ja/slip")
        assert press(driver, 'form[action$="/identity"] button') == "/authorize"
        assert press(driver, "button") == "/ja/identity"
        assert press(driver, f'a[href="{address}/"]').startswith(f"{address}/")
        service.person["sub"] = "nobody here"
        driver.get(f"{base}/ja/slip")
        press(driver, 'form[action$="/identity"] button')
        assert press(driver, "button") == "/ja/identity/problem/nothing"
        service.person["sub"] = "248289761001"


def test_pages_of_a_ward_with_sign_in_services(ward: Ward, driver: Chrome) -> None:
    assert look_round(driver, ward[0], list_sso_pages(ward[0]), 6, all_of_them=True) == []
