"""Readings that an author writes into the text, and the ward's glossary."""

import subprocess
import sys

from webapp.reading.furigana import Piece, annotate, strip_markers
from webapp.reading.furigana.__main__ import write_readings


def test_reading_of_the_author_wins() -> None:
    assert annotate("今日《こんにち》は") == (Piece("今日", "こんにち"), Piece("は", None))


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
