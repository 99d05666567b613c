"""A person's name and how it is read. Any name is good: nobody is asked to change theirs."""

import unicodedata
from datetime import date
from typing import Any

from webapp.facts.kinds.letters import LINE_LIMIT, accept_nothing, check_words, gap, has_kanji, read_line
from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Gap, Outcome, Typed

_KANA_BLOCKS = ((0x3040, 0x30FF), (0x31F0, 0x31FF), (0xFF65, 0xFF9F), (0x1AFF0, 0x1B16F))
_KANA_SIGNS = frozenset(" \u3000・･.．,，'’‘`＇-‐－=＝")


class NameKind:
    """Value: {"name", "kana"}, both as typed; kana is asked for where the name has kanji."""

    def parts(self, fact: Fact) -> tuple[str, ...]:
        """Return the names of the inputs."""
        return ("name", "kana")

    def check(self, fact: Fact, typed: Typed, today: date, required: bool) -> Outcome:
        """Keep any name; the reading has to be kana or Latin letters."""
        name, kana = read_line(typed, "name"), read_line(typed, "kana")
        if not name and not kana:
            return accept_nothing(fact, "name", required)
        gaps = (*_check_name(fact, name), *_check_kana(fact, name, kana))
        return Outcome(None if gaps else {"name": name, "kana": kana}, gaps)

    def spread(self, fact: Fact, value: Any) -> Typed:
        """Return name and reading for their inputs."""
        return {"name": [value["name"]], "kana": [value["kana"]]}

    def lines(self, fact: Fact, value: Any) -> tuple[str, ...]:
        """Return the name, then its reading."""
        return tuple(words for words in (value["name"], value["kana"]) if words)


def _check_name(fact: Fact, name: str) -> tuple[Gap, ...]:
    """Return what to mend in the name itself."""
    return check_words(fact, "name", name, LINE_LIMIT) if name else (gap(fact, "name", "missing"),)


def _check_kana(fact: Fact, name: str, kana: str) -> tuple[Gap, ...]:
    """Return what to mend in the reading."""
    if not kana:
        return (gap(fact, "kana", "kana-missing"),) if has_kanji(name) else ()
    gaps = check_words(fact, "kana", kana, LINE_LIMIT)
    if gaps or all(_is_reading(letter) for letter in kana):
        return gaps
    return (gap(fact, "kana", "kana-letters"),)


def _is_reading(letter: str) -> bool:
    """Tell whether a letter may stand in a reading: kana of any width, Latin letters, their marks, blanks, ー・."""
    if letter in _KANA_SIGNS or any(first <= ord(letter) <= last for first, last in _KANA_BLOCKS):
        return True
    return "LATIN" in unicodedata.name(letter, "") or unicodedata.category(letter) in ("Mn", "Cf")
