"""What the easy-Japanese gate lets through and what it stops."""

from pathlib import Path

import pytest

from webapp.reading.gates.easy import check_page
from webapp.reading.gates.glossary import build_glossary, get_glossary
from webapp.reading.rules_words import GlossaryWord

HERE = Path(__file__).parent
FILLER = [
    "ごみは 朝に 出してください。",
    "電話を してください。",
    "これは 水です。",
    "明日は 休みです。",
    "紙に 名前を 書きます。",
]


def read_pages(name: str) -> list[list[str]]:
    lines = [line for line in (HERE / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [page.split("\n") for page in "\n".join(lines).strip().split("\n\n")]


def list_rules(*texts: str) -> set[str]:
    return {finding.rule for finding in check_page(texts, get_glossary()).findings}


EASY_PAGES = read_pages("easy_pages.txt")
NOTICES = [line for page in read_pages("ordinary_notices.txt") for line in page]


@pytest.mark.parametrize("page", EASY_PAGES, ids=[page[0] for page in EASY_PAGES])
def test_page_of_easy_japanese_passes(page: list[str]) -> None:
    report = check_page(page, get_glossary())
    assert report.findings == ()
    assert report.passed


def test_there_are_about_forty_easy_sentences_and_forty_notices() -> None:
    assert sum(len(page) for page in EASY_PAGES) >= 40
    assert len(NOTICES) == 40


@pytest.mark.parametrize("notice", NOTICES)
def test_ordinary_notice_is_stopped(notice: str) -> None:
    assert not check_page([notice], get_glossary()).passed


@pytest.mark.parametrize("start", range(0, 40, 8))
def test_page_of_ordinary_notices_is_stopped_by_its_vocabulary(start: int) -> None:
    rules = list_rules(*NOTICES[start : start + 8])
    assert {"n5-n4-share", "n5-n3-share", "gloss"} <= rules


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("morae", "月曜日から 金曜日まで、午前8時30分から 午後5時まで 開いています。"),
        ("kanji", "今年 区役所 住民票 国民年金 健康保険です。"),
        ("ending", "届けを 出すこと。"),
        ("ending", "カードは 使えない。"),
        ("double-negation", "行かないわけには いきません。"),
        ("double-negation", "お金が もらえないことは ありません。"),
        ("double-negation", "行けなくは ないです。"),
        ("causative", "子どもに 薬を 飲ませます。"),
        ("causative", "子どもに 電話を かけさせてください。"),
        ("honorific", "ここで お待ちください。"),
        ("honorific", "紙を お送りいたします。"),
        ("honorific", "これは 紙でございます。"),
        ("honorific", "区の人が お話しになります。"),
        ("honorific", "カードを 見せていただきます。"),
        ("honorific", "早く 来てくださいませ。"),
        ("era", "令和8年から 始まります。"),
        ("era", "令和8年（2026年）から 始まります。"),
        ("era", "2025年（令和8年）から 始まります。"),
        ("clock", "8時に 来てください。"),
        ("clock", "午後13時に 来てください。"),
        ("clock", "午前8時から 17:30まで 開いています。"),
        ("office-join", "父 及び 母が 来てください。"),
        ("office-join", "父 並びに 母が 来てください。"),
        ("office-join", "父 若しくは 母が 来てください。"),
        ("office-join", "父母等が 来てください。"),
        ("gloss", "紙を 廃棄してください。"),
        ("loan-word", "アーカイブを 見てください。"),
        ("passive-share", "紙が 送られます。"),
        ("passive-share", "決められた 日に 来てください。"),
    ],
)
def test_bad_sentence_is_stopped_by_its_rule(rule: str, sentence: str) -> None:
    assert rule in list_rules(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "2026年（令和8年）から 始まります。",
        "午前8時から 午後5時まで 開いています。",
        "30分くらいで 終わります。",
        "2時間 待ってください。",
        "区役所に 知らせてください。",
        "紙を 合わせて 出してください。",
        "ボタンを おしてください。",
        "およそ 3回 します。",
        "赤ちゃんが 生まれました。おめでとうございます。",
        "ひらがなも 食べられます。",
        "払わなければ なりません。",
        "高等学校の人も 来てください。",
        "おじいさんと おばあさんが 住んでいます。",
        "たいふうが 来ます。",
        "じゅうみんひょうが ほしいです。",
        "お願いします。",
    ],
)
def test_good_sentence_is_let_through(sentence: str) -> None:
    assert check_page([sentence], get_glossary()).findings == ()


