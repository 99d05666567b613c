"""How Japanese numbers are read: kana for a number, and the sound changes where a counter follows."""

from dataclasses import dataclass, field

DIGITS = ("", "いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう")
KANJI_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "億": 10**8, "兆": 10**12}
_KANJI_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")}
_SPELLED_UNITS: tuple[tuple[int, str, dict[int, str]], ...] = (
    (1000, "せん", {3: "さんぜん", 8: "はっせん"}),
    (100, "ひゃく", {3: "さんびゃく", 6: "ろっぴゃく", 8: "はっぴゃく"}),
    (10, "じゅう", {}),
)
_LARGE_KANA = ((10**12, "ちょう"), (10**8, "おく"), (10**4, "まん"))

_UNIT_KANA = {"十": "じゅう", "百": "ひゃく", "千": "せん", "万": "まん", "億": "おく", "兆": "ちょう", "数": "すう"}
_VOICED_UNITS = {("百", "さん"): "びゃく", ("百", "ろく"): "ぴゃく", ("百", "はち"): "ぴゃく", ("千", "さん"): "ぜん"}
_SHORTENED = {
    "いち": "いっ",
    "はち": "はっ",
    "じゅう": "じゅっ",
    "ろく": "ろっ",
    "ひゃく": "ひゃっ",
    "びゃく": "びゃっ",
    "ぴゃく": "ぴゃっ",
}
_SHORTENED_BEFORE_S = ("いち", "はち", "じゅう")
_NASAL = ("さん", "せん", "まん", "なん", "ぜん")
_TO_P = str.maketrans("はひふへほ", "ぱぴぷぺぽ")
_TO_B = str.maketrans("はひふへほ", "ばびぶべぼ")


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter: its reading, the row of its sound changes (k, s, h, f; - for none) and its odd cases."""

    reading: str
    row: str = "-"
    whole: dict[int, str] = field(default_factory=dict)
    """Number and counter read as one word (一人 ひとり), by value."""
    number: dict[str, str] = field(default_factory=dict)
    """Odd sound of the last part of the number before this counter (四人 よにん), by that part."""
    after: dict[str, str] = field(default_factory=dict)
    """Odd reading of the counter (三階 がい), by the last part of the number."""


def parse_kanji(numeral: str) -> int:
    """Give the value of a number written in kanji, by units (二十四) or by places (二〇二六)."""
    if not any(char in KANJI_UNITS for char in numeral):
        return int("".join(str(_KANJI_DIGITS[char]) for char in numeral))
    total = section = digit = 0
    for char in numeral:
        unit = KANJI_UNITS.get(char, 0)
        if not unit:
            digit = digit * 10 + _KANJI_DIGITS[char]
        elif unit <= 1000:
            section += (digit or 1) * unit
            digit = 0
        else:
            total += (section + digit or 1) * unit
            section = digit = 0
    return total + section + digit


def _spell_section(value: int) -> list[str]:
    parts: list[str] = []
    for unit, kana, odd in _SPELLED_UNITS:
        count, value = divmod(value, unit)
        if count in odd:
            parts.append(odd[count])
        elif count:
            parts += [DIGITS[count], kana] if count > 1 else [kana]
    return [*parts, DIGITS[value]] if value else parts


def spell_number(value: int) -> list[str]:
    """Give the kana of a whole number below ten quadrillion, in parts; the last part meets the counter."""
    if value == 0:
        return ["れい"]
    parts: list[str] = []
    for unit, kana in _LARGE_KANA:
        count, value = divmod(value, unit)
        section = _spell_section(count)
        if section == ["せん"]:
            section = ["いっせん"]
        elif section and kana == "ちょう" and section[-1] in _SHORTENED_BEFORE_S:
            section[-1] = _SHORTENED[section[-1]]
        parts += [*section, kana] if section else []
    return parts + _spell_section(value)


def find_last_sound(digits: str) -> str:
    """Give the last part of a number in digits as it is spoken: 10 ends in じゅう, 1.5 in ご."""
    if "." in digits:
        return DIGITS[int(digits[-1])] or "れい"
    return spell_number(int(digits.replace(",", "")[-16:]))[-1]


def _shorten(last: str, row: str) -> str:
    if row == "-" or (row == "s" and not last.endswith(_SHORTENED_BEFORE_S)):
        return last
    for ending, short in _SHORTENED.items():
        if last.endswith(ending):
            return last.removesuffix(ending) + short
    return last


def read_counter(counter: Counter, last: str) -> str:
    """Give the reading of a counter alone after a number that ends in the given sound (さん + 階: がい)."""
    reading = counter.after.get(last, counter.reading)
    if counter.row not in ("h", "f") or last in counter.after:
        return reading
    if _shorten(last, counter.row) != last or (counter.row == "f" and last.endswith((*_NASAL, "よん"))):
        return reading[0].translate(_TO_P) + reading[1:]
    return reading[0].translate(_TO_B) + reading[1:] if last.endswith(_NASAL) else reading


def read_counted(counter: Counter, value: int) -> str:
    """Give the reading of a whole number together with its counter (三階: さんがい)."""
    if value in counter.whole:
        return counter.whole[value]
    *head, last = spell_number(value)
    number = counter.number.get(last) or _shorten(last, counter.row)
    return "".join(head) + number + read_counter(counter, last)


def read_units(units: str, last: str) -> tuple[str, str]:
    """Give the kana of the units in kanji after digits (3千: ぜん), and the sound that then meets the counter."""
    kana = ""
    for unit in units:
        kana += _VOICED_UNITS.get((unit, last), _UNIT_KANA[unit])
        last = _UNIT_KANA[unit]
    return kana, last


def read_vague(counter: Counter, vague: str, numeral: str, more: str) -> str:
    """Give the reading of a number that is not exact with its counter: 何本, 数百人, 十数年."""
    parts = spell_number(parse_kanji(numeral)) if numeral else []
    if vague == "何" and parts:
        parts[0] = _VOICED_UNITS.get((numeral[0], "さん"), parts[0])
    sounds = [{"数": "すう", "何": "なん", "": ""}[vague], *parts]
    if more:
        sounds.append("すう")
    *head, last = sounds
    return "".join(head) + _shorten(last, counter.row) + read_counter(counter, last)
