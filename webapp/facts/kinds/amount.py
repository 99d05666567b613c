"""An amount of money in yen."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from webapp.facts.kinds.letters import accept_nothing, read_line, refuse, settle_unknown
from webapp.facts.kinds.phrases import UNKNOWN
from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Outcome, Typed
from webapp.facts.rules_numbers import fold
from webapp.reading.rules_texts import Text

MOST_YEN = 999_999_999
_LONGEST = 40
_AROUND = re.compile(r"^[¥\\]|(?:円|yen|jpy)$", re.IGNORECASE)
_KANJI = str.maketrans("〇零一二三四五六七八九", "00123456789")
_UNITS = (("億", 100_000_000), ("万", 10_000), ("千", 1_000), ("百", 100), ("十", 10))
_SHAPE = re.compile("".join(rf"(?:([0-9.]*){unit})?" for unit, _ in _UNITS) + r"([0-9]*)")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:[億万千百][^,]*)?")
_COUNT = re.compile(r"[0-9]+(?:\.[0-9]+)?")


class AmountKind:
    """Value: whole yen, or "unknown"."""

    def parts(self, fact: Fact) -> tuple[str, ...]:
        """Return the names of the inputs."""
        return ("", "unknown") if fact.define.unknown else ("",)

    def check(self, fact: Fact, typed: Typed, today: date, required: bool) -> Outcome:
        """Keep yen from 0 to 999,999,999; commas, 円, ￥ and 万 are understood."""
        words = read_line(typed, "")
        unknown = settle_unknown(fact, typed, not words)
        if unknown or not words:
            return unknown or accept_nothing(fact, "", required)
        yen = find_yen(words)
        if yen is None:
            return refuse(fact, "", "amount-form")
        return Outcome(yen) if yen <= MOST_YEN else refuse(fact, "", "amount-large", limit=f"{MOST_YEN:,}")

    def spread(self, fact: Fact, value: Any) -> Typed:
        """Return the digits, or the tick at "I don't know"."""
        return {"unknown": ["yes"]} if value == "unknown" else {"": [str(value)]}

    def lines(self, fact: Fact, value: Any) -> tuple[Text | str, ...]:
        """Return the amount with its unit."""
        return (UNKNOWN,) if value == "unknown" else (text_of_yen(value),)


def text_of_yen(yen: int) -> Text:
    """Return an amount in words of each voice."""
    return Text({"ja": f"{yen:,}円", "ja-easy": f"{yen:,}円", "en": f"{yen:,} yen"})


def find_yen(words: str) -> int | None:
    """Return the yen that words mean (15,000円, 1万5千, 3.5万, ￥800, 三万), or None if that is not clear."""
    if len(words) > _LONGEST:
        return None
    plain = _AROUND.sub("", re.sub(r"\s", "", fold(words)).translate(_KANJI))
    if "," in plain:
        plain = plain.replace(",", "") if _GROUPED.fullmatch(plain) else ""
    return _add_units(_AROUND.sub("", plain))


def _add_units(plain: str) -> int | None:
    """Add up the counts before each unit; a unit without a count is one of it (千円)."""
    found = _SHAPE.fullmatch(plain)
    if not plain or found is None:
        return None
    total = Decimal(found.groups()[-1] or 0)
    for (_, size), count in zip(_UNITS, found.groups(), strict=False):
        if count is None:
            continue
        if count and not _COUNT.fullmatch(count):
            return None
        total += size * Decimal(count or 1)
    return int(total) if total == int(total) else None
