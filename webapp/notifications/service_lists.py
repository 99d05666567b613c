"""The lists of staff: whom to call and what came of it, which letters to print.

A call is taken before it is made: a try is begun under the name of whoever takes it, and nobody else sees number and name
until its quarter of an hour is over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from webapp.config import Settings
from webapp.kit.clock import WARD_ZONE, day_of
from webapp.kit.ids import is_id, new_id
from webapp.notifications.rules_ways import HELD_FOR, MOST_TRIES, fits_now, next_call
from webapp.notifications.service_tasks import move_to_letter
from webapp.notifications.service_texts import CallScript, LetterWords, MessageTexts, say_call, say_letter
from webapp.notifications.service_ways import OpenWay, list_ways, mark_gone, open_way, stop_way
from webapp.notifications.tables import CallTask, CallTry, LetterTask, Way
from webapp.outbox.service import find_news, give_up
from webapp.outbox.service_claims import end_listed
from webapp.reading.rules_texts import MAIN_VOICE

BEGUN = "begun"
OUTCOMES = ("reached", "no-answer", "busy", "wrong-number", "asked-for-letter", "wants-no-calls")
MOST_SHOWN = 300
MOST_LETTERS = 50


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call as the list shows it: nothing by which anybody could be known."""

    id: str
    voice: str
    hours: str
    tries: int
    next_at: datetime
    is_due: bool
    fits: bool


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call for the one who took it: whom to ask for, and what to say in the resident's voice and in Japanese."""

    way: OpenWay
    script: CallScript
    japanese: CallScript
    has_letter: bool


@dataclass(frozen=True, slots=True)
class OpenLetter:
    """A letter ready to print."""

    id: str
    voice: str
    name: str
    postal: str
    lines: tuple[str, ...]
    words: LetterWords


def list_calls(session: Session, settings: Settings, now: datetime) -> list[CallRow]:
    """Return the open calls: first those that can be made now (best hours before others), then by when they can be."""
    query = select(CallTask, Way).where(CallTask.way_id == Way.id, CallTask.state == "open")
    rows = [
        _show_call(call, open_way(way, settings.master_keys), now)
        for call, way in session.exec(query.order_by(col(CallTask.next_at)).limit(MOST_SHOWN))
    ]
    return sorted(rows, key=lambda row: (not row.is_due, row.is_due and not row.fits, row.next_at))


def _show_call(call: CallTask, way: OpenWay | None, now: datetime) -> CallRow:
    """Return a call as the list shows it."""
    hours = way.details.get("hours", "any") if way else "any"
    local = now.astimezone(WARD_ZONE)
    return CallRow(
        call.id, way.voice if way else MAIN_VOICE, hours, call.tries, call.next_at.astimezone(WARD_ZONE),
        call.next_at <= now, fits_now(hours, local),
    )  # fmt: skip


def list_unreached(session: Session) -> list[tuple[date, int]]:
    """Return the day and the tries of calls that reached nobody and could not become letters, the latest first."""
    query = (
        select(CallTask).where(CallTask.state == "stopped").order_by(col(CallTask.ended_at).desc()).limit(MOST_SHOWN)
    )
    return [(day_of(call.ended_at or call.made_at), call.tries) for call in session.exec(query)]


def find_call(session: Session, call_id: str, lock: bool = False) -> CallTask | None:
    """Return an open call, or None. With `lock` nobody else changes it until the request ends."""
    if not is_id(call_id):
        return None
    query = select(CallTask).where(CallTask.id == call_id, CallTask.state == "open")
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.exec(query).first()


def take_call(session: Session, call_id: str, account_id: str, now: datetime) -> bool:
    """Take a call that is due; False if it is not, or somebody else was faster. Taking one's own again keeps it."""
    call = find_call(session, call_id, lock=True)
    if call is None:
        return False
    if find_holder(session, call_id, now) == account_id:
        return True
    if call.next_at > now:
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


def _last_try(session: Session, call_id: str) -> CallTry | None:
    """Return the newest try of a call."""
    query = select(CallTry).where(CallTry.call_id == call_id).order_by(col(CallTry.at).desc(), col(CallTry.id))
    return session.exec(query).first()


