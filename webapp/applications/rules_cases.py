"""How an application goes through its section: who may do what when, and what that is to the resident. Pure decisions.

What the content of a happening holds (`service_cases.write_down(..., **content)`, sealed; days are ISO dates):

- received {"kept": {fact: day}}: the answers that were taken over from an earlier procedure, kept since that day
- received, at the counter {"at": "counter", "identity": which kind of paper was seen, "papers": [words, ...]}
- finished {}; withdrawn {}; proposal-refused {"words": str}
- filled-in {"by_phone": bool}: somebody of the staff filled it in with the resident (`account_id` is who)
- checking {}: somebody (`account_id`) began to look at it
- assigned {"to": account id or ""}: "" means that it was handed back to the whole section
- labelled {"labels": [key of LABELS, ...]}: all the labels that it has now
- note {"words": str}: for the section alone
- message {"words": str, "voice": str, "template": key of content/replies or "", "by_staff": bool, "answer_by": day or ""}:
  `words` are whole and plain (empty lines part paragraphs), in the language `voice`; `by_staff` is true where somebody
  changed them, so that nobody checked how easy they are; `answer_by` is the new expected day, where one was promised
- answer {"words": str, "once": id of the form it came from, "by_helper": bool}: what the resident wrote back, in any language
- correction-asked {"correction": id, "answer_by": day, "facts": [key, ...]}
- correction-answered {"correction": id, "changed": [key, ...]}; correction-taken-back {"correction": id}
- proposed, decided {"outcome": one of OUTCOMES, "reason": str, "voice": str, "object": bool, "by_staff": true}
- reopened {"words": str, "voice": str, "by_staff": true}: the decision before it was taken back, and why, for the resident
"""

from collections.abc import Mapping
from typing import Any, Literal

from webapp.accounts.rules import Clerk

Outcome = Literal["", "accepted", "refused", "closed", "withdrawn"]
OUTCOMES: tuple[Outcome, ...] = ("accepted", "refused", "closed")
"""What a section may decide; "withdrawn" is the resident's own."""

Deed = Literal["check", "correct", "decide", "message", "assign", "label", "note", "take-back", "finish", "reopen"]
DEEDS: Mapping[str, frozenset[Deed]] = {
    "received": frozenset({"check", "correct", "decide", "message", "assign", "label", "note"}),
    "checking": frozenset({"correct", "decide", "message", "assign", "label", "note"}),
    "mend": frozenset({"take-back", "message", "assign", "label", "note"}),
    "decided": frozenset({"finish", "reopen", "message", "assign", "label", "note"}),
    "finished": frozenset({"reopen", "message", "note"}),
}
"""What a section may do with an application in each state."""

HAPPENINGS = (
    "received", "filled-in", "assigned", "labelled", "checking", "note", "message", "answer", "correction-asked", "correction-answered",
    "correction-taken-back", "proposed", "proposal-refused", "decided", "reopened", "finished", "withdrawn",
)  # fmt: skip
SHOWN = frozenset({"received", "filled-in", "checking", "message", "answer", "correction-asked", "correction-answered",
                   "correction-taken-back", "decided", "reopened", "finished", "withdrawn"})  # fmt: skip
"""What a resident reads in the history of an application."""

ANSWERED = "answered"
"""The label of what its resident wrote back about: put on by that, taken off when the section goes on, or by hand."""
LABELS = (ANSWERED, "urgent", "call-back", "waits-for-other", "papers-missing", "interpreter", "check-twice")
"""Labels that lists are sorted out by."""

WHYS = ("resident-asked", "stands-in", "supervision", "same-household", "mistake", "other")
"""Why somebody opens an application that is not theirs; "other" wants words."""

WHY_EXPORTED = "export"
"""Why an application leaves the house: for what the section works with. Nobody chooses it; nothing lies open for it."""


def find_reason(kind: str, content: Mapping[str, Any]) -> str:
    """Return what the ward's log adds to a happening: to whom it was given, how it was decided; never what somebody wrote."""
    if kind in ("proposed", "decided"):
        return f"outcome-{content['outcome']}"
    if kind == "assigned":
        return content["to"] or "handed-back"
    return "day-promised" if kind == "message" and content.get("answer_by") else ""


def works_in(clerk: Clerk, section: str) -> bool:
    """Tell whether somebody belongs to a section: nobody else ever sees what was sent to it."""
    return section != "" and section in clerk.sections("officer", "head")


def may_confirm(clerk: Clerk, section: str, proposed_by: str | None) -> bool:
    """Tell whether somebody is the second pair of eyes: the section's head, and never who proposed it."""
    return clerk.has("head", section) and proposed_by is not None and proposed_by != clerk.id


def may_reopen(clerk: Clerk, section: str, state: str, outcome: str) -> bool:
    """Tell whether somebody may take a decision back: the section's head, and never what its resident took back."""
    return clerk.has("head", section) and "reopen" in DEEDS.get(state, ()) and outcome != "withdrawn"


def needs_why(clerk: Clerk, assigned_to: str | None) -> bool:
    """Tell whether somebody has to say why before an application lies open: whoever it is not assigned to."""
    return assigned_to != clerk.id


def may_withdraw(state: str) -> bool:
    """Tell whether the resident may still take an application back: until somebody looks at it, or it is decided."""
    return state == "received"
