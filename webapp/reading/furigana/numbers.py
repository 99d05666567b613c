"""Numbers with their counters in a text: 20日 はつか, 3階 がい, 一人 ひとり, 4分の1."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache

from webapp.reading.furigana.days import is_first_of_month, is_rough_count
from webapp.reading.furigana.numerals import (
    KANJI_UNITS,
    Counter,
    find_last_sound,
    parse_kanji,
    read_counted,
    read_counter,
    read_units,
    read_vague,
    spell_number,
)
from webapp.reading.furigana.splitter import Span
from webapp.reading.furigana.tables import load_counters

_NUMERALS = "〇一二三四五六七八九十百千万億兆"
_NUMBER = re.compile(
    r"(?P<digits>[0-9]+(?:[,，][0-9]{3})*(?:[.．][0-9]+)?)(?P<units>[十百千万億兆]*数?)"
    rf"|(?=[数何{_NUMERALS}])(?P<vague>[数何]?)(?P<numeral>[{_NUMERALS}]*)(?P<more>数?)"
)
_CORE = frozenset("日月年時分人円回歳階件名")
"""Counters that end a number even inside a word of the analyzer (2人暮らし)."""

_SUFFIXES = frozenset("間目前後分半付頃中")
_NOT_AFTER_WHAT = frozenset("色語者区市県国課町部科系式面角党園駅室行品組字基機対")
_NOT_COUNTER_BEFORE = re.compile(r"[月火水木金土日]曜|日本|人間|人権|人口|年金|月経|分館|時計|人気|回答|回復|件名")
_FUSED = frozenset("日人")
"""Counters that a number in digits fuses with (20日, 1人)."""


@lru_cache(maxsize=4096)
def _find_counters(ahead: str) -> tuple[tuple[str, Counter], ...]:
    counters = load_counters()
    found = [(ahead[:size], counters[ahead[:size]]) for size in range(len(ahead), 0, -1) if ahead[:size] in counters]
    return tuple(found)


def _pick_counter(text: str, at: int, edges: AbstractSet[int], *, is_plain: bool) -> tuple[str, Counter] | None:
    """Choose the longest counter; after one lone kanji numeral it must end with a word of the analyzer."""
    if _NOT_COUNTER_BEFORE.match(text, at):
        return None
    for name, counter in _find_counters(text[at : at + 4]):
        end = at + len(name)
        is_core = name in _CORE and (is_plain or text[end : end + 1] in _SUFFIXES)
        is_birth = name.endswith("生") and text.startswith("まれ", end)
        if not is_birth and (end in edges or is_core or (is_plain and len(name) > 1)):
            return name, counter
    return None


def _clean(digits: str) -> str:
    return digits.replace("，", ",").replace("．", ".")


def _find_fused(text: str, match: re.Match[str], name: str, counter: Counter) -> str | None:
    """Find the one word that a small number in digits and its counter are read as."""
    digits, end = match["digits"], match.end() + len(name)
    if match["units"] or len(digits) > 2 or digits[0] == "0" or name[0] not in _FUSED:
        return None
    if name == "日" and digits == "1" and is_first_of_month(text, match.start(), end):
        return "ついたち"
    if name == "日" and is_rough_count(text, match.start(), end):
        return None
    return counter.whole.get(int(digits)) if digits.isdigit() else None


def _read_digits(text: str, match: re.Match[str], name: str, counter: Counter) -> Span:
    end = match.end() + len(name)
    if fused := _find_fused(text, match, name, counter):
        return match.start(), end, fused
    if name == "分" and text.startswith("割", match.start() - 1):
        return match.end("digits"), end, "ぶ"
    kana, last = read_units(match["units"], find_last_sound(_clean(match["digits"])))
    return match.end("digits"), end, kana + read_counter(counter, last)


def _read_kanji(text: str, match: re.Match[str], name: str, counter: Counter) -> Span:
    start, end = match.start(), match.end() + len(name)
    if match["vague"] or match["more"]:
        return start, end, read_vague(counter, match["vague"], match["numeral"], match["more"])
    numeral = match["numeral"]
    if len(numeral) > 2 and name in "番号" and not any(char in KANJI_UNITS for char in numeral):
        return start, end, "".join(spell_number(parse_kanji(digit))[0] for digit in numeral) + counter.reading
    value = parse_kanji(numeral)
    if name == "日" and value == 1 and is_first_of_month(text, start, end):
        return start, end, "ついたち"
    return start, end, read_counted(counter, value)


def _read_bare(match: re.Match[str]) -> Span | None:
    """Read a number that no counter follows: the units after digits (3万), or a number of several kanji."""
    if match["digits"]:
        kana, _ = read_units(match["units"], find_last_sound(_clean(match["digits"])))
        return (match.end("digits"), match.end(), kana) if kana else None
    numeral = match["numeral"]
    if len(numeral) < 2 or match["vague"] or match["more"] or not any(char in KANJI_UNITS for char in numeral):
        return None
    return match.start(), match.end(), "".join(spell_number(parse_kanji(numeral)))


def find_numbers(text: str, edges: AbstractSet[int]) -> Iterator[Span]:
    """Find the numbers of a text that have a counter or units, given where the analyzer's words begin and end."""
    for match in _NUMBER.finditer(text):
        is_kanji = match["digits"] is None
        if is_kanji and match.start() not in edges:
            continue
        is_plain = not is_kanji or len(match[0]) > 1 or match["vague"] == "何"
        picked = _pick_counter(text, match.end(), edges, is_plain=is_plain)
        if picked and not (match["vague"] == "何" and picked[0] in _NOT_AFTER_WHAT):
            yield (_read_kanji if is_kanji else _read_digits)(text, match, *picked)
        elif (not is_kanji or match.end() in edges) and (span := _read_bare(match)):
            yield span
