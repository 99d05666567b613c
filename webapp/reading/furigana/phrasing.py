"""Phrase cuts (bunsetsu) of plain text, where a line may break."""

import re
from collections.abc import Iterator
from functools import cache

from webapp.reading.furigana.analyzer import analyze
from webapp.reading.furigana.script import replace_surrogates

_LINE = re.compile(r"[^\n]{1,4000}\n?|\n")
_DEPENDENT = {"助詞", "助動詞", "接尾辞", "空白"}
_MODIFIERS = {"動詞", "形容詞", "助動詞", "連体詞", "副詞", "接続詞", "感動詞", "助詞", "形状詞"}
_NOUNS = {"名詞", "代名詞", "接頭辞", "接尾辞"}


@cache
def _classify(major: str, minor: str, third: str) -> tuple[str, bool, bool]:
    """Give the kind of a word, whether it hangs on the word before, and whether the next word hangs on it."""
    is_opening = minor == "括弧開"
    leans_back = major in _DEPENDENT or (major == "補助記号" and not is_opening) or third == "助動詞語幹"
    leans_on = is_opening or major == "接頭辞"
    return major, leans_back, leans_on


def _begins_phrase(before: tuple[str, str, str], word: tuple[str, str, str], surface: str) -> bool:
    kind, leans_back, _ = _classify(*word)
    last, _, leans_on = _classify(*before)
    if leans_back or leans_on:
        return False
    if word[1] == "非自立可能" and (last in ("名詞", "動詞", "形容詞", "形状詞") or before[1] == "接続助詞"):
        return False
    if surface in _AUXILIARY and last in ("助動詞", "動詞"):
        return False
    return not (last in _NOUNS and kind in ("名詞", "代名詞", "形状詞", "接頭辞", "動詞")) or before[0] == "代名詞"


_AUXILIARY = {"こと", "もの", "ため", "とき", "よう", "ところ"}


def _find_cuts(text: str) -> Iterator[int]:
    before: tuple[str, str, str] | None = None
    for word in analyze(text):
        major, minor, third, *_ = word.part_of_speech()
        if before is not None and _begins_phrase(before, (major, minor, third), word.surface()):
            yield word.begin()
        before = major, minor, third


def find_cuts(text: str) -> Iterator[int]:
    """Find the places in a text where a phrase begins, the start of the text left out."""
    for line in _LINE.finditer(text):
        if line.start():
            yield line.start()
        yield from (line.start() + at for at in _find_cuts(replace_surrogates(line[0])))
