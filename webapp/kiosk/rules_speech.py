"""How words become speech: numbers one sign at a time, days and hours in words, readings where the voice would guess. Pure.

`write_speech` gives the words for the voice, part by part: between two parts is a pause in which a number can be written down.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from webapp.learning.rules_kana import spell
from webapp.reading.furigana import Piece

MOST_LETTERS = 400
LANGUAGES = ("ja", "en")
PACES = {"slow": 0.75, "normal": 1.0, "fast": 1.5}

_DIGIT_NAMES = ("ゼロ", "イチ", "ニー", "サン", "ヨン", "ゴー", "ロク", "ナナ", "ハチ", "キュー")
_LETTER_NAMES = (
    "エー", "ビー", "シー", "デー", "イー", "エフ", "ジー", "エイチ", "アイ", "ジェー", "ケー", "エル", "エム", "エヌ",
    "オー", "ピー", "クイーンのキュー", "アール", "エス", "ティー", "ユー", "ブイ", "ダブリュー", "エックス", "ワイ", "ゼット",
)  # fmt: skip
DIGITS = dict(zip("0123456789", _DIGIT_NAMES, strict=True))
LETTERS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _LETTER_NAMES, strict=True))
"""As clerks say them on the telephone: D is not taken for B, and the letter Q is not taken for the digit 9."""
SIGNS = {
    "ー": "のばす音", "゛": "てんてん", "゜": "まる", "、": "てん", "。": "まる", "・": "なかてん", "「": "かぎかっこ", "」": "とじかっこ",
    "-": "ハイフン", ".": "ドット", "@": "アットマーク", "_": "アンダーバー", "/": "スラッシュ", "+": "プラス", "#": "シャープ",
    "(": "かっこ", ")": "とじかっこ", ",": "カンマ", ":": "コロン", "!": "びっくりマーク", "?": "はてな", "'": "アポストロフィ",
    "~": "なみせん", "&": "アンド", "%": "パーセント", "*": "こめじるし", "=": "イコール", " ": "あき",
}  # fmt: skip
ENGLISH_SIGNS = {
    "-": "hyphen", ".": "dot", "@": "at sign", "_": "underscore", "/": "slash", "+": "plus", "#": "hash", ",": "comma",
    ":": "colon", "'": "apostrophe", "~": "tilde", "&": "and", "%": "percent", "*": "star", "=": "equals", "(": "bracket",
    ")": "closing bracket", "!": "exclamation mark", "?": "question mark", " ": "space",
}  # fmt: skip
SPELLED = frozenset((*DIGITS.values(), *LETTERS.values(), *SIGNS.values()))
"""Everything that a spelled number is made of; none of it says anything about anybody."""
SMALL = dict(zip("ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ", "アイウエオツヤユヨワ" * 2, strict=True))

_ADDRESS = re.compile(r"(?:https?://|[A-Za-z0-9._+-]+@)[!-~]+|www\.[!-~]+")
_DAY = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?=[0-9A-Z-]*\d)[0-9A-Z]{2,6}(?:-[0-9A-Z]{2,6}){1,4}(?![0-9A-Za-z])")
_LONG = re.compile(r"(?<![\d.,])(?:0\d+|\d{7,})(?![\d.,]|円|年|人|件|個|回|階|歳|才|kg|cm|m)")
_TIME = re.compile(r"(?<!\d)([01]?\d|2[0-4]):([0-5]\d)(?!\d)")
_MASK = re.compile(r"[*●•＊]{2,}")
_WEEKDAY = re.compile(r"\(([月火水木金土日])\)")
_CLOSING = re.compile(r"[)」』】\]〉](?=[ぁ-ん])")
"""A bracket that a particle follows: no pause tears the two apart."""
_BRACKETS = re.compile(r"[()「」『』【】\[\]{}<>〈〉…|]+")
_UNKNOWN = re.compile(r"[^぀-ヿ㐀-鿿豈-﫿々〆ヶ0-9A-Za-z《》、。!?,.・%\s-]")
_PAUSES = re.compile(r"\s*、[、\s]*")
_LETTER = re.compile(r"[ぁ-ゖァ-ヺ㐀-鿿豈-﫿0-9A-Za-z]")
_LONG_SOUND = re.compile(r"(?:(?<![ぁ-ゖァ-ヺ])ー+|(?<=ーー)ー+)")


@dataclass(frozen=True, slots=True)
class Heard:
    """A word as the voice would say it: its place in the text, and its reading in katakana."""

    start: int
    end: int
    reading: str


def write_speech(text: str, lang: str) -> tuple[str, ...]:
    """Return the parts of a text as they are given to the voice; none if nothing in it can be spoken."""
    plain = unicodedata.normalize("NFKC", text) if lang == "en" else _widen_kana(text)
    if len(plain.strip() or plain[:1]) == 1:
        return _say_sign(plain.strip() or " ", lang)
    if lang == "en":
        return _keep_spoken(_DAY.sub(r"\1, \2, \3", _spell_numbers(plain, lang)))
    plain = _spell_numbers(plain, lang)
    plain = _MASK.sub(lambda found: f"、かくした字が{len(found[0])}つ、", _WEEKDAY.sub(r"、\1曜日、", plain))
    plain = _BRACKETS.sub("、", _CLOSING.sub("", plain))
    plain = re.sub(r"[:;/]", "、", re.sub(r"[~〜]", "から", plain))
    return _keep_spoken(_LONG_SOUND.sub("", _UNKNOWN.sub(" ", spell(plain))))


def _widen_kana(text: str) -> str:
    """Return Japanese words with letters, digits and kana in their common width; voice marks on their own stay so."""
    return "".join(one if one in "゛゜" else unicodedata.normalize("NFKC", one) for one in text)


def _keep_spoken(words: str) -> tuple[str, ...]:
    """Return the parts in which there is something to speak, with single pauses."""
    parts = (_PAUSES.sub("、", " ".join(part.split())).strip("、 ") for part in words.split("\n"))
    return tuple(part for part in parts if _LETTER.search(part))


def _say_sign(sign: str, lang: str) -> tuple[str, ...]:
    """Return how one sign is said alone, as keys are: は is ハ then, and not the particle."""
    if lang == "en":
        return (ENGLISH_SIGNS.get(sign, sign),) if sign.isalnum() or sign in ENGLISH_SIGNS else ()
    if sign in SMALL:
        return (f"小さい{SMALL[sign]}",)
    if sign.upper() in LETTERS:
        return (LETTERS[sign.upper()],)
    known = {**DIGITS, **SIGNS}.get(sign)
    return (known,) if known else ((to_katakana(sign),) if _LETTER.match(sign) else ())


def _spell_numbers(text: str, lang: str) -> str:
    """Return a text in which numbers that people write down are spelled, and days and hours are words."""
    text = " ".join(text.split())
    if re.fullmatch(r"\d{5,}", text):  # what somebody has typed so far
        return _spell_signs(text, lang)
    text = _ADDRESS.sub(lambda found: "\n" + _spell_signs(found[0], lang) + "\n", text)
    if lang == "ja":
        text = _DAY.sub(lambda found: f"{int(found[1])}年{int(found[2])}月{int(found[3])}日", text)
        text = _TIME.sub(lambda found: f"{int(found[1])}時" + (f"{int(found[2])}分" if int(found[2]) else ""), text)
    else:
        text = _DAY.sub(r"\1 \2 \3", text)
    text = _NUMBER.sub(lambda found: "\n" + "\n".join(_spell_signs(g, lang) for g in found[0].split("-")) + "\n", text)
    return _LONG.sub(lambda found: "\n" + _spell_signs(found[0], lang) + "\n", text)


def _spell_signs(word: str, lang: str) -> str:
    """Return a word sign by sign."""
    if lang == "en":
        return ", ".join(ENGLISH_SIGNS.get(one, one.upper()) for one in word)
    known = {**LETTERS, **DIGITS, **SIGNS}
    return "、".join(known.get(one.upper(), one) for one in word)


def to_katakana(words: str) -> str:
    """Return words with hiragana as katakana."""
    return "".join(chr(ord(one) + 0x60) if "ぁ" <= one <= "ゖ" else one for one in words)


def mend_readings(pieces: Sequence[Piece], heard: Sequence[Heard]) -> str:
    """Return a text for the voice: kanji where it reads them as the ward does, since it knows their melody; kana elsewhere.

    `pieces` are the words with the ward's readings, `heard` the words as the voice would read them. Where the two cut words
    differently, whole stretches are compared. Numbers are left to the voice, which knows them with their counters.
    """
    places, at = [], 0
    for piece in pieces:
        places.append((at, at + len(piece.text), piece))
        at += len(piece.text)
    return "".join(_mend_stretch(stretch, heard) for stretch in _cut_together(places, heard, at))


_Place = tuple[int, int, Piece]


def _cut_together(places: Sequence[_Place], heard: Sequence[Heard], end: int) -> list[list[_Place]]:
    """Return the pieces in the shortest stretches that neither side cuts; pieces of plain kana may be cut anywhere."""
    shared = {0, end} | ({word.start for word in heard} & _borders(places))
    cuts = sorted(shared)
    stretches = []
    for start, stop in pairwise(cuts):
        inside = [_clip(place, start, stop) for place in places if place[0] < stop and place[1] > start]
        stretches.append(inside)
    return stretches


def _borders(places: Sequence[_Place]) -> set[int]:
    """Return where a text may be cut without tearing a word that has a reading."""
    found: set[int] = set()
    for start, stop, piece in places:
        found |= {start, stop} if piece.reading is not None else set(range(start, stop + 1))
    return found


def _clip(place: _Place, start: int, stop: int) -> _Place:
    """Return the part of a piece that lies within a stretch."""
    first, last, piece = place
    if piece.reading is not None:
        return place
    low, high = max(first, start), min(last, stop)
    return low, high, Piece(piece.text[low - first : high - first], None)


def _mend_stretch(stretch: Sequence[_Place], heard: Sequence[Heard]) -> str:
    """Return one stretch as it is, or in kana where the voice would read it otherwise than the ward does."""
    words = "".join(piece.text for _, _, piece in stretch)
    if not stretch or all(piece.reading is None for _, _, piece in stretch):
        return words
    ward = "".join(piece.reading or piece.text for _, _, piece in stretch)
    said = "".join(word.reading for word in heard if word.start >= stretch[0][0] and word.end <= stretch[-1][1])
    if re.search(r"[0-9]", ward) or not said or _even_out(ward) == _even_out(said):
        return words
    return "".join(to_katakana(piece.reading) if piece.reading else piece.text for _, _, piece in stretch)


def _even_out(reading: str) -> str:
    """Return a reading without what sounds the same: long vowels, voiced pairs, marks."""
    plain = re.sub(r"[^ァ-ヺー]", "", to_katakana(reading)).translate(str.maketrans("ヅヂヲ", "ズジオ"))
    plain = re.sub(r"(?<=[オコソトノホモヨロゴゾドボポョ])[ウオ]", "ー", plain)
    plain = re.sub(r"(?<=[ウクスツヌフムユルグズブプュ])ウ", "ー", plain)
    return re.sub(r"(?<=[エケセテネヘメレゲゼデベペ])[イエ]", "ー", plain)
