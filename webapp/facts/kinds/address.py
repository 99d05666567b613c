"""An address in Japan, or anywhere: a postal code fills the area, everything can be written over."""

from datetime import date
from typing import Any

from webapp.facts.kinds.letters import LINE_LIMIT, accept_nothing, check_words, gap, read_line
from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Gap, Outcome, Typed
from webapp.facts.rules_postal import plain_postal

PARTS = ("postal", "area", "block", "building")
NEEDED = ("area", "block")


class AddressKind:
    """Value: {"postal", "area", "block", "building"}; the postal code as seven digits or empty."""

    def parts(self, fact: Fact) -> tuple[str, ...]:
        """Return the names of the inputs."""
        return PARTS

    def check(self, fact: Fact, typed: Typed, today: date, required: bool) -> Outcome:
        """Keep the address; only the area and the block are needed."""
        words = {part: read_line(typed, part) for part in PARTS}
        if not any(words.values()):
            return accept_nothing(fact, "area", required, "address-missing")
        gaps = [g for part in PARTS[1:] for g in _check_part(fact, part, words[part])]
        postal = plain_postal(words["postal"])
        if words["postal"] and postal is None:
            gaps.insert(0, gap(fact, "postal", "postal-form"))
        return Outcome(None if gaps else {**words, "postal": postal or ""}, tuple(gaps))

    def spread(self, fact: Fact, value: Any) -> Typed:
        """Return the parts for their inputs."""
        postal = value["postal"]
        shown = f"{postal[:3]}-{postal[3:]}" if postal else ""
        return {**{part: [value[part]] for part in PARTS}, "postal": [shown]}

    def lines(self, fact: Fact, value: Any) -> tuple[str, ...]:
        """Return the address line by line."""
        postal = value["postal"]
        first = (f"〒{postal[:3]}-{postal[3:]}",) if postal else ()
        return (*first, value["area"] + value["block"], *([value["building"]] if value["building"] else []))


def _check_part(fact: Fact, part: str, words: str) -> tuple[Gap, ...]:
    """Check one part in words."""
    if not words:
        return (gap(fact, part, f"{part}-missing"),) if part in NEEDED else ()
    return check_words(fact, part, words, LINE_LIMIT)
