"""The words inside a text or a question as people type it: Japanese by the analyzer, English by its stems."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sudachipy import Morpheme, SplitMode

from webapp.procedures.rules_sounds import fold, to_sound
from webapp.reading.furigana.analyzer import analyze

CONTENT = ("名詞", "動詞", "形容詞", "形状詞")
_LATIN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_PIECES = re.compile(r"[a-z0-9'\u00c0-\u024f]+|[^a-z0-9'\u00c0-\u024f\s]+")
_ENDINGS = re.compile(r"(?<=[a-z]{3})(?:ing|ed|es|s|e)$")
_STOP = frozenset(
    re.findall(
        r"\w+",
        "a an the of to in for on at by or and is are was be am i my me we our you your it its this that do does did "
        "how what when where who which can could would should want need get have has had with from please if about "
        "away just here there im got not so then now very please help "
        "wa ga wo ni no de he mo",
    )
)
EMPTY = frozenset(
    {"する", "いる", "ある", "なる", "ほしい", "欲しい", "くださる", "こと", "とき", "もの", "の", "よう"}
)
HELPER_WEIGHT = 0.35
"""How much verbs count that often only help others: できる, 出す, 取る, もらう."""

PART_WEIGHT = 0.6
"""How much a part of a compound counts against the whole."""


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of a text as typed: its folded form, its sound, and the words it stands for (none for particles)."""

    form: str
    sound: str
    words: tuple["Word", ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A word that carries meaning: one form for all its inflections and spellings, its sound here, and its weight."""

    form: str
    sound: str
    weight: float


@lru_cache(maxsize=4096)
def read_text(text: str) -> tuple[Token, ...]:
    """Cut a text of the catalogue into tokens; kept, because the index of every voice reads the same texts."""
    return tuple(cut_tokens(text))


def cut_tokens(text: str) -> Iterator[Token]:
    """Cut a text into tokens. Never fails, whatever was typed."""
    plain = unicodedata.normalize("NFKC", text).lower()
    for piece in _PIECES.findall(plain):
        if piece[0].isascii() or piece[0] < "\u0250":
            yield _make_latin(piece)
        else:
            yield from map(_make_japanese, analyze(_drop_surrogates(piece)))


def _drop_surrogates(text: str) -> str:
    """Take out what no text may hold but an address can."""
    return re.sub("[\ud800-\udfff]", "", text)


def _make_latin(piece: str) -> Token:
    """Return the token of an English word, a romaji word or a number."""
    sound = to_sound(piece)
    stem = _ENDINGS.sub("", piece.removesuffix("'s"))
    words = () if piece in _STOP else (Word(stem, to_sound(stem), 1.0),)
    return Token(fold(piece), sound, words)


def _make_japanese(morpheme: Morpheme) -> Token:
    """Return the token of one word of the analyzer; compounds also stand for their parts."""
    sound = to_sound(morpheme.reading_form() if not _is_sign(morpheme) else "")
    if not _has_meaning(morpheme):
        return Token(fold(morpheme.surface()), sound, ())
    weight = HELPER_WEIGHT if morpheme.part_of_speech()[1] == "非自立可能" else 1.0
    words = [Word(fold(morpheme.normalized_form()), sound, weight)]
    parts = list(morpheme.split(SplitMode.A)) if len(morpheme.surface()) > 2 else []
    if len(parts) > 1:
        found = (part for part in parts if _has_meaning(part))
        words += [Word(fold(p.normalized_form()), to_sound(p.reading_form()), PART_WEIGHT) for p in found]
    return Token(fold(morpheme.surface()), sound, tuple(words))


def _is_sign(morpheme: Morpheme) -> bool:
    """Tell whether a token is punctuation or space, whose reading is only its name."""
    return morpheme.part_of_speech()[0] in ("補助記号", "空白", "記号")


def _has_meaning(morpheme: Morpheme) -> bool:
    """Tell whether a word says what a text is about; particles, numbers, する and いる do not."""
    kind = morpheme.part_of_speech()
    return kind[0] in CONTENT and kind[1] != "数詞" and morpheme.dictionary_form() not in EMPTY