def read_call(
    session: Session, call: CallTask, messages: Mapping[str, MessageTexts], settings: Settings
) -> OpenCall | None:
    """Return what whoever took a call needs; None if it cannot be read any more."""
    row, news = session.get(Way, call.way_id), find_news(session, call.message_id, settings.master_keys)
    way = open_way(row, settings.master_keys) if row else None
    if way is None or news is None or "call" not in messages[news.kind].channels:
        return None
    params = {**news.params, "name": way.details["name"]}
    texts = messages[news.kind]
    channels = {one.channel for one in list_ways(session, news.about, settings.master_keys)}
    japanese = say_call(texts, MAIN_VOICE, params)
    return OpenCall(way, say_call(texts, way.voice, params), japanese, "letter" in channels)


def note_outcome(
    session: Session, call_id: str, account_id: str, outcome: str, now: datetime, settings: Settings
) -> bool:
    """Write down what came of a call by whoever took it last; False if somebody else has taken it since."""
    call, last = find_call(session, call_id, lock=True), _last_try(session, call_id)
    if call is None or last is None or last.account_id != account_id or last.outcome != BEGUN:
        return False
    last.outcome = outcome
    session.add(last)
    call.tries += 1
    if outcome in ("reached", "wants-no-calls"):
        _end(session, call, now, outcome == "wants-no-calls")
    elif outcome in ("no-answer", "busy") and call.tries < MOST_TRIES:
        _call_again(session, call, now, settings)
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
        stop_way(session, way.about, way.id)


def _call_again(session: Session, call: CallTask, now: datetime, settings: Settings) -> None:
    """Call again in the next best hours."""
    row = session.get(Way, call.way_id)
    way = open_way(row, settings.master_keys) if row else None
    hours = way.details.get("hours", "any") if way else "any"
    call.next_at = next_call(hours, now.astimezone(WARD_ZONE)).astimezone(now.tzinfo)
    session.add(call)


def _write_instead(session: Session, call: CallTask, now: datetime) -> None:
    """Write a letter where the resident chose that, too; else say that nobody was reached."""
    session.add(call)
    session.flush()
    if not move_to_letter(session, call.id, now):
        call.state, call.ended_at = "stopped", now
        session.add(call)
        give_up(session, call.message_id, now)


def list_letters(session: Session) -> list[tuple[str, date, str]]:
    """Return id, day and voice of the letters that wait, the oldest first."""
    query = select(LetterTask, Way.voice).where(LetterTask.way_id == Way.id, LetterTask.state == "waiting")
    found = session.exec(query.order_by(col(LetterTask.made_at), col(LetterTask.id)).limit(MOST_LETTERS))
    return [(letter.id, day_of(letter.made_at), voice) for letter, voice in found]


def read_letters(
    session: Session, ids: Sequence[str], messages: Mapping[str, MessageTexts], settings: Settings
) -> list[OpenLetter]:
    """Return letters that wait, as they are printed, in the order they were asked for."""
    found = [_read_letter(session, one, messages, settings) for one in dict.fromkeys(ids) if is_id(one)]
    return [letter for letter in found if letter is not None]


def _read_letter(
    session: Session, letter_id: str, messages: Mapping[str, MessageTexts], settings: Settings
) -> OpenLetter | None:
    """Return one letter as it is printed; None for one that does not wait or cannot be read any more."""
    letter = session.get(LetterTask, letter_id)
    if letter is None or letter.state != "waiting":
        return None
    row, news = session.get(Way, letter.way_id), find_news(session, letter.message_id, settings.master_keys)
    way = open_way(row, settings.master_keys) if row else None
    if way is None or news is None or "letter" not in messages[news.kind].channels:
        return None
    words, to = say_letter(messages[news.kind], way.voice, news.params), way.details
    return OpenLetter(letter.id, way.voice, to["name"], to["postal"], tuple(to["lines"].splitlines()), words)


def note_printed(session: Session, ids: Sequence[str], account_id: str, now: datetime) -> int:
    """Note that letters were printed; return how many were not noted before."""
    count = 0
    for letter_id in [one for one in dict.fromkeys(ids) if is_id(one)][:MOST_LETTERS]:
        letter = session.get(LetterTask, letter_id, with_for_update=True)
        if letter is not None and letter.state == "waiting":
            letter.state, letter.printed_at, letter.printed_by = "printed", now, account_id
            session.add(letter)
            end_listed(session, letter.message_id, now)
            count += 1
    return count
