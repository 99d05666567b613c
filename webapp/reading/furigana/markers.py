"""Inline readings that an author writes: 漢字《かんじ》, with ｜ before the base where its start is not plain."""

import re

from webapp.reading.furigana.script import KANJI
from webapp.reading.furigana.splitter import Span

_MARKED = re.compile(f"(?:｜([^｜《》\n]+)|([{KANJI}ヶ]+))《([ぁ-ゖァ-ヺー・ ]+)》")


def split_markers(text: str) -> tuple[str, tuple[Span, ...]]:
    """Give the text without reading markers, and the marked stretches with their readings."""
    if "《" not in text:
        return text, ()
    plain: list[str] = []
    fixed: list[Span] = []
    length = end = 0
    for match in _MARKED.finditer(text):
        base = match[1] or match[2]
        before = text[end : match.start()]
        plain += (before, base)
        length += len(before) + len(base)
        fixed.append((length - len(base), length, match[3]))
        end = match.end()
    plain.append(text[end:])
    return "".join(plain), tuple(fixed)


def needs_marker(before: str, base: str) -> bool:
    """Tell whether the base of a reading needs ｜: it is not exactly the row of kanji before the reading."""
    return not re.fullmatch(f"[{KANJI}ヶ]+", base) or re.search(f"[{KANJI}ヶ]\\Z", before) is not None
