"""The words residents meet: every explanation is itself easy, plain and complete."""

import re
from pathlib import Path

import pytest

from webapp.reading.gates.easy import check_page
from webapp.reading.gates.glossary import find_words, get_glossary
from webapp.reading.gates.levels import WORDS_FOLDER
from webapp.reading.gates.plain import check_plain
from webapp.reading.rules_words import GlossaryWord, find_glossed, load_glossary

WORDS = load_glossary(WORDS_FOLDER / "glossary.yaml")


def test_glossary_explains_the_official_words() -> None:
    kept = {
        "住民票",
        "世帯主",
        "国民健康保険",
        "児童手当",
        "介護保険",
        "マイナンバーカード",
        "窓口",
        "申請",
        "証明書",
        "手続き",
    }
    kept |= {"届", "保険料", "在留カード", "暗証番号"}
    assert kept <= {word.word for word in WORDS}
    assert len(WORDS) >= 150


@pytest.mark.parametrize("word", WORDS, ids=[word.word for word in WORDS])
def test_easy_explanation_passes_the_easy_gate(word: GlossaryWord) -> None:
    assert check_page([word.easy], get_glossary()).findings == ()


def test_all_easy_explanations_together_pass_as_one_page() -> None:
    assert check_page([word.easy for word in WORDS], get_glossary()).findings == ()


def test_plain_explanations_pass_the_plain_lint() -> None:
    assert list(check_plain("words", [word.plain for word in WORDS])) == []


@pytest.mark.parametrize("word", WORDS, ids=[word.word for word in WORDS])
def test_entry_is_complete(word: GlossaryWord) -> None:
    assert re.fullmatch(r"[ぁ-んー]+", word.reading)
    assert word.easy.endswith("。")
    assert word.plain.endswith("。")
    assert word.en.endswith(".")
    assert not re.search(r"[ぁ-んァ-ン一-鿿]", word.en)


def test_explanation_does_not_explain_a_word_by_itself_alone() -> None:
    assert [word.word for word in WORDS if word.easy == f"{word.word}です。"] == []


def test_spelling_standing_twice_is_refused(tmp_path: Path) -> None:
    entry = "  - {word: 区, reading: く, easy: a, plain: b, en: c}\n"
    path = tmp_path / "glossary.yaml"
    path.write_text("words:\n" + entry + entry, encoding="utf-8")
    with pytest.raises(ValueError, match="区 stands twice"):
        load_glossary(path)


def test_unknown_field_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "glossary.yaml"
    path.write_text("words:\n  - {word: 区, reading: く, easy: a, plain: b, en: c, fr: d}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="fr"):
        load_glossary(path)


def test_longest_word_is_found_in_text() -> None:
    found = [word.word for word in find_words("住民票の写しと在留カードを持ってきてください。", get_glossary())]
    assert found == ["住民票の写し", "在留カード"]


def test_words_are_found_without_any_analyzer() -> None:
    found = [word.word for word in find_glossed("この地区では、住民票の写しが届く。届を区に出す。", WORDS)]
    assert found == ["住民票の写し", "届", "区"]
