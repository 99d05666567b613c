"""How easy a page's words are.

Content words are nouns, pronouns, verbs, adjectives and adverbs as SudachiPy cuts them, its long units.
Not counted: numbers, proper names and places, words in Latin letters. An official word that the glossary explains
counts once a page: a reader who has met its explanation does not meet it as new again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from webapp.reading.gates.glossary import Glossary, cut_pieces
from webapp.reading.gates.levels import find_level
from webapp.reading.gates.sentences import Unit
from webapp.reading.gates.tokens import Token

CONTENT = ("名詞", "代名詞", "動詞", "形容詞", "形状詞", "副詞")
NO_CONTENT = (("名詞", "数詞"), ("名詞", "固有名詞"), ("名詞", "助動詞語幹"), ("形状詞", "助動詞語幹"))
LONGEST_LISTED = 4  # words that together are one entry of the lists
SHORTEST_AFTER_PARTICLE = 4  # characters: たい・ふう is 台風, but と・お is not 十
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


def find_listed_row(tokens: Sequence[Token], levels: Mapping[str, int]) -> int:
    """Count the words at the front of a row that together are one easy word of the lists (お・じい・さん), else 1."""
    shortest = SHORTEST_AFTER_PARTICLE if tokens[0].pos[0] in ("助詞", "助動詞") else 1
    for length in range(min(LONGEST_LISTED, len(tokens)), 1, -1):
        surface = "".join(token.surface for token in tokens[:length])
        if len(surface) >= shortest and levels.get(surface, 0) >= 3:
            return length
    return 1


def read_token(token: Token, text: str, levels: Mapping[str, int]) -> Word | None:
    """Turn a word that no gloss explains into a content word, None when it does not count."""
    return Word(token.lemma, find_level(token, levels), is_glossed=False, text=text) if is_content(token) else None


def list_unit_words(unit: Unit, glossary: Glossary, levels: Mapping[str, int]) -> Iterator[Word]:
    """List the content words of one sentence or label, glossary entries and words of several units whole."""
    joined = 0
    pieces = tuple(cut_pieces(unit.tokens, glossary))
    for place, piece in enumerate(pieces):
        if piece.entry is not None:
            yield Word(piece.entry.word, levels.get(piece.entry.word), is_glossed=True, text=unit.text)
        elif place >= joined:
            row = [plain.tokens[0] for plain in takewhile(lambda p: p.entry is None, pieces[place:])]
            joined = place + find_listed_row(row, levels)
            surface = "".join(token.surface for token in row[: joined - place])
            whole = Word(surface, levels.get(surface), is_glossed=False, text=unit.text)
            word = whole if joined - place > 1 else read_token(row[0], unit.text, levels)
            if word is not None:
                yield word


def list_words(units: Sequence[Unit], glossary: Glossary, levels: Mapping[str, int]) -> Iterator[Word]:
    """List the content words of a page, each glossary entry once."""
    explained: set[str] = set()
    for unit in units:
        for word in list_unit_words(unit, glossary, levels):
            if word.spelling not in explained:
                yield word
            if word.is_glossed:
                explained.add(word.spelling)
