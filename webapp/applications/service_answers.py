"""What a resident writes back to the section about something sent: sealed like everything about it, and counted once."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from webapp.applications.rules_cases import ANSWERED
from webapp.applications.rules_inbox import read_labels, write_labels
from webapp.applications.rules_replies import may_answer
from webapp.applications.service_cases import Case, change, list_happenings, write_down


@dataclass(frozen=True, slots=True)
class Answer:
    """What is written back. `once` names the form that it came from; `by_helper`: somebody wrote it who helps the resident."""

    words: str
    once: str
    by_helper: bool = False


def add_answer(session: Session, case: Case, answer: Answer, now: datetime) -> bool:
    """Keep an answer and mark the application for its section; tell whether it is kept, now or by the same form before.

    Whoever calls this holds the application until the request ends.
    """
    history = list_happenings(session, case, shown_only=True)
    if any(one.kind == "answer" and one.content.get("once") == answer.once for one in history):
        return True
    if not may_answer(case.row.state, [one.kind for one in history]):
        return False
    change(session, case.row, now, labels=write_labels({*read_labels(case.row.labels), ANSWERED}))
    write_down(session, case, "answer", now, words=answer.words, once=answer.once, by_helper=answer.by_helper)
    return True
