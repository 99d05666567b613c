"""The engine reads the ward's sentences right, class by class."""

from pathlib import Path

import pytest

from tests.reading.furigana.scoring import GOLD, count_wrong, read_gold, score_sentences

FILES = sorted(GOLD.glob("*.txt"))
SENTENCES = 900


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_class_is_read_right(path: Path) -> None:
    score = score_sentences(read_gold(path))
    assert score.right_words >= 0.995 * score.words, score.wrong
    assert score.right_sentences >= 0.98 * score.sentences, score.wrong


def test_corpus_is_large_enough_to_mean_something() -> None:
    assert sum(len(read_gold(path)) for path in FILES) >= SENTENCES


def test_wrong_reading_is_counted_as_wrong() -> None:
    assert count_wrong("住民票《じゅうみんひょう》の写《しゃ》し") == (2, 1)


def test_missing_reading_is_counted_as_wrong() -> None:
    assert count_wrong("住民票《じゅうみんひょう》の写し") == (1, 1)
