"""Kanji for kana, out of SudachiDict. The index by reading is made once and kept in the data folder; nothing typed is kept."""

import fcntl
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from sudachipy import Dictionary, SplitMode

from webapp.kiosk.rules_kanji import (
    MOST_SHOWN,
    SHORTEST_NAME,
    Word,
    begins_again,
    cost_of,
    count_characters,
    has_kanji,
    is_pair,
    join_names,
    join_singles,
    list_singles,
    order_words,
    split_kana,
    to_hiragana,
)  # fmt: skip

SHAPE = 1
"""Counts up when the index is made in another way, so that an old file is not used."""

LONGEST_PLACE, LONGEST_WORD = 6, 8
AROUND = {"surname": "、{}花子さんが", "given": "、山田{}さんが"}
"""A word's cost is told only in company: the sentence in which its kind is at home. Anything else stands before です."""

BEFORE_WHOLE = 6
"""So many family names come before whole names made of two: すずきはなこ has none, みなみ has some."""


BEFORE_MADE = 24
"""So many names of the dictionary come before names that are put together from single kanji."""

Pair = tuple[list[Word], list[Word]]


class Offer(NamedTuple):
    """What is offered for kana: whole words, and single kanji for names that no dictionary has."""

    kana: str
    words: list[str]
    singles: list[str]


class Entry(NamedTuple):
    """A word of the dictionary: of which kind, how it is read, and whether it is in the common half."""

    kind: str
    kana: str
    text: str
    is_common: bool


def find_kanji(folder: Path, kana: str, use: str) -> Offer:
    """Return the ways to write hiragana, for a family name, a given name, a place or other words.

    Where nothing is written like that, its end may be: kana that stay kana often stand before it (お before ちゃ).
    """
    with _open_index(folder) as index:
        for start in range(len(kana)):
            offer = _offer(index, kana[start:], use)
            if offer.words:
                return offer
        return _offer(index, kana, use)


def _offer(index: sqlite3.Connection, kana: str, use: str) -> Offer:
    """Return what is offered for just these kana."""
    found = _read(index, kana)
    words = order_words(found, use)
    singles = [word.text for word in found.get("single", ()) if word.text not in words]
    if use in ("family", "given"):
        whole = join_names(_halves(index, kana, SHORTEST_NAME, "surname", "given")) if use == "family" else []
        words = words[:BEFORE_WHOLE] + whole + words[BEFORE_WHOLE:]
        made = join_singles(_halves(index, kana, 1, "single", "single"))
        words = words[:BEFORE_MADE] + made[: MOST_SHOWN - BEFORE_MADE] + words[BEFORE_MADE:]
    return Offer(kana, list(dict.fromkeys(words))[:MOST_SHOWN], singles[:MOST_SHOWN])


def _halves(index: sqlite3.Connection, kana: str, shortest: int, first: str, second: str) -> list[Pair]:
    """Return the words of one kind and of another for every way to cut kana in two."""
    cut = split_kana(kana, shortest)
    return [(_read(index, one).get(first, []), _read(index, other).get(second, [])) for one, other in cut]


class _Index(sqlite3.Connection):
    """A connection that is closed at the end of a `with`."""

    def __exit__(self, *about: object) -> None:  # type: ignore[override]  # nothing is ever written through it
        self.close()


def path_of_index(folder: Path) -> Path:
    """Return where the index of the dictionary that is installed now lies."""
    return folder / f"kanji-{SHAPE}-{version('sudachidict_core')}.db"


def is_ready(folder: Path) -> bool:
    """Tell whether kanji can be found at once."""
    return path_of_index(folder).exists()


def prepare_soon(folder: Path) -> None:
    """Have the index made beside what this process does; it takes a quarter of a minute, once for each dictionary."""
    threading.Thread(target=prepare_index, args=(folder,), daemon=True).start()


def prepare_index(folder: Path) -> None:
    """Make the index unless it is there; whoever comes meanwhile waits for it, in this process or another."""
    path = path_of_index(folder)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():
            return
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        _write_index(fresh)
        fresh.replace(path)


