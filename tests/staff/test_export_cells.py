"""What a cell of an export says: every letter of it, or a line in the report; and never a formula."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.facts.rules import Fact, FactDefinition
from webapp.reading.rules_texts import Text
from webapp.staff.rules_cells import (
    fit_row,
    fit_shift_jis,
    guard_formula,
    has_shift_jis,
    open_formula,
    write_date,
    write_kana,
    write_value,
)


@given(st.text())
def test_a_guarded_cell_is_no_formula_and_gives_back_the_words(words):
    cell = guard_formula(words)
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert not cell.startswith(("\t", "\r", "\n"))
    assert open_formula(cell) == words


@pytest.mark.parametrize("words", ["=1+1", "+81", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "'=1", "''=1", "\r\n=1"])
def test_everything_that_a_spreadsheet_could_run_is_guarded(words):
    assert guard_formula(words) == f"'{words}"


@given(st.text())
def test_shift_jis_holds_all_but_what_is_reported(words):
    for instead in ("〓", ""):
        fitted, lost = fit_shift_jis(words, instead)
        assert fitted.encode("cp932").decode("cp932") == fitted
        told = iter(lost)
        rebuilt = "".join(one if has_shift_jis(one) else next(told)[1] for one in words)
        assert rebuilt == fitted
        assert next(told, None) is None
        assert [character for character, _ in lost] == [one for one in words if not has_shift_jis(one)]


def test_every_character_of_the_first_plane_is_written_or_reported():
    for number in (*range(0xD800), *range(0xE000, 0x10000)):
        character = chr(number)
        fitted, lost = fit_shift_jis(character, "〓")
        assert bool(lost) == (fitted != character), hex(number)
        assert fitted.encode("cp932")


@pytest.mark.parametrize(
    ("typed", "fitted"), [("髙﨑", "髙﨑"), ("𠮷田", "〓田"), ("〜−", "～－"), ("葛\U000e0100", "葛〓"), ("é", "〓")]
)
def test_names_lose_only_what_shift_jis_has_not(typed, fitted):
    assert fit_shift_jis(typed, "〓")[0] == fitted


def test_the_report_says_where_each_character_was():
    cells, lost = fit_row(["𠮷田", "犬"], ["氏名", "犬の名前"], "1234", "〓")
    assert cells == ["〓田", "犬"]
    assert [(one.receipt, one.column, one.character, one.written) for one in lost] == [("1234", "氏名", "𠮷", "〓")]


@pytest.mark.parametrize(
    ("form", "words"),
    [("iso", "2026-11-28"), ("slash", "2026/11/28"), ("compact", "20261128"), ("wareki", "令和8年11月28日"),
     ("wareki-short", "R8.11.28"), ("era-code", "5081128")],
)  # fmt: skip
def test_a_day_is_written_as_the_system_wants_it(form, words):
    assert write_date(date(2026, 11, 28), form) == words


def test_first_years_and_days_before_all_eras():
    assert write_date(date(2019, 5, 1), "wareki") == "令和元年5月1日"
    assert write_date(date(1800, 1, 1), "wareki") == "1800-01-01"


@pytest.mark.parametrize(
    ("form", "words"), [("", "やまだ カナ"), ("half", "ﾔﾏﾀﾞ ｶﾅ"), ("katakana", "ヤマダ カナ"), ("hiragana", "やまだ かな"), ("full", "やまだ　カナ")]
)  # fmt: skip
def test_kana_are_of_one_kind_and_width(form, words):
    assert write_kana("やまだ カナ", form) == words


KINDS = {
    "choice": ("a", "え"), "choices": (["a", "b"], "え、び"), "yesno": ("yes", "はい"), "amount": (1200, "1200"),
    "date": ("2026-11-28", "2026-11-28"), "name": ({"name": "山田", "kana": "やまだ"}, "山田 やまだ"),
    "address": ({"postal": "1670051", "area": "杉並区", "block": "1", "building": ""}, "〒167-0051 杉並区1"),
    "text": ("犬", "犬"), "mail": ("a@b.jp", "a@b.jp"),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_has_words(kind):
    value, words = KINDS[kind]
    options = ["a", "b"] if kind in ("choice", "choices") else None
    fact = Fact(
        "x",
        "t",
        FactDefinition(kind=kind, meaning="x", options=options),
        {},
        {"a": Text({"ja": "絵《え》"}), "b": Text({"ja": "び"})},
    )
    assert write_value(fact, value, "", "iso", {}) == words.replace("え", "絵")


@pytest.mark.parametrize("value", [None, "", [], "gone", 5, {"x": 1}, [1], {"name": 3}])
@pytest.mark.parametrize(
    "kind", ["date", "name", "address", "bank", "choice", "choices", "file", "phone", "number", "text"]
)
def test_answers_of_another_time_are_written_as_they_were_kept(kind, value):
    fact = Fact("x", "t", FactDefinition(kind=kind, meaning="x", options=["a"]), {}, {})
    assert isinstance(write_value(fact, value, "", "iso", {}), str)
    assert isinstance(write_value(fact, value, "kana", "iso", {}), str)
