"""Names are kept as they are; words are kept unless nobody could read them."""

import pytest

from tests.facts.making import answer, codes, shown
from tests.facts.samples import make_fact

NAME = make_fact("name")
WORDS = make_fact("text")
LETTER = make_fact("text", long=True)
CARD = "123456789018"


@pytest.mark.parametrize(
    ("name", "kana"),
    [
        ("山﨑 髙子", "やまざき たかこ"),
        ("葛\U000e0100城　辻\U000e0101", "かつらぎ　つじ"),
        ("𠮷野家", "よしのや"),
        ("スカルノ", ""),
        ("O’Brien-Łukasz Ñandú", ""),
        ("ｱﾌﾞﾄﾞｩﾙ･ﾗﾋﾑ", "ｱﾌﾞﾄﾞｩﾙ･ﾗﾋﾑ"),
        ("がぎ", ""),
        ("李 小龍", "Lee Siu-lung"),
        ("مُحَمَّد", ""),
        ("ශ්‍රීමති", ""),
        ("寿限無" * 60, "ジュゲム" * 50),
    ],
)
def test_any_name_is_kept_letter_for_letter(name, kana):
    outcome = answer(NAME, name=f" {name}　", kana=kana)
    assert outcome.gaps == ()
    assert outcome.value == {"name": name, "kana": kana}


def test_a_reading_is_asked_for_kanji_only():
    assert codes(answer(NAME, name="々田", kana="")) == [("kana", "kana-missing")]
    assert codes(answer(NAME, name="神﨑", kana="神﨑")) == [("kana", "kana-letters")]
    assert codes(answer(NAME, name="", kana="やまだ")) == [("name", "missing")]


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\ud800", "\u202e", "\ufffe", "\x85"])
def test_signs_that_nobody_sees_are_named_and_not_swallowed(sign):
    assert codes(answer(NAME, name=f"山{sign}田", kana="やまだ")) == [("name", "letters")]
    assert codes(answer(WORDS, it=f"a{sign}b")) == [("", "letters")]


def test_a_name_without_end_is_told_the_limit():
    outcome = answer(NAME, name="あ" * 20_000, kana="")
    assert codes(outcome) == [("name", "too-long")]
    assert outcome.gaps[0].values == {"limit": 200, "count": 20_000}


def test_line_ends_count_once_and_one_line_stays_one():
    assert answer(LETTER, it="一\r\n二\r三\n").value == "一\n二\n三"
    assert codes(answer(WORDS, it="一\r\n二")) == [("", "letters")]
    assert answer(WORDS, it="山田\t太郎").value == "山田 太郎"
    assert shown(LETTER, "一\n二") == ["一", "二"]


def test_words_may_be_as_long_as_content_says():
    fact = make_fact("text", length=3)
    assert answer(fact, it="あいう").value == "あいう"
    assert codes(answer(fact, it="あいうえ")) == [("", "too-long")]


@pytest.mark.parametrize("blank", ["", " ", "　\t\r\n", "\u200b", "\ufeff \u200d"])
def test_what_cannot_be_seen_is_no_answer(blank):
    assert codes(answer(WORDS, it=blank)) == [("", "missing")]
    assert answer(WORDS, required=False, it=blank).value is None


@pytest.mark.parametrize(
    "words", [CARD, "私のは1234-5678-9018です", "１２３４ ５６７８ ９０１８", "1 2 3 4 5 6 7 8 9 0 1 8", f"\n{CARD}。"]
)
def test_an_individual_number_is_never_taken(words):
    assert codes(answer(LETTER, it=words)) == [("", "individual-number")]


@pytest.mark.parametrize("words", ["123456789012", "1" + CARD, CARD + "1", "03-1234-5678", "2026-11-24 12:31"])
def test_other_rows_of_digits_are_no_individual_number(words):
    assert answer(LETTER, it=words).value == words