def test_label_without_a_finite_verb_is_not_a_sentence() -> None:
    report = check_page(["区役所の 窓口", "次へ 進む", "書いたことを 直す"], get_glossary())
    assert report.numbers.sentences == 0
    assert report.passed


def test_long_plain_verb_without_full_stop_is_a_sentence_and_must_end_politely() -> None:
    assert "ending" in list_rules("新しい 家に 住み始めてから 14日以内に 区役所へ 行く")


def test_label_counts_for_words_and_patterns() -> None:
    assert list_rules("令和8年の 廃棄") == {"era", "gloss"}


def test_many_official_words_stop_a_page_even_when_each_is_glossed() -> None:
    texts = ["住民票です。", "在留カードです。", "世帯主です。", "印鑑です。", "戸籍です。", "税務署です。"]
    assert {"n5-n3-share", "n5-n4-share"} <= list_rules(*texts)


def test_official_word_counts_once_however_often_it_returns() -> None:
    once = check_page([*FILLER, "住民票が ほしいです。"], get_glossary()).numbers
    often = check_page([*FILLER, "住民票が ほしいです。", "住民票は 紙です。"], get_glossary()).numbers
    assert (once.beyond_n3, often.beyond_n3) == (1, 1)


def test_mean_length_and_mean_kanji_and_kanji_share_are_of_the_page() -> None:
    long = "新しい 家に 住んだら、区役所に 来て、住所を 書いてください。"
    assert "mean-morae" in list_rules(long, long, long)
    assert {"mean-kanji", "kanji-share"} <= list_rules(*["東京都新宿区西新宿です。"] * 3)


def test_readability_is_judged_from_five_sentences_on() -> None:
    hard = "国民健康保険の 保険料の 納付です。"
    assert "readability" in list_rules(*[hard] * 5)
    assert "readability" not in list_rules(*[hard] * 4)


def test_one_passive_in_ten_sentences_is_let_through() -> None:
    assert "passive-share" not in list_rules(*FILLER, *FILLER[:4], "紙が 送られます。")
    assert "passive-share" in list_rules(*FILLER, "紙が 送られます。")


def test_inline_readings_and_phrase_spaces_are_not_seen() -> None:
    plain = check_page(["住民票が ほしいです。"], get_glossary()).numbers
    marked = check_page(["住民票《じゅうみんひょう》が ほしいです。"], get_glossary()).numbers
    assert plain == marked


def test_telephone_number_adds_no_morae() -> None:
    with_number = check_page(["電話は 03-3312-2111です。"], get_glossary()).numbers
    without = check_page(["電話は です。"], get_glossary()).numbers
    assert with_number.mean_morae == without.mean_morae


def test_word_passes_once_the_glossary_explains_it() -> None:
    word = GlossaryWord("廃棄", "はいき", "すてることです。", "捨てることです。", "Throwing away.")
    assert "gloss" in list_rules("紙を 廃棄してください。")
    assert check_page(["紙を 廃棄してください。"], build_glossary([word])).passed


def test_finding_names_page_rule_sentence_and_number() -> None:
    sentence = "月曜日から金曜日まで、午前8時30分から午後5時まで開いています。"
    finding = check_page([sentence], get_glossary(), "ごみ").findings[0]
    assert (finding.page, finding.rule, finding.text) == ("ごみ", "morae", sentence)
    assert "41" in finding.detail
