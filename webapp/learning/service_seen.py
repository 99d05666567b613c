"""Who is here: hundreds of browsers tell it every two seconds, so it is gathered in memory and written together."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import col, update

from webapp.kit.database import open_session
from webapp.learning.tables import Learner

SEEN_EVERY = timedelta(seconds=20)
WRITTEN_EVERY = timedelta(seconds=3)


@dataclass
class _Gathered:
    """Whom this process saw since it wrote last, and when it writes again."""

    ids: set[str] = field(default_factory=set)
    next_at: datetime | None = None


_lock = Lock()
_gathered: WeakKeyDictionary[Engine, _Gathered] = WeakKeyDictionary()


def note_seen(engine: Engine, learner_id: str, seen_at: datetime, now: datetime) -> None:
    """Note that a learner's browser was here, about every 20 seconds; written every few seconds for all together.

    One write for each of four hundred browsers kept the database locked so long that polls waited for each other. Nothing
    depends on it: what is lost when the process ends, or where the database is busy, the next poll notes again.
    """
    if now - seen_at < SEEN_EVERY:
        return
    ids = _gather(engine, learner_id, now)
    if ids:
        _write(engine, ids, now)


def _gather(engine: Engine, learner_id: str, now: datetime) -> set[str]:
    """Put somebody to those who are not written yet; return all of them if it is time to write."""
    with _lock:
        known = _gathered.setdefault(engine, _Gathered())
        known.ids.add(learner_id)
        if known.next_at is not None and now < known.next_at <= now + WRITTEN_EVERY:
            return set()
        ids, known.ids = known.ids, set()
        known.next_at = now + WRITTEN_EVERY
        return ids


def _write(engine: Engine, ids: set[str], now: datetime) -> None:
    """Write that people were here, in a short transaction of its own."""
    try:
        with open_session(engine) as session:
            session.exec(update(Learner).where(col(Learner.id).in_(sorted(ids))).values(seen_at=now))
    except OperationalError:
        return
