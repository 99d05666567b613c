"""Matching of the glossary and the lexicon: the longest surface that stands between the edges of words."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from typing import NamedTuple

from webapp.reading.furigana.splitter import Span
from webapp.reading.furigana.tables import Entry, load_glossary, load_lexicon

_CONTEXT = 24
"""How many characters before a surface an entry may look at."""


class Index(NamedTuple):
    """Entries by surface, and the lengths of the surfaces, longest first, by their first two characters or their one."""

    lengths: Mapping[str, tuple[int, ...]]
    entries: Mapping[str, tuple[Entry, ...]]
    forced: int
    """Surfaces this long hold with one edge of a word; one character more, and they hold without any."""


def _index(entries: Mapping[str, tuple[Entry, ...]], forced: int) -> Index:
    lengths: dict[str, set[int]] = {}
    for surface in entries:
        lengths.setdefault(surface[:2], set()).add(len(surface))
    return Index({head: tuple(sorted(sizes, reverse=True)) for head, sizes in lengths.items()}, entries, forced)


@cache
def index_lexicon() -> Index:
    """Index the lexicon."""
    return _index(load_lexicon(), forced=3)


@cache
def index_glossary() -> Index:
    """Index the ward's glossary."""
    return _index(load_glossary(), forced=2)


def _fits(start: int, end: int, edges: AbstractSet[int], forced: int) -> bool:
    if start in edges and end in edges:
        return True
    size = end - start
    return size > forced or (size == forced and (start in edges or end in edges))


def _choose_reading(entries: tuple[Entry, ...], text: str, start: int, end: int) -> str | None:
    for reading, before, after in entries:
        if before is not None and not before.search(text[max(0, start - _CONTEXT) : start]):
            continue
        if after is None or after.match(text, end):
            return reading
    return None


def find_entries(text: str, edges: AbstractSet[int], index: Index) -> Iterator[Span]:
    """Find the words of an index in a text, the longest at each place, given the edges of the analyzer's words."""
    lengths, entries, forced = index
    for start in range(len(text)):
        for size in (*lengths.get(text[start : start + 2], ()), *lengths.get(text[start], ())):
            end = start + size
            found = entries.get(text[start:end])
            if found is None or not _fits(start, end, edges, forced):
                continue
            reading = _choose_reading(found, text, start, end)
            if reading is not None:
                yield start, end, reading
                break
