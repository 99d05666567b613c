"""Readings laid over the characters of a text, so that engines which cut words differently can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from webapp.reading.furigana import Piece
from webapp.reading.furigana.script import KANJI, to_hiragana

HAS_KANJI = re.compile(f"[{KANJI}]")


@dataclass(frozen=True, slots=True)
class Segment:
    """Characters begin to end of a text and their reading in hiragana, None when the engine has none."""

    begin: int
    end: int
    reading: str | None


@dataclass(frozen=True, slots=True)
class Span:
    """Characters begin to end of a text, with what two engines read there."""

    begin: int
    end: int
    ours: str | None
    theirs: str | None


def spell_kana(text: str, begin: int) -> Iterator[Segment]:
    """Lay characters that are read as they stand (kana, digits, signs), each by itself."""
    for place, character in enumerate(text, begin):
        yield Segment(place, place + 1, to_hiragana(character))


def count_same_end(surface: str, reading: str) -> int:
    """Count the kana that a word and its reading share at the end (okurigana), never the whole reading."""
    count = 0
    for written, read in zip(reversed(surface), reversed(reading[1:]), strict=False):
        if written != read or HAS_KANJI.match(written):
            break
        count += 1
    return count


def lay_word(surface: str, reading: str | None, begin: int) -> Iterator[Segment]:
    """Lay one word: its kanji with their reading, the kana after them one by one."""
    if not HAS_KANJI.search(surface):
        yield from spell_kana(surface, begin)
        return
    if reading is None:
        yield Segment(begin, begin + len(surface), None)
        return
    same = count_same_end(to_hiragana(surface), reading)
    cut = len(surface) - same
    yield Segment(begin, begin + cut, reading[: len(reading) - same])
    yield from spell_kana(surface[cut:], begin + cut)


def lay_pieces(pieces: Iterable[Piece]) -> Iterator[Segment]:
    """Lay what our own engine reads; a piece of kanji without a reading stays unread."""
    begin = 0
    for piece in pieces:
        if piece.reading is not None:
            yield Segment(begin, begin + len(piece.text), piece.reading)
        else:
            for place, character in enumerate(piece.text, begin):
                reading = None if HAS_KANJI.match(character) else to_hiragana(character)
                yield Segment(place, place + 1, reading)
        begin += len(piece.text)


def join_readings(segments: Iterable[Segment]) -> str | None:
    """Join the readings of a row of segments, None when one is unread."""
    readings = [segment.reading for segment in segments]
    return None if None in readings else "".join(reading or "" for reading in readings)


def align(ours: Iterable[Segment], theirs: Iterable[Segment]) -> Iterator[Span]:
    """Cut a text into the smallest spans whose edges both engines share, and join what each reads there."""
    left, right = list(ours), list(theirs)
    edges = sorted({s.end for s in left} & {s.end for s in right})
    begin = at_left = at_right = 0
    for edge in edges:
        from_left, from_right = at_left, at_right
        while at_left < len(left) and left[at_left].end <= edge:
            at_left += 1
        while at_right < len(right) and right[at_right].end <= edge:
            at_right += 1
        yield Span(begin, edge, join_readings(left[from_left:at_left]), join_readings(right[from_right:at_right]))
        begin = edge
