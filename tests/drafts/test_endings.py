"""What ends is told three days before, once, to those who want it; and with a draft its ways and messages go."""

from datetime import timedelta

from sqlmodel import select

from tests.notifications.helping import CALL, make_slip, rows, send_something
from webapp.drafts.jobs import erase_draft, remind_of_ends
from webapp.drafts.service_stores import REAL
from webapp.drafts.tables import Draft
from webapp.kit.clock import now, today
from webapp.kit.database import open_session
from webapp.notifications.tables import Way
from webapp.outbox.tables import Message


def test_those_who_want_it_are_told_three_days_before_a_draft_ends_once(resident, app, settings):
    told, untold = make_slip(resident), make_slip(resident)
    resident.post(f"{told}/notices/call", CALL)
    engine = app.extensions["engine"]
    with open_session(engine) as session:
        for draft in session.exec(select(Draft)):
            draft.expires_on = today() + timedelta(days=3)
    for _ in range(2):
        with open_session(engine) as session:
            remind_of_ends(session, now(), settings)
    (row,) = rows(app, Message)
    assert (row.kind, row.about) == ("draft-ending", told.rsplit("/", 1)[1])
    assert untold.rsplit("/", 1)[1] != row.about


def test_a_hand_over_that_ends_is_told_of(family, app, settings):
    resident, base = family
    resident.hurry(base)
    resident.send(base)
    resident.post(f"{base}/notices/call", CALL)
    with open_session(app.extensions["engine"]) as session:
        assert remind_of_ends(session, now() + timedelta(days=12), settings) == 1
    assert sorted(row.kind for row in rows(app, Message)) == ["hand-over-ending", "received"]


def test_with_a_draft_its_ways_and_messages_go(resident, app, settings):
    base, other = send_something(resident), send_something(resident)
    for one in (base, other):
        resident.post(f"{one}/notices/call", CALL)
    with open_session(app.extensions["engine"]) as session:
        erase_draft(session, REAL, base.rsplit("/", 1)[1], settings.data_dir)
    assert {row.about for row in (*rows(app, Way), *rows(app, Message))} == {other.rsplit("/", 1)[1]}
