"""Drafts, slips and sending on both databases: what one browser writes only its own secrets open, and it is sent once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from sqlmodel import Session, select

from tests.drafts.making import make_book
from tests.drafts.test_plan import DICTIONARY, KEYS, make_procedure
from webapp.applications.service import Applications, list_statuses, read_sent
from webapp.applications.service_erasing import erase_due
from webapp.applications.service_vault import open_vault
from webapp.applications.tables import Application
from webapp.drafts.jobs import erase_expired, forget_old_tries
from webapp.drafts.service import begin_draft, find_draft, let_go, save_draft
from webapp.drafts.service_held import list_held
from webapp.drafts.service_slips import find_wait, get_slip, note_wrong_try, open_by_code, open_by_token
from webapp.drafts.service_stores import REAL
from webapp.drafts.service_submit import NotReady, Sending, submit
from webapp.drafts.tables import Draft, Tries, WayIn
from webapp.kit.crypto import new_key
from webapp.kit.database import open_session
from webapp.procedures.rules import Ask

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=timezone.utc)
PROCEDURES = {"p": make_procedure("p", [Ask(fact=KEYS[0]), Ask(fact=KEYS[1])])}
BOOK = make_book(PROCEDURES, DICTIONARY)
SETTINGS = SimpleNamespace(draft_days=30, keep_days=1825)
ANSWERS = {KEYS[0]: "yes", KEYS[1]: "no"}


@pytest.fixture
def secret() -> bytes:
    """Return a browser's secret."""
    return new_key()


def begin(engine, secret: bytes, answers=None, store=REAL) -> str:
    """Begin a draft with answers and return its id."""
    with open_session(engine) as session:
        draft = begin_draft(session, store, BOOK, "ja", secret, NOW, SETTINGS)
        draft.answers = dict(answers or {})
        save_draft(session, draft, NOW, SETTINGS)
        return draft.row.id


def send(engine, settings, draft_id: str, secret: bytes, version: int | None = None):
    """Send a draft as a request does."""
    with open_session(engine) as session:
        draft = find_draft(session, REAL, draft_id, secret, write=True)
        made, _ = draft.plan(BOOK, NOW.date())
        shown = draft.row.version if version is None else version
        return submit(session, draft, Sending(BOOK, made, tuple(PROCEDURES.values()), shown), settings, NOW)


def test_only_the_browser_that_began_a_draft_opens_it(engine, secret):
    draft_id = begin(engine, secret, ANSWERS)
    with open_session(engine) as session:
        assert find_draft(session, REAL, draft_id, secret, write=False).answers == ANSWERS
        assert find_draft(session, REAL, draft_id, new_key(), write=False) is None
        assert find_draft(session, REAL, draft_id, None, write=False) is None


def test_draft_that_expired_leaves_no_row(engine, secret, settings):
    begin(engine, secret, ANSWERS)
    with open_session(engine) as session:
        assert erase_expired(session, REAL, NOW.date() + timedelta(days=30), settings.data_dir) == 0
        assert erase_expired(session, REAL, NOW.date() + timedelta(days=31), settings.data_dir) == 1
        assert not list(session.exec(select(WayIn)))
        assert not list(session.exec(select(Draft)))


def test_slip_stays_the_same_and_opens_by_code_and_by_token(engine, secret, settings):
    draft_id = begin(engine, secret, ANSWERS)
    with open_session(engine) as session:
        draft = find_draft(session, REAL, draft_id, secret, write=True)
        slip = get_slip(session, draft, settings.pepper)
    with open_session(engine) as session:
        assert get_slip(session, find_draft(session, REAL, draft_id, secret, write=True), settings.pepper) == slip
        assert open_by_code(session, REAL, slip.number, slip.code, settings.pepper).answers == ANSWERS
        assert open_by_token(session, REAL, slip.token, settings.pepper).answers == ANSWERS
        assert open_by_code(session, REAL, slip.number, slip.code, b"another pepper") is None
        assert open_by_code(session, REAL, slip.number, "0" * 12, settings.pepper) is None


def test_browser_that_lets_go_holds_nothing(engine, secret):
    draft_id = begin(engine, secret)
    with open_session(engine) as session:
        assert [row.id for row in list_held(session, secret)] == [draft_id]
        let_go(session, secret)
    with open_session(engine) as session:
        assert list_held(session, secret) == []


def test_waits_double_and_end(engine, settings):
    whos = {"number": "n"}
    waits = []
    with open_session(engine) as session:
        for _ in range(12):
            note_wrong_try(session, whos, NOW, settings.pepper)
            waits.append(find_wait(session, whos, NOW, settings.pepper))
        assert waits[:4] == [None] * 4
        minutes = [wait.total_seconds() / 60 for wait in waits[4:]]
        assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]
        assert find_wait(session, whos, NOW + timedelta(hours=1), settings.pepper) is None
        forget_old_tries(session, NOW + timedelta(days=2))
        assert not list(session.exec(select(Tries)))


def test_sending_records_what_was_asked_once_and_keeps_it_for_the_ward_and_the_resident(engine, secret, settings):
    draft_id = begin(engine, secret, {**ANSWERS, KEYS[5]: "yes"})
    first, again = (send(engine, settings, draft_id, secret, version=1) for _ in range(2))
    assert first == again
    assert [status.state for status in first] == ["received"]
    with open_session(engine) as session:
        draft = find_draft(session, REAL, draft_id, secret, write=False)
        assert draft.answers == {}
        assert [one.answers for one in read_sent(session, Applications.REAL, draft_id, draft.key)] == [ANSWERS]
        assert len(list_statuses(session, Applications.REAL, draft_id)) == 1


def test_unfinished_or_changed_draft_is_not_sent(engine, secret, settings):
    draft_id = begin(engine, secret, {KEYS[0]: "yes"})
    assert send(engine, settings, draft_id, secret) == NotReady((KEYS[1],), False)
    whole = begin(engine, secret, ANSWERS)
    assert send(engine, settings, whole, secret, version=0) == NotReady((), True)
    with Session(engine) as session:
        assert not list(session.exec(select(Application)))


def test_eight_parallel_sends_make_one_application(engine, secret, settings):
    draft_id = begin(engine, secret, ANSWERS)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: send(engine, settings, draft_id, secret, version=1), range(8)))
    assert all(result == results[0] for result in results)
    with Session(engine) as session:
        assert len(list(session.exec(select(Application)))) == 1


def test_application_is_erased_when_its_time_is_over(engine, secret, settings):
    draft_id = begin(engine, secret, ANSWERS)
    send(engine, settings, draft_id, secret)
    last, vault = NOW + timedelta(days=settings.keep_days), open_vault(settings)
    with open_session(engine) as session:
        assert not erase_due(session, Applications.REAL, vault, last).drafts
        assert erase_due(session, Applications.REAL, vault, last + timedelta(days=1)).drafts == {draft_id}
        assert not list(session.exec(select(Application)))
