"""Numbers with their counters and dates: 20日 はつか, 3階 がい, 一人 ひとり, 4分の1."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache

from webapp.reading.furigana.numerals import (
    KANJI_UNITS,
    Counter,
    find_last_sound,
    parse_kanji,
    read_counted,
    read_counter,
    spell_number,
)
from webapp.reading.furigana.splitter import Span
from webapp.reading.furigana.tables import load_counters

_NUMBER = re.compile(
    r"(?P<digits>[0-9]+(?:[,，][0-9]{3})*(?:[.．][0-9]+)?)(?P<units>[十百千万億兆]*数?)"
    r"|(?P<kanji>(?P<vague>[数何]?)(?P<numeral>[〇一二三四五六七八九十百千万億兆]*)(?P<more>数?))(?<=[数何〇一二三四五六七八九十百千万億兆])"
)
_CORE = frozenset("日月年時分人円回歳階件名")
"""Counters that end a number even inside a word of the analyzer (2人暮らし)."""

_SUFFIXES = frozenset("間目前後分半付頃中")
_NOT_AFTER_WHAT = frozenset("色語者区市県国課町部科系式面角党園駅室行品組字基機対")
_NOT_COUNTER_BEFORE = re.compile(r"[月火水木金土日]曜|日本|人間|人権|人口|年金|月経|分館|時計|人気|回答|回復|件名")
_FIRST_BEFORE = re.compile(r"(?:月|毎月|翌月|各月|同月|月の|[0-9]日[、・と]|月[～〜から-])\Z")
_FIRST_AFTER = re.compile(
    r"付|現在|施行|生まれ|時点|発行|発効|号|締|適用|改正|以降|以前|まで|[（(][月火水木金土日祝・]+[）)]|から"
    r"|[・、と～〜-](?:[0-9]+|[二三四五六七八九十]+)日|(?:に|より)(?:開|始|施行|実施|発|改|更新)"
)
_ROUGH_BEFORE = re.compile(r"(?<![月0-9・、])[2-8][、・]\Z")
_ROUGH_AFTER = re.compile("で|ほど|前|後|間|以内|中|かか|くらい|ぐらい|た|待|おき|休|続|様子|程度|お")
_UNIT_AFTER = {("百", "さん"): "びゃく", ("百", "ろく"): "ぴゃく", ("百", "はち"): "ぴゃく", ("千", "さん"): "ぜん"}
_UNIT_KANA = {"十": "じゅう", "百": "ひゃく", "千": "せん", "万": "まん", "億": "おく", "兆": "ちょう", "数": "すう"}


@lru_cache(maxsize=4096)
def _find_counters(ahead: str) -> tuple[tuple[str, Counter], ...]:
    counters = load_counters()
    found = [(ahead[:size], counters[ahead[:size]]) for size in range(len(ahead), 0, -1) if ahead[:size] in counters]
    return tuple(found)


def _pick_counter(text: str, at: int, edges: AbstractSet[int], *, inside_word: bool) -> tuple[str, Counter] | None:
    if _NOT_COUNTER_BEFORE.match(text, at):
        return None
    for name, counter in _find_counters(text[at : at + 4]):
        end = at + len(name)
        loose = name in _CORE and (inside_word or text[end : end + 1] in _SUFFIXES)
        if end in edges or loose or (inside_word and len(name) > 1):
            if not (name.endswith("生") and text.startswith("まれ", end)):
                return name, counter
    return None


def _is_first_of_month(text: str, start: int, end: int) -> bool:
    before = _FIRST_BEFORE.search(text[max(0, start - 6) : start])
    return before is not None or _FIRST_AFTER.match(text, end) is not None


def _is_rough(text: str, start: int, end: int) -> bool:
    """Tell whether two numbers in a row are a rough number of days: 2、3日 is にさんにち."""
    return _ROUGH_BEFORE.search(text[max(0, start - 4) : start]) is not None and _ROUGH_AFTER.match(text, end) is not None


def _read_units(units: str, last: str) -> tuple[str, str]:
    kana = ""
    for unit in units:
        sound = _UNIT_AFTER.get((unit, last), _UNIT_KANA[unit])
        kana, last = kana + sound, _UNIT_KANA[unit]
    return kana, last


def _read_digits(text: str, match: re.Match[str], name: str, counter: Counter) -> Span:
    digits, units = match["digits"].replace("，", ",").replace("．", "."), match["units"]
    start, end = match.start(), match.end() + len(name)
    if not units and digits.isdigit() and digits[0] != "0":
        if name == "日" and digits == "1" and _is_first_of_month(text, start, end):
            return start, end, "ついたち"
        whole = counter.whole.get(int(digits)) if len(digits) < 3 and name[0] in "日人" else None
        if whole and not (name == "日" and _is_rough(text, start, end)):
            return start, end, whole
    kana, last = _read_units(units, find_last_sound(digits))
    if name == "分" and text.startswith("割", start - 1):
        return match.end("digits"), end, "ぶ"
    return match.end("digits"), end, kana + read_counter(counter, last)


def _read_kanji(text: str, match: re.Match[str], name: str, counter: Counter) -> Span:
    start, end = match.start(), match.end() + len(name)
    vague, numeral, more = match["vague"], match["numeral"], match["more"]
    if not vague and not more:
        value = parse_kanji(numeral)
        if name == "日" and value == 1 and _is_first_of_month(text, start, end):
            return start, end, "ついたち"
        return start, end, read_counted(counter, value)
    head = {"数": "すう", "何": "なん", "": ""}[vague]
    parts = spell_number(parse_kanji(numeral)) if numeral else []
    if vague == "何" and parts and (voiced := _UNIT_AFTER.get((numeral[0], "さん"))):
        parts[0] = voiced
    sounds = [head, *parts, "すう"] if more else [head, *parts]
    last = sounds[-1]
    plain = "".join(sounds[:-1])
    shortened = read_counted(Counter("", counter.row), 100)[:-1] + "っ" if last == "ひゃく" and counter.row in "khf" else last
    if last == "じゅう" and counter.row != "-":
        shortened = "じゅっ"
    return start, end, plain + shortened + read_counter(counter, last)


def _read_bare(match: re.Match[str]) -> Span | None:
    """Read a number that no counter follows: only its units (3万) or its ordinal."""
    if match["digits"] and match["units"]:
        kana, _ = _read_units(match["units"], find_last_sound(match["digits"].replace("，", ",").replace("．", ".")))
        return match.end("digits"), match.end(), kana
    numeral = match["numeral"] or ""
    if len(numeral) > 1 and not match["vague"] and not match["more"] and any(char in KANJI_UNITS for char in numeral):
        return match.start(), match.end(), "".join(spell_number(parse_kanji(numeral)))
    return None


def find_numbers(text: str, edges: AbstractSet[int]) -> Iterator[Span]:
    """Find the numbers of a text that have a counter or units, given where the analyzer's words begin and end."""
    for match in _NUMBER.finditer(text):
        if match.end() == match.start():
            continue
        is_kanji = match["digits"] is None
        if is_kanji and match.start() not in edges:
            continue
        picked = _pick_counter(text, match.end(), edges, inside_word=not is_kanji or len(match[0]) > 1 or match["vague"] == "何")
        if picked and not (match["vague"] == "何" and picked[0] in _NOT_AFTER_WHAT):
            yield (_read_kanji if is_kanji else _read_digits)(text, match, *picked)
        elif (not is_kanji or match.end() in edges) and (span := _read_bare(match)):
            yield span