def _open_index(folder: Path) -> _Index:
    """Return the index, made now if this is the first time."""
    if not is_ready(folder):
        prepare_index(folder)
    return sqlite3.connect(f"file:{path_of_index(folder)}?mode=ro&immutable=1", uri=True, factory=_Index)


def _read(index: sqlite3.Connection, kana: str) -> dict[str, list[Word]]:
    """Return the words of a reading by kind, the likeliest first."""
    rows = index.execute("SELECT kind, cost, text FROM writing WHERE kana = ? ORDER BY cost, text", (kana,))
    found: dict[str, list[Word]] = {}
    for kind, cost, text in rows:
        found.setdefault(kind, []).append(Word(cost, text))
    return found


def _write_index(path: Path) -> None:
    """Write the whole index into a new file; only names are held in memory meanwhile, for what they say about characters."""
    dictionary = Dictionary(dict="core")
    index = sqlite3.connect(path)
    index.execute("CREATE TABLE writing (kana, kind, text, cost)")
    names: list[Entry] = []
    alone: dict[str, set[str]] = defaultdict(set)
    with index:
        for entry in _read_dictionary(dictionary):
            if len(entry.text) == 1:
                alone[entry.text].add(entry.kana)
            if entry.kind in AROUND:
                names.append(entry)
            else:
                _keep(index, entry.kind, entry.kana, Word(0 if entry.is_common else 1, entry.text))
        for name, cost in _rank(dictionary, names):
            _keep(index, name.kind, name.kana, Word(cost, name.text))
        pairs = [(name.kana, name.text) for name in names if is_pair(name.text)]
        for kana, word in list_singles(alone, pairs):
            _keep(index, "single", kana, word)
        index.execute("CREATE INDEX by_kana ON writing (kana)")
    index.close()


def _keep(index: sqlite3.Connection, kind: str, kana: str, word: Word) -> None:
    """Add one word; what the dictionary has twice is offered once."""
    index.execute("INSERT INTO writing VALUES (?, ?, ?, ?)", (kana, kind, word.text, word.cost))


def _read_dictionary(dictionary: Dictionary) -> Iterator[Entry]:
    """Yield all names, places and nouns that are written with kanji."""
    kinds: dict[int, str] = {}
    is_common, before = True, ""
    for entry in dictionary.entries():
        text, number = entry.raw_surface(), entry.part_of_speech_id()
        is_common = is_common and not begins_again(text, before)
        before = text
        if number not in kinds:
            kinds[number] = _kind_of(entry.part_of_speech())
        kind = kinds[number]
        if kind and has_kanji(text) and len(text) <= (LONGEST_PLACE if kind == "place" else LONGEST_WORD):
            yield Entry(kind, to_hiragana(entry.reading_form()), text, is_common)


def _kind_of(part_of_speech: tuple[str, ...]) -> str:
    """Return the kind of a word's part of speech, or nothing for what is not offered."""
    first, second, third, fourth = part_of_speech[:4]
    if first in ("接尾辞", "接頭辞"):
        return "word"
    if first != "名詞" or second not in ("固有名詞", "普通名詞", "数詞"):
        return ""
    if third == "人名":
        return {"姓": "surname", "名": "given"}.get(fourth, "")
    return "place" if third == "地名" else "word"


def _rank(dictionary: Dictionary, names: list[Entry]) -> Iterator[tuple[Entry, int]]:
    """Yield each name with what it costs in a sentence where a name like it is at home."""
    tokenizer = dictionary.tokenizer(mode=SplitMode.C)
    counted = {kind: count_characters(name.text for name in names if name.kind == kind) for kind in AROUND}
    for name in names:
        in_sentence = tokenizer.tokenize(AROUND[name.kind].format(name.text)).get_internal_cost()
        yield name, cost_of(in_sentence, name.is_common, counted[name.kind], name.text)
