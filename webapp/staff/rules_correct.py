"""What staff may ask to be mended, and what a decision needs: what was typed, and what is to mend about it. Pure decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.facts.rules_numbers import has_individual_number

USUAL_DAYS = 14
MOST_DAYS = 180
LONGEST_NOTE, LONGEST_REASON = 500, 3000
WHYS = ("wrong", "incomplete", "outdated")
FILE_WHYS = ("unreadable", "wrong", "incomplete", "outdated")


@dataclass(frozen=True, slots=True)
class TypedMarks:
    """What was typed: by fact why and a note, for the facts that are ticked; a note about everything, and the last day."""

    ticked: tuple[str, ...] = ()
    whys: Mapping[str, str] | None = None
    notes: Mapping[str, str] | None = None
    note: str = ""
    day: str = ""
    voice: str = ""

    def why_of(self, key: str, kind: str) -> str:
        """Return what is wrong with one answer; the first there is where nothing was chosen."""
        offered = list_whys(kind)
        chosen = (self.whys or {}).get(key, "")
        return chosen if chosen in offered else offered[0]

    def note_of(self, key: str) -> str:
        """Return the note about one answer."""
        return (self.notes or {}).get(key, "")


def list_whys(kind: str) -> Sequence[str]:
    """Return what can be wrong with an answer of a kind."""
    return FILE_WHYS if kind == "file" else WHYS


def read_last_day(words: str, today: date) -> date | None:
    """Return the day by which an answer is asked for: from tomorrow to half a year on; None for anything else."""
    try:
        day = date.fromisoformat(words)
    except ValueError:
        return None
    return day if today < day <= today + timedelta(days=MOST_DAYS) else None


def find_mark_gaps(typed: TypedMarks, keys: Sequence[str], today: date) -> dict[str, str]:
    """Return what is to mend, by field: nothing ticked, no good day, a note that is too long or holds an Individual Number."""
    gaps = {} if typed.ticked else {"fact": "none"}
    for name, words in (*((key, typed.note_of(key)) for key in keys), ("note", typed.note)):
        fault = find_note_gap(words, LONGEST_NOTE)
        if fault:
            gaps[name] = fault
    if read_last_day(typed.day, today) is None:
        gaps["day"] = "day"
    return gaps


def find_note_gap(words: str, longest: int) -> str:
    """Return what is to mend about words that staff wrote: "long", "number" or nothing."""
    if len(words) > longest:
        return "long"
    return "number" if has_individual_number(words) else ""


def find_decision_gaps(outcome: str, reason: str, outcomes: Sequence[str]) -> dict[str, str]:
    """Return what is to mend about a decision, by field; only what is accepted needs no reason."""
    gaps = {} if outcome in outcomes else {"outcome": "none"}
    fault = "empty" if not reason and outcome in outcomes and outcome != "accepted" else ""
    fault = fault or find_note_gap(reason, LONGEST_REASON)
    return {**gaps, "reason": fault} if fault else gaps
