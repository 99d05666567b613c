"""Phrase cuts (bunsetsu) of plain text, where a line may break."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from webapp.reading.furigana.analyzer import analyze
from webapp.reading.furigana.script import replace_surrogates

_LINE = re.compile(r"[^\n]{1,4000}\n?|\n")
_DEPENDENT = frozenset(("助詞", "助動詞", "接尾辞", "空白"))
_NOUNS = frozenset(("名詞", "接頭辞", "接尾辞"))
_CARRIERS = frozenset(("名詞", "動詞", "形容詞", "形状詞"))
_COMPOUND_PARTICLES = {
    "に": frozenset(
        [
            "つい",
            "よっ",
            "よる",
            "よれ",
            "より",
            "おい",
            "おけ",
            "おける",
            "対し",
            "対する",
            "関し",
            "関する",
            "とっ",
            "わたっ",
            "当たっ",
        ]
    ),
    "と": frozenset(["し", "いう", "いっ", "する"]),
    "を": frozenset(["もっ"]),
}
"""Verbs that with the particle before them are themselves a particle (について, として, という)."""


class _Word(NamedTuple):
    surface: str
    kind: str
    detail: str
    third: str


def _leans_back(word: _Word) -> bool:
    """Tell whether a word hangs on the one before: particles, endings, closing signs."""
    return (
        word.kind in _DEPENDENT
        or (word.kind == "補助記号" and word.detail != "括弧開")
        or "助動詞語幹" in (word.detail, word.third)
    )


def _begins_phrase(before: _Word, word: _Word) -> bool:
    if _leans_back(word) or before.kind == "接頭辞" or before.detail == "括弧開":
        return False
    if word.surface in _COMPOUND_PARTICLES.get(before.surface, ()):
        return False
    if word.detail == "非自立可能" and (before.kind in _CARRIERS or before.detail == "接続助詞"):
        return False
    is_compound = before.kind in _NOUNS and word.kind in ("名詞", "形状詞", "接頭辞")
    return not is_compound


def _find_cuts(text: str) -> Iterator[int]:
    before: _Word | None = None
    for morpheme in analyze(text):
        kind, detail, third, *_ = morpheme.part_of_speech()
        word = _Word(morpheme.surface(), kind, detail, third)
        if before is not None and _begins_phrase(before, word):
            yield morpheme.begin()
        before = word


def find_cuts(text: str) -> Iterator[int]:
    """Find the places in a text where a phrase begins, the start of the text left out."""
    for line in _LINE.finditer(text):
        if line.start():
            yield line.start()
        yield from (line.start() + at for at in _find_cuts(replace_surrogates(line[0])))
