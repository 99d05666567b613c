"""From plain text to pieces: the analyzer's words, overruled by numbers, the lexicon, the glossary and the author."""

import re
from collections.abc import Iterable, Iterator, Sequence

from webapp.reading.furigana.analyzer import Token, get_short_tokens, get_tokens
from webapp.reading.furigana.lexicon import find_entries, index_glossary, index_lexicon
from webapp.reading.furigana.numbers import find_numbers
from webapp.reading.furigana.piece import Piece
from webapp.reading.furigana.script import KANJI, respell, to_hiragana
from webapp.reading.furigana.splitter import Span, place_reading, split_token
from webapp.reading.furigana.weekdays import find_weekdays

_HAS_KANJI = re.compile(f"[{KANJI}]")
_PARTING = re.compile(f"(?<=[ぁ-ゖァ-ヺー{KANJI}])[ \u3000](?=[ぁ-ゖァ-ヺ{KANJI}])")
_LINE = re.compile(r"[^\n]{1,4000}\n?|\n")
_MEMO_SIZE = 50_000
_LONG = 8
_ALL_KANJI = re.compile(f"[{KANJI}]+")
_memo: dict[tuple[str, str], tuple[Span, ...]] = {}


def load_engine() -> None:
    """Load the dictionary and every table."""
    index_lexicon()
    index_glossary()
    annotate_plain("区役所へ1日に行く。", ())


def cut_long(piece: Piece) -> tuple[Piece, ...]:
    """Cut a compound with a long reading into its words, where these read together as the whole does.

    A line may break between them then: over large letters the reading of a whole compound is wider than a phone.
    """
    if piece.reading is None or len(piece.reading) < _LONG or not _ALL_KANJI.fullmatch(piece.text):
        return (piece,)
    parts = tuple(
        Piece(piece.text[token.start : token.end], to_hiragana(token.reading)) for token in get_short_tokens(piece.text)
    )
    return parts if "".join(part.reading or "" for part in parts) == piece.reading else (piece,)


def annotate_plain(text: str, fixed: Sequence[Span]) -> tuple[Piece, ...]:
    """Cut a text into pieces; the author's readings are given by their places."""
    rubies: list[Span] = []
    if fixed or _HAS_KANJI.search(text):
        for line in _LINE.finditer(text):
            at = line.start()
            inside = [(start - at, end - at, reading) for start, end, reading in fixed if at <= start < line.end()]
            rubies += [(start + at, end + at, reading) for start, end, reading in _read_line(respell(line[0]), inside)]
    return _cut(text, rubies)


def _read_line(line: str, fixed: Sequence[Span]) -> list[Span]:
    """Find the readings of a line as if nobody had put spaces between its words (分かち書き); the analyzer stumbles over them.

    A space inside a word that would get a reading parts two words after all, and stays.
    """
    spaces = [found.start() for found in _PARTING.finditer(line)]
    for _ in range(2):
        rubies = _read_without(line, fixed, spaces)
        crossed = {at for at in spaces for start, end, _ in rubies if start < at < end}
        if not crossed:
            return rubies
        spaces = [at for at in spaces if at not in crossed]
    return list(find_rubies(line, fixed))


def _read_without(line: str, fixed: Sequence[Span], spaces: Sequence[int]) -> list[Span]:
    """Find the readings of a line with these spaces left out; the places are those in the whole line."""
    if not spaces:
        return list(find_rubies(line, fixed))
    left_out = set(spaces)
    places = [at for at in range(len(line)) if at not in left_out]
    short = {at: n for n, at in enumerate(places)}
    inside = [(short[start], short[end - 1] + 1, reading) for start, end, reading in fixed]
    rubies = find_rubies("".join(line[at] for at in places), inside)
    return [(places[start], places[end - 1] + 1, reading) for start, end, reading in rubies]


def _cut(text: str, rubies: Iterable[Span]) -> tuple[Piece, ...]:
    pieces, at = [], 0
    for start, end, reading in rubies:
        if start > at:
            pieces.append(Piece(text[at:start], None))
        pieces.append(Piece(text[start:end], reading))
        at = end
    if at < len(text):
        pieces.append(Piece(text[at:], None))
    return tuple(pieces)


def find_rubies(text: str, fixed: Sequence[Span] = ()) -> Iterator[Span]:
    """Find the stretches of one respelled line that carry a reading, in order."""
    tokens = get_tokens(text)
    index = at = 0
    for start, end, reading in [*_choose_spans(text, tokens, fixed), (len(text), len(text), "")]:
        while index < len(tokens) and tokens[index].end <= start:
            yield from _read_token(text, tokens[index], max(tokens[index].start, at), tokens[index].end)
            index += 1
        if index < len(tokens) and tokens[index].start < start:
            yield from _read_token(text, tokens[index], max(tokens[index].start, at), start)
        if start < end:
            yield from place_reading(text, start, end, reading)
        while index < len(tokens) and tokens[index].end <= end:
            index += 1
        at = end


def _choose_spans(text: str, tokens: Sequence[Token], fixed: Sequence[Span]) -> list[Span]:
    """Choose the stretches that the analyzer does not read: the author's, the ward's, then the longest match."""
    edges = {0, *(token.end for token in tokens)}
    weekdays = list(find_weekdays(text))
    numbers = list(find_numbers(text, edges))
    for start, end, _ in (*fixed, *weekdays, *numbers):
        edges.add(start)
        edges.add(end)
    matches = [(start, -end, 0, reading) for start, end, reading in find_entries(text, edges, index_lexicon())]
    # Right after a digit a counter is a counter (3本), whatever the lexicon says of it alone.
    matches += [(start, -end, 1 - text[start - 1 : start].isdigit() * 2, reading) for start, end, reading in numbers]
    ranked = ((start, -end, reading) for start, end, _, reading in sorted(matches))
    glossary = find_entries(text, edges, index_glossary())
    taken = bytearray(len(text) + 1)
    chosen = []
    for span in (*fixed, *glossary, *weekdays, *ranked):
        start, end, _ = span
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\x01" * (end - start)
            chosen.append(span)
    return sorted(chosen)


def _read_token(text: str, token: Token, start: int, end: int) -> Iterator[Span]:
    """Read one word of the analyzer, or what other spans left of it."""
    surface = text[start:end]
    if not _HAS_KANJI.search(surface):
        return
    if (start, end) != (token.start, token.end):
        parts = tuple(find_rubies(surface))
    elif (known := _memo.get((surface, token.reading))) is not None:
        parts = known
    else:
        parts = _read_whole(surface, token.reading)
    for first, last, reading in parts:
        yield start + first, start + last, reading


def _read_whole(surface: str, katakana: str) -> tuple[Span, ...]:
    parts = split_token(surface, to_hiragana(katakana))
    if parts is None:
        parts = _read_runs(surface)
    if len(_memo) > _MEMO_SIZE:
        _memo.clear()
    _memo[surface, katakana] = parts
    return parts


def _read_runs(surface: str) -> tuple[Span, ...]:
    """Read a word whose reading cannot be aligned by its parts, and at last character by character."""
    runs = [match.span() for match in re.finditer(f"[{KANJI}]+|[^{KANJI}]+", surface)]
    if len(runs) == 1:
        runs = [(at, at + 1) for at in range(len(surface))] if len(surface) > 1 else []
    rubies: list[Span] = []
    for start, end in runs:
        rubies += [(start + first, start + last, reading) for first, last, reading in find_rubies(surface[start:end])]
    return tuple(rubies)
