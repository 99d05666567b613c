"""Spoken codes cannot be tried out: wrong ones count whatever was right in between, and however many come at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from tests.staff.counters import come_with, list_log, open_desk, spoken
from tests.staff.test_reissue import DOG, NAME, ask
from webapp.drafts.jobs import forget_old_tries
from webapp.drafts.service_slips import FREE_TRIES, find_wait, forget_tries, note_wrong_try
from webapp.kit.clock import now
from webapp.kit.database import open_session

PEPPER = b"p" * 32


def test_something_right_between_wrong_codes_is_no_new_beginning(desk, moved, app):
    resident, base = moved
    word = spoken(resident, base)
    for _ in range(9):
        assert desk.open("0" * 32).status_code == 422
    assert desk.open(word).status_code == 200
    assert desk.open("0" * 32).status_code == 422
    assert desk.open(word).status_code == 429
    assert len([one for one in list_log(app) if one == ("hand-over-not-found", "", "")]) == 10
    assert open_desk(app, name="tonari").open(word).status_code == 200
    with open_session(app.extensions["engine"]) as session:
        forget_old_tries(session, now() + timedelta(days=2))
    assert desk.open(word).status_code == 200, "slips of the hand do not add up for ever"


def test_another_slip_between_wrong_numbers_is_no_new_beginning_either(desk, app):
    resident, base = come_with(app, DOG, **NAME)
    number = resident.see(f"{base}/sent").split('<dd translate="no">')[1].split("<")[0]
    for _ in range(9):
        assert ask(desk, number, name="違う人").status_code == 422
    assert ask(desk, number).status_code == 200
    assert ask(desk, number, name="違う人").status_code == 422
    assert ask(desk, number).status_code == 429


def test_many_wrong_tries_at_the_same_moment_count_as_many_and_none_fails(engine):
    def try_one(_):
        with open_session(engine) as session:
            wait = find_wait(session, {"counter": "x"}, now(), PEPPER)
            if wait is None:
                note_wrong_try(session, {"counter": "x"}, now(), PEPPER)
            return wait

    with ThreadPoolExecutor(12) as pool:
        waits = list(pool.map(try_one, range(24)))
    assert sum(wait is None for wait in waits) == FREE_TRIES["counter"]


def test_right_and_wrong_tries_at_the_same_moment_do_not_fail(engine):
    def try_one(number):
        with open_session(engine) as session:
            find_wait(session, {"number": "n", "address": "a"}, now(), PEPPER)
            if number % 2:
                forget_tries(session, {"number": "n"}, PEPPER)
            else:
                note_wrong_try(session, {"number": "n", "address": "a"}, now(), PEPPER)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(try_one, range(16))) == [None] * 16
