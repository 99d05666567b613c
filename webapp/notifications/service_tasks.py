"""Putting messages on the lists of staff: who is called, who is written to."""

from datetime import datetime

from sqlmodel import Session, col, select

from webapp.kit.clock import WARD_ZONE
from webapp.kit.ids import new_id
from webapp.notifications.rules_ways import first_call
from webapp.notifications.service_ways import OpenWay
from webapp.notifications.tables import CallTask, LetterTask, Way
from webapp.outbox.service_claims import find_about


def list_task(session: Session, message_id: str, way: OpenWay, now: datetime) -> None:
    """Put a message on the list of calls or letters; one that is there already stays as it is."""
    if way.channel == "letter":
        _list_letter(session, message_id, way.id, now)
    elif not _is_on(session, CallTask, message_id):
        first = first_call(way.details.get("hours", ""), now.astimezone(WARD_ZONE))
        session.add(CallTask(id=new_id(), message_id=message_id, way_id=way.id, made_at=now, next_at=first))


def _list_letter(session: Session, message_id: str, way_id: str, now: datetime) -> None:
    """Put a message on the list of letters."""
    if not _is_on(session, LetterTask, message_id):
        session.add(LetterTask(id=new_id(), message_id=message_id, way_id=way_id, made_at=now))


def _is_on(session: Session, table: type[CallTask] | type[LetterTask], message_id: str) -> bool:
    """Tell whether a message is on a list."""
    return session.exec(select(table.id).where(col(table.message_id) == message_id)).first() is not None


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


def list_open(session: Session) -> set[str]:
    """Return the messages that staff still work on."""
    calls = select(CallTask.message_id).where(CallTask.state == "open")
    letters = select(LetterTask.message_id).where(LetterTask.state == "waiting")
    return {*session.exec(calls), *session.exec(letters)}
