"""From words to markup: readings over kanji that a screen reader hears once, and phrases that never break inside.

The ruby markup is the one that Orca reads once and in one phrase in Chromium and Firefox: `role="none"` on ruby,
the base in a span, the reading hidden from speech.
"""

import re
from functools import lru_cache
from itertools import pairwise

from markupsafe import Markup, escape

from webapp.reading import furigana
from webapp.reading.furigana import Piece

RUBY = '<ruby role="none"><span>{}</span><rp>（</rp><rt aria-hidden="true">{}</rt><rp>）</rp></ruby>'
PHRASE = '<span class="ph">{}</span>'


def mark_piece(piece: Piece) -> str:
    """Return one piece as HTML, with its reading above it if it has one, word by word over long compounds."""
    if piece.reading is None:
        return str(escape(piece.text))
    return "".join(RUBY.format(escape(one.text), escape(one.reading)) for one in furigana.cut_long(piece))


def mark_words(words: str, japanese: bool, ruby: bool, phrased: bool) -> Markup:
    """Return words as inline HTML in the asked-for look; inline readings written by an author never show as text."""
    if not japanese:
        return escape(words)
    return _mark_japanese(words, ruby, phrased)


@lru_cache(maxsize=8192)
def _mark_japanese(words: str, ruby: bool, phrased: bool) -> Markup:
    """Do the work of `mark_words` once for each text of this process."""
    pieces = furigana.annotate(words) if ruby else (Piece(furigana.strip_markers(words), None),)
    if not phrased:
        return Markup("".join(map(mark_piece, pieces)))  # noqa: S704  # each piece is escaped
    plain = "".join(piece.text for piece in pieces)
    cuts = _cut_pieces(pieces, furigana.phrases(plain))
    return Markup("".join(PHRASE.format(html) for html in cuts))  # noqa: S704  # each piece is escaped


def _cut_pieces(pieces: tuple[Piece, ...], phrases: tuple[str, ...]) -> list[str]:
    """Return the HTML of each phrase: pieces without a reading are cut where the phrases are, ruby stays whole."""
    ends = set()
    position = 0
    for phrase in phrases:
        position += len(phrase)
        ends.add(position)
    cuts: list[str] = []
    html = ""
    for part, closes in _split_at(pieces, ends):
        html += mark_piece(part)
        if closes:
            cuts.append(html)
            html = ""
    return [*cuts, html] if html else cuts


def _split_at(pieces: tuple[Piece, ...], ends: set[int]) -> list[tuple[Piece, bool]]:
    """Cut plain pieces at the phrase ends; say of each part whether a phrase closes behind it."""
    parts: list[tuple[Piece, bool]] = []
    position = 0
    for piece in pieces:
        inner = [e - position for e in sorted(ends) if position < e < position + len(piece.text)]
        borders = [0, *(inner if piece.reading is None else []), len(piece.text)]
        for start, end in pairwise(borders):
            part = piece if piece.reading is not None else Piece(piece.text[start:end], None)
            parts.append((part, position + end in ends))
        position += len(piece.text)
    return parts


def mark_blocks(words: str, japanese: bool, ruby: bool) -> Markup:
    """Return a longer text as paragraphs and lists: an empty line parts paragraphs, lines with `- ` make a list."""
    blocks = (block.strip() for block in re.split(r"\n\s*\n", words))
    return Markup("").join(_mark_block(block, japanese, ruby) for block in blocks if block)


def _mark_block(block: str, japanese: bool, ruby: bool) -> Markup:
    """Return one paragraph, or a list where its lines start with `- `; a paragraph may run into a list."""
    lines = [line.strip() for line in block.splitlines()]
    prose = [line for line in lines if not line.startswith("- ")]
    items = [line[2:] for line in lines if line.startswith("- ")]
    joined = ("" if japanese else " ").join(prose)
    html = Markup("<p>{}</p>").format(mark_words(joined, japanese, ruby, False)) if prose else Markup("")
    if items:
        marked = (Markup("<li>{}</li>").format(mark_words(item, japanese, ruby, False)) for item in items)
        html += Markup("<ul>{}</ul>").format(Markup("").join(marked))
    return html
