"""How an application goes through its section: who may do what when, and what that is to the resident. Pure decisions."""

from collections.abc import Mapping
from typing import Literal

from webapp.accounts.rules import Clerk

Outcome = Literal["", "accepted", "refused", "closed", "withdrawn"]
OUTCOMES: tuple[Outcome, ...] = ("accepted", "refused", "closed")
"""What a section may decide; "withdrawn" is the resident's own."""

Deed = Literal["check", "correct", "decide", "message", "assign", "label", "note", "take-back", "finish"]
DEEDS: Mapping[str, frozenset[Deed]] = {
    "received": frozenset({"check", "correct", "decide", "message", "assign", "label", "note"}),
    "checking": frozenset({"correct", "decide", "message", "assign", "label", "note"}),
    "mend": frozenset({"take-back", "message", "assign", "label", "note"}),
    "decided": frozenset({"finish", "message", "assign", "label", "note"}),
    "finished": frozenset({"note"}),
}
"""What a section may do with an application in each state."""

HAPPENINGS = (
    "received", "filled-in", "assigned", "labelled", "checking", "note", "message", "correction-asked", "correction-answered",
    "correction-taken-back", "proposed", "proposal-refused", "decided", "finished", "withdrawn",
)  # fmt: skip
SHOWN = frozenset({"received", "filled-in", "checking", "message", "correction-asked", "correction-answered",
                   "correction-taken-back", "decided", "finished", "withdrawn"})  # fmt: skip
"""What a resident reads in the history of an application."""

LABELS = ("urgent", "call-back", "waits-for-other", "papers-missing", "interpreter", "check-twice")
"""Labels that lists are sorted out by."""

WHYS = ("resident-asked", "stands-in", "supervision", "same-household", "mistake", "other")
"""Why somebody opens an application that is not theirs; "other" wants words."""


def works_in(clerk: Clerk, section: str) -> bool:
    """Tell whether somebody belongs to a section: nobody else ever sees what was sent to it."""
    return section != "" and section in clerk.sections("officer", "head")


def may_confirm(clerk: Clerk, section: str, proposed_by: str | None) -> bool:
    """Tell whether somebody is the second pair of eyes: the section's head, and never who proposed it."""
    return clerk.has("head", section) and proposed_by is not None and proposed_by != clerk.id


def needs_why(clerk: Clerk, assigned_to: str | None) -> bool:
    """Tell whether somebody has to say why before an application lies open: whoever it is not assigned to."""
    return assigned_to != clerk.id


def may_withdraw(state: str) -> bool:
    """Tell whether the resident may still take an application back: until somebody looks at it, or it is decided."""
    return state == "received"
