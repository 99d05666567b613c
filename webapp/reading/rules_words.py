"""The words residents meet at the counter, explained in easy Japanese, plain Japanese and English."""

from __future__ import annotations

from pathlib import Path

import msgspec
from ruamel.yaml import YAML


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
    raw = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    words = msgspec.convert(raw, GlossaryFile).words
    seen: set[str] = set()
    for spelling in (spelling for word in words for spelling in word.get_spellings()):
        if spelling in seen:
            raise ValueError(f"{path.name}: {spelling} stands twice in the glossary")
        seen.add(spelling)
    return words
