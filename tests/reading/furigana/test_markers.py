"""Readings that an author writes into the text, and the ward's glossary."""

import subprocess
import sys
from pathlib import Path

import pytest

from webapp.reading.furigana import Piece, annotate, engine, lexicon, strip_markers, tables
from webapp.reading.furigana.__main__ import write_readings
from webapp.reading.furigana.lexicon import index_glossary


def test_reading_of_the_author_wins() -> None:
    assert annotate("今日《こんにち》は") == (Piece("今日", "こんにち"), Piece("は", None))


def test_reading_of_the_ward_wins_over_a_longer_word_of_the_lexicon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    glossary = tmp_path / "readings.yaml"
    glossary.write_text('- {word: 荻窪, reading: おぎのくぼ, after: "駅"}\n', encoding="utf-8")
    monkeypatch.setattr(tables, "GLOSSARY", glossary)
    with_glossary = index_glossary.__wrapped__
    monkeypatch.setattr(tables, "load_glossary", tables.load_glossary.__wrapped__)
    monkeypatch.setattr(lexicon, "load_glossary", tables.load_glossary)
    monkeypatch.setattr(engine, "index_glossary", with_glossary)
    assert engine.annotate_plain("荻窪駅、荻窪区", ())[0] == Piece("荻窪", "おぎのくぼ")
    assert Piece("荻窪", "おぎくぼ") in engine.annotate_plain("荻窪駅、荻窪区", ())


def test_bar_marks_where_the_base_starts() -> None:
    assert annotate("東京｜都《みやこ》")[-1] == Piece("都", "みやこ")


def test_okurigana_of_a_marked_base_stay_outside() -> None:
    assert annotate("｜申し込み《もうしこみ》")[0] == Piece("申", "もう")


def test_marker_without_kana_is_plain_text() -> None:
    assert strip_markers("『坊っちゃん』《夏目》") == "『坊っちゃん』《夏目》"


def test_number_fused_with_its_counter_is_written_with_a_bar() -> None:
    assert write_readings(annotate("20日")) == "｜20日《はつか》"


def test_written_readings_are_read_back_as_the_same_pieces() -> None:
    pieces = annotate("第3回の一人ひとりの｜生物《なまもの》を、20日に阿佐ケ谷駅前へ。")
    assert annotate(write_readings(pieces)) == pieces


def test_lines_in_are_lines_out() -> None:
    lines = "区役所\n\n  3階へ\r\n最後"
    run = subprocess.run(
        [sys.executable, "-m", "webapp.reading.furigana"], input=lines.encode(), capture_output=True, check=True
    )
    assert run.stdout.decode() == "区役所《くやくしょ》\n\n  3階《がい》へ\r\n最後《さいご》\n"
