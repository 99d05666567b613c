"""The words residents meet at the counter, explained in easy Japanese, plain Japanese and English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import msgspec

from webapp.kit import yaml12


class GlossaryWord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One official word with its reading (hiragana), other spellings and three explanations."""

    word: str
    reading: str
    easy: str
    plain: str
    en: str
    forms: tuple[str, ...] = ()

    def get_spellings(self) -> tuple[str, ...]:
        """Give every spelling under which the word may stand in a text, the main one first."""
        return (self.word, *self.forms)


class GlossaryFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole glossary file: one list of words."""

    words: tuple[GlossaryWord, ...]


def load_glossary(path: Path) -> tuple[GlossaryWord, ...]:
    """Read the glossary file into words, in the file's order.

    Raises ValueError naming the word when a spelling stands twice, and msgspec.ValidationError on a wrong field.
    """
    raw = yaml12.load(path.read_text(encoding="utf-8"))
    words = msgspec.convert(raw, GlossaryFile).words
    seen: set[str] = set()
    for spelling in (spelling for word in words for spelling in word.get_spellings()):
        if spelling in seen:
            raise ValueError(f"{path.name}: {spelling} stands twice in the glossary")
        seen.add(spelling)
    return words


@lru_cache(maxsize=8)
def build_pattern(spellings: tuple[str, ...]) -> re.Pattern[str]:
    """Build one pattern for all spellings, the longest first.

    One kanji alone must stand free: 区 is not found in 地区, nor 届 in 届く.
    """
    free = r"(?<![一-鿿]){}(?![一-鿿くけきいかこ])"
    longest_first = sorted(spellings, key=len, reverse=True)
    parts = (free.format(re.escape(s)) if len(s) == 1 else re.escape(s) for s in longest_first)
    return re.compile("|".join(parts))


def find_glossed(text: str, words: Iterable[GlossaryWord]) -> tuple[GlossaryWord, ...]:
    """Find the words that a plain text uses, each once, in the order they are met; of two that overlap, the longer."""
    by_spelling = {spelling: word for word in words for spelling in word.get_spellings()}
    met = build_pattern(tuple(by_spelling)).findall(text) if by_spelling else []
    return tuple(dict.fromkeys(by_spelling[spelling] for spelling in met))
