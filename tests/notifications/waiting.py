"""What delivery tests share: a clock that is moved by hand, a ward with a push service, messages that wait."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

from sqlalchemy.engine import Engine
from sqlmodel import Session, SQLModel, select

from tests.notifications.push_service import Device, PushService
from webapp.config import Settings
from webapp.kit.database import open_session
from webapp.notifications.service_delivery import Deliverer, make_deliverer
from webapp.notifications.service_ways import add_way
from webapp.notifications.tables import Attempt
from webapp.outbox.service import News, enqueue
from webapp.outbox.tables import Message

NOON = datetime(2026, 11, 27, 3, 0, tzinfo=timezone.utc)
"""Noon in the ward."""

CALL = {"number": "0312345678", "name": "すぎなみ 花子", "hours": "any"}
LETTER = {"name": "すぎなみ 花子", "postal": "1660004", "lines": "阿佐谷南1-15-1"}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        """Return the moment."""
        return self.moment

    def pass_time(self, **span: float) -> None:
        """Move on."""
        self.moment += timedelta(**span)


@dataclass
class Waiting:
    """A ward whose outbox is emptied by hand."""

    engine: Engine
    settings: Settings
    clock: Clock
    service: PushService

    @property
    def deliverer(self) -> Deliverer:
        """Return a new deliverer, as another worker would be."""
        return make_deliverer(self.settings, self.engine, self.clock)

    def new_about(self) -> str:
        """Return an opaque id."""
        return secrets.token_hex(12)

    def add(self, about: str, channel: str, details: Mapping[str, str], voice: str = "ja") -> str:
        """Add a way."""
        with open_session(self.engine) as session:
            return add_way(session, about, channel, voice, dict(details), self.settings, self.clock())

    def add_device(self, about: str, voice: str = "ja") -> Device:
        """Subscribe a device."""
        device = self.service.subscribe()
        self.add(about, "push", device.details, voice)
        return device

    def tell(self, about: str, kind: str = "received", day: str = "2026-12-01", due: datetime | None = None) -> str:
        """Put a message into the outbox and return its id."""
        once = f"{kind}|{secrets.token_hex(8)}"
        with open_session(self.engine) as session:
            news = News(kind, about, "ja", once, {"day": day})
            enqueue(session, news, self.settings.master_keys[0], self.clock(), due)
        with Session(self.engine) as session:
            return session.exec(select(Message.id).where(Message.once == once)).one()

    def deliver(self) -> int:
        """Deliver until nothing is due; return how many steps that took."""
        deliverer, steps = self.deliverer, 0
        while deliverer.deliver_next():
            steps += 1
            assert steps < 100, "the same message comes again and again"
        return steps

    def message(self, message_id: str) -> Message:
        """Return a message as it lies in the database."""
        with Session(self.engine) as session:
            return session.exec(select(Message).where(Message.id == message_id)).one()

    def attempts(self, message_id: str) -> Sequence[Attempt]:
        """Return what was tried, in order."""
        with Session(self.engine) as session:
            return session.exec(
                select(Attempt).where(Attempt.message_id == message_id).order_by(Attempt.began_at, Attempt.id)
            ).all()

    def rows(self, table: type[SQLModel]) -> Sequence[SQLModel]:
        """Return every row of a table."""
        with Session(self.engine) as session:
            return session.exec(select(table)).all()


def make_waiting(engine: Engine, settings: Settings, service: PushService, clock: Clock, **changes: object) -> Waiting:
    """Return a ward on a database with its push service."""
    known = {"push_hosts": (service.origin,), "public_url": "https://madoguchi.example.jp", **changes}
    return Waiting(engine, replace(settings, **known), clock, service)  # type: ignore[arg-type]  # names of settings
