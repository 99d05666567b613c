"""A bank account to pay into."""

import re
import unicodedata
from datetime import date
from typing import Any

import jaconv

from webapp.facts.kinds.letters import LINE_LIMIT, accept_nothing, check_words, gap, read_line
from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Gap, Outcome, Typed
from webapp.facts.rules_numbers import fold
from webapp.reading.rules_texts import Text

PARTS = ("institution", "branch", "type", "number", "holder")
TYPES = {
    "ordinary": Text({"ja": "普通", "ja-easy": "普通", "en": "Ordinary (futsu)"}),
    "current": Text({"ja": "当座", "ja-easy": "当座", "en": "Current (toza)"}),
    "savings": Text({"ja": "貯蓄", "ja-easy": "貯蓄", "en": "Savings (chochiku)"}),
}
_HOLDER = re.compile(r"[ァ-ヶーA-Z0-9（）()「」.．,，/／・\-－ 　]+")


class BankKind:
    """Value: {"institution", "branch", "type", "number" (seven digits), "holder" (full-width katakana)}."""

    def parts(self, fact: Fact) -> tuple[str, ...]:
        """Return the names of the inputs."""
        return PARTS

    def check(self, fact: Fact, typed: Typed, today: date, required: bool) -> Outcome:
        """Keep a whole account; shorter numbers get zeros in front, as banks write them."""
        words = {part: read_line(typed, part) for part in PARTS}
        if not any(words.values()):
            return accept_nothing(fact, "institution", required, "bank-missing")
        gaps: list[Gap] = []
        for part in ("institution", "branch"):
            missing = (gap(fact, part, f"bank-{part}"),)
            gaps += check_words(fact, part, words[part], LINE_LIMIT) if words[part] else missing
        if words["type"] not in TYPES:
            gaps.append(gap(fact, "type", "bank-type"))
        number, holder = plain_number(words["number"]), plain_holder(words["holder"])
        if number is None:
            gaps.append(gap(fact, "number", "bank-number"))
        if holder is None:
            gaps.append(gap(fact, "holder", "bank-holder"))
        value = {**words, "number": number, "holder": holder}
        return Outcome(None if gaps else value, tuple(gaps))

    def spread(self, fact: Fact, value: Any) -> Typed:
        """Return the parts for their inputs."""
        return {part: [value[part]] for part in PARTS}

    def lines(self, fact: Fact, value: Any) -> tuple[Text | str, ...]:
        """Return the account line by line."""
        return (f"{value['institution']} {value['branch']}", TYPES[value["type"]], value["number"], value["holder"])


def plain_number(words: str) -> str | None:
    """Return an account number in seven digits, or None if it is none; nothing is ever cut off to make it fit."""
    digits = re.sub(r"[\s-]", "", fold(words)) if len(words) <= LINE_LIMIT else ""
    return digits.zfill(7) if re.fullmatch(r"[0-9]{1,7}", digits) else None


def plain_holder(words: str) -> str | None:
    """Return an account holder's name in full-width katakana, or None if it holds letters that banks do not have."""
    if not words or len(words) > LINE_LIMIT:
        return None
    kana = jaconv.hira2kata(unicodedata.normalize("NFKC", words)).upper()
    return kana if _HOLDER.fullmatch(kana) else None
