"""Every kind of question reads what people really type, and says what to mend when it cannot."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.facts.samples import FACTS, codes, make_fact, typed, value
from webapp.facts.rules_answers import Gap
from webapp.facts.rules_kinds import handler_of
from webapp.facts.rules_messages import MESSAGES, message_of

TODAY = date(2026, 11, 24)
ANY = st.text(st.characters(exclude_categories=()), max_size=60) | st.sampled_from(
    [
        "",
        "元",
        "2026",
        "13",
        "０３",
        "\x00",
        "\ud800",
        "葛\U000e0100",
        "9" * 5000,
        "=1+1",
        "<script>",
        "-1",
        "1e9",
        "٣",
        "²",
    ]
)


@given(st.sampled_from(sorted(FACTS)), st.data(), st.booleans())
@settings(max_examples=600, deadline=None)
def test_any_text_gives_a_value_or_a_gap_with_a_message_and_values_come_back_the_same(name, data, required):
    fact = FACTS[name]
    handler = handler_of(fact)
    answer = {part: [data.draw(ANY)] for part in handler.parts(fact)}
    outcome = handler.check(fact, answer, TODAY, required)
    for gap in outcome.gaps:
        assert message_of(gap, fact)[0] % dict.fromkeys(["field", *gap.values], "x")
        assert gap.part in handler.parts(fact)
    if outcome.gaps:
        assert outcome.value is None
    elif outcome.value is not None:
        again = handler.check(fact, handler.spread(fact, outcome.value), TODAY, required)
        assert again.value == outcome.value
        assert handler.lines(fact, outcome.value)


@pytest.mark.parametrize("name", sorted(set(FACTS) - {"long"}))
def test_an_empty_answer_is_a_gap_only_where_it_is_required(name):
    fact = FACTS[name]
    empty = {part: [""] for part in handler_of(fact).parts(fact)}
    assert codes(fact, empty, TODAY)
    assert codes(fact, empty, TODAY, required=False) == []


def test_every_code_has_a_message_that_does_not_blame():
    for code, message in MESSAGES.items():
        assert "ください" in message or "かまいません" in message or "です。" in message, code
        assert not any(word in message for word in ("不正", "正しくありません", "間違", "エラー")), code


@pytest.mark.parametrize(
    "name",
    [
        "山﨑 花子",
        "髙橋",
        "葛\U000e0100城",
        "𠮷野家",
        "Nguyễn Văn An",
        "マリア・デル・カルメン",
        "ロ",
        "O’Brien",
        "渡邉" * 40,
    ],
)
def test_any_name_is_kept_as_it_was_typed(name):
    kept = value(FACTS["name"], typed(name=name, kana="よみ"), TODAY)
    assert kept["name"] == name


def test_reading_is_asked_only_where_the_name_has_kanji():
    assert codes(FACTS["name"], typed(name="山田", kana=""), TODAY) == ["kana-missing"]
    assert codes(FACTS["name"], typed(name="Maria Silva", kana=""), TODAY) == []


@pytest.mark.parametrize(("era", "year", "month", "day", "iso"), [
    ("western", "2026", "4", "1", "2026-04-01"), ("reiwa", "8", "4", "1", "2026-04-01"), ("showa", "64", "1", "7", "1989-01-07"),
    ("heisei", "元", "1", "8", "1989-01-08"), ("reiwa", "1", "5", "1", "2019-05-01"), ("taisho", "15", "12", "24", "1926-12-24"),
    ("showa", "元年", "12月", "25日", "1926-12-25"), ("western", "２０２４", "２", "２９", "2024-02-29"), ("reiwa", "2024", "1", "1", "2024-01-01"),
])  # fmt: skip
def test_days_in_both_calendars_are_understood(era, year, month, day, iso):
    assert value(FACTS["date"], typed(era=era, year=year, month=month, day=day), TODAY) == iso


@pytest.mark.parametrize(("answer", "part", "code"), [
    (("western", "2026", "2", "29"), "day", "date-not-in-calendar"), (("heisei", "1", "1", "7"), "era", "date-other-era"),
    (("showa", "64", "2", "1"), "era", "date-other-era"), (("western", "2026", "", "1"), "month", "date-month-missing"),
    (("western", "2026", "x", "1"), "month", "date-month-number"), (("western", "2027", "1", "1"), "year", "date-future"),
    (("western", "60", "1", "1"), "year", "date-western-year"), (("western", "2026", "13", "1"), "month", "date-month-number"),
])  # fmt: skip
def test_days_that_cannot_be_name_the_part_to_mend(answer, part, code):
    fact = FACTS["date"]
    outcome = handler_of(fact).check(
        fact, typed(**dict(zip(("era", "year", "month", "day"), answer, strict=True))), TODAY, True
    )
    assert [(gap.part, gap.code) for gap in outcome.gaps] == [(part, code)]


def test_not_knowing_is_a_good_answer_where_it_is_offered():
    assert value(FACTS["date"], typed(unknown="yes"), TODAY) == "unknown"
    assert value(FACTS["yesno"], typed(only="unknown"), TODAY) == "unknown"
    assert codes(make_fact("yesno"), typed(only="unknown"), TODAY) == ["choose-one"]


@pytest.mark.parametrize(
    ("words", "yen"),
    [("12,000円", 12000), ("１２０００", 12000), ("3万", 30000), ("1万5千", 15000), ("￥800", 800), ("0", 0)],
)
def test_amounts_are_read_as_people_write_them(words, yen):
    assert value(FACTS["amount"], typed(only=words), TODAY) == yen


def test_insurer_number_with_a_slip_of_the_hand_is_noticed():
    assert value(FACTS["insurer"], typed(only="06139992"), TODAY) == "06139992"
    assert codes(FACTS["insurer"], typed(only="06139993"), TODAY) == ["number-check"]


def test_individual_number_is_never_taken():
    number = "123456789018"
    assert codes(FACTS["number"], typed(only=number), TODAY) == ["individual-number"]
    for name in ("text", "long"):
        assert codes(FACTS[name], typed(only=f"番号は {number} です"), TODAY) == ["individual-number"]


@pytest.mark.parametrize("words", ["03-1234-5678", "０９０１２３４５６７８", "(03)1234-5678", "+81 90 1234 5678"])
def test_phone_numbers_are_read_as_people_write_them(words):
    assert value(FACTS["phone"], typed(only=words), TODAY)


def test_account_is_made_as_banks_write_it():
    answer = typed(
        institution="ゆうちょ銀行", branch="〇一八", type="ordinary", number="１２３", holder="やまだ はなこ"
    )
    kept = value(FACTS["bank"], answer, TODAY)
    assert (kept["number"], kept["holder"]) == ("0000123", "ヤマダ ハナコ")


def test_address_without_a_postal_code_is_fine():
    kept = value(FACTS["address"], typed(postal="", area="東京都杉並区阿佐谷南", block="1-15-1", building=""), TODAY)
    assert kept["postal"] == ""


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_every_message_takes_the_values_of_its_gap(code):
    message, values = message_of(
        Gap(
            "t.fact",
            "",
            code,
            dict.fromkeys(("limit", "count", "digits", "day", "month", "name", "most", "minutes"), 1),
        ),
        FACTS["text"],
    )
    assert message % values
