"""What the holder of each way into a draft may do: the resident everything, a helper what their slip says. Pure decisions.

A helper never sees bank accounts, never withdraws or takes anything back, never sends (but for what was mended, and words for
the section): sending is the resident's own declaration. Nor does a helper see what would open the draft without their slip.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.accounts.rules import Clerk

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

HANDED = frozenset({
    "drafts.show_counter", "drafts.print_sheet", "drafts.print_slip", "drafts.show_helpers", "drafts.change_helpers",
    "drafts.show_helper", "drafts.show_notices", "drafts.ask_way", "drafts.take_way", "drafts.stop_notices",
    "drafts.send_test", "drafts.take_former",
})  # fmt: skip
"""What the desk still does for a resident after sending: papers to hand over, a helper's slip, how they are told.

What was sent, how it stands, who looked, mending and withdrawing are the resident's own, by their slip.
"""


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
        return endpoint in SEEN or (
            way.scope == FILL and endpoint.startswith(("drafts.show_mend", "drafts.show_reply"))
        )
    return way.scope == FILL and (endpoint in FILLED or endpoint.startswith(("drafts.mend", "drafts.reply")))


def may_at_desk(endpoint: str, method: str, is_sent: bool, is_signed_in: bool) -> bool:
    """Tell whether a draft that is filled in at the desk may be asked for this there; without a sign-in, to keep answers only."""
    if not is_signed_in:
        return method == "POST" and endpoint in FILLED
    return not is_sent or endpoint in HANDED


def may_receive(clerk: Clerk, offices: Iterable[str]) -> bool:
    """Tell whether somebody may open what is for these offices: the reception everything, a section its own."""
    return clerk.has("reception") or set(offices) <= clerk.sections("officer", "head")


def find_last_day(typed: str, today: date) -> date | None:
    """Return the last day after so many days as were typed, or None for no number from 1 to a year's."""
    plain = unicodedata.normalize("NFKC", typed[:20]).strip()
    if not (plain.isascii() and plain.isdecimal() and len(plain) <= 3) or not SHORTEST <= int(plain) <= LONGEST:
        return None
    return today + timedelta(days=int(plain))
