"""A page's texts cut into sentences and labels.

A unit is a sentence when it ends with 。 ！ or ？, when it ends politely (です, ます, ください and their kin),
or when it is longer than 20 characters and ends in a finite verb or adjective. Everything else is a label:
noun phrases in headings, list items and cells, and the short plain verb of a button (「次へ 進む」).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from webapp.reading.furigana import strip_markers
from webapp.reading.gates.tokens import Token, tokenize

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
JAPANESE_GAP = re.compile(r"(?<=[^\x00-\x7f])[ 　]+|[ 　]+(?=[^\x00-\x7f])")
SENTENCE_END = re.compile(r"(?<=[。！？!?])(?![）」』)。！？!?])|(?<=[。！？][）」』)])")
LIST_MARK = re.compile(r"^(?:[-*・]|\d+\.)\s+|^#+\s+")
CLOSERS = "）」』)】 　"
FULL_STOPS = "。！？!?"
POLITE_END = re.compile(r"(です|ます|ません|ました|でした|ましょう|でしょう|ください)(か|ね|よ)?$")
LONGEST_LABEL = 20  # characters; a longer unit with a finite verb is a sentence without its full stop
FINITE = ("終止形", "命令形", "意志推量形")


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence or label: its plain text, its words, and which of the two it is."""

    text: str
    tokens: tuple[Token, ...]
    is_sentence: bool


def read_plain(text: str) -> str:
    """Take inline readings such as 漢字《かんじ》, placeholders and the spaces between phrases out of a text."""
    return JAPANESE_GAP.sub("", PLACEHOLDER.sub("", strip_markers(text))).strip()


def strip_end(text: str) -> str:
    """Take closing brackets and full stops off the end of a unit."""
    return text.rstrip(CLOSERS + FULL_STOPS)


def ends_in_finite_verb(tokens: tuple[Token, ...]) -> bool:
    """Say whether the last word is a verb, adjective or auxiliary in a form that closes a sentence."""
    if not tokens:
        return False
    last = tokens[-1]
    return last.pos[0] in ("動詞", "形容詞", "助動詞") and last.pos[5].startswith(FINITE)


def judge_sentence(text: str) -> bool:
    """Decide whether a unit is a sentence by the rule of this module."""
    if text.rstrip(CLOSERS).endswith(tuple(FULL_STOPS)):
        return True
    bare = strip_end(text)
    return bool(POLITE_END.search(bare)) or (len(bare) > LONGEST_LABEL and ends_in_finite_verb(tokenize(bare)))


def split_line(line: str) -> list[str]:
    """Cut one line, without its list mark, at its sentence ends."""
    return SENTENCE_END.split(read_plain(LIST_MARK.sub("", line.strip())))


def split_units(texts: Iterable[str]) -> Iterator[Unit]:
    """Cut texts at sentence ends and line ends into sentences and labels, in their order."""
    for text in texts:
        for piece in (piece for line in text.splitlines() for piece in split_line(line)):
            bare = piece.strip()
            if bare:
                yield Unit(bare, tokenize(bare), judge_sentence(bare))
