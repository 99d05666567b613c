"""The reviewed-readings gate: a word that two engines read differently is published only after a person has read it.

The engines that check ours are unidic-lite and ipadic. A reading that an author wrote into the text
(漢字《かんじ》) is already a person's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from webapp.reading.furigana import annotate
from webapp.reading.furigana.markers import split_markers
from webapp.reading.gates.checkers import CHECKERS, lay_words
from webapp.reading.gates.reviewed import ReviewedRow, get_reviewed_keys
from webapp.reading.gates.segments import HAS_KANJI, Segment, align, lay_pieces

WINDOW = 6  # characters of context on each side, less where a sentence or phrase ends
NUMBER_BEFORE = re.compile(r"[0-9０-９][0-9０-９,，.]*\Z")
ANYWHERE = "*"  # instead of a context hash: a word that has one reading wherever it stands
CLAUSE_END = re.compile(r"[。、！？\n（）「」]")


@dataclass(frozen=True, slots=True)
class Unreviewed:
    """A word whose reading nobody has confirmed: the word, where it stands, our reading and what the others read.

    `reading` is empty when our engine has none: then the text needs an inline reading.
    """

    surface: str
    context_hash: str
    reading: str
    context: str
    others: str

    @property
    def row(self) -> ReviewedRow:
        """Give the row that would confirm it, its reviewer still empty."""
        return ReviewedRow(self.surface, self.context_hash, self.reading, "", self.context)


def show_context(text: str, begin: int, end: int) -> str:
    """Show a word in [ ] with up to 6 characters on each side, not beyond the phrase it stands in."""
    before = CLAUSE_END.split(text[max(0, begin - WINDOW) : begin])[-1]
    after = CLAUSE_END.split(text[end : end + WINDOW])[0]
    return f"{before}[{text[begin:end]}]{after}"


def hash_context(context: str) -> str:
    """Hash a context to 10 hexadecimal digits, so that a row survives edits elsewhere in the text and new spacing."""
    return hashlib.sha256("".join(context.split()).encode()).hexdigest()[:10]


def find_differences(text: str, ours: tuple[Segment, ...]) -> dict[tuple[int, int], str]:
    """Find the stretches with kanji where a checker reads otherwise, each with what the checkers read."""
    found: dict[tuple[int, int], list[str]] = {}
    for name, read in CHECKERS:
        for span in align(ours, lay_words(text, read)):
            if HAS_KANJI.search(text[span.begin : span.end]) and (span.ours is None or span.ours != span.theirs):
                found.setdefault((span.begin, span.end), []).append(f"{name} {span.theirs or '?'}")
    return {place: ", ".join(others) for place, others in found.items()}


def drop_inner(differences: dict[tuple[int, int], str]) -> Iterator[tuple[tuple[int, int], str]]:
    """Give the differing stretches without those that lie inside a longer one."""
    for (begin, end), others in sorted(differences.items()):
        is_inner = any(b <= begin and end <= e and (b, e) != (begin, end) for b, e in differences)
        if not is_inner:
            yield (begin, end), others


def reach_number(text: str, begin: int) -> int:
    """Move the start of a word back over the digits before it: 10月 is one word, and so is its reading."""
    digits = NUMBER_BEFORE.search(text, 0, begin)
    return digits.start() if digits else begin


def read_span(ours: Iterable[Segment], begin: int, end: int) -> str:
    """Give our reading of a stretch, empty when a kanji in it has none."""
    readings = [segment.reading for segment in ours if begin <= segment.begin and segment.end <= end]
    return "" if None in readings else "".join(reading or "" for reading in readings)


def find_doubtful(text: str) -> Iterator[Unreviewed]:
    """Find the words of one text that a checker reads differently from us, reviewed or not."""
    plain, fixed = split_markers(text)
    if not HAS_KANJI.search(plain):
        return
    ours = tuple(lay_pieces(annotate(text)))
    for (begin, end), others in drop_inner(find_differences(plain, ours)):
        if any(b <= begin and end <= e for b, e, _ in fixed):
            continue
        start = reach_number(plain, begin)
        context = show_context(plain, start, end)
        yield Unreviewed(plain[start:end], hash_context(context), read_span(ours, start, end), context, others)


def is_confirmed(word: Unreviewed, confirmed: frozenset[tuple[str, str, str]]) -> bool:
    """Say whether a person has confirmed this reading here, or wherever the word stands."""
    places = (word.context_hash, ANYWHERE)
    return bool(word.reading) and any((word.surface, place, word.reading) in confirmed for place in places)


def find_unreviewed(
    strings: Iterable[str], reviewed: frozenset[tuple[str, str, str]] | None = None
) -> tuple[Unreviewed, ...]:
    """Find the doubtful words of the published strings that have no confirmed row, each once.

    `reviewed` holds (surface, context hash or *, reading); without it the project's own file is read.
    """
    confirmed = get_reviewed_keys() if reviewed is None else reviewed
    found: dict[tuple[str, str, str], Unreviewed] = {}
    for text in dict.fromkeys(strings):
        for word in find_doubtful(text):
            if not is_confirmed(word, confirmed):
                found.setdefault((word.surface, word.context_hash, word.reading), word)
    return tuple(found.values())
