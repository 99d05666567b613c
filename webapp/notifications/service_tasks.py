"""Putting messages on the lists of staff: who is called, who is written to."""

from datetime import datetime

from sqlmodel import Session, col, select

from webapp.kit.clock import WARD_ZONE
from webapp.kit.ids import new_id
from webapp.notifications.rules_ways import first_call
from webapp.notifications.service_release import lock_way
from webapp.notifications.service_ways import OpenWay
from webapp.notifications.tables import CallTask, LetterTask, Way
from webapp.outbox.service_claims import find_about


def list_task(session: Session, message_id: str, way: OpenWay, now: datetime) -> None:
    """Put a message on the list of calls or letters; one that waits there already stays as it is.

    Raises LookupError if the way was stopped, or found to lead nowhere, since the ladder was looked at; WayBusy if somebody
    changes it at this moment: they wait for the message that the caller holds, so the caller must not wait for them.
    """
    row = lock_way(session, way.id, wait=False)
    if row is None or row.gone_at is not None:
        raise LookupError("the way went while a message was put on its list")
    if way.channel == "letter":
        _list_letter(session, message_id, way.id, now)
    else:
        _list_call(session, message_id, way, now)


def _list_call(session: Session, message_id: str, way: OpenWay, now: datetime) -> None:
    """Put a message on the list of calls; one that nobody could be reached with before begins anew."""
    call = session.exec(select(CallTask).where(CallTask.message_id == message_id)).first()
    if call is not None and call.state == "open":
        return
    first = first_call(way.details.get("hours", ""), now.astimezone(WARD_ZONE))
    call = call or CallTask(id=new_id(), message_id=message_id, way_id=way.id, made_at=now, next_at=first)
    call.way_id, call.state, call.tries, call.next_at, call.ended_at = way.id, "open", 0, first, None
    session.add(call)


def _list_letter(session: Session, message_id: str, way_id: str, now: datetime) -> None:
    """Put a message on the list of letters."""
    letter = session.exec(select(LetterTask).where(LetterTask.message_id == message_id)).first()
    if letter is not None and letter.state == "waiting":
        return
    letter = letter or LetterTask(id=new_id(), message_id=message_id, way_id=way_id, made_at=now)
    letter.way_id, letter.state, letter.printed_at, letter.printed_by = way_id, "waiting", None, ""
    session.add(letter)


def move_to_letter(session: Session, call_id: str, now: datetime) -> bool:
    """A call ends by writing instead; False if the resident gave no address to write to (the call goes on then)."""
    call = session.get(CallTask, call_id)
    about = find_about(session, call.message_id) if call else None
    if call is None or about is None:
        return False
    chosen = select(Way.id).where(Way.about == about, Way.channel == "letter", col(Way.gone_at).is_(None))
    way_id = session.exec(chosen.order_by(col(Way.made_at).desc())).first()
    if way_id is None:
        return False
    call.state, call.ended_at = "to-letter", now
    session.add(call)
    _list_letter(session, call.message_id, way_id, now)
    return True
