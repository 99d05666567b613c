"""Which characters are kanji, kana or digits, and the one-to-one respellings made before analysis."""

import re

KANJI = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々〆"
"""Characters of a regular expression class that may carry a reading."""

KANA = "ぁ-ゖァ-ヺー゛゜ゝゞヽヾ"

KANJI_RUN = re.compile(f"(?:^[ヶケ])?[{KANJI}]+(?:[ヶケ][{KANJI}]+)*")
"""Kanji in a row; the small or large ke of a place name (阿佐ヶ谷) is read with them."""

_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヵ"))} | {ord("ヵ"): "か", ord("ヶ"): "け"}

_VARIANTS = str.maketrans(
    "０１２３４５６７８９髙﨑濵濱邊邉齋齊嶋嶌廣澤國眞惠德瀨淸靑曾槗桒",
    "0123456789高崎浜浜辺辺斎斉島島広沢国真恵徳瀬清青曽橋桑",
)
_SURROGATES = re.compile("[\ud800-\udfff]")


def to_hiragana(text: str) -> str:
    """Turn katakana into hiragana, other characters kept."""
    return text.translate(_KATAKANA_TO_HIRAGANA)


def replace_surrogates(text: str) -> str:
    """Put a sign that the analyzer accepts in the place of each lone surrogate."""
    return _SURROGATES.sub("〓", text)


def respell(text: str) -> str:
    """Write a text for analysis: plain digits, common forms of name kanji; the same number of characters."""
    return replace_surrogates(text.translate(_VARIANTS))
