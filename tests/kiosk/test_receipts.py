"""Receipts of a shared machine: numbers, a QR code, the next dates and a telephone number; nothing that says who or what."""

import re

import pytest

from tests.autopilot import Autopilot, read_form
from tests.drafts.test_journeys import DICTIONARY, SHORT
from tests.kiosk.helping import add_machine, make_staff, pair, sit_down
from tests.page_checks import check_page, read_text
from webapp.kit.clock import today

PAPERS = ("a4", "large", "80mm")


def write_to_check(client) -> tuple[str, str]:
    """Answer everything; return the draft's address and its form token."""
    pilot = Autopilot(client, DICTIONARY, today())
    check = pilot.walk_to_check(pilot.start(SHORT))
    return check.rsplit("/", 1)[0], read_form(client.get(check).text).hidden["csrf"]


def send(client, base: str) -> None:
    """Send what was written."""
    Autopilot(client, DICTIONARY, today()).send(f"{base}/check")


@pytest.fixture
def kiosk(app):
    staff = make_staff(app)
    client = pair(app, staff, add_machine(staff))
    sit_down(client)
    return client


def words_of(page: str) -> str:
    """Return what stands on the paper itself."""
    main = check_page(page).find(".//main")
    assert main is not None
    return read_text(main)


@pytest.mark.parametrize("paper", PAPERS)
def test_a_receipt_from_a_shared_machine_names_nothing(kiosk, paper):
    base, _ = write_to_check(kiosk)
    send(kiosk, base)
    answers = kiosk.get(f"{base}/answers").text
    words = words_of(kiosk.get(f"{base}/print/{paper}").text)
    assert re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{4}", words)
    assert "03-3312-2111" in words
    assert "取り忘れはありませんか" in words
    assert "犬" not in words
    typed = {text.strip() for text in re.findall(r"<dd[^>]*>([^<]{3,})</dd>", answers)}
    assert len(typed) > 2
    assert not [text for text in typed if text and text in words]


@pytest.mark.parametrize("paper", PAPERS)
def test_a_receipt_printed_at_home_names_what_was_sent(client, paper):
    base, _ = write_to_check(client)
    send(client, base)
    words = words_of(client.get(f"{base}/print/{paper}").text)
    assert "犬" in words
    assert "取り忘れ" not in words


def test_an_unsent_draft_says_until_when_it_is_kept(kiosk):
    base, csrf = write_to_check(kiosk)
    kiosk.post(f"{base}/slip", data={"csrf": csrf})
    assert "まだ送っていません" in words_of(kiosk.get(f"{base}/print/80mm").text)


def test_the_way_to_a_phone_makes_a_slip_shows_it_and_ends_here(kiosk, app):
    base, csrf = write_to_check(kiosk)
    assert "控えを作る" in words_of(kiosk.get(f"{base}/phone").text)
    answer = kiosk.post(f"{base}/slip", data={"csrf": csrf, "then": "phone"})
    assert answer.headers["Location"] == f"{base}/phone"
    page = kiosk.get(f"{base}/phone").text
    assert 'class="qr"' in page
    assert 'action="/ja/kiosk/end"' in page
    number = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{4}", page)
    code = re.search(r"\d{4}-\d{4}-\d{4}", page)
    assert number
    assert code
    assert kiosk.post("/ja/kiosk/end", data={"sure": "yes"}).headers["Location"] == "/ja/kiosk/bye"
    assert kiosk.get(f"{base}/phone").status_code in (303, 404)
    phone = app.test_client()
    assert phone.post("/ja/slip", data={"number": number[0], "code": code[0]}).status_code == 303
    assert phone.get(f"{base}/check").status_code == 200


def test_the_way_to_a_phone_is_offered_on_shared_machines_only(kiosk, client):
    for browser, is_there in ((kiosk, True), (client, False)):
        base, csrf = write_to_check(browser)
        browser.post(f"{base}/slip", data={"csrf": csrf})
        assert (f"{base}/phone" in browser.get(f"{base}/slip").text) == is_there


def test_large_print_is_offered_wherever_paper_is(client):
    base, csrf = write_to_check(client)
    client.post(f"{base}/slip", data={"csrf": csrf})
    assert f"{base}/print/large" in client.get(f"{base}/slip").text
    send(client, base)
    assert f"{base}/print/large" in client.get(f"{base}/sent").text
