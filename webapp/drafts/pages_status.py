"""How what was sent stands, as its resident reads it: state, office, what to do now, what happened, the decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app

from webapp.applications.rules_cases import may_withdraw
from webapp.applications.rules_replies import find_waiting, may_answer
from webapp.applications.service_appeal import Appeal, load_appeal
from webapp.applications.service_cases import Case, Happened, list_happenings
from webapp.applications.service_corrections import Asked, find_open
from webapp.applications.service_decisions import list_own
from webapp.drafts.service_again import may_begin_again
from webapp.kit.clock import WARD_ZONE, today
from webapp.kit.database import get_session
from webapp.procedures.rules_catalogue import Catalogue, Office

WAITS_FOR_WARD = ("received", "checking")


@dataclass(frozen=True, slots=True)
class Told:
    """One thing of the history: the ward's day, what happened, and words that staff wrote, with their language."""

    day: date
    kind: str
    words: tuple[str, ...]
    lang: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """One application: what happened, what is asked, what was decided, and the section's `message` that waits to be read.

    `reopened`: the decision was taken back, and none has been made since. `is_late`: the expected day is over, and it is the
    ward's turn. `at_counter`: it was taken there, together with whatever had to be brought. `may_rewrite`: the same answers
    can be written once more, to be sent in its place.
    """

    id: str
    office: Office | None
    outcome: str
    history: tuple[Told, ...]
    asked: Asked | None
    decision: Told | None
    reopened: Told | None
    message: Told | None
    at_counter: bool
    may_withdraw: bool
    may_rewrite: bool
    may_answer: bool
    is_late: bool


def list_standings(draft_id: str, data_key: bytes) -> dict[str, Standing]:
    """Return how everything really sent from a draft stands, by procedure."""
    return {case.row.procedure: _stand(case) for case in list_own(get_session(), draft_id, data_key)}


def _stand(case: Case) -> Standing:
    """Return how one application stands."""
    session, row = get_session(), case.row
    history = list_told(case)
    kinds = [one.kind for one in history]
    ends = [one for one in history if one.kind in ("decided", "reopened")]
    last = ends[-1] if ends else None
    waiting = find_waiting(kinds)
    catalogue: Catalogue = current_app.extensions["madoguchi"].catalogue
    return Standing(
        id=row.id,
        office=catalogue.offices.get(row.section),
        outcome=row.outcome,
        history=history,
        asked=find_open(session, case) if row.state == "mend" else None,
        decision=last if last and last.kind == "decided" else None,
        reopened=last if last and last.kind == "reopened" else None,
        message=None if waiting is None else history[waiting],
        at_counter=any(one.kind == "received" and one.content.get("at") == "counter" for one in history),
        may_withdraw=may_withdraw(row.state),
        may_rewrite=may_withdraw(row.state) and may_begin_again(case, catalogue.procedures.get(row.procedure)),
        may_answer=may_answer(row.state, kinds),
        is_late=row.state in WAITS_FOR_WARD and row.answer_by < today(),
    )


def list_told(case: Case) -> tuple[Told, ...]:
    """Return what happened to an application as its resident reads it, the oldest first."""
    return tuple(_tell(one) for one in list_happenings(get_session(), case, shown_only=True))


def _tell(one: Happened) -> Told:
    """Return one thing as it is read."""
    words = str(one.content.get("words") or one.content.get("reason") or "")
    paragraphs = tuple(part.strip() for part in words.split("\n\n") if part.strip())
    lang = "en" if one.content.get("voice") == "en" else "ja"
    return Told(one.at.astimezone(WARD_ZONE).date(), one.kind, paragraphs, lang, one.content)


def get_appeal() -> Appeal | None:
    """Return how one can object, read once for each app."""
    if "appeal" not in current_app.extensions:
        voices = list(current_app.extensions["reading"].voices)
        content_dir = current_app.extensions["madoguchi"].settings.content_dir
        current_app.extensions["appeal"] = load_appeal(content_dir, voices)
    found: Appeal | None = current_app.extensions["appeal"]
    return found
