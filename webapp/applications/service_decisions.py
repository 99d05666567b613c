"""How an application ends: decided by its section (with a second pair of eyes where that is asked for), or taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from webapp.applications.rules_cases import may_withdraw
from webapp.applications.service_cases import Case, change, list_happenings, open_with, write_down
from webapp.applications.service_telling import stop_received
from webapp.applications.tables import Application, Happening
from webapp.kit.clock import day_of
from webapp.kit.ids import is_id
from webapp.outbox.service import withdraw as withdraw_news


@dataclass(frozen=True, slots=True)
class Decision:
    """What a section decides: "accepted", "refused" or "closed", why, and in which language the reason is written."""

    outcome: str
    reason: str
    voice: str

    @property
    def content(self) -> dict[str, Any]:
        """Return what the history holds of it; against a refusal one can object."""
        return {"outcome": self.outcome, "reason": self.reason, "voice": self.voice,
                "object": self.outcome == "refused", "by_staff": True}  # fmt: skip


def propose(session: Session, case: Case, decision: Decision, account_id: str, now: datetime, version: int) -> None:
    """Put a decision before somebody else. Raises Stale."""
    change(session, case.row, now, version, proposed_by=account_id)
    write_down(session, case, "proposed", now, account_id, **decision.content)


def name_decision(happened_id: str) -> str:
    """Return the name under which a decision is told once; a second one of the same application is another."""
    return f"decided|{happened_id}"


def find_proposal(session: Session, case: Case) -> Decision | None:
    """Return the decision that waits for a second pair of eyes, or None."""
    if case.row.proposed_by is None:
        return None
    found = [one.content for one in list_happenings(session, case) if one.kind == "proposed"]
    return _read(found[-1]) if found else None


def refuse_proposal(session: Session, case: Case, words: str, account_id: str, now: datetime, version: int) -> None:
    """Send a proposed decision back, or take one's own back. Raises Stale."""
    change(session, case.row, now, version, proposed_by=None)
    write_down(session, case, "proposal-refused", now, account_id, words=words)


def decide(session: Session, case: Case, decision: Decision, account_id: str, now: datetime, version: int) -> str:
    """Decide; the resident reads it with its reason. Return what its telling goes by. Raises Stale."""
    change(session, case.row, now, version, state="decided", outcome=decision.outcome, decided_at=now, proposed_by=None)
    stop_received(session, case.row, now)
    return write_down(session, case, "decided", now, account_id, **decision.content).id


def reopen(session: Session, case: Case, words: str, voice: str, account_id: str, now: datetime, version: int) -> str:
    """Take a decision back, so that the section looks again; return what its telling goes by. Raises Stale.

    The days since the decision are added to the day by which the ward answers: nobody waited for anything in them.
    """
    row = case.row
    for happened_id in _list_decided(session, row):  # what is not told yet is true no more
        withdraw_news(session, name_decision(happened_id), now)
    decided_at = row.decided_at or now  # what was decided before that was kept counts from today
    rested = max(day_of(now) - day_of(decided_at), timedelta(0))
    change(
        session, row, now, version, state="checking", outcome="", decided_at=None, is_open=True, proposed_by=None,
        answer_by=row.answer_by + rested,
    )  # fmt: skip
    return write_down(session, case, "reopened", now, account_id, words=words, voice=voice, by_staff=True).id


def finish(session: Session, case: Case, account_id: str, now: datetime, version: int) -> None:
    """Put a decided application away: nothing is left to do for anybody. Raises Stale."""
    change(session, case.row, now, version, state="finished", is_open=False)
    write_down(session, case, "finished", now, account_id)


def withdraw(session: Session, case: Case, now: datetime) -> bool:
    """Take an application back for the resident; tell whether that was still possible. The receipt stays."""
    if not may_withdraw(case.row.state):
        return False
    change(session, case.row, now, state="finished", outcome="withdrawn", is_open=False, proposed_by=None)
    write_down(session, case, "withdrawn", now)
    stop_received(session, case.row, now)
    return True


def list_own(session: Session, draft_id: str, data_key: bytes) -> list[Case]:
    """Open everything that was really sent from a draft, by procedure, for whoever has that draft open."""
    rows = session.exec(select(Application).where(Application.draft_id == draft_id).order_by(Application.procedure))
    return [open_with(row, data_key) for row in rows]


def find_own(session: Session, draft_id: str, data_key: bytes, application_id: str, write: bool = False) -> Case | None:
    """Open one application for whoever has the draft open that it was sent from; None for any other."""
    if not is_id(application_id):
        return None
    query = select(Application).where(Application.id == application_id, Application.draft_id == draft_id)
    if write:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.exec(query).first()
    return open_with(row, data_key) if row is not None else None


def _list_decided(session: Session, row: Application) -> list[str]:
    """Return what decisions of an application were told by; before there could be a second one, by the application itself."""
    query = select(Happening.id).where(Happening.application_id == row.id, Happening.kind == "decided")
    return [row.id, *session.exec(query)]


def _read(content: Mapping[str, Any]) -> Decision:
    """Return a decision as the history holds it."""
    return Decision(content["outcome"], content["reason"], content["voice"])
