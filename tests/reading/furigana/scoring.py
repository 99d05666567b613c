"""Score of the engine on sentences written with their right readings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from webapp.reading.furigana import annotate
from webapp.reading.furigana.markers import split_markers
from webapp.reading.furigana.splitter import Span

GOLD = Path(__file__).parent / "gold"


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of kanji words and sentences, and of those read right; the sentences that were not."""

    words: int
    right_words: int
    sentences: int
    right_sentences: int
    wrong: tuple[str, ...]


def read_gold(path: Path) -> list[str]:
    """Read the sentences of one gold file."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def find_spans(plain: str) -> list[Span]:
    """Give the stretches that the engine reads, with their readings."""
    spans, at = [], 0
    for piece in annotate(plain):
        if piece.reading:
            spans.append((at, at + len(piece.text), piece.reading))
        at += len(piece.text)
    return spans


def _spell(plain: str, spans: Iterable[Span], start: int, end: int) -> str:
    kana, at = "", start
    for first, last, reading in spans:
        if start <= first < end:
            kana += plain[at:first] + reading
            at = last
    return kana + plain[at:end]


def _group(spans: list[Span], others: list[Span]) -> Iterator[tuple[int, int]]:
    """Give the stretches that words of either side cover together: how words are cut does not count, only readings."""
    start = end = -1
    for first, last, _ in sorted([*spans, *others]):
        if first > end and end >= 0:
            yield start, end
        start, end = (first, last) if first > end else (start, max(end, last))
    if end >= 0:
        yield start, end


def count_wrong(sentence: str) -> tuple[int, int]:
    """Give the number of kanji words of a gold sentence, and how many of them are read wrong."""
    plain, gold = split_markers(sentence)
    found = find_spans(plain)
    wrong = 0
    for start, end in _group(list(gold), found):
        if _spell(plain, gold, start, end) != _spell(plain, found, start, end):
            wrong += max(1, sum(start <= first < end for first, _, _ in gold))
    return len(gold), wrong


def score_sentences(sentences: Iterable[str]) -> Score:
    """Score the engine on gold sentences."""
    counts = [(sentence, *count_wrong(sentence)) for sentence in sentences]
    words = sum(count for _, count, _ in counts)
    missed = tuple(sentence for sentence, _, wrong in counts if wrong)
    return Score(words, words - sum(wrong for _, _, wrong in counts), len(counts), len(counts) - len(missed), missed)
