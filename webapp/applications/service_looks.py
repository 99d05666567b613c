"""Who opened an application, when and why: written down before anything of it is shown, and read by the resident."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from webapp.accounts.rules import Clerk
from webapp.accounts.service_audit import note
from webapp.applications.rules_cases import needs_why
from webapp.applications.service_cases import Case
from webapp.applications.tables import Application, Look
from webapp.kit.crypto import seal, unseal
from webapp.kit.ids import new_id

WHY_LASTS = timedelta(hours=8)
"""How long a reason that was given is good for: about a day's work."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One look: when, who, from which section, at what ("opened", "file", "printed", "exported"), why, and in whose words."""

    at: datetime
    account_id: str
    section: str
    what: str
    why: str
    words: str


def find_why(session: Session, clerk: Clerk, row: Application, now: datetime) -> str:
    """Return why somebody may open an application now: "assigned", a reason they gave today, or "" if they have to give one."""
    if not needs_why(clerk, row.assigned_to):
        return "assigned"
    query = select(Look.why).where(
        Look.application_id == row.id,
        Look.account_id == clerk.id,
        Look.why != "assigned",
        Look.what != "exported",
        col(Look.at) > now - WHY_LASTS,
    )
    return session.exec(query.order_by(col(Look.at).desc())).first() or ""


def note_look(session: Session, clerk: Clerk, case: Case, what: str, why: str, now: datetime, words: str = "") -> None:
    """Write down that somebody looks at an application: for the resident, and in the log of the ward."""
    look = Look(
        id=new_id(),
        application_id=case.row.id,
        at=now,
        account_id=clerk.id,
        section=case.row.section,
        what=what,
        why=why,
    )
    if words:
        look.sealed_words = seal(case.key, json.dumps(words).encode(), f"look|{look.id}|words")
    session.add(look)
    note(session, now, clerk.id, f"application-{what}", case.row.id, why)


def list_looks(session: Session, case: Case) -> list[Looked]:
    """Return who looked at an application, the latest first."""
    rows = session.exec(select(Look).where(Look.application_id == case.row.id).order_by(col(Look.at).desc()))
    return [Looked(row.at, row.account_id, row.section, row.what, row.why, _read_words(case, row)) for row in rows]


def _read_words(case: Case, row: Look) -> str:
    """Return the words of a reason."""
    if not row.sealed_words:
        return ""
    words: str = json.loads(unseal(case.key, row.sealed_words, f"look|{row.id}|words"))
    return words
