"""How easy a page's words are.

Content words are nouns, pronouns, verbs, adjectives and adverbs as SudachiPy cuts them, its long units.
Not counted: numbers, proper names and places, words in Latin letters. An official word that the glossary explains
counts once a page: a reader who has met its explanation does not meet it as new again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from webapp.reading.gates.glossary import Glossary, Piece, cut_pieces
from webapp.reading.gates.levels import find_level
from webapp.reading.gates.sentences import Unit
from webapp.reading.gates.tokens import Token

CONTENT = ("名詞", "代名詞", "動詞", "形容詞", "形状詞", "副詞")
NO_CONTENT = (("名詞", "数詞"), ("名詞", "固有名詞"), ("名詞", "助動詞語幹"), ("形状詞", "助動詞語幹"))
KATAKANA_WORD = re.compile(r"[ァ-ヺー・]{2,}")
JAPANESE = re.compile(r"[ぁ-んァ-ヺ一-鿿々]")


@dataclass(frozen=True, slots=True)
class Word:
    """One content word of a page: spelling, level (5 to 1, None unknown), whether it is glossed, its text."""

    spelling: str
    level: int | None
    is_glossed: bool
    text: str

    @property
    def is_loan_word(self) -> bool:
        """Say whether the word is written in katakana throughout."""
        return KATAKANA_WORD.fullmatch(self.spelling) is not None


def is_content(token: Token) -> bool:
    """Say whether a word counts for the vocabulary rules."""
    if token.pos[0] not in CONTENT or any(token.is_a(*kind) for kind in NO_CONTENT):
        return False
    if token.lemma == "ござる":  # ございます is politeness, not meaning
        return False
    return bool(JAPANESE.search(token.surface))


def read_piece(piece: Piece, text: str, levels: Mapping[str, int]) -> Word | None:
    """Turn one piece of a text into a content word, None when it does not count."""
    if piece.entry is not None:
        return Word(piece.entry.word, levels.get(piece.entry.word), is_glossed=True, text=text)
    token = piece.tokens[0]
    if not is_content(token):
        return None
    return Word(token.lemma, find_level(token, levels), is_glossed=False, text=text)


def list_words(units: Sequence[Unit], glossary: Glossary, levels: Mapping[str, int]) -> Iterator[Word]:
    """List the content words of a page, glossary entries whole and each once."""
    explained: set[str] = set()
    for unit in units:
        for piece in cut_pieces(unit.tokens, glossary):
            word = read_piece(piece, unit.text, levels)
            if word is None or word.spelling in explained:
                continue
            if word.is_glossed:
                explained.add(word.spelling)
            yield word
