"""How hard a word is: its level in the Japanese-Language Proficiency Test, 5 the easiest, 1 the hardest."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from webapp.reading.gates.tokens import Token, tokenize

WORDS_FOLDER = Path(__file__).parents[3] / "content" / "words"
BRACKETS = re.compile(r"[(（][^)）]*[)）]")


def split_expression(expression: str) -> Iterator[str]:
    """Give each word of a list entry such as `川; 河` or `～にくい`, without brackets and wave signs."""
    for word in re.split(r"[;；、・/]", BRACKETS.sub("", expression)):
        cleaned = word.strip().strip("～〜~").strip()
        if cleaned:
            yield cleaned


def list_keys(word: str) -> Iterator[str]:
    """Give the spellings under which a list word may be met: as written, and as Sudachi normalises it."""
    yield word
    tokens = tokenize(word)
    is_noun_and_do = len(tokens) == 2 and tokens[1].surface == "する"
    is_adverb_and_particle = len(tokens) == 2 and tokens[0].pos[0] == "副詞" and tokens[1].surface in ("と", "に")
    if len(tokens) == 1 or is_noun_and_do or is_adverb_and_particle:
        yield tokens[0].normal


def read_rows(folder: Path, level: int) -> Iterator[str]:
    """Give every spelling of one level's list, the kana reading too: easy texts write many words in kana."""
    with (folder / f"n{level}.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            for word in split_expression(row["expression"]):
                yield from list_keys(word)
            yield from split_expression(row["reading"])


def load_levels(folder: Path) -> Mapping[str, int]:
    """Read jlpt/n1.csv to n5.csv and additions.csv into the easiest level of each spelling."""
    levels: dict[str, int] = {}
    for level in (1, 2, 3, 4, 5):
        levels.update(dict.fromkeys(read_rows(folder / "jlpt", level), level))
    with (folder / "additions.csv").open(encoding="utf-8", newline="") as rows:
        levels.update((row["expression"], int(row["level"])) for row in csv.DictReader(rows))
    return levels


@cache
def get_levels() -> Mapping[str, int]:
    """Give the levels of the project's own word lists, read once."""
    return load_levels(WORDS_FOLDER)


def find_level(token: Token, levels: Mapping[str, int]) -> int | None:
    """Find the level of a word; a compound is as hard as its hardest part; None when the lists do not know it."""
    known = levels.get(token.lemma, levels.get(token.normal))
    if known is not None or not token.parts:
        return known
    found = [levels.get(part) for part in token.parts]
    return min((level for level in found if level is not None), default=None) if None not in found else None
