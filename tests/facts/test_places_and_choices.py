"""Addresses, postal codes, and answers picked from a list."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.facts.making import answer, codes, shown
from tests.facts.samples import make_fact
from webapp.facts.rules_postal import find_area

HOME = make_fact("address")
CHOICE = make_fact("choice", options=["red", "blue"], unknown=True)
CHOICES = make_fact("choices", options=["red", "blue"], unknown=True)
YESNO = make_fact("yesno")
ADDRESS = {"postal": "166-0004", "area": "東京都杉並区阿佐谷南", "block": "1-15-1", "building": ""}


@pytest.mark.parametrize("postal", ["1660004", "166-0004", "〒１６６－０００４", "１６６ー０００４", ""])
def test_postal_codes_are_understood_and_not_required(postal):
    assert answer(HOME, **ADDRESS | {"postal": postal}).value["postal"] == ("1660004" if postal else "")


def test_an_address_abroad_is_an_address():
    assert answer(HOME, area="Springfield, USA", block="742 Evergreen Terrace").gaps == ()


@pytest.mark.parametrize(
    ("part", "words", "code"),
    [
        ("postal", "166", "postal-form"), ("area", "", "area-missing"), ("block", " ", "block-missing"),
        ("building", "あ" * 201, "too-long"), ("area", "\ud800", "letters"), ("building", "123456789018", "individual-number"),
    ],
)  # fmt: skip
def test_each_part_of_an_address_is_mended_alone(part, words, code):
    assert codes(answer(HOME, **ADDRESS | {part: words})) == [(part, code)]


def test_an_address_is_shown_as_on_an_envelope():
    value = answer(HOME, **ADDRESS | {"building": "コーポ101"}).value
    assert shown(HOME, value) == ["〒166-0004", "東京都杉並区阿佐谷南1-15-1", "コーポ101"]


def test_a_postal_code_gives_the_town():
    assert find_area("〒166-0004") == "東京都杉並区阿佐谷南"
    assert find_area("1000000") == "東京都千代田区"


def test_a_code_of_several_towns_gives_only_what_they_share():
    assert find_area("4520961") == "愛知県清須市"


def test_a_code_of_two_prefectures_gives_nothing_rather_than_the_wrong_one():
    assert find_area("4980000") is None


@pytest.mark.parametrize(
    "words", ["", "9999999", "166000", "'; DROP TABLE postal_data; --", "\x00", "\ud800" * 7, "1" * 20_000]
)
def test_other_words_give_no_area(words):
    assert find_area(words) is None


def test_threads_may_look_up_at_once():
    numbers = [f"166{n:04}" for n in range(40)] * 5
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(find_area, numbers)) == [find_area(number) for number in numbers]


def test_only_listed_options_count():
    assert answer(CHOICE, it="red").value == "red"
    assert answer(CHOICE, it="unknown").value == "unknown"
    assert codes(answer(CHOICE, it="green")) == [("", "choose-one")]
    assert codes(answer(CHOICE, it=["red", "blue"])) == [("", "choose-one")]
    assert codes(answer(make_fact("choice", options=["red", "blue"]), it="unknown")) == [("", "choose-one")]
    assert answer(CHOICE, required=False).value is None


def test_several_options_keep_the_order_of_the_list():
    assert answer(CHOICES, it=["blue", "red", "blue"]).value == ["red", "blue"]
    assert answer(CHOICES, it="unknown").value == "unknown"
    assert codes(answer(CHOICES, it=["red", "unknown"])) == [("", "unknown-or-choice")]
    assert codes(answer(CHOICES, it=["red", "green"])) == [("", "choose-some")]
    assert codes(answer(CHOICES)) == [("", "choose-some")]


def test_yes_and_no_have_words_of_their_own():
    assert shown(YESNO, answer(YESNO, it="yes").value, "en") == ["Yes"]
    assert answer(YESNO, it="unknown").gaps
    assert shown(make_fact("yesno", unknown=True), "unknown") == ["わからない（いっしょに確認します）"]
