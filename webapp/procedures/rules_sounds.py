"""How words sound, whatever they are written in: kana of both kinds and every romaji lead to the same key.

The key is made to forgive: long vowels and doubled consonants are short, `shi` is `si`, `tsu` is `tu`, `fu` is `hu`.
English words go through the same folding, so both sides of a comparison stay alike.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

import jaconv
from rapidfuzz.distance import OSA

_ROWS = {
    "": "あいうえお", "k": "かきくけこ", "s": "さしすせそ", "t": "たちつてと", "n": "なにぬねの", "h": "はひふへほ",
    "m": "まみむめも", "r": "らりるれろ", "g": "がぎぐげご", "z": "ざじずぜぞ", "d": "だぢづでど", "b": "ばびぶべぼ",
    "p": "ぱぴぷぺぽ",
}  # fmt: skip
_OTHERS = {
    "や": "ya", "ゆ": "yu", "よ": "yo", "わ": "wa", "ゐ": "i", "ゑ": "e", "を": "o", "ん": "n", "ゔ": "bu",
    "っ": "", "ー": "", "ゃ": "Ya", "ゅ": "Yu", "ょ": "Yo", "ぁ": "A", "ぃ": "I", "ぅ": "U", "ぇ": "E", "ぉ": "O",
    "ぢ": "zi", "づ": "zu",
}  # fmt: skip
_KANA = str.maketrans({kana: c + v for c, row in _ROWS.items() for v, kana in zip("aiueo", row, strict=True)} | _OTHERS)
_NOT_SOUND = re.compile(r"[^a-z0-9]+")
_LATIN_STEPS = tuple(
    (re.compile(pattern), spelling)
    for pattern, spelling in (
        ("tch", "ch"), ("sh", "sy"), ("ch", "ty"), ("ts|tz", "t"), ("cy", "ty"), ("j", "zy"), ("zyy", "zy"),
        ("([szt])yi", r"\1i"), ("dzu|du", "zu"), ("di", "zi"), ("f", "h"), ("m(?=[bpm])", "n"),
        ("oh(?![aiueoy])", "o"), ("l", "r"), ("v", "b"), ("c", "k"), ("wo", "o"), ("q", "k"),
    )
)  # fmt: skip
_SMALL = re.compile(r"i(Y[auo])|[ue]([AIUEO])|i(E)")
_LONG = re.compile(r"ou|(.)\1+")
_ACCENTS = re.compile("[\u0300-\u036f]")
SHORTEST_GRAM = 3


def fold(text: str) -> str:
    """Write a text in one way: width, case and kind of kana no longer differ; spaces and punctuation are gone."""
    plain = jaconv.kata2hira(unicodedata.normalize("NFKC", text).lower())
    return "".join(char for char in plain if char.isalnum() or char in "ー々")


def to_sound(text: str) -> str:
    """Return the key of how kana and Latin letters sound; kanji have none (give their reading)."""
    plain = jaconv.kata2hira(unicodedata.normalize("NFKC", text).lower())
    if not plain.isascii():
        plain = _ACCENTS.sub("", unicodedata.normalize("NFC", plain))
        plain = "".join(_sound_run(run) for run in re.findall(r"[ぁ-ゔー]+|[^ぁ-ゔー]+", plain))
    else:
        plain = _sound_latin(plain)
    return _shorten(_NOT_SOUND.sub("", plain))


def join_sounds(sounds: Iterable[str]) -> str:
    """Return the sound of words said together: a vowel that becomes long between two of them is short, too."""
    return _shorten("".join(sounds))


def _shorten(sound: str) -> str:
    """Make long vowels and doubled consonants short."""
    return _LONG.sub(lambda found: found[1] or "o", sound)


def _sound_run(run: str) -> str:
    """Sound one run of kana or of anything else."""
    if "ぁ" <= run[0] <= "ゔ" or run[0] == "ー":
        return _SMALL.sub(_join_small, run.translate(_KANA)).lower()
    letters = _ACCENTS.sub("", unicodedata.normalize("NFKD", run))
    return _sound_latin(letters)


def _join_small(found: re.Match[str]) -> str:
    """Join a small kana to the one before it: ki + ya is kya, si + e is sye, hu + a is ha."""
    return "ye" if found[3] else found[0][1:].lower()


def _sound_latin(letters: str) -> str:
    """Bring the many spellings of romaji to one."""
    for pattern, spelling in _LATIN_STEPS:
        letters = pattern.sub(spelling, letters)
    return letters


def list_grams(sound: str) -> list[str]:
    """Return the three-letter pieces of a sound; its start and its end count as letters."""
    padded = f"^{sound}$"
    return [padded[at : at + SHORTEST_GRAM] for at in range(max(1, len(padded) - 2))]


def list_pairs(form: str) -> list[str]:
    """Return the pairs of characters of a word in its own script."""
    return [first + second for first, second in pairwise(form)]


def count_slips(one: str, other: str, most: int) -> int:
    """Return how many letters must be changed, added, left out or swapped with the next; `most` + 1 for any more."""
    return int(OSA.distance(one, other, score_cutoff=most))
