"""The two engines that check ours at build time: fugashi on unidic-lite and on ipadic.

Both are development dependencies, so they are imported only when a check runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from webapp.reading.furigana.script import respell, to_hiragana
from webapp.reading.gates.measures import get_unidic_tagger
from webapp.reading.gates.segments import Segment, lay_word, spell_kana

if TYPE_CHECKING:
    from fugashi import GenericTagger

IPADIC_READING = 7  # the eighth column of an ipadic row


@cache
def get_ipadic_tagger() -> GenericTagger:
    """Give the one fugashi tagger on ipadic."""
    import ipadic  # noqa: PLC0415  # a development dependency, needed only when a gate runs
    from fugashi import GenericTagger  # noqa: PLC0415  # a development dependency, needed only when a gate runs

    return GenericTagger(ipadic.MECAB_ARGS)


def read_with_unidic(text: str) -> Iterator[tuple[str, str | None]]:
    """Give each word with its reading in kana as written (not as pronounced), None when unknown."""
    for node in get_unidic_tagger()(text):
        yield node.surface, node.feature.kana or None


def read_with_ipadic(text: str) -> Iterator[tuple[str, str | None]]:
    """Give each word with its reading, None when unknown."""
    for node in get_ipadic_tagger()(text):
        yield node.surface, node.feature[IPADIC_READING] if len(node.feature) > IPADIC_READING else None


def lay_words(text: str, read: Callable[[str], Iterator[tuple[str, str | None]]]) -> Iterator[Segment]:
    """Lay a checker's readings over a text; the spaces that MeCab drops are put back."""
    at = 0
    for surface, reading in read(respell(text)):
        begin = respell(text).index(surface, at)
        yield from spell_kana(text[at:begin], at)
        at = begin + len(surface)
        yield from lay_word(text[begin:at], to_hiragana(reading) if reading else None, begin)
    yield from spell_kana(text[at:], at)


CHECKERS: tuple[tuple[str, Callable[[str], Iterator[tuple[str, str | None]]]], ...] = (
    ("unidic", read_with_unidic),
    ("ipadic", read_with_ipadic),
)
