"""The cells of an export: an answer as plain words, dates as a system wants them, kana of one width, and what Shift_JIS lacks. Pure.

Nothing is ever changed silently: `fit_shift_jis` says which characters it could not write and what stands there instead,
and what `guard_formula` puts before a cell, `open_formula` takes away again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import jaconv

from webapp.facts.rules import Fact
from webapp.facts.rules_kinds import handler_of, words_of
from webapp.reading.furigana import strip_markers
from webapp.reading.rules_dates import era_year
from webapp.reading.rules_texts import MAIN_VOICE, Text

GETA = "〓"
"""The sign that printers put where they have no type: it says that something is missing."""
INSTEAD = {"geta": GETA, "nothing": ""}
SAME = {"〜": "～", "‖": "∥", "−": "－", "¢": "￠", "£": "￡", "¬": "￢", "—": "―", "\u00a0": " "}
"""Signs that Shift_JIS has under another number in Unicode: nothing is lost, and it is reported all the same."""
UNKNOWN = "わからない"
ERA_CODES = {"明治": "1", "大正": "2", "昭和": "3", "平成": "4", "令和": "5"}
ERA_LETTERS = {"明治": "M", "大正": "T", "昭和": "S", "平成": "H", "令和": "R"}
_FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")


@dataclass(frozen=True, slots=True)
class Lost:
    """One character that Shift_JIS does not have: in which application and column, and what stands there instead."""

    receipt: str
    column: str
    character: str
    written: str


def plain_words(text: Text | str) -> str:
    """Return the ward's words in Japanese as plain text; the resident's own as they are."""
    return strip_markers(text.voices[MAIN_VOICE]) if isinstance(text, Text) else text


def write_value(fact: Fact, value: Any, part: str, form: str, codes: Mapping[str, str]) -> str:
    """Return an answer (or a part of it) as it stands in a cell; what cannot be read as its kind stands as it was kept."""
    if value in (None, "", []):
        return ""
    try:
        return _write_known(fact, value, part, form, codes)
    except (KeyError, ValueError, TypeError, AttributeError):
        return spell_out(value)


def _write_known(fact: Fact, value: Any, part: str, form: str, codes: Mapping[str, str]) -> str:
    """Return an answer of its kind as it stands in a cell."""
    kind = fact.define.kind
    if value == "unknown":
        return codes.get("unknown", UNKNOWN)
    if part and isinstance(value, Mapping):
        return _write_part(fact, value, part)
    if kind == "date":
        return write_date(date.fromisoformat(value), form)
    if kind == "choices":
        return "、".join(_write_option(fact, one, codes) for one in value)
    if kind in ("choice", "yesno"):
        return _write_option(fact, value, codes)
    if kind == "amount":
        return str(value)
    return " ".join(plain_words(line) for line in handler_of(fact).lines(fact, value))


def _write_part(fact: Fact, value: Mapping[str, Any], part: str) -> str:
    """Return one part of an answer; the type of an account in words, a postal code as it is written."""
    words = str(value[part])
    if part == "postal" and len(words) == 7:
        return f"{words[:3]}-{words[3:]}"
    if fact.define.kind == "bank" and part == "type":
        return plain_words(handler_of(fact).lines(fact, value)[1])
    return words


def _write_option(fact: Fact, key: str, codes: Mapping[str, str]) -> str:
    """Return an option as its code, or in words."""
    return codes[key] if key in codes else plain_words(words_of(fact, key))


def spell_out(value: Any) -> str:
    """Return any kept value as plain words."""
    if isinstance(value, Mapping):
        return " ".join(spell_out(one) for name, one in value.items() if name != "id" and one)
    if isinstance(value, list | tuple):
        return "、".join(spell_out(one) for one in value)
    return str(value)


def write_people(entries: Any, items: Sequence[Fact]) -> str:
    """Return a list of people in one cell: person by person, what was asked about each under its label."""
    people = [one for one in entries if isinstance(one, Mapping)] if isinstance(entries, list) else []
    told = []
    for entry in people:
        lines = [
            f"{_label(item)}：{write_value(item, entry[item.key], '', 'iso', {})}"
            for item in items
            if item.key in entry
        ]
        told.append("、".join(lines))
    return "／".join(told)


def _label(fact: Fact) -> str:
    """Return what a fact is called."""
    return plain_words(fact.words["label"]) if "label" in fact.words else fact.key


def write_date(day: date, form: str) -> str:
    """Return a day in a form: iso, slash, compact, wareki (令和8年11月28日), wareki-short (R8.11.28), era-code (5081128)."""
    western = {"iso": day.isoformat(), "slash": f"{day:%Y/%m/%d}", "compact": f"{day:%Y%m%d}"}
    era = era_year(day)
    if form in western or era is None:
        return western.get(form, day.isoformat())
    name, _, year = era
    if form == "wareki":
        return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    if form == "wareki-short":
        return f"{ERA_LETTERS[name]}{year}.{day.month}.{day.day}"
    return f"{ERA_CODES[name]}{year:02}{day:%m%d}"


def write_kana(words: str, form: str) -> str:
    """Return words with their kana of one width and kind; "" leaves them as they were typed."""
    if form == "half":
        return str(jaconv.z2h(jaconv.hira2kata(words), kana=True, ascii=True, digit=True))
    if form == "":
        return words
    full = str(jaconv.h2z(words, kana=True, ascii=form == "full", digit=form == "full"))
    if form == "full":
        return full
    return str(jaconv.hira2kata(full) if form == "katakana" else jaconv.kata2hira(full))


def has_shift_jis(character: str) -> bool:
    """Tell whether a character can be written in Shift_JIS as Windows knows it (code page 932), signs of one's own left out."""
    number = ord(character)
    if 0x80 <= number <= 0xA0 or 0xE000 <= number <= 0xF8FF:
        return False
    try:
        return character.encode("cp932").decode("cp932") == character
    except UnicodeError:
        return False


def fit_shift_jis(words: str, instead: str) -> tuple[str, list[tuple[str, str]]]:
    """Return words as Shift_JIS can hold them, and each character that it lacks with what stands there instead."""
    lost: list[tuple[str, str]] = []
    written = []
    for character in words:
        if has_shift_jis(character):
            written.append(character)
            continue
        lost.append((character, SAME.get(character, instead)))
        written.append(lost[-1][1])
    return "".join(written), lost


def fit_row(row: Sequence[str], headings: Sequence[str], receipt: str, instead: str) -> tuple[list[str], list[Lost]]:
    """Return the cells of a row as Shift_JIS can hold them, with all that it lacks."""
    cells: list[str] = []
    found: list[Lost] = []
    for heading, words in zip(headings, row, strict=True):
        cell, lost = fit_shift_jis(words, instead)
        cells.append(cell)
        found += [Lost(receipt, heading, character, written) for character, written in lost]
    return cells, found


def guard_formula(words: str) -> str:
    """Return words that no spreadsheet takes for a formula."""
    return f"'{words}" if _FORMULA.match(words) else words


def open_formula(cell: str) -> str:
    """Return the words of a cell that `guard_formula` wrote: whatever they were."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def name_character(character: str) -> str:
    """Return the number of a character as it is looked up: U+9AD9."""
    return f"U+{ord(character):04X}"
