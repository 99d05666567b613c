"""Furigana for Japanese text: readings over kanji, phrase cuts for line breaking, and kana for speech.

Precedence of readings: inline ``漢字《かんじ》`` written by an author, then the ward glossary
(``content/readings.yaml``), then the number grammar and the lexicon (``content/readings/``), then the analyzer.
The text itself is never altered: the pieces of a text, concatenated, are the text.
"""

from functools import lru_cache
from itertools import pairwise

from webapp.reading.furigana.engine import annotate_plain, cut_long, load_engine
from webapp.reading.furigana.markers import split_markers
from webapp.reading.furigana.phrasing import find_cuts
from webapp.reading.furigana.piece import Piece

__all__ = ["Piece", "annotate", "cut_long", "phrases", "read_aloud", "strip_markers", "warm"]

CACHED_TEXTS = 8192


@lru_cache(maxsize=CACHED_TEXTS)
def annotate(text: str) -> tuple[Piece, ...]:
    """Cut a text into pieces, those of kanji with their reading in hiragana.

    Inline readings ``漢字《かんじ》`` are honoured and their markers removed; nothing else of the text changes.
    """
    plain, fixed = split_markers(text)
    return annotate_plain(plain, fixed)


def strip_markers(text: str) -> str:
    """Remove the inline reading markers of a text."""
    return split_markers(text)[0]


def read_aloud(text: str) -> str:
    """Write a text for a speech engine: every kanji word that has a reading becomes that reading."""
    return "".join(piece.reading or piece.text for piece in annotate(text))


@lru_cache(maxsize=CACHED_TEXTS)
def phrases(text: str) -> tuple[str, ...]:
    """Cut a plain text into phrases (bunsetsu) where a line may break, never inside a word that has a reading."""
    inside: set[int] = set()
    at = 0
    for piece in annotate_plain(text, ()):
        if piece.reading:
            inside.update(range(at + 1, at + len(piece.text)))
        at += len(piece.text)
    cuts = [0, *(cut for cut in find_cuts(text) if cut not in inside), len(text)]
    return tuple(text[start:end] for start, end in pairwise(cuts) if start < end)


def warm() -> None:
    """Load the dictionary, the lexicon and the glossary, so that the first reader does not wait for them."""
    load_engine()
