"""Alignment of a word with its reading, so that readings stand over the kanji and okurigana stay outside."""

import re
from collections.abc import Iterator
from functools import lru_cache

from webapp.reading.furigana.script import KANA, KANJI, KANJI_RUN, to_hiragana

Span = tuple[int, int, str]
"""Start and end in a text, and the reading of that stretch in hiragana."""

_SPLITTABLE = re.compile(f"[{KANJI}{KANA}]+")
_READING = re.compile("[ぁ-ゖー]+")


_SPLITTABLE_COUNT = re.compile(f"[0-9{KANJI}]*[0-9〇][0-9〇{KANJI}{KANA}]*")
_COUNT_RUN = re.compile(f"[0-9]*[〇{KANJI}]+")


@lru_cache(maxsize=8192)
def _compile_surface(surface: str, run: re.Pattern[str]) -> tuple[re.Pattern[str], tuple[tuple[int, int], ...]]:
    runs = tuple(match.span() for match in run.finditer(surface))
    pattern, at = "", 0
    for start, end in runs:
        pattern += re.escape(to_hiragana(surface[at:start])) + "(.+?)"
        at = end
    return re.compile(pattern + re.escape(to_hiragana(surface[at:]))), runs


def split_token(surface: str, reading: str) -> tuple[Span, ...] | None:
    """Place the reading of a word over its kanji; None where word and reading cannot be aligned."""
    if not _SPLITTABLE.fullmatch(surface) or not _READING.fullmatch(reading):
        return None
    return _align(surface, reading, KANJI_RUN)


def _align(surface: str, reading: str, run: re.Pattern[str]) -> tuple[Span, ...] | None:
    pattern, runs = _compile_surface(surface, run)
    aligned = pattern.fullmatch(reading)
    if aligned is None:
        return None
    return tuple((start, end, part) for (start, end), part in zip(runs, aligned.groups(), strict=True))


def place_reading(text: str, start: int, end: int, reading: str) -> Iterator[Span]:
    """Place a reading that is known for a stretch; a number in digits is fused with its counter (20日)."""
    surfaces = text[start:end].split("・")
    readings = reading.split("・")
    if len(surfaces) != len(readings):
        surfaces, readings = [text[start:end]], [reading]
    for surface, kana in zip(surfaces, readings, strict=True):
        counted = _SPLITTABLE_COUNT.fullmatch(surface) is not None
        parts = _align(surface, kana, _COUNT_RUN) if counted else split_token(surface, kana)
        for first, last, part in parts or ():
            yield start + first, start + last, part
        start += len(surface) + 1
