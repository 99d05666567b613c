"""The letters: which are to print, what stands in them, and back again where a printer failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import Session, col, select

from webapp.config import Settings
from webapp.kit.clock import WARD_ZONE, day_of
from webapp.kit.ids import is_id
from webapp.notifications.rules_days import is_late, is_over
from webapp.notifications.service_texts import LetterWords, MessageTexts, say_letter
from webapp.notifications.service_ways import open_way
from webapp.notifications.tables import LetterTask, Way
from webapp.outbox.service import find_news
from webapp.outbox.service_claims import end_listed, list_again, select_listed, select_told

MOST_LETTERS = 50
MOST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class OpenLetter:
    """A letter ready to print."""

    id: str
    voice: str
    name: str
    postal: str
    lines: tuple[str, ...]
    words: LetterWords


@dataclass(frozen=True, slots=True)
class ListedLetter:
    """A letter as the lists show it: nothing by which anybody could be known."""

    id: str
    day: date
    voice: str


def list_letters(session: Session) -> list[ListedLetter]:
    """Return the letters that wait, the oldest first."""
    query = select(LetterTask, Way.voice).where(
        LetterTask.way_id == Way.id, LetterTask.state == "waiting", col(LetterTask.message_id).in_(select_listed())
    )
    found = session.exec(query.order_by(col(LetterTask.made_at), col(LetterTask.id)).limit(MOST_LETTERS))
    return [ListedLetter(letter.id, day_of(letter.made_at), voice) for letter, voice in found]


def list_printed(session: Session, now: datetime) -> list[ListedLetter]:
    """Return the letters that were printed today and can be printed again: the latest pile first, in the order of its sheets."""
    midnight = datetime.combine(day_of(now), time(), WARD_ZONE).astimezone(now.tzinfo)
    query = select(LetterTask, Way.voice).where(
        LetterTask.way_id == Way.id, LetterTask.state == "printed", col(LetterTask.printed_at) >= midnight,
        col(LetterTask.message_id).in_(select_told()),
    )  # fmt: skip
    order = (col(LetterTask.printed_at).desc(), col(LetterTask.made_at), col(LetterTask.id))
    found = session.exec(query.order_by(*order).limit(MOST_SHOWN))
    return [ListedLetter(letter.id, day_of(letter.made_at), voice) for letter, voice in found]


def read_letters(
    session: Session, ids: Sequence[str], messages: Mapping[str, MessageTexts], settings: Settings, today: date
) -> list[OpenLetter]:
    """Return letters that wait, as they are printed, in the order they were asked for."""
    found = [_read_letter(session, one, messages, settings, today) for one in dict.fromkeys(ids) if is_id(one)]
    return [letter for letter in found if letter is not None]


def _read_letter(
    session: Session, letter_id: str, messages: Mapping[str, MessageTexts], settings: Settings, today: date
) -> OpenLetter | None:
    """Return one letter as it is printed; None for one that does not wait, cannot be read, or is not true any more."""
    letter = _find_waiting(session, letter_id)
    if letter is None:
        return None
    row, news = session.get(Way, letter.way_id), find_news(session, letter.message_id, settings.master_keys)
    way = open_way(row, settings.master_keys) if row else None
    if way is None or news is None or "letter" not in messages[news.kind].channels:
        return None
    if is_over(news.kind, news.params, today):
        return None
    late, to = is_late(news.kind, news.params, today), way.details
    words = say_letter(messages[news.kind], way.voice, news.params, late)
    return OpenLetter(letter.id, way.voice, to["name"], to["postal"], tuple(to["lines"].splitlines()), words)


def _find_waiting(session: Session, letter_id: str, lock: bool = False) -> LetterTask | None:
    """Return a letter that is to be printed, or None. With `lock` nobody else changes it until the request ends."""
    query = select(LetterTask).where(
        LetterTask.id == letter_id, LetterTask.state == "waiting", col(LetterTask.message_id).in_(select_listed())
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.exec(query).first()


def note_printed(session: Session, ids: Sequence[str], account_id: str, now: datetime) -> list[str]:
    """Note that letters were printed; return those that were not noted before."""
    noted = []
    for letter_id in _read_ids(ids):
        letter = _find_waiting(session, letter_id, lock=True)
        if letter is not None:
            letter.state, letter.printed_at, letter.printed_by = "printed", now, account_id
            session.add(letter)
            end_listed(session, letter.message_id, now)
            noted.append(letter_id)
    return noted


def print_again(session: Session, ids: Sequence[str], now: datetime) -> list[str]:
    """Put letters that were printed today back on the list; return those that are there again."""
    printed, back = {one.id for one in list_printed(session, now)}, []
    for letter_id in [one for one in _read_ids(ids) if one in printed]:
        letter = session.get(LetterTask, letter_id, with_for_update=True, populate_existing=True)
        if letter is not None and letter.state == "printed" and list_again(session, letter.message_id, now):
            letter.state, letter.printed_at, letter.printed_by = "waiting", None, ""
            session.add(letter)
            back.append(letter_id)
    return back


def _read_ids(ids: Sequence[str]) -> list[str]:
    """Return the ids among some words, each once, and not more than one page holds."""
    return [one for one in dict.fromkeys(ids) if is_id(one)][:MOST_SHOWN]
