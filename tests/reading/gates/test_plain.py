"""Plain Japanese: short sentences, no office words."""

import pytest

from webapp.reading.gates.plain import check_plain


def list_rules(text: str) -> list[str]:
    return [finding.rule for finding in check_plain("page", [text])]


@pytest.mark.parametrize(
    "text",
    [
        "氏名及び住所を書いてください。",
        "氏名並びに住所を書いてください。",
        "父若しくは母が来てください。",
        "当該書類を出してください。",
        "所定の用紙に書いてください。",
        "引っ越した旨を知らせてください。",
        "遅滞なく届け出てください。",
        "縦覧に供します。",
        "申請書等を出してください。",
    ],
)
def test_office_word_is_told_with_an_everyday_word(text: str) -> None:
    assert list_rules(text) == ["office-word"]


@pytest.mark.parametrize(
    "text",
    [
        "氏名と住所を書いてください。",
        "平等に扱います。",
        "児童手当等に係る寄附の申出",
        "高等学校の生徒が対象です。",
        "「行政手続における特定の個人を識別するための番号の利用等に関する法律」で決まっています。",
        "物価の統制及び配給に関する法律を見てください。",
    ],
)
def test_everyday_words_and_names_of_laws_pass(text: str) -> None:
    assert list_rules(text) == []


def test_sentence_over_sixty_characters_is_told_and_sixty_pass() -> None:
    assert list_rules("あ" * 58 + "す。") == []
    assert list_rules("あ" * 59 + "す。") == ["long-sentence"]
