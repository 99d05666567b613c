"""The morphological analyzer: SudachiPy with its core dictionary, one tokenizer for each thread."""

import threading
from functools import cache
from typing import NamedTuple

from sudachipy import Dictionary, MorphemeList, SplitMode, Tokenizer


class Token(NamedTuple):
    """A word of the analyzer: where it starts and ends, and its reading in katakana."""

    start: int
    end: int
    reading: str


_local = threading.local()


@cache
def _open_dictionary() -> Dictionary:
    return Dictionary(dict="core")


def _get_tokenizer() -> Tokenizer:
    # A tokenizer may not be used by two threads at once; the dictionary behind it is memory-mapped and shared.
    tokenizer: Tokenizer | None = getattr(_local, "tokenizer", None)
    if tokenizer is None:
        tokenizer = _local.tokenizer = _open_dictionary().tokenizer(mode=SplitMode.C)
    return tokenizer


def analyze(text: str) -> MorphemeList:
    """Cut a text without lone surrogates, of at most 12,000 characters, into words."""
    return _get_tokenizer().tokenize(text)


def get_short_tokens(text: str) -> list[Token]:
    """Cut a text into the shortest words that mean something (印鑑登録証明書: 印鑑, 登録, 証明, 書)."""
    short = _get_tokenizer().tokenize(text, SplitMode.A)
    return [Token(word.begin(), word.end(), word.reading_form()) for word in short]


def get_tokens(text: str) -> list[Token]:
    """Cut a text into words with their readings."""
    return [Token(word.begin(), word.end(), word.reading_form()) for word in analyze(text)]
