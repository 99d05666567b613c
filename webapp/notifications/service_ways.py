"""Ways to reach people: added, listed for whoever delivers, found out of use, stopped, forgotten with what they are about."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, delete, select

from webapp.config import Settings
from webapp.kit.clock import day_of
from webapp.kit.crypto import CannotOpen, keyed_hash, seal, unseal_with_any
from webapp.kit.ids import is_token, new_id, new_token
from webapp.notifications.rules_ways import CHANNELS, same_as
from webapp.notifications.service_release import let_go, lock_way
from webapp.notifications.tables import Way
from webapp.outbox.service import News, enqueue, forget_waiting
from webapp.outbox.service_claims import hasten

MOST_DEVICES = 10


@dataclass(frozen=True, slots=True)
class OpenWay:
    """A way whose details lie open: whom a push, mail, call or letter goes to. A mail's `details` hold its stop token."""

    id: str
    about: str
    channel: str
    voice: str
    details: dict[str, str]
    made_at: datetime


def list_ways(session: Session, about: str, master_keys: Sequence[bytes]) -> list[OpenWay]:
    """Return the ways to tell somebody that are not known to be gone, in the order they are tried."""
    return _open_ways(session, about, master_keys, gone=False)


def list_gone(session: Session, about: str, master_keys: Sequence[bytes]) -> list[OpenWay]:
    """Return the ways that were found to lead nowhere any more."""
    return _open_ways(session, about, master_keys, gone=True)


def _open_ways(session: Session, about: str, master_keys: Sequence[bytes], gone: bool) -> list[OpenWay]:
    """Return the ways that can be opened, in the order they are tried."""
    rows = [row for row in session.exec(select(Way).where(Way.about == about)) if (row.gone_at is not None) == gone]
    found = [way for row in rows if (way := open_way(row, master_keys)) is not None]
    return sorted(found, key=lambda way: (CHANNELS.index(way.channel), way.made_at))


def open_way(row: Any, master_keys: Sequence[bytes]) -> OpenWay | None:
    """Return a way with its details; None where no key of the ward opens it any more."""
    try:
        details = json.loads(unseal_with_any(master_keys, row.sealed, _place(row.id)))
    except CannotOpen:
        return None
    return OpenWay(row.id, row.about, row.channel, row.voice, details, row.made_at)


def add_way(
    session: Session, about: str, channel: str, voice: str, details: Mapping[str, str], settings: Settings, now: datetime
) -> str:  # fmt: skip
    """Note a way and have what still waits for one told over it at once; return its id.

    The same again is one way. There may be several devices, but one mail address, one number and one letter address: a new
    one takes the old one's place, and calls or letters that wait go there.
    """
    lookup = _lookup(about, channel, details, settings)
    row = _find_row(session, about, channel, lookup)
    is_new = row is None or row.lookup != lookup or row.gone_at is not None
    row = row or Way(id=new_id(), about=about, channel=channel, lookup=lookup, voice=voice, sealed=b"", made_at=now)
    row.lookup, row.voice, row.gone_at = lookup, voice, None
    row.made_at = now if is_new else row.made_at
    kept = dict(details)
    if channel == "mail":
        kept["stop"] = _stop_token(row, is_new, settings)
    row.sealed = seal(settings.master_keys[0], json.dumps(kept).encode(), _place(row.id))
    session.add(row)
    session.flush()
    if channel == "push":
        _drop_oldest(session, about)
    if is_new and channel == "mail":
        welcome = News(
            "way-added", about, voice, f"way-added|{row.id}|{row.lookup.hex()[:16]}", {"day": day_of(now).isoformat()}
        )
        forget_waiting(session, about, welcome.kind)  # it would go to this address, too
        enqueue(session, welcome, settings.master_keys[0], now)
    hasten(session, about, now)
    return row.id


def _find_row(session: Session, about: str, channel: str, lookup: bytes) -> Any:
    """Return the row that a way takes: its own, or, where there is one of a channel, that one."""
    query = select(Way).where(Way.about == about, Way.channel == channel)
    return session.exec(query.where(Way.lookup == lookup) if channel == "push" else query).first()


def _stop_token(row: Any, is_new: bool, settings: Settings) -> str:
    """Return the token that stops a mail way: the one it has, or a new one for a new address."""
    before = open_way(row, settings.master_keys) if row.sealed and not is_new else None
    token = before.details.get("stop") if before else None
    if token is None:
        token = new_token()
        row.stop_lookup = _stop_lookup(token, settings)
    return token


def _drop_oldest(session: Session, about: str) -> None:
    """Keep the newest devices."""
    rows = session.exec(
        select(Way).where(Way.about == about, Way.channel == "push").order_by(Way.made_at.desc())  # type: ignore[attr-defined]  # a column
    ).all()
    for row in rows[MOST_DEVICES:]:
        session.delete(row)


def mark_gone(session: Session, way_id: str, now: datetime) -> None:
    """Note that a way leads nowhere any more; whatever else waits on it is told another way."""
    row = lock_way(session, way_id)
    if row is not None and row.gone_at is None:
        row.gone_at = now
        session.add(row)
        let_go(session, way_id, now)


def stop_way(session: Session, about: str, way_id: str, now: datetime) -> bool:
    """Erase one way of something; tell whether it was there. What waits on it is told another way, or as soon as there is one."""
    row = lock_way(session, way_id)
    if row is None or row.about != about:
        return False
    let_go(session, way_id, now)
    session.delete(row)
    session.flush()
    return True


def stop_by_token(session: Session, token: str, settings: Settings, now: datetime) -> bool:
    """Erase the way that a mail's stop link names; tell whether it was there."""
    if not is_token(token):
        return False
    row = session.exec(select(Way).where(Way.stop_lookup == _stop_lookup(token, settings))).first()
    return row is not None and stop_way(session, row.about, row.id, now)


def forget_ways(session: Session, about: str) -> None:
    """Erase every way of something that is erased itself, with the calls and letters that wait on them."""
    session.exec(delete(Way).where(Way.about == about))  # type: ignore[arg-type]  # SQLModel types columns as values


def find_reachable(session: Session, abouts: Iterable[str]) -> set[str]:
    """Return those of some ids that somebody can be told about."""
    wanted = list(abouts)
    query = select(Way.about).where(Way.about.in_(wanted), Way.gone_at == None)  # type: ignore[attr-defined]  # noqa: E711  # as above
    return set(session.exec(query)) if wanted else set()


def name_mail(address: str, settings: Settings) -> str:
    """Return a word that stands for a mail address wherever it is given, to count by; it cannot be read back."""
    return keyed_hash(settings.pepper, f"mail|{same_as('mail', {'address': address})}").hex()


def _lookup(about: str, channel: str, details: Mapping[str, str], settings: Settings) -> bytes:
    """Return the hash that makes the same device or address given twice one way."""
    return keyed_hash(settings.pepper, f"way|{about}|{channel}|{same_as(channel, details)}")


def _stop_lookup(token: str, settings: Settings) -> bytes:
    """Return the hash under which a stop token is found."""
    return keyed_hash(settings.pepper, f"stop|{token}")


def _place(way_id: str) -> str:
    """Return the place that a way's details are sealed for."""
    return f"notice_way|{way_id}|sealed"
