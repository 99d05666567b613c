"""How an application ends: decided by its section (with a second pair of eyes where that is asked for), or taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from webapp.applications.rules_cases import may_withdraw
from webapp.applications.service_cases import Case, change, list_happenings, open_with, write_down
from webapp.applications.tables import Application
from webapp.kit.ids import is_id


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


def decide(session: Session, case: Case, decision: Decision, account_id: str, now: datetime, version: int) -> None:
    """Decide; the resident reads it with its reason. Raises Stale."""
    change(session, case.row, now, version, state="decided", outcome=decision.outcome, decided_at=now, proposed_by=None)
    write_down(session, case, "decided", now, account_id, **decision.content)


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


def _read(content: Mapping[str, Any]) -> Decision:
    """Return a decision as the history holds it."""
    return Decision(content["outcome"], content["reason"], content["voice"])
