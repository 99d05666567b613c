"""Words of a text as SudachiPy cuts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from sudachipy import Dictionary, Morpheme, SplitMode, Tokenizer


@dataclass(frozen=True, slots=True)
class Token:
    """One word: surface, dictionary form, normalised spelling, part of speech, reading (katakana) and place.

    `parts` are the normalised spellings of its short units; empty when the word is one unit.
    """

    surface: str
    lemma: str
    normal: str
    pos: tuple[str, ...]
    reading: str
    begin: int
    end: int
    parts: tuple[str, ...]

    def is_a(self, *kinds: str) -> bool:
        """Say whether the first parts of speech are these, in this order."""
        return self.pos[: len(kinds)] == kinds


@cache
def get_tokenizer() -> Tokenizer:
    """Give the one Sudachi tokenizer of this process, on the core dictionary, in long units."""
    return Dictionary(dict="core").tokenizer(SplitMode.C)


def build_token(morpheme: Morpheme) -> Token:
    """Copy what the gates need out of a Sudachi morpheme, which lives only as long as its list."""
    parts = morpheme.split(SplitMode.A, add_single=False)
    return Token(
        surface=morpheme.surface(),
        lemma=morpheme.dictionary_form(),
        normal=morpheme.normalized_form(),
        pos=tuple(morpheme.part_of_speech()),
        reading=morpheme.reading_form(),
        begin=morpheme.begin(),
        end=morpheme.end(),
        parts=tuple(part.normalized_form() for part in parts),
    )


@lru_cache(maxsize=4096)
def tokenize(text: str) -> tuple[Token, ...]:
    """Cut a text of at most 16,000 characters into words."""
    return tuple(build_token(morpheme) for morpheme in get_tokenizer().tokenize(text))


def find_token(tokens: Sequence[Token], place: int) -> Token | None:
    """Find the word at this place in the row, None before the first and after the last."""
    return tokens[place] if 0 <= place < len(tokens) else None
