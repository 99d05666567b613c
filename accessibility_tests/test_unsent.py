"""The network is really cut while somebody writes: nothing is lost, nothing is sent twice, nothing readable is on the device."""

import time
from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from accessibility_tests.browser import open_browser, set_width
from accessibility_tests.checks import check_axe, check_reflow, check_targets
from accessibility_tests.cut_site import CutSite, open_cut_site
from accessibility_tests.cutting import (
    FORM,
    KANA,
    NAME,
    NOT_SENT,
    PAGE,
    bring_worker,
    come_back,
    come_back_without_draft,
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
def cut_site() -> Iterator[CutSite]:
    """Yield a product whose network can be cut."""
    with open_cut_site() as one:
        yield one


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    """Yield a browser."""
    with open_browser() as one:
        yield one


@pytest.fixture
def phone(browser, cut_site) -> Iterator[Chrome]:
    """Yield a browser that keeps nothing from before: the product has another address each time."""
    cut_site.move()
    yield browser
    set_offline(browser, False)
    set_width(browser, 1024)


@pytest.fixture(params=["start"])
def draft(request, cut_site, phone) -> str:
    """Return the path of a draft that was begun in this browser and whose first page is open."""
    base = cut_site.begin(phone, FORM, request.param)
    phone.get(f"{cut_site.base}{base}/{PAGE}")
    return base


@pytest.mark.parametrize("draft", ["start", pytest.param("practice", marks=pytest.mark.long)], indirect=True)
def test_what_was_pressed_without_a_network_is_told_and_sent_once_when_it_is_back(cut_site, phone, draft):
    before = cut_site.look_into(phone, draft).row.version
    cut_site.asked.clear()
    press_without_network(cut_site, phone, NAME)
    told = phone.find_element(By.CSS_SELECTOR, "#unsent-told time")
    assert ":" in told.text
    assert states(phone) == ["sending"]
    come_back(cut_site, phone)
    wait_until(lambda: phone.current_url.endswith("/applicant.address"), "the next page")
    after = cut_site.look_into(phone, draft)
    assert after.row.version == before + 1
    assert name_of(cut_site, phone, draft) == [NAME]
    assert cut_site.posts == [f"{draft}/{PAGE}"]
    wait_until(lambda: not read_device(phone)["records"], "the copy is gone")
    assert phone.execute_script("return localStorage.length") == 0


def test_device_keeps_nothing_readable_and_a_key_that_nothing_reads_out(cut_site, phone, draft):
    write(phone, NAME)
    wait_until(lambda: states(phone) == ["typing"], "kept while typing")
    press_without_network(cut_site, phone, NAME)
    found = read_device(phone)
    assert [(one["readable"], sorted(one["uses"])) for one in found["keys"]] == [(False, ["decrypt", "encrypt"])]
    everything = "".join(found["plain"])
    for secret in ("花子", "はなこ", "山", PAGE, "name", "csrf"):
        assert secret not in everything, secret


def test_refused_words_come_back_with_the_servers_errors(cut_site, phone, draft):
    press_without_network(cut_site, phone, NAME, "kana 123")
    come_back(cut_site, phone)
    wait_until(lambda: phone.find_elements(By.CSS_SELECTOR, ".errors"), "the server's errors")
    assert phone.find_element(By.NAME, f"{PAGE}:name").get_attribute("value") == NAME
    assert phone.find_element(By.NAME, f"{PAGE}:kana").get_attribute("value") == "kana 123"
    wait_until(lambda: not read_device(phone)["records"], "the copy is gone")
    assert name_of(cut_site, phone, draft) == []


def test_page_that_was_closed_is_sent_from_the_list_when_somebody_comes_back(cut_site, phone, draft):
    press_without_network(cut_site, phone, NAME)
    before = cut_site.look_into(phone, draft).row.version
    phone.switch_to.new_window("tab")
    phone.switch_to.window(phone.window_handles[0])
    phone.close()
    phone.switch_to.window(phone.window_handles[0])
    come_back(cut_site, phone)
    phone.get(f"{cut_site.base}/ja/help")
    assert check_axe(phone) + check_targets(phone) == []
    press(phone, "#unsent-notice a")
    wait_until(lambda: NOT_SENT in text_of(phone, "[data-list]"), "the list")
    assert "名前" in text_of(phone, "[data-list] h2")
    for width in (1024, 320):
        set_width(phone, width)
        assert check_axe(phone) + check_targets(phone) + check_reflow(phone) == []
    press(phone, "[data-do=send]")
    wait_until(lambda: phone.current_url.endswith("/applicant.address"), "the next page")
    assert cut_site.look_into(phone, draft).row.version == before + 1
    assert name_of(cut_site, phone, draft) == [NAME]
    wait_until(lambda: not read_device(phone)["records"], "the copy is gone")
    assert not phone.find_element(By.ID, "unsent-notice").is_displayed()


@pytest.mark.long
def test_of_two_that_wait_one_goes_after_the_other_and_each_answer_is_seen(cut_site, phone, draft):
    press_without_network(cut_site, phone, NAME)
    phone.get("about:blank")
    come_back(cut_site, phone)
    phone.get(f"{cut_site.base}{draft}/applicant.address")
    phone.find_element(By.NAME, "applicant.address:area").send_keys("杉並区阿佐谷南")
    cut_site.cut()
    set_offline(phone, True)
    press(phone)
    wait_until(lambda: NOT_SENT in text_of(phone, "#unsent-told"), "told")
    phone.get("about:blank")
    come_back(cut_site, phone)
    phone.get(f"{cut_site.base}/ja/unsent")
    wait_until(lambda: len(phone.find_elements(By.CSS_SELECTOR, "[data-list] > li")) == 2, "the list")
    cut_site.asked.clear()
    press(phone, "[data-do=send]")
    wait_until(lambda: phone.current_url.endswith("/applicant.address"), "the first answer")
    wait_until(lambda: NOT_SENT in text_of(phone, "[data-offer]"), "the other one")
    press(phone, "[data-offer] [data-do=send]")
    wait_until(lambda: phone.current_url.endswith("/unsent"), "the list")
    wait_until(lambda: len(phone.find_elements(By.CSS_SELECTOR, "[data-list] > li")) == 1, "the list")
    press(phone, "[data-do=send]")
    wait_until(lambda: phone.find_elements(By.CSS_SELECTOR, ".errors"), "the server's errors")
    assert cut_site.posts == [f"{draft}/{PAGE}", f"{draft}/applicant.address"]
    wait_until(lambda: not read_device(phone)["records"], "the copies are gone")


@pytest.mark.long
def test_what_arrived_although_the_answer_was_lost_is_not_sent_again(cut_site, phone, draft):
    press_without_network(cut_site, phone, NAME)
    (record,) = read_device(phone)["records"]
    fields = {f"{PAGE}:name": NAME, f"{PAGE}:kana": KANA, "sending": record["id"]}
    csrf = phone.find_element(By.NAME, "csrf").get_attribute("value")
    client = cut_site.app.test_client()
    client.set_cookie("browser", phone.get_cookie("browser")["value"])
    assert client.post(f"{draft}/{PAGE}", data={"csrf": csrf, **fields}).status_code == 303
    before = cut_site.look_into(phone, draft).row.version
    come_back(cut_site, phone)
    wait_until(lambda: phone.current_url.endswith("/applicant.address"), "the next page")
    assert cut_site.look_into(phone, draft).row.version == before
    wait_until(lambda: not read_device(phone)["records"], "the copy is gone")


@pytest.mark.long
def test_typing_that_was_never_pressed_is_offered_again_and_filled_in_when_asked(cut_site, phone, draft):
    write(phone, NAME)
    wait_until(lambda: states(phone) == ["typing"], "kept while typing")
    phone.get(f"{cut_site.base}/ja/help")
    phone.get(f"{cut_site.base}{draft}/{PAGE}")
    wait_until(lambda: phone.find_elements(By.CSS_SELECTOR, "[data-offer] [data-do=restore]"), "the offer")
    assert phone.find_element(By.NAME, f"{PAGE}:name").get_attribute("value") == ""
    assert check_axe(phone) + check_targets(phone) == []
    press(phone, "[data-offer] [data-do=restore]")
    assert phone.find_element(By.NAME, f"{PAGE}:name").get_attribute("value") == NAME
    press(phone)
    wait_until(lambda: phone.current_url.endswith("/applicant.address"), "the next page")
    assert name_of(cut_site, phone, draft) == [NAME]
    wait_until(lambda: not read_device(phone)["records"], "the copy is gone")


@pytest.mark.long
def test_writing_on_after_pressing_without_a_network_sends_nothing_by_itself(cut_site, phone, draft):
    press_without_network(cut_site, phone, NAME)
    write(phone, "鈴木 一郎", "すずき いちろう")
    wait_until(lambda: "書き直した" in text_of(phone, "#unsent-told"), "told that it waits")
    wait_until(lambda: states(phone) == ["typing"], "kept as typing")
    come_back(cut_site, phone)
    time.sleep(3)
    assert name_of(cut_site, phone, draft) == []
    press(phone)
    wait_until(lambda: phone.current_url.endswith("/applicant.address"), "the next page")
    assert name_of(cut_site, phone, draft) == ["鈴木 一郎"]


@pytest.mark.long
def test_individual_number_is_never_kept_and_nothing_is_sent_without_it(cut_site, phone, draft):
    press_without_network(cut_site, phone, "1234 5678 9018")
    assert "マイナンバー" in text_of(phone, "#unsent-told")
    assert [one["lost"] for one in read_device(phone)["records"]] == [True]
    phone.get("about:blank")
    come_back(cut_site, phone)
    phone.get(f"{cut_site.base}/ja/unsent")
    wait_until(lambda: "マイナンバー" in text_of(phone, "[data-list]"), "the list")
    assert not phone.find_element(By.CSS_SELECTOR, "[data-do=send]").is_displayed()
    assert phone.find_element(By.CSS_SELECTOR, "[data-do=back]").get_attribute("href").endswith(f"{draft}/{PAGE}")


def test_shared_machine_keeps_nothing(cut_site, phone, draft):
    mark = (
        "document.addEventListener('readystatechange', () => document.documentElement.setAttribute('data-kiosk', ''))"
    )
    added = phone.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": mark})
    phone.refresh()
    write(phone, NAME)
    time.sleep(1.5)
    press(phone)
    wait_until(lambda: phone.current_url.endswith("/applicant.address"), "the next page")
    phone.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
    found = read_device(phone)
    assert (found["records"], found["keys"]) == ([], [])
    assert phone.execute_script("return localStorage.length") == 0
    assert cut_site.look_into(phone, draft).taken == []


@pytest.mark.long
def test_draft_that_is_gone_shows_its_words_to_take_along_and_goes_with_its_key(cut_site, phone, draft):
    press_without_network(cut_site, phone, NAME)
    come_back_without_draft(cut_site, phone)
    press(phone, "[data-do=send]")
    wait_until(lambda: NAME in text_of(phone, "[data-words]"), "the words")
    press(phone, "[data-do=drop]")
    press(phone, "[data-do=sure]")
    wait_until(lambda: not read_device(phone)["records"], "the record is gone")
    phone.get(f"{cut_site.base}/ja/left")
    wait_until(lambda: not read_device(phone)["keys"], "the key is gone")


def test_leaving_the_device_leaves_nothing(cut_site, phone, draft):
    write(phone, NAME)
    wait_until(lambda: states(phone) == ["typing"], "kept while typing")
    phone.get(f"{cut_site.base}{draft}/slip")
    press(phone, 'form[action$="/leave"] .button')
    wait_until(lambda: phone.current_url.endswith("/left"), "the last page")
    found = read_device(phone)
    assert (found["records"], found["keys"]) == ([], [])


def test_worker_shows_what_waits_where_the_answer_never_came_and_sends_it_when_the_server_is_back(
    cut_site, phone, draft
):
    bring_worker(cut_site, phone, draft)
    before = cut_site.look_into(phone, draft).row.version
    write(phone, NAME)
    cut_site.cut()
    press(phone)
    wait_until(lambda: NAME not in text_of(phone) and NOT_SENT in text_of(phone, "[data-list]"), "the kept page")
    assert states(phone) == ["sending"]
    cut_site.open()
    wait_until(lambda: phone.current_url.endswith("/applicant.address"), "the next page", 30)
    assert cut_site.look_into(phone, draft).row.version == before + 1
    assert name_of(cut_site, phone, draft) == [NAME]
    wait_until(lambda: not read_device(phone)["records"], "the copy is gone")


def test_check_page_sends_nothing_later_by_itself_and_keeps_every_tick(cut_site, phone):
    base = cut_site.begin(phone, FORM)
    check = walk_to_check(cut_site, phone, base)
    phone.get(f"{cut_site.base}{check}")
    boxes = phone.find_elements(By.CSS_SELECTOR, "[name=declare]")
    for box in boxes:
        box.click()
    cut_site.asked.clear()
    cut_site.cut()
    press(phone)
    wait_until(lambda: "つながっていません" in text_of(phone, "#unsent-told"), "told")
    assert all(box.is_selected() for box in boxes)
    assert check_axe(phone) + check_targets(phone) == []
    cut_site.open()
    time.sleep(3)
    assert cut_site.posts == []
    press(phone)
    wait_until(lambda: phone.current_url.endswith("/sent"), "sent")
    wait_until(lambda: not read_device(phone)["keys"], "the key is gone")
