"""Matching of the glossary and the lexicon: the longest surface that stands between the edges of words."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cache

from webapp.reading.furigana.splitter import Span
from webapp.reading.furigana.tables import Entry, load_glossary, load_lexicon

FORCED_LENGTH = 3
"""Surfaces this long hold with one edge of a word; one character more, and they hold without any."""

_CONTEXT = 24
"""How many characters before a surface an entry may look at."""


@cache
def load_index() -> tuple[Mapping[str, tuple[int, ...]], Mapping[str, tuple[Entry, ...]]]:
    """Give the lengths of the surfaces by their first character, longest first, and the entries by surface."""
    entries = {**load_lexicon()}
    for surface, own in load_glossary().items():
        entries[surface] = own + entries.get(surface, ())
    lengths: dict[str, set[int]] = {}
    for surface in entries:
        lengths.setdefault(surface[:2], set()).add(len(surface))
    return {head: tuple(sorted(sizes, reverse=True)) for head, sizes in lengths.items()}, entries


def _fits(start: int, end: int, edges: AbstractSet[int]) -> bool:
    if start in edges and end in edges:
        return True
    size = end - start
    return size > FORCED_LENGTH or (size == FORCED_LENGTH and (start in edges or end in edges))


def _choose_reading(entries: tuple[Entry, ...], text: str, start: int, end: int) -> str | None:
    for reading, before, after in entries:
        if before is not None and not before.search(text[max(0, start - _CONTEXT) : start]):
            continue
        if after is None or after.match(text, end):
            return reading
    return None


def find_entries(text: str, edges: AbstractSet[int]) -> Iterator[Span]:
    """Find the words of the lexicon in a text, the longest at each place, given the edges of the analyzer's words."""
    lengths, entries = load_index()
    for start in range(len(text)):
        for size in (*lengths.get(text[start : start + 2], ()), *lengths.get(text[start], ())):
            end = start + size
            found = entries.get(text[start:end])
            if found is None or not _fits(start, end, edges):
                continue
            reading = _choose_reading(found, text, start, end)
            if reading is not None:
                yield start, end, reading
                break
