"""Taking messages out of the outbox: each is held by one worker at a time, and by nobody for longer than its lease.

A claim is committed before the network is touched, and what came of it is written in a second transaction. Whoever claims a
message that is still held under an old name knows that an earlier delivery broke off, and counts it (`repeats`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, case, col, delete, or_, select, update
from sqlmodel.sql.expression import SelectOfScalar

from webapp.outbox.rules import LEASE, SLEEPING, Standing
from webapp.outbox.tables import Message


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that one worker holds, as it was when it was claimed."""

    id: str
    about: str
    kind: str
    voice: str
    channel: str
    tries: int
    holder: str
    sealed_content: bytes


def is_due(session: Session, now: datetime) -> bool:
    """Tell whether a message waits that nobody holds; reading alone, so that an idle worker never takes a lock."""
    return session.exec(_due(now).limit(1)).first() is not None


def claim_due(session: Session, holder: str, now: datetime) -> Claim | None:
    """Hold the message that is due the longest, or return None. `holder` names who holds it (a fresh id)."""
    query = _due(now).order_by(col(Message.due_at), col(Message.id)).limit(1)
    row = session.exec(query.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    row.repeats += row.lease_by != ""
    row.lease_by, row.lease_until = holder, now + LEASE
    session.add(row)
    session.flush()
    return Claim(row.id, row.about, row.kind, row.voice, row.channel, row.tries, holder, row.sealed_content)


def _due(now: datetime) -> SelectOfScalar[Message]:
    """Return the query for messages that are due and that nobody holds."""
    free = or_(col(Message.lease_until).is_(None), col(Message.lease_until) < now)
    return select(Message).where(Message.state == "waiting", col(Message.due_at) <= now, free)


def stand_on(session: Session, claim: Claim, channel: str, tries: int) -> None:
    """Note on which channel a held message is tried now, so that `hasten` can be seen to have moved it meanwhile."""
    row = _find_held(session, claim)
    if row is not None:
        row.channel, row.tries = channel, tries
        session.add(row)


def keep_claim(session: Session, claim: Claim, now: datetime) -> bool:
    """Hold on for another lease; False if somebody else has it by now, or it was erased."""
    row = _find_held(session, claim)
    if row is None:
        return False
    row.lease_until = now + LEASE
    session.add(row)
    return True


def finish(session: Session, claim: Claim, standing: Standing, tried_on: str, now: datetime) -> bool:
    """Let go of a message and write where it stands; False if it is not held any more.

    One that was hastened while it was tried (it does not stand on `tried_on` any more) stays due, unless it has ended well.
    """
    row = _find_held(session, claim)
    if row is None:
        return False
    row.lease_by, row.lease_until = "", None
    if row.channel == tried_on or standing.state == "sent":
        row.state, row.channel, row.tries = standing.state, standing.channel, standing.tries
        row.due_at = standing.due_at
        row.ended_at = None if standing.state == "waiting" else now
    session.add(row)
    return True


def _find_held(session: Session, claim: Claim) -> Message | None:
    """Return the message, locked, if it is still held under the claim's name."""
    query = select(Message).where(Message.id == claim.id, Message.lease_by == claim.holder, Message.state == "waiting")
    return session.exec(query.with_for_update().execution_options(populate_existing=True)).first()


def hasten(session: Session, about: str, now: datetime) -> None:
    """A new way was added: whatever nobody could be told, or waits half-way up the ladder, is tried anew from its foot.

    What was never tried keeps its time: a reminder for next month does not come today.
    """
    untried = (Message.state == "waiting") & (Message.channel == "")
    session.exec(
        update(Message)
        .where(col(Message.about) == about, col(Message.state).in_(("waiting", *SLEEPING)))
        .values(
            due_at=case((untried, col(Message.due_at)), else_=now), state="waiting", channel="", tries=0, ended_at=None
        )
        .execution_options(synchronize_session=False)
    )  # `waiting` rows are matched too: PostgreSQL then waits for a worker that is about to find nobody to tell


def wait_again(session: Session, message_id: str, now: datetime) -> None:
    """What staff were to tell cannot be told that way any more: it goes up the ladder anew, from its foot."""
    row = _find_listed(session, message_id)
    if row is not None:
        row.state, row.channel, row.tries, row.due_at, row.ended_at = "waiting", "", 0, now, None
        session.add(row)


def list_again(session: Session, message_id: str, now: datetime) -> bool:
    """What was noted as told by staff was not: it is on their list again; tell whether it had been noted as told."""
    row = session.get(Message, message_id, with_for_update=True, populate_existing=True)
    if row is None or row.state != "sent":
        return False
    row.state, row.ended_at = "listed", now
    session.add(row)
    return True


def select_listed() -> SelectOfScalar[str]:
    """Return the query for the messages that staff are to tell: what they work on is looked for among these only."""
    return select(Message.id).where(Message.state == "listed")


def select_told() -> SelectOfScalar[str]:
    """Return the query for the messages that were told, and are still true."""
    return select(Message.id).where(Message.state == "sent")


def select_failed() -> SelectOfScalar[str]:
    """Return the query for the messages that could be told nobody, though every way was tried."""
    return select(Message.id).where(Message.state == "failed")


def _find_listed(session: Session, message_id: str) -> Message | None:
    """Return a message, locked, if staff are to tell it."""
    query = select(Message).where(Message.id == message_id, Message.state == "listed")
    return session.exec(query.with_for_update().execution_options(populate_existing=True)).first()


def end_listed(session: Session, message_id: str, now: datetime) -> None:
    """Somebody who was on a list of staff has been told."""
    row = _find_listed(session, message_id)
    if row is not None:
        row.state, row.ended_at = "sent", now
        session.add(row)


def erase_ended(session: Session, before: datetime, kept: Collection[str]) -> int:
    """Erase messages that ended before a moment, with all that was tried, but for those that staff still work on."""
    old = select(Message.id).where(col(Message.ended_at) < before)
    gone = [one for one in session.exec(old) if one not in kept]
    for start in range(0, len(gone), 500):
        session.exec(delete(Message).where(col(Message.id).in_(gone[start : start + 500])))
    return len(gone)


def find_about(session: Session, message_id: str) -> str | None:
    """Return whom a message is about (an opaque id), or None if it was erased."""
    return session.exec(select(Message.about).where(Message.id == message_id)).first()
