"""Latin letters and signs as they are spoken in Japanese, for texts that hold nothing but kana. Pure.

Digits stay digits: speech and braille read them well. Addresses of pages stay as they are: nobody can open one in kana.
"""

import re
import unicodedata

LETTERS = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        (
            "エー", "ビー", "シー", "ディー", "イー", "エフ", "ジー", "エイチ", "アイ", "ジェー", "ケー", "エル", "エム",
            "エヌ", "オー", "ピー", "キュー", "アール", "エス", "ティー", "ユー", "ブイ", "ダブリュー", "エックス", "ワイ",
            "ゼット",
        ),
        strict=True,
    )
)  # fmt: skip
WORDS = {
    "a3": "エーさん", "a4": "エーよん", "android": "アンドロイド", "enter": "エンター", "google": "グーグル",
    "ipad": "アイパッド", "iphone": "アイフォーン", "jpeg": "ジェイペグ", "mail": "メール", "ok": "オーケー",
    "png": "ピング", "web": "ウェブ", "wi-fi": "ワイファイ", "wifi": "ワイファイ",
    "english": "イングリッシュ", "kb": "キロバイト", "mb": "メガバイト", "cm": "センチ", "mm": "ミリ", "kg": "キロ",
}  # fmt: skip
"""Words that are not spelled letter by letter; all others are (QR: キューアール)."""

SIGNS = {
    "@": "アットマーク", "&": "アンド", "%": "パーセント", "+": "プラス", "#": "シャープ", "*": "アスタリスク",
    "_": "アンダーバー", "〒": "ゆうびんばんごう", "×": "かける", "→": "、", "♪": "おんぷ", "○": "まる", "□": "しかく",
}  # fmt: skip
LONGEST_NAME = 4
"""Up to so many letters are one name (QR, PDF); longer ones are read letter by letter, with pauses."""

_LATIN = re.compile(r"(?:https?://[!-~]+)|[Aa][34](?![0-9A-Za-z])|[A-Za-z]+(?:-[A-Za-z]+)*")


def spell(words: str) -> str:
    """Return words with Latin letters and signs as they are spoken; everything else, and any address, as it is."""
    plain = _narrow(words)
    spelled, at = [], 0
    for found in _LATIN.finditer(plain):
        spelled += [_say_signs(plain[at : found.start()]), _say_latin(found[0])]
        at = found.end()
    return "".join((*spelled, _say_signs(plain[at:])))


def _narrow(words: str) -> str:
    """Return words with full-width letters and digits in their common width."""
    return "".join(
        unicodedata.normalize("NFKC", one) if "！" <= one <= "～" and one.isalnum() else one for one in words
    )


def _say_signs(words: str) -> str:
    """Return words with their signs spoken."""
    return "".join(SIGNS.get(one, one) for one in words)


def _say_latin(word: str) -> str:
    """Return one Latin word as it is spoken."""
    if "://" in word:
        return word
    known = WORDS.get(word.lower())
    if known is not None:
        return known
    parts = (_say_letters(part) for part in word.lower().split("-"))
    return "-".join(parts)


def _say_letters(word: str) -> str:
    """Return the names of the letters of a word: together for a short name, with pauses for a long word."""
    return ("" if len(word) <= LONGEST_NAME else "・").join(LETTERS[one] for one in word)
