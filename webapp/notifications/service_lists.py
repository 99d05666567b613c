"""The list of calls: whom to call, at which hours, and what came of it.

A call is taken before it is made: a try is begun under the name of whoever takes it, and nobody else sees number and name
until its quarter of an hour is over.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from webapp.config import Settings
from webapp.kit.clock import WARD_ZONE, day_of
from webapp.kit.ids import is_id, new_id
from webapp.notifications.rules_days import is_late, is_over
from webapp.notifications.rules_ways import HELD_FOR, MOST_TRIES, first_call, fits_now, next_call
from webapp.notifications.service_release import lock_way
from webapp.notifications.service_tasks import move_to_letter
from webapp.notifications.service_texts import CallScript, MessageTexts, say_call
from webapp.notifications.service_ways import OpenWay, list_ways, mark_gone, open_way, stop_way
from webapp.notifications.tables import CallTask, CallTry, Way
from webapp.outbox.service import find_news, give_up
from webapp.outbox.service_claims import end_listed, select_failed, select_listed
from webapp.reading.rules_texts import MAIN_VOICE

BEGUN = "begun"
OUTCOMES = ("reached", "no-answer", "busy", "wrong-number", "asked-for-letter", "wants-no-calls")
ASKED_TWICE = ("wrong-number", "wants-no-calls")
"""What takes a resident's number away, so that a wrong press must not be enough."""

MOST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call as the list shows it: nothing by which anybody could be known."""

    id: str
    voice: str
    hours: str
    tries: int
    next_at: datetime
    is_due: bool


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call for the one who took it: whom to ask for, and what to say in the resident's voice and in Japanese."""

    way: OpenWay
    script: CallScript
    japanese: CallScript
    has_letter: bool


def list_calls(session: Session, settings: Settings, now: datetime, closed: Collection[date] = ()) -> list[CallRow]:
    """Return the open calls: first those that can be made now, then by when they can be. `closed`: the ward's own days off."""
    query = select(CallTask, Way).where(CallTask.way_id == Way.id, *_still_open())
    rows = [
        _show_call(call, open_way(way, settings.master_keys), now, closed)
        for call, way in session.exec(query.order_by(col(CallTask.next_at)).limit(MOST_SHOWN))
    ]
    return sorted(rows, key=lambda row: (not row.is_due, row.next_at))


def _still_open() -> tuple[Any, ...]:
    """Return what holds of a call that is to be made: not if what it tells was told, taken back or overtaken meanwhile."""
    return CallTask.state == "open", col(CallTask.message_id).in_(select_listed())


def _show_call(call: CallTask, way: OpenWay | None, now: datetime, closed: Collection[date]) -> CallRow:
    """Return a call as the list shows it."""
    hours, next_at = _read_hours(way), _find_time(call, way, now, closed)
    return CallRow(call.id, way.voice if way else MAIN_VOICE, hours, call.tries, next_at, next_at <= now)


def _read_hours(way: OpenWay | None) -> str:
    """Return when somebody wants to be called."""
    return way.details.get("hours", "any") if way else "any"


def _find_time(call: CallTask, way: OpenWay | None, now: datetime, closed: Collection[date]) -> datetime:
    """Return from when on a call can be made, in the hours that the resident chose (ward time)."""
    return first_call(_read_hours(way), max(call.next_at, now).astimezone(WARD_ZONE), closed)


def find_time(
    session: Session, call: CallTask, settings: Settings, now: datetime, closed: Collection[date] = ()
) -> datetime:
    """Return from when on a call can be made; `now`, or before, where it can be made at once."""
    return _find_time(call, _open_way_of(session, call, settings), now, closed)


def is_pausing(
    session: Session, call: CallTask, settings: Settings, now: datetime, closed: Collection[date] = ()
) -> bool:
    """Tell whether it is an hour in which the resident wants calls, so that only the pause after another try is in the way."""
    return fits_now(_read_hours(_open_way_of(session, call, settings)), now.astimezone(WARD_ZONE), closed)


def _open_way_of(session: Session, call: CallTask, settings: Settings) -> OpenWay | None:
    """Return the way that a call goes to; None where it is gone or cannot be opened."""
    row = session.get(Way, call.way_id)
    return open_way(row, settings.master_keys) if row else None


def list_unreached(session: Session) -> list[tuple[date, int]]:
    """Return the day and the tries of calls that reached nobody and could not become letters, the latest first."""
    query = select(CallTask).where(CallTask.state == "stopped", col(CallTask.message_id).in_(select_failed()))
    found = session.exec(query.order_by(col(CallTask.ended_at).desc()).limit(MOST_SHOWN))
    return [(day_of(call.ended_at or call.made_at), call.tries) for call in found]


