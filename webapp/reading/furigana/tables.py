"""The data of the engine: counters, the lexicon of readings and the ward's glossary, as kept under content/."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from webapp.kit import yaml12
from webapp.reading.furigana.numerals import Counter

CONTENT = Path(__file__).resolve().parents[3] / "content"
GLOSSARY = CONTENT / "readings.yaml"
TABLES = CONTENT / "readings"

_CLASSES = {
    "{N}": "[0-9〇一二三四五六七八九十百千万数何]",
    "{K}": "[一-鿿々]",
    "{H}": "[ぁ-ん]",
}


class Entry(NamedTuple):
    """One reading of a surface, and the text that must stand before and after it for this reading to hold."""

    reading: str
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None


def _read_rows(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


@cache
def load_counters() -> Mapping[str, Counter]:
    """Read the counters and their sound changes."""
    counters = {}
    for name, reading, row, *odd in _read_rows(TABLES / "counters.tsv"):
        counter = Counter(reading, row)
        for case in odd[0].split() if odd else ():
            key, mark, sound = re.split("([!:=])", case, maxsplit=1)
            if mark == "!":
                counter.whole[int(key)] = sound
            elif mark == "=":
                counter.after[key] = sound
            else:
                counter.number[_KEYS[key]] = sound
        counters[name] = counter
    return counters


_KEYS = {"4": "よん", "7": "なな", "9": "きゅう"}


@cache
def _compile(context: str, *, is_before: bool) -> re.Pattern[str] | None:
    if not context:
        return None
    for name, chars in _CLASSES.items():
        context = context.replace(name, chars)
    return re.compile(f"(?:{context})\\Z" if is_before else context)


def make_entry(reading: str, before: str = "", after: str = "") -> Entry:
    """Make an entry from a reading and the regular expressions of what stands before and after."""
    return Entry(reading, _compile(before, is_before=True), _compile(after, is_before=False))


@cache
def load_lexicon() -> Mapping[str, tuple[Entry, ...]]:
    """Read the lexicon: surfaces with their readings, the first whose context fits wins."""
    lexicon: dict[str, list[Entry]] = {}
    for path in sorted(TABLES.glob("*.tsv")):
        if path.name != "counters.tsv":
            for surface, *columns in _read_rows(path):
                lexicon.setdefault(surface, []).append(make_entry(*columns))
    return {surface: tuple(sorted(entries, key=_is_default)) for surface, entries in lexicon.items()}


def _is_default(entry: Entry) -> bool:
    return entry.before is None and entry.after is None


@cache
def load_glossary() -> Mapping[str, tuple[Entry, ...]]:
    """Read the ward's own readings, which come before those of the lexicon."""
    glossary: dict[str, list[Entry]] = {}
    for row in yaml12.load(GLOSSARY.read_text(encoding="utf-8")) or ():
        entry = make_entry(row["reading"], row.get("before", ""), row.get("after", ""))
        glossary.setdefault(row["word"], []).append(entry)
    return {word: tuple(entries) for word, entries in glossary.items()}
