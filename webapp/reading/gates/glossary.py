"""Finding the glossary's words in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from webapp.reading.furigana.script import KANJI
from webapp.reading.gates.levels import WORDS_FOLDER
from webapp.reading.gates.tokens import Token, tokenize
from webapp.reading.rules_words import GlossaryWord, load_glossary

HAS_KANJI = re.compile(f"[{KANJI}]")
LONGEST_MATCH = 12  # words a glossary entry may span
SHORTEST_KANA = 3  # characters; a shorter reading (く, とう) would be found everywhere


@dataclass(frozen=True, slots=True)
class Glossary:
    """The glossary ready for matching: spelling to word."""

    spellings: Mapping[str, GlossaryWord]


@dataclass(frozen=True, slots=True)
class Piece:
    """One word of a text: the tokens it covers and, when the glossary explains it, its entry."""

    tokens: tuple[Token, ...]
    entry: GlossaryWord | None

    @property
    def surface(self) -> str:
        """Give the piece as it stands in the text."""
        return "".join(token.surface for token in self.tokens)


def build_glossary(words: Iterable[GlossaryWord]) -> Glossary:
    """Index words by every spelling, and by their reading for texts in kana; a verb stands in its dictionary form."""
    known = tuple(words)
    readings = {word.reading: word for word in known if len(word.reading) >= SHORTEST_KANA}
    return Glossary(readings | {spelling: word for word in known for spelling in word.get_spellings()})


@cache
def get_glossary() -> Glossary:
    """Give the project's own glossary, read once."""
    return build_glossary(load_glossary(WORDS_FOLDER / "glossary.yaml"))


def find_entry(tokens: Sequence[Token], glossary: Glossary) -> GlossaryWord | None:
    """Find the entry that these words together spell, the last one in its dictionary form.

    A verb in kana counts in its dictionary form only: うつした is not 写し.
    """
    last = tokens[-1]
    head = "".join(token.surface for token in tokens[:-1])
    is_inflected_kana = last.pos[0] == "動詞" and last.surface != last.lemma and not HAS_KANJI.search(last.surface)
    found = None if is_inflected_kana else glossary.spellings.get(head + last.surface)
    return found or glossary.spellings.get(head + last.lemma)


def cut_first_piece(tokens: Sequence[Token], glossary: Glossary) -> Piece:
    """Take the longest glossary entry off the front of a row of words, or else its first word."""
    for length in range(min(LONGEST_MATCH, len(tokens)), 0, -1):
        entry = find_entry(tokens[:length], glossary)
        if entry is not None:
            return Piece(tuple(tokens[:length]), entry)
    return Piece((tokens[0],), None)


def cut_pieces(tokens: Sequence[Token], glossary: Glossary) -> Iterator[Piece]:
    """Cut a row of words into glossary entries and other single words."""
    place = 0
    while place < len(tokens):
        piece = cut_first_piece(tokens[place:], glossary)
        yield piece
        place += len(piece.tokens)


def find_words(text: str, glossary: Glossary) -> tuple[GlossaryWord, ...]:
    """Find the glossary words that stand in a text, each once, in the order they are met."""
    entries = (piece.entry for piece in cut_pieces(tokenize(text), glossary))
    return tuple(dict.fromkeys(entry for entry in entries if entry is not None))
