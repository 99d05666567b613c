"""The value that the furigana engine hands out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; the reading, in hiragana, only on kanji or on a number fused with its counter."""

    text: str
    reading: str | None
