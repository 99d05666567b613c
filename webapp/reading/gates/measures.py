"""Lengths of Japanese text: morae, kanji, readability."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from webapp.reading.gates.tokens import Token

if TYPE_CHECKING:
    from fugashi import Tagger

KANJI = re.compile(r"[㐀-䶿一-鿿豈-﫿々〆]")
SMALL_KANA = frozenset("ァィゥェォャュョヮ")
KATAKANA = re.compile(r"[ァ-ヺー]")
# Read by the eye, not spoken: web and mail addresses, telephone numbers, codes.
CODE = re.compile(r"https?://\S+|[\w.+-]+@[\w.-]+|\d[\d０-９]*(?:[-‐−ー][\d０-９]+)+|\b0\d{3,}\b")
NUMBER = re.compile(r"[0-9０-９][0-9０-９,，]*")
DIGIT_MORAE = (2, 2, 1, 2, 2, 1, 2, 2, 2, 2)  # ゼロ イチ ニ サン ヨン ゴ ロク ナナ ハチ キュウ
PLACES = ((10**8, 2), (10**4, 2), (1000, 2), (100, 2), (10, 2))  # オク マン セン ヒャク ジュウ


def count_kanji(text: str) -> int:
    """Count the kanji of a text."""
    return len(KANJI.findall(text))


def count_kana_morae(reading: str) -> int:
    """Count the morae of a katakana reading: small ャュョ join the kana before, ッ ン ー count."""
    return sum(1 for kana in reading if KATAKANA.match(kana) and kana not in SMALL_KANA)


def count_number_morae(number: int) -> int:
    """Count the morae of a whole number as it is spoken (2026 is に・せん・に・じゅう・ろく)."""
    for value, morae in PLACES:
        if number >= value:
            count, rest = divmod(number, value)
            head = 0 if count == 1 and value <= 1000 else count_number_morae(count)
            return head + morae + (count_number_morae(rest) if rest else 0)
    return DIGIT_MORAE[number]


def count_morae(text: str, tokens: Sequence[Token]) -> int:
    """Count the morae of a text as it is spoken; addresses and telephone numbers count nothing."""
    codes = [match.span() for match in CODE.finditer(text)]
    total = sum(count_number_morae(int(re.sub("[,，]", "", m[0]))) for m in NUMBER.finditer(CODE.sub("", text)))
    for token in tokens:
        is_code = any(begin <= token.begin < end for begin, end in codes)
        if not is_code and not NUMBER.fullmatch(token.surface):
            total += count_kana_morae(token.reading)
    return total


@cache
def get_unidic_tagger() -> Tagger:
    """Give the one fugashi tagger on unidic-lite, a development dependency named explicitly."""
    import unidic_lite  # noqa: PLC0415  # a development dependency, needed only when a gate runs
    from fugashi import Tagger  # noqa: PLC0415  # a development dependency, needed only when a gate runs

    return Tagger(f'-d "{unidic_lite.DICDIR}"')


def compute_page_readability(sentences: Sequence[str]) -> float:
    """Compute the jReadability score of whole sentences, 0.5 (hard) to 6.5 (easy)."""
    from jreadability import compute_readability  # noqa: PLC0415  # a development dependency, needed only when a gate runs

    closed = [text if text.endswith(("。", "！", "？")) else f"{text}。" for text in sentences]
    return float(compute_readability("".join(closed), get_unidic_tagger()))
