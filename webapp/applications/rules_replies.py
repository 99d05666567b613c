"""Words between a section and its resident: which of them wait to be read, and when they may be answered. Pure decisions."""

from collections.abc import Sequence

SETTLES = frozenset({
    "answer", "correction-asked", "correction-answered", "correction-taken-back", "decided", "reopened", "withdrawn",
})  # fmt: skip
"""What says something newer than a message. Not that somebody begins to check: what they had asked for still stands."""
GOES_ON = frozenset({"message", "correction-asked", "decided", "finished", "withdrawn"})
"""With what the section goes on after an answer: nobody needs to be shown any more that there is one."""
LONGEST = 2000
MOST_ANSWERS = 10
"""So many answers to one message are taken; then the section writes first."""


def find_waiting(kinds: Sequence[str]) -> int | None:
    """Return the place in a history of the message that waits for its resident, or None where nothing newer is to be done."""
    last = next((at for at in range(len(kinds) - 1, -1, -1) if kinds[at] == "message"), None)
    return None if last is None or SETTLES & set(kinds[last + 1 :]) else last


def may_answer(state: str, kinds: Sequence[str]) -> bool:
    """Tell whether a resident may answer the section in writing: after its message, until everything is finished."""
    if state == "finished" or "message" not in kinds:
        return False
    last = max(at for at, kind in enumerate(kinds) if kind == "message")
    return list(kinds[last:]).count("answer") < MOST_ANSWERS
