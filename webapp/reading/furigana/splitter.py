"""Alignment of a word with its reading, so that readings stand over the kanji and okurigana stay outside."""

import re
from collections.abc import Iterator
from functools import lru_cache

from webapp.reading.furigana.script import KANA, KANJI, KANJI_RUN, to_hiragana

Span = tuple[int, int, str]
"""Start and end in a text, and the reading of that stretch in hiragana."""

_SPLITTABLE = re.compile(f"[{KANJI}{KANA}]+")
_READING = re.compile("[ぁ-ゖー]+")


@lru_cache(maxsize=8192)
def _compile_surface(surface: str) -> tuple[re.Pattern[str], tuple[tuple[int, int], ...]]:
    runs = tuple(match.span() for match in KANJI_RUN.finditer(surface))
    pattern, at = "", 0
    for start, end in runs:
        pattern += re.escape(to_hiragana(surface[at:start])) + "(.+?)"
        at = end
    return re.compile(pattern + re.escape(to_hiragana(surface[at:]))), runs


def split_token(surface: str, reading: str) -> tuple[Span, ...] | None:
    """Place the reading of a word over its kanji; None where word and reading cannot be aligned."""
    if not _SPLITTABLE.fullmatch(surface) or not _READING.fullmatch(reading):
        return None
    pattern, runs = _compile_surface(surface)
    aligned = pattern.fullmatch(reading)
    if aligned is None:
        return None
    return tuple((start, end, part) for (start, end), part in zip(runs, aligned.groups(), strict=True))


def place_reading(text: str, start: int, end: int, reading: str) -> Iterator[Span]:
    """Place a reading that is known for a stretch; whole where it cannot be aligned with the kanji (20日)."""
    surface = text[start:end]
    for base, kana, shift in _split_words(surface, reading):
        parts = split_token(base, kana)
        for first, last, part in parts if parts is not None else ((0, len(base), kana),):
            yield start + shift + first, start + shift + last, part


def _split_words(surface: str, reading: str) -> Iterator[tuple[str, str, int]]:
    yield surface, reading, 0
