"""Which kanji are offered for kana: whole names and words first, then single characters, each list the likeliest first."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

MOST_KANA = 24
MOST_SHOWN = 48
BEST_OF_EACH = 3
BEST_SINGLES = 6
UNCOMMON, COST_STEP = 100_000_000, 1000
SHORTEST_NAME = 2
"""Kana of a family name or a given name inside a whole name; shorter ones would make whole names of everything."""

SEEN_OFTEN = 3
"""How many names must read a character in one way before that reading is believed."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "family": ("surname", "given", "place", "word"),
    "given": ("given", "surname", "place", "word"),
    "place": ("place", "word", "surname", "given"),
    "words": ("word", "place", "surname", "given"),
}
"""What somebody writes, and the kinds of words in the order in which they are offered."""

_KANA = re.compile(r"[ぁ-ゖー]+")
_KANJI = re.compile(r"[㐀-鿿豈-\ufaff々〆ヶケノ\U00020000-\U0003ffff]+")
_MIXED = re.compile(r"[ぁ-ゖァ-ヺー]")
_TO_HIRAGANA = str.maketrans({code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)})
_ANY_KANJI = re.compile(r"[㐀-鿿豈-\ufaff々\U00020000-\U0003ffff]")


class Word(NamedTuple):
    """A way to write a reading. The smaller the cost, the commoner it is."""

    cost: int
    text: str


Found = Mapping[str, Iterable[Word]]


def read_kana(typed: str) -> str | None:
    """Return what was typed in hiragana if it is nothing but kana, else None."""
    kana = to_hiragana(unicodedata.normalize("NFKC", typed.strip())) if len(typed) <= MOST_KANA * 2 else ""
    return kana if len(kana) <= MOST_KANA and _KANA.fullmatch(kana) else None


def to_hiragana(katakana: str) -> str:
    """Return a reading of the dictionary in hiragana."""
    return katakana.translate(_TO_HIRAGANA)


def has_kanji(text: str) -> bool:
    """Tell whether a text has kanji, so that it is worth offering."""
    return _ANY_KANJI.search(text) is not None


def split_kana(kana: str, shortest: int) -> list[tuple[str, str]]:
    """Return every way to cut kana into two parts that can be read by themselves."""
    ends = range(shortest, len(kana) - shortest + 1)
    return [(kana[:end], kana[end:]) for end in ends if kana[end] not in "んっゃゅょぁぃぅぇぉー"]


def join_names(pairs: Iterable[tuple[Iterable[Word], Iterable[Word]]]) -> list[str]:
    """Return whole names made of a family name and a given name, parted by a space, the likeliest first."""
    joined = [
        Word(first.cost + second.cost, f"{first.text} {second.text}")
        for firsts, seconds in pairs
        for first in sorted(firsts)[:BEST_OF_EACH]
        for second in sorted(seconds)[:BEST_OF_EACH]
    ]
    return [word.text for word in sorted(joined)]


def order_words(found: Found, use: str) -> list[str]:
    """Return the words for one reading, the kinds that fit what is written first, each word once."""
    ordered = [word.text for kind in KINDS[use] for word in sorted(found.get(kind, ()))]
    return list(dict.fromkeys(ordered))[:MOST_SHOWN]


def join_singles(parts: Iterable[tuple[Iterable[Word], Iterable[Word]]]) -> list[str]:
    """Return given names made of two single characters, those first that many names read in this way."""
    joined = [
        (-first.cost * -second.cost, first.text + second.text)
        for firsts, seconds in parts
        for first in sorted(firsts)[:BEST_SINGLES]
        for second in sorted(seconds)[:BEST_SINGLES]
    ]
    return [text for _, text in sorted(joined, reverse=True)]


def align_singles(known: Mapping[str, set[str]], names: Iterable[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """Count how names of two characters read each of them, where one of the two is known (reading, characters)."""
    counted: Counter[tuple[str, str]] = Counter()
    for reading, pair in names:
        first, second = pair[0], pair[1]
        for end in range(1, len(reading)):
            before, after = reading[:end], reading[end:]
            fits_first, fits_second = before in known.get(first, ()), after in known.get(second, ())
            if fits_first or fits_second:
                counted[before, first] += 1 + fits_first
                counted[after, second] += 1 + fits_second
    return counted


def list_singles(known: Mapping[str, set[str]], names: list[tuple[str, str]]) -> list[tuple[str, Word]]:
    """Return the readings of single kanji: those in the dictionary, and those that names show often enough."""
    counted = align_singles(known, names)
    for character, readings in known.items():
        for reading in readings:
            counted[reading, character] += SEEN_OFTEN
    return [
        (reading, Word(-times, character))
        for (reading, character), times in counted.items()
        if times >= SEEN_OFTEN and reading[0] not in "んっゃゅょー"
    ]


def is_pair(text: str) -> bool:
    """Tell whether a text is two kanji, neither of them a sign for repetition."""
    return len(text) == 2 and "々" not in text and _KANJI.fullmatch(text) is not None


def count_characters(names: Iterable[str]) -> Counter[str]:
    """Count how many names have a character: what many names have is likelier in any name."""
    return Counter(character for name in names for character in set(name))


def cost_of(in_sentence: int, is_common: bool, counted: Mapping[str, int], text: str) -> int:
    """Return one number to order words by: common or not, then the cost in a sentence, then how usual the characters are."""
    is_common = is_common and _MIXED.search(text) is None  # 花子 before はな子
    usual = sum(math.log(1 + counted.get(character, 0)) for character in text) / len(text)
    return (0 if is_common else UNCOMMON) + in_sentence * COST_STEP - round(10 * usual)


def begins_again(text: str, before: str) -> bool:
    """Tell whether the dictionary's second, less common half begins here: each half goes from signs to the last kanji."""
    return before[:1] > "鼻" and text[:1] < "ぁ"
