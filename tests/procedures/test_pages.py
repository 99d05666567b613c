"""The catalogue's pages: every page is found, in every voice and look, and says what a resident needs."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOICES = ("ja", "ja-easy", "en")
PATHS = (
    "/", "/find", "/find?q=hikkoshi", "/find?q=こくほ", "/find?q=xyzzyx", "/procedures/", "/procedures/join-insurance",
    "/procedures/large-waste", "/procedures/large-waste?device=no&can_go=no", "/events/", "/events/moving-in",
    "/for/everyone",
)  # fmt: skip


def words_of(response: TestResponse) -> str:
    return response.get_data(as_text=True)


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("furigana", ["on", "off"])
def test_page_is_shown_in_every_voice_and_look(small: FlaskClient, voice: str, path: str, furigana: str) -> None:
    response = small.get(f"/{voice}{path}", headers={"Cookie": f"look={furigana}"})
    assert response.status_code == 200


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("path", ["/procedures/none", "/events/none", "/for/none"])
def test_unknown_address_offers_search_and_the_phone(small: FlaskClient, voice: str, path: str) -> None:
    response = small.get(f"/{voice}{path}")
    assert response.status_code == 404
    assert 'type="search"' in words_of(response)
    assert "03-0000-0001" in words_of(response)


def test_public_page_is_not_sent_twice_to_who_has_it(small: FlaskClient) -> None:
    first = small.get("/en/procedures/join-insurance")
    again = small.get("/en/procedures/join-insurance", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_sheet_says_every_statement_with_its_source(small: FlaskClient) -> None:
    page = words_of(small.get("/en/procedures/join-insurance"))
    for words in ("Within 14 days", "You pay premiums later.", "Free", "Residence card", "A certificate"):
        assert words in page
    assert page.count("国民健康保険法施行規則第2条") == 7
    assert "November 2026" in page or "2026" in page


def test_sheet_marks_what_was_never_confirmed(small: FlaskClient) -> None:
    page = words_of(small.get("/ja/procedures/large-waste"))
    assert page.count("まだ確認していません") >= 6


def test_sheet_borrowed_from_japanese_says_so(small: FlaskClient) -> None:
    page = words_of(small.get("/en/events/moving-in"))
    assert '<div lang="ja">' in page


def test_sheet_with_a_form_can_be_started_by_a_plain_form(small: FlaskClient) -> None:
    page = words_of(small.get("/ja/procedures/join-insurance"))
    assert '<form method="post" action="/ja/procedures/join-insurance/start">' in page


def test_sheet_without_a_form_leads_elsewhere(small: FlaskClient) -> None:
    page = words_of(small.get("/ja/procedures/large-waste"))
    assert "/start" not in page
    assert 'href="https://example.org/gomi"' in page


def test_answers_in_the_address_change_the_way_and_stay_chosen(small: FlaskClient) -> None:
    page = words_of(small.get("/en/procedures/join-insurance?device=no&can_go=yes"))
    assert "You do not have to use a screen" in page
    assert 'name="device" value="no" checked' in page
    assert "/start" not in page


def test_nonsense_in_the_address_is_passed_over(small: FlaskClient) -> None:
    page = words_of(small.get("/en/procedures/join-insurance?device=%00&can_go=" + "x" * 5000))
    assert " checked" not in page


def test_what_was_typed_stays_in_the_search_box_and_is_never_markup(small: FlaskClient) -> None:
    page = words_of(small.get("/en/find", query_string={"q": '"><script>alert(1)</script>kokuho'}))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;kokuho" in page


def test_search_that_finds_nothing_offers_events_audiences_and_the_phone(small: FlaskClient) -> None:
    page = words_of(small.get("/ja/find?q=xyzzyx"))
    assert "/ja/events/moving-in" in page
    assert "/ja/for/everyone" in page
    assert "tel:0300000001" in page


def test_search_says_how_many_were_found(small: FlaskClient) -> None:
    page = words_of(small.get("/ja/find?q=こくほ"))
    assert "/ja/procedures/join-insurance" in page


@pytest.mark.parametrize(
    "query", ["", " ", "\x00", "%", "ー", "🏠", "a" * 5000, "\ud800".encode("utf-8", "surrogatepass")],
)  # fmt: skip
def test_whatever_is_typed_gets_a_page(small: FlaskClient, query: str | bytes) -> None:
    assert small.get("/ja/find", query_string={"q": query}).status_code == 200


def test_searched_words_never_stand_in_the_title(small: FlaskClient) -> None:
    page = words_of(small.get("/en/find?q=secretword"))
    assert "secretword" not in page.split("</title>", 1)[0]


def test_list_of_all_names_every_procedure_once(small: FlaskClient) -> None:
    page = words_of(small.get("/en/procedures/"))
    assert page.count('href="/en/procedures/join-insurance"') == 1
    assert page.count('href="/en/procedures/large-waste"') == 1
