"""A passkey in a real browser with a virtual authenticator: made in the middle of signing in, used at the next one."""

from urllib.parse import urlsplit

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from accessibility_tests.browser import open_browser
from accessibility_tests.hands import wait_for_next
from accessibility_tests.site import Site
from tests.accounts.helping import PASSWORD, come_by_link, make
from webapp.kit.ids import new_id

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}  # fmt: skip


def sign_in(driver: Chrome, base: str, name: str) -> None:
    """Send the sign-in form."""
    driver.get(f"{base}/ja/staff/sign-in")
    driver.find_element(By.ID, "name").send_keys(name)
    driver.find_element(By.ID, "password").send_keys(PASSWORD)
    wait_for_next(driver, driver.find_element(By.CSS_SELECTOR, "#question .buttons button").click)


def press_passkey(driver: Chrome, path: str) -> None:
    """Press the button of the passkey, which sends the form when the device has answered, and wait for a page."""
    driver.find_element(By.CSS_SELECTOR, "[data-passkey] button").click()
    WebDriverWait(driver, 20).until(lambda one: urlsplit(one.current_url).path == path)


def test_passkey_signs_in_and_a_device_without_it_says_so(site: Site) -> None:
    name = f"kakari-{new_id()[:8]}"
    come_by_link(site.app, make(site.app, ("reception",), name))
    base = site.base.replace("127.0.0.1", "localhost")  # browsers know passkeys at names only
    with open_browser() as driver:
        driver.execute_cdp_cmd("WebAuthn.enable", {})
        device = driver.execute_cdp_cmd("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        sign_in(driver, base, name)
        assert urlsplit(driver.current_url).path == "/ja/staff/factor"
        press_passkey(driver, "/ja/staff/")
        wait_for_next(driver, driver.find_element(By.CSS_SELECTOR, 'form[action$="/sign-out"] button').click)
        sign_in(driver, base, name)
        press_passkey(driver, "/ja/staff/")
        wait_for_next(driver, driver.find_element(By.CSS_SELECTOR, 'form[action$="/sign-out"] button').click)
        driver.execute_cdp_cmd("WebAuthn.clearCredentials", {"authenticatorId": device["authenticatorId"]})
        sign_in(driver, base, name)
        driver.find_element(By.CSS_SELECTOR, "[data-passkey] button").click()
        WebDriverWait(driver, 20).until(lambda one: one.find_element(By.CSS_SELECTOR, ".passkey-words").text)
        assert driver.find_element(By.CSS_SELECTOR, "[data-passkey] button").is_enabled()
