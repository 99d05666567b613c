"""Writing to the outbox: any room may, in the transaction of the event itself. Sending is another room's work."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, or_, select

from webapp.kit.crypto import seal, unseal_with_any
from webapp.kit.ids import new_id
from webapp.outbox.rules import BY_PEOPLE, UNTOLD
from webapp.outbox.tables import Message


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell. `kind` is a folder of texts (content/messages), `about` an opaque id whose ways it goes to.

    `once` names the event, so that telling it twice is telling it once; `params` are plain words that its texts need.
    """

    kind: str
    about: str
    voice: str
    once: str
    params: Mapping[str, str] = field(default_factory=dict)


def enqueue(session: Session, news: News, master_key: bytes, now: datetime, due_at: datetime | None = None) -> None:
    """Write one row, at once or due later; the same event again changes nothing."""
    if session.exec(select(Message.id).where(Message.once == news.once)).first() is not None:
        return
    row = Message(
        id=new_id(), once=news.once, about=news.about, kind=news.kind, voice=news.voice, made_at=now, due_at=due_at or now
    )  # fmt: skip
    row.sealed_content = seal(master_key, json.dumps(dict(news.params)).encode(), _place(row.id))
    session.add(row)


def open_params(row: Any, master_keys: Sequence[bytes]) -> dict[str, str]:
    """Return the words that a row's texts need. Raises CannotOpen."""
    params: dict[str, str] = json.loads(unseal_with_any(master_keys, row.sealed_content, _place(row.id)))
    return params


def _place(message_id: str) -> str:
    """Return the place that a row's content is sealed for."""
    return f"outbox|{message_id}|content"


def forget_about(session: Session, about: str) -> None:
    """Erase everything that was to be told, or was told, about something that is erased itself."""
    session.exec(delete(Message).where(Message.about == about))  # type: ignore[arg-type]  # SQLModel types columns as values


def forget_waiting(session: Session, about: str, kind: str) -> None:
    """Erase messages of one kind that nobody has begun to deliver, before a newer one takes their place."""
    unheld = (Message.about == about, Message.kind == kind, Message.state == "waiting", Message.lease_by == "")
    session.exec(delete(Message).where(*unheld))  # type: ignore[arg-type]  # SQLModel types columns as values


def withdraw(session: Session, once: str, now: datetime) -> None:
    """Stop telling an event that is not true any more, in the transaction that ended it; what was told stays told, but once.

    Also one that found nobody is stopped: a way added later would have it told after all. A letter that was printed is not
    printed again.
    """
    _stop(session, now, Message.once == once)


def withdraw_kinds(session: Session, about: str, kinds: Sequence[str], now: datetime) -> None:
    """Stop everything of some kinds that is still to be told about something."""
    _stop(session, now, Message.about == about, col(Message.kind).in_(kinds))


def _stop(session: Session, now: datetime, *which: Any) -> None:
    """Stop what is not told yet, or could be told again. A worker that holds one finds that it does not any more."""
    told_by_people = (col(Message.state) == "sent") & col(Message.channel).in_(BY_PEOPLE)
    query = select(Message).where(*which, or_(col(Message.state).in_(UNTOLD), told_by_people)).with_for_update()
    for row in session.exec(query.execution_options(populate_existing=True)):
        if row.state == "sent":
            row.state = "overtaken"
            continue
        row.state, row.ended_at, row.lease_by, row.lease_until = "stopped", now, "", None
        session.add(row)


def find_news(session: Session, message_id: str, master_keys: Sequence[bytes]) -> News | None:
    """Return what a message tells, for staff who call or write; None if it was erased. Raises CannotOpen."""
    row = session.get(Message, message_id)
    if row is None:
        return None
    return News(row.kind, row.about, row.voice, row.once, open_params(row, master_keys))


def give_up(session: Session, message_id: str, now: datetime) -> None:
    """Staff could reach nobody with what was on their list; another way added later has it told after all."""
    row = session.get(Message, message_id)
    if row is not None and row.state == "listed":
        row.state, row.ended_at = "failed", now
        session.add(row)
