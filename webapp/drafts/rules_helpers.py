"""What the holder of each way into a draft may do: the resident everything, a helper what their slip says. Pure decisions.

A helper never sees bank accounts, never withdraws or takes anything back, never sends (but for what was mended): sending is
the resident's own declaration. Nor does a helper see what would open the draft without their own slip.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

WHOLE, LOOK, FILL = "whole", "look", "fill"
SCOPES = (LOOK, FILL)
SHORTEST, LONGEST, USUAL = 1, 366, 30
MOST_HELPERS = 10
LONGEST_NAME = 20
SECRET_KINDS = frozenset({"bank"})
"""Kinds of facts that no helper sees or answers."""
SEEN = frozenset({
    "drafts.go_on", "drafts.show_page", "drafts.show_person", "drafts.show_known", "drafts.show_check", "drafts.show_todo",
    "drafts.show_sent", "drafts.show_sent_answers", "drafts.send_calendar", "drafts.show_changes",
})  # fmt: skip
FILLED = frozenset({
    "drafts.answer_page", "drafts.answer_person", "drafts.change_known", "drafts.choose", "drafts.decide_changes",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """By which way a draft was opened. `kind` "desk" is the browser of somebody of the staff who fills it in for a resident.

    `helper` is the helper's slip that it came from, `ends_on` its last day.
    """

    kind: str = "browser"
    scope: str = WHOLE
    ends_on: date | None = None
    helper: str | None = None

    @property
    def is_helped(self) -> bool:
        """Tell whether a helper looks on, and not the resident."""
        return self.scope != WHOLE


def has_ended(ends_on: date | None, today: date) -> bool:
    """Tell whether a way in is over."""
    return ends_on is not None and ends_on < today


def may(way: Way, endpoint: str, method: str) -> bool:
    """Tell whether whoever came by this way may ask for this; what nobody has thought of is the resident's alone."""
    if not way.is_helped:
        return True
    if method in ("GET", "HEAD"):
        return endpoint in SEEN or (way.scope == FILL and endpoint.startswith("drafts.show_mend"))
    return way.scope == FILL and (endpoint in FILLED or endpoint.startswith("drafts.mend"))


def find_last_day(typed: str, today: date) -> date | None:
    """Return the last day after so many days as were typed, or None for no number from 1 to a year's."""
    plain = unicodedata.normalize("NFKC", typed[:20]).strip()
    if not (plain.isascii() and plain.isdecimal() and len(plain) <= 3) or not SHORTEST <= int(plain) <= LONGEST:
        return None
    return today + timedelta(days=int(plain))
