"""A proxy in front that answers while the service begins anew, and presses that come one after the other."""

from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from accessibility_tests.browser import open_browser
from accessibility_tests.cut_site import CutSite, open_cut_site
from accessibility_tests.cutting import (
    FORM,
    NAME,
    NOT_SENT,
    PAGE,
    bring_worker,
    come_back,
    name_of,
    press,
    press_without_network,
    read_device,
    set_offline,
    states,
    text_of,
    wait_until,
    walk_to_check,
    write,
)


@pytest.fixture(scope="module")
def browser() -> Iterator[tuple[CutSite, Chrome]]:
    """Yield a product with a proxy before it, and a browser."""
    with open_cut_site() as site, open_browser() as driver:
        yield site, driver


@pytest.fixture
def cut_site(browser) -> Iterator[CutSite]:
    """Yield the product at an address of its own, with a proxy that lets everything through."""
    site, driver = browser
    site.move()
    yield site
    site.proxy = None
    set_offline(driver, False)


@pytest.fixture
def phone(browser, cut_site) -> Chrome:
    """Return the browser."""
    return browser[1]


@pytest.fixture
def draft(cut_site, phone) -> str:
    """Return the path of a draft whose first page is open."""
    base = cut_site.begin(phone, FORM)
    phone.get(f"{cut_site.base}{base}/{PAGE}")
    return base


def test_a_later_press_takes_the_place_of_what_still_waits_from_an_earlier_one(cut_site, phone, draft):
    press_without_network(cut_site, phone, NAME)
    phone.get("about:blank")
    come_back(cut_site, phone)
    phone.get(f"{cut_site.base}{draft}/{PAGE}")
    wait_until(lambda: NOT_SENT in text_of(phone, "[data-offer]"), "the offer, which nobody takes")
    press_without_network(cut_site, phone, "鈴木 一郎", "すずき いちろう")
    assert states(phone) == ["sending"]
    come_back(cut_site, phone)
    wait_until(lambda: phone.current_url.endswith("/applicant.address"), "the next page")
    assert name_of(cut_site, phone, draft) == ["鈴木 一郎"]
    wait_until(lambda: not read_device(phone)["records"], "both copies are gone")


def test_form_that_arrived_before_the_proxy_lost_the_answer_is_known_and_not_sent_again(cut_site, phone, draft):
    bring_worker(cut_site, phone, draft)
    before = cut_site.look_into(phone, draft).row.version
    write(phone, NAME)
    cut_site.asked.clear()
    cut_site.proxy = lambda method, path: -502 if method == "POST" else 502
    press(phone)
    wait_until(lambda: NOT_SENT in text_of(phone, "[data-list]"), "the page of what is not sent, not an empty one")
    assert name_of(cut_site, phone, draft) == [NAME]
    cut_site.proxy = None
    wait_until(lambda: not read_device(phone)["records"], "known as arrived")
    assert cut_site.posts == [f"{draft}/{PAGE}"]
    assert cut_site.look_into(phone, draft).row.version == before + 1


def test_pages_that_were_kept_are_shown_while_a_proxy_answers_for_a_service_that_is_away(cut_site, phone, draft):
    bring_worker(cut_site, phone, draft)
    phone.get(f"{cut_site.base}/ja/help")
    words = "caches.match('/ja/help').then(one => arguments[0](Boolean(one)))"
    wait_until(lambda: phone.execute_async_script(words), "kept")
    for status in (502, 503, 504):
        cut_site.proxy = lambda method, path, status=status: status
        phone.get(f"{cut_site.base}/ja/help")
        assert phone.find_element(By.CSS_SELECTOR, "[role=region] .notice.warn").text.startswith("ネットに")
    phone.get(f"{cut_site.base}{draft}/{PAGE}")
    assert phone.find_element(By.CSS_SELECTOR, "[data-offline]")
    cut_site.proxy = lambda method, path: 500
    phone.get(f"{cut_site.base}/ja/help")
    assert not phone.find_elements(By.CSS_SELECTOR, "main")


def test_proxy_that_refuses_the_one_address_that_scripts_ask_keeps_nobody_from_sending(cut_site, phone, draft):
    cut_site.proxy = lambda method, path: 404 if path == "/healthz" else 0
    phone.get(f"{cut_site.base}{walk_to_check(cut_site, phone, draft)}")
    for box in phone.find_elements(By.CSS_SELECTOR, "[name=declare]"):
        box.click()
    press(phone)
    wait_until(lambda: phone.current_url.endswith("/sent"), "sent")
