"""Messages are claimed by one worker at a time, on both databases, and given back when a worker is gone."""

import secrets
import threading
import time
from datetime import datetime, timedelta, timezone

import pytest
from sqlmodel import Session, select

from webapp.kit.database import make_engine, open_session
from webapp.outbox.rules import LEASE, Standing
from webapp.outbox.service import News, enqueue, open_params
from webapp.outbox.service_claims import (
    claim_due,
    end_listed,
    erase_ended,
    finish,
    hasten,
    is_due,
    keep_claim,
    stand_on,
)
from webapp.outbox.tables import Message

NOON = datetime(2026, 11, 27, 3, 0, tzinfo=timezone.utc)
KEY = b"k" * 32
A, B = "a" * 24, "b" * 24


def put(engine, about=A, kind="received", due=None, moment=NOON):
    """Put a message into the outbox and return its id."""
    once = secrets.token_hex(8)
    with open_session(engine) as session:
        enqueue(session, News(kind, about, "ja", once, {"day": "2026-12-01"}), KEY, moment, due)
    with Session(engine) as session:
        return session.exec(select(Message.id).where(Message.once == once)).one()


def claim(engine, holder=A, moment=NOON):
    """Claim a message and commit."""
    with open_session(engine) as session:
        return claim_due(session, holder, moment)


def settle(engine, held, standing, tried_on="", moment=NOON):
    """Finish a claim and commit."""
    with open_session(engine) as session:
        return finish(session, held, standing, tried_on, moment)


def look(engine, message_id):
    """Return the row."""
    with Session(engine) as session:
        return session.get(Message, message_id)


def test_a_message_is_claimed_when_it_is_due_and_not_before(engine):
    put(engine, due=NOON + timedelta(days=3))
    with Session(engine) as session:
        assert not is_due(session, NOON)
    assert claim(engine) is None
    held = claim(engine, moment=NOON + timedelta(days=3))
    assert open_params(held, [KEY]) == {"day": "2026-12-01"}


def test_who_waits_longest_comes_first(engine):
    late, early = put(engine, moment=NOON), put(engine, moment=NOON - timedelta(hours=1))
    assert [claim(engine).id, claim(engine).id] == [early, late]


def test_a_held_message_is_nobody_elses_until_its_lease_is_over_and_then_it_counts_as_a_repeat(engine):
    message_id = put(engine)
    held = claim(engine, A)
    assert claim(engine, B, NOON + LEASE - timedelta(seconds=1)) is None
    again = claim(engine, B, NOON + LEASE + timedelta(seconds=1))
    assert again.id == message_id
    assert look(engine, message_id).repeats == 1
    assert not settle(engine, held, Standing("sent", "push", 0, NOON)), "whoever lost it writes nothing"
    assert settle(engine, again, Standing("sent", "push", 0, NOON))
    assert look(engine, message_id).state == "sent"


def test_a_kept_claim_lasts_longer(engine):
    put(engine)
    held = claim(engine, A)
    with open_session(engine) as session:
        assert keep_claim(session, held, NOON + timedelta(minutes=1))
    assert claim(engine, B, NOON + LEASE + timedelta(seconds=1)) is None
    assert claim(engine, B, NOON + LEASE + timedelta(minutes=1, seconds=1)) is not None
    with open_session(engine) as session:
        assert not keep_claim(session, held, NOON)


def test_giving_back_is_no_repeat(engine):
    message_id = put(engine)
    settle(engine, claim(engine), Standing("waiting", "push", 1, NOON + timedelta(minutes=1)))
    assert claim(engine, moment=NOON) is None
    held = claim(engine, moment=NOON + timedelta(minutes=1))
    assert (held.channel, held.tries, look(engine, message_id).repeats) == ("push", 1, 0)


def test_a_new_way_wakes_what_nobody_could_be_told_and_leaves_reminders_their_time(engine):
    unheard, other, ended = put(engine), put(engine, about=B), put(engine)
    reminder = put(engine, due=NOON + timedelta(days=20))
    ends = {unheard: "unheard", other: "unheard", ended: "sent"}
    while held := claim(engine):
        settle(engine, held, Standing(ends[held.id], "", 0, NOON))
    half_way = put(engine)
    settle(engine, claim(engine), Standing("waiting", "mail", 3, NOON + timedelta(hours=2)))
    later = NOON + timedelta(minutes=5)
    with open_session(engine) as session:
        hasten(session, A, later)
    woken = set()
    while held := claim(engine, moment=later):
        woken.add(held.id)
        assert (held.channel, held.tries) == ("", 0)
    assert woken == {unheard, half_way}
    assert look(engine, reminder).due_at == NOON + timedelta(days=20)
    assert look(engine, other).state == "unheard"
    assert look(engine, ended).state == "sent"


def test_a_new_way_that_comes_while_the_last_one_fails_is_not_overlooked(engine):
    message_id = put(engine)
    held = claim(engine)
    with open_session(engine) as session:
        stand_on(session, held, "mail", 0)
    with open_session(engine) as session:
        hasten(session, A, NOON)
    settle(engine, held, Standing("waiting", "call", 0, NOON), tried_on="mail")
    row = look(engine, message_id)
    assert (row.state, row.channel, row.due_at, row.lease_by) == ("waiting", "", NOON, "")


def test_a_new_way_waits_for_whoever_is_just_finding_nobody_to_tell(postgres_engine):
    """Without that, one worker would write `unheard` behind the back of the resident who has just added a way."""
    message_id = put(postgres_engine)
    began = threading.Event()

    def add_way():
        """Add a way as a request does."""
        began.set()
        with open_session(postgres_engine) as session:
            hasten(session, A, NOON)

    with open_session(postgres_engine) as session:
        held = claim_due(session, B, NOON)
        thread = threading.Thread(target=add_way)
        thread.start()
        began.wait()
        time.sleep(0.3)
        finish(session, held, Standing("unheard", "", 0, NOON), "", NOON)
    thread.join()
    assert look(postgres_engine, message_id).state == "waiting"


@pytest.mark.parametrize("lines", [6])
def test_several_workers_never_hold_the_same_message(engine, lines):
    wanted = {put(engine) for _ in range(40)}
    taken, faults = [], []

    def work():
        """Claim until nothing is left, with an own pool of connections as another process would have."""
        mine = make_engine(engine.url.render_as_string(hide_password=False))
        try:
            while held := claim(mine, secrets.token_hex(12)):
                taken.append(held.id)
                time.sleep(0.001)
                if not settle(mine, held, Standing("sent", "push", 0, NOON)):
                    faults.append(held.id)
        except Exception as error:
            faults.append(repr(error))
        finally:
            mine.dispose()

    threads = [threading.Thread(target=work) for _ in range(lines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while held := claim(engine):  # SKIP LOCKED may let the last ones stop a moment early
        taken.append(held.id)
    assert faults == []
    assert sorted(taken) == sorted(wanted)


def test_somebody_on_a_list_is_told_and_old_messages_go_but_for_open_work(engine):
    told, working = put(engine), put(engine)
    while held := claim(engine):
        settle(engine, held, Standing("listed", "call", 0, NOON))
    with open_session(engine) as session:
        end_listed(session, told, NOON)
    assert look(engine, told).state == "sent"
    with open_session(engine) as session:
        assert erase_ended(session, NOON, []) == 0
        assert erase_ended(session, NOON + timedelta(seconds=1), {working}) == 1
    assert (look(engine, told), look(engine, working).state) == (None, "listed")