def find_call(session: Session, call_id: str, lock: bool = False) -> CallTask | None:
    """Return an open call, or None. With `lock` nobody else changes it until the request ends."""
    if not is_id(call_id):
        return None
    query = select(CallTask).where(CallTask.id == call_id, *_still_open())
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.exec(query).first()


def take_call(
    session: Session, call_id: str, account_id: str, now: datetime, settings: Settings, closed: Collection[date] = ()
) -> bool:
    """Take a call that is due, in hours in which its resident wants calls; False if it is not, or somebody else was faster.

    Taking one's own again keeps it.
    """
    call = find_call(session, call_id, lock=True)
    if call is None:
        return False
    if find_holder(session, call_id, now) == account_id:
        return True
    if find_time(session, call, settings, now, closed) > now:
        return False
    call.next_at = now + HELD_FOR
    session.add(call)
    session.add(CallTry(id=new_id(), call_id=call_id, account_id=account_id, at=now, outcome=BEGUN))
    session.flush()
    return True


def find_holder(session: Session, call_id: str, now: datetime) -> str | None:
    """Return who has a call in hand."""
    last = _last_try(session, call_id)
    held = last is not None and last.outcome == BEGUN and last.at + HELD_FOR > now
    return last.account_id if last is not None and held else None


def is_unfinished(session: Session, call_id: str, account_id: str) -> bool:
    """Tell whether somebody took a call last, and has not written down yet what came of it, however long ago that was."""
    last = _last_try(session, call_id)
    return last is not None and last.outcome == BEGUN and last.account_id == account_id


def _last_try(session: Session, call_id: str) -> CallTry | None:
    """Return the newest try of a call."""
    query = select(CallTry).where(CallTry.call_id == call_id).order_by(col(CallTry.at).desc(), col(CallTry.id))
    return session.exec(query).first()


def read_call(
    session: Session, call: CallTask, messages: Mapping[str, MessageTexts], settings: Settings, today: date
) -> OpenCall | None:
    """Return what whoever took a call needs; None if it cannot be read, or says nothing that is still true."""
    way = _open_way_of(session, call, settings)
    news = find_news(session, call.message_id, settings.master_keys)
    if way is None or news is None or "call" not in messages[news.kind].channels:
        return None
    if is_over(news.kind, news.params, today):
        return None
    params, late = {**news.params, "name": way.details["name"]}, is_late(news.kind, news.params, today)
    texts = messages[news.kind]
    channels = {one.channel for one in list_ways(session, news.about, settings.master_keys)}
    japanese = say_call(texts, MAIN_VOICE, params, late)
    return OpenCall(way, say_call(texts, way.voice, params, late), japanese, "letter" in channels)


def note_outcome(
    session: Session, call_id: str, account_id: str, outcome: str, now: datetime, settings: Settings,
    closed: Collection[date] = (),
) -> bool:  # fmt: skip
    """Write down what came of a call by whoever took it last; False if somebody else has taken it since."""
    known = find_call(session, call_id)
    if known is not None:
        lock_way(session, known.way_id)  # before the call, as whoever stops the way does
    call, last = find_call(session, call_id, lock=True), _last_try(session, call_id)
    if call is None or last is None or not is_unfinished(session, call_id, account_id):
        return False
    last.outcome = outcome
    session.add(last)
    call.tries += 1
    if outcome in ("reached", "wants-no-calls"):
        _end(session, call, now, outcome == "wants-no-calls")
    elif outcome in ("no-answer", "busy") and call.tries < MOST_TRIES:
        _call_again(session, call, now, settings, closed)
    elif outcome == "asked-for-letter":
        _write_instead(session, call, now)
    else:
        _write_instead(session, call, now)
        if outcome == "wrong-number":
            mark_gone(session, call.way_id, now)
    return True


def _end(session: Session, call: CallTask, now: datetime, stops: bool) -> None:
    """The person was told; who wants no more calls is not called again about anything of this."""
    call.state, call.ended_at = "reached", now
    session.add(call)
    end_listed(session, call.message_id, now)
    session.flush()
    way = session.get(Way, call.way_id) if stops else None
    if way is not None:
        stop_way(session, way.about, way.id, now)


def _call_again(session: Session, call: CallTask, now: datetime, settings: Settings, closed: Collection[date]) -> None:
    """Call again in the next best hours."""
    hours = _read_hours(_open_way_of(session, call, settings))
    call.next_at = next_call(hours, now.astimezone(WARD_ZONE), closed).astimezone(now.tzinfo)
    session.add(call)


def _write_instead(session: Session, call: CallTask, now: datetime) -> None:
    """Write a letter where the resident chose that, too; else say that nobody was reached."""
    session.add(call)
    session.flush()
    if not move_to_letter(session, call.id, now):
        call.state, call.ended_at = "stopped", now
        session.add(call)
        give_up(session, call.message_id, now)
