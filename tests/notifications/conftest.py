"""What delivery tests begin with: a clock that stands, a push service of their own, a ward whose outbox is emptied by hand."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy.engine import Engine

from tests.notifications.mail_server import MailServer, Taken
from tests.notifications.push_service import PushService
from tests.notifications.waiting import Clock, Waiting, make_waiting
from webapp.config import Settings


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands at noon in the ward."""
    return Clock()


@pytest.fixture
def push_service(clock: Clock) -> Iterator[PushService]:
    """Yield a push service that goes by the same clock; a message of ours that it could not take is a fault."""
    service = PushService(clock)
    yield service
    service.stop()
    assert service.faults == []


@pytest.fixture
def ward(settings: Settings, sqlite_engine: Engine, push_service: PushService, clock: Clock) -> Waiting:
    """Return a ward on SQLite."""
    return make_waiting(sqlite_engine, settings, push_service, clock)


@pytest.fixture
def any_ward(settings: Settings, engine: Engine, push_service: PushService, clock: Clock) -> Waiting:
    """Return a ward on each database in turn."""
    return make_waiting(engine, settings, push_service, clock)


@pytest.fixture
def taken():
    """Return what the mail server gets."""
    return Taken()


@pytest.fixture
def server(taken):
    """Yield a running mail server."""
    controller = MailServer(taken)
    controller.start()
    yield controller
    controller.stop()
    controller.loop.close()


@pytest.fixture
def ours(settings, server):
    """Return settings that know the mail server."""
    return replace(settings, smtp_url=f"smtp://127.0.0.1:{server.port}", mail_from="notice@madoguchi.example.jp")
