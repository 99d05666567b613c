"""Letters in answers: what is typed is kept as it is; only what no reader could see is refused.

Names keep every letter (IVS, 﨑, 髙, Latin, half-width kana). Only numbers are folded to plain digits to be read.
"""

import re
import unicodedata
from typing import Any

from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Gap, Outcome, Typed
from webapp.facts.rules_numbers import has_individual_number

LINE_LIMIT = 200
TEXT_LIMIT = 2000
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of what follows, so that a name could be shown as another one."""


def gap(fact: Fact, part: str, code: str, **values: Any) -> Gap:
    """Return one thing to mend in a fact."""
    return Gap(fact.key, part, code, values)


def refuse(fact: Fact, part: str, code: str, **values: Any) -> Outcome:
    """Return the outcome of an answer with one gap."""
    return Outcome(None, (gap(fact, part, code, **values),))


def accept_nothing(fact: Fact, part: str, required: bool, code: str = "missing") -> Outcome:
    """Return the outcome of an empty answer: fine where it may be left out."""
    return refuse(fact, part, code) if required else Outcome(None)


def settle_unknown(fact: Fact, typed: Typed, nothing: bool) -> Outcome | None:
    """Return the outcome if "I don't know" was ticked where it may be; None if it was not."""
    if not fact.define.unknown or not read_line(typed, "unknown"):
        return None
    return Outcome("unknown") if nothing else refuse(fact, "unknown", "unknown-or-value")


def read_line(typed: Typed, part: str) -> str:
    """Return what was typed into a one-line input without the blanks around it; "" if nobody could see anything."""
    return read_lines(typed, part).replace("\t", " ")


def read_lines(typed: Typed, part: str) -> str:
    """Return what was typed into a box of many lines: line ends as "\\n", otherwise as it came."""
    words = _LINE_ENDS.sub("\n", next(iter(typed.get(part) or ()), "")).strip()
    return "" if all(unicodedata.category(letter) in ("Cf", "Zs") for letter in words) else words


def check_words(fact: Fact, part: str, words: str, limit: int, many_lines: bool = False) -> tuple[Gap, ...]:
    """Return what to mend in free words: length in characters, letters nobody can see, an Individual Number."""
    if len(words) > limit:
        return (gap(fact, part, "too-long", limit=limit, count=len(words)),)
    if any(_is_refused(letter) for letter in (words.replace("\n", "").replace("\t", "") if many_lines else words)):
        return (gap(fact, part, "letters"),)
    if has_individual_number(words):
        return (gap(fact, part, "individual-number"),)
    return ()


def _is_refused(letter: str) -> bool:
    """Tell whether a letter is a control sign, half of a pair, no character at all, or turns the direction of text."""
    code = ord(letter)
    nothing = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return nothing or letter in _TURNING or unicodedata.category(letter) in ("Cc", "Cs")


def has_kanji(words: str) -> bool:
    """Tell whether words hold a kanji, so that its reading has to be asked."""
    return any(_is_kanji(ord(letter)) for letter in words)


def _is_kanji(code: int) -> bool:
    """Tell whether a code point is an ideograph, compatibility ones (﨑) and 々〆〇 included."""
    blocks = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
    return code in (0x3005, 0x3006, 0x3007) or any(first <= code <= last for first, last in blocks)
