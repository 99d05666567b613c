"""Boxes of kept facts: only the holder's secrets open them, what is erased is gone, and nobody's change is lost."""

import json
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timedelta, timezone
from threading import Barrier

import pytest
from sqlmodel import Session, col, select, update

from tests.facts.keeping import DAYS, NOW, SCOPE, TARO, TITLE, TODAY, content, count, person, read, save
from webapp.facts.jobs import erase_expired_boxes
from webapp.facts.rules_reuse import (
    KeptContent,
    Use,
)
from webapp.facts.service_kept import add_holder, erase_box, find_box, forget, holder_lookup, keep, note_uses
from webapp.facts.tables import KeptBox, KeptWay
from webapp.kit.crypto import CannotOpen, new_key, unseal
from webapp.kit.database import open_session


def test_only_the_secrets_of_the_holder_open_a_box(engine):
    secret, other = new_key(), new_key()
    save(engine, secret, content(a="1"))
    assert read(engine, secret) == content(a="1")
    assert read(engine, other, secret) == content(a="1")
    assert read(engine, other) is None
    assert read(engine) is None


def test_another_secret_opens_a_box_once_it_is_added(engine):
    secret, other = new_key(), new_key()
    save(engine, secret, content(a="1"))
    for _ in range(2):
        with open_session(engine) as session:
            add_holder(session, find_box(session, [secret], write=True), other)
    assert read(engine, other) == content(a="1")
    assert count(engine, KeptWay) == 2


def test_secret_that_opens_a_box_of_its_own_keeps_to_that_one(engine):
    mine, theirs = new_key(), new_key()
    own = save(engine, mine, content(a="mine"))
    save(engine, theirs, content(a="theirs"), now=NOW + timedelta(days=1))
    with open_session(engine) as session:
        add_holder(session, find_box(session, [theirs]), mine)
    assert read(engine, mine) == content(a="mine")
    assert read(engine, mine, theirs) == content(a="theirs")
    assert save(engine, mine, content(b="more"), [theirs]) == own
    assert read(engine, theirs) == content(a="theirs")


def test_copy_of_sealed_content_in_another_row_does_not_open(engine):
    secret, other = new_key(), new_key()
    source, target = save(engine, secret, content(a="1")), save(engine, other, content(a="2"))
    with open_session(engine) as session:
        row = session.get(KeptBox, source)
        way = session.get(KeptWay, holder_lookup(secret))
        session.exec(update(KeptBox).where(col(KeptBox.id) == target).values(sealed_content=row.sealed_content))
        session.exec(update(KeptWay).where(col(KeptWay.box_id) == source).values(box_id=target))
        assert way is not None
    assert read(engine, other) is None
    assert read(engine, secret) is None


def test_box_that_was_tampered_with_does_not_stand_in_the_way_of_a_new_one(engine):
    secret = new_key()
    broken = save(engine, secret, content(a="1"))
    with open_session(engine) as session:
        session.exec(update(KeptBox).values(sealed_content=b"\x01" + bytes(60)))
    assert read(engine, secret) is None
    assert save(engine, secret, content(a="2")) != broken
    assert read(engine, secret) == content(a="2")


def test_what_lies_in_the_table_tells_nothing(engine):
    secret = new_key()
    save(engine, secret, content(illness="asthma"))
    with Session(engine) as session:
        row, way = session.exec(select(KeptBox)).one(), session.exec(select(KeptWay)).one()
        stored = b"".join((row.sealed_content, way.lookup, way.wrapped_key))
    assert not any(word in stored for word in (b"illness", b"asthma", secret))
    with pytest.raises(CannotOpen):
        unseal(secret, row.sealed_content, f"kept_box|{row.id}|content")


def test_saving_again_joins_counts_and_moves_the_day_of_erasure(engine):
    secret, later = new_key(), NOW + timedelta(days=3)
    first = save(engine, secret, content(a="1"))
    assert save(engine, new_key(), content(b="2"), [secret], now=later) == first
    with Session(engine) as session:
        row = session.exec(select(KeptBox)).one()
        assert (row.version, row.saved_at, row.expires_on) == (2, later, TODAY + timedelta(days=DAYS + 3))
    assert read(engine, secret) == content(a="1", b="2")
    assert count(engine, KeptWay) == 2


def test_day_of_erasure_is_a_day_of_the_ward(engine):
    save(engine, new_key(), content(a="1"), now=datetime(2026, 11, 24, 15, 0, tzinfo=timezone.utc))
    with Session(engine) as session:
        assert session.exec(select(KeptBox)).one().expires_on == TODAY + timedelta(days=DAYS + 1)


def test_erased_fact_is_gone_from_the_box(engine):
    secret = new_key()
    kept = KeptContent(content(illness="asthma", b="2").facts, [person("p", TARO, "1980-01-02")], "p")
    kept.uses = [Use("illness", TITLE, SCOPE, "2026-11-24")]
    save(engine, secret, kept)
    with open_session(engine) as session:
        forget(session, find_box(session, [secret], write=True), key="illness")
    with open_session(engine) as session:
        forget(session, find_box(session, [secret], write=True), person="p")
    with Session(engine) as session:
        box = find_box(session, [secret])
        plain = unseal(box.key, box.row.sealed_content, f"kept_box|{box.row.id}|content")
        assert box.row.version == 3
    assert not any(word in plain for word in (b"illness", b"asthma", b"1980", json.dumps("山田 太郎").encode()[1:-1]))
    assert KeptContent.from_json(plain) == content(b="2")


def test_uses_keep_the_title_of_what_they_were_for(engine):
    secret, use = new_key(), Use("a", "なくなった手続き", "gone", "2026-11-25")
    save(engine, secret, content(a="1"))
    with open_session(engine) as session:
        note_uses(session, find_box(session, [secret], write=True), [use, use], NOW + timedelta(days=1))
    assert read(engine, secret).uses == [use]
    assert read(engine, secret).facts == content(a="1").facts


def test_erased_box_leaves_nothing_and_comes_back_by_nobody(engine):
    secret = new_key()
    save(engine, secret, content(a="1"))
    save(engine, new_key(), content(b="2"))
    with Session(engine) as tab:
        stale = find_box(tab, [secret])
    with open_session(engine) as session:
        erase_box(session, find_box(session, [secret], write=True))
        assert find_box(session, [secret]) is None
    with open_session(engine) as session:
        note_uses(session, stale, [Use("a", TITLE, SCOPE, "2026-11-24")], NOW)
        forget(session, stale, key="a")
        add_holder(session, stale, new_key())
    assert (count(engine, KeptBox), count(engine, KeptWay)) == (1, 1)
    assert save(engine, secret, content(c="3")) != stale.row.id
    assert read(engine, secret) == content(c="3")


def test_expired_box_goes_with_its_ways_and_others_stay(engine):
    secret, other = new_key(), new_key()
    save(engine, secret, content(a="1"))
    save(engine, new_key(), content(b="2"), [secret])
    save(engine, other, content(c="3"), now=NOW + timedelta(days=1))
    with open_session(engine) as session:
        assert erase_expired_boxes(session, TODAY + timedelta(days=DAYS)) == 0
        assert erase_expired_boxes(session, TODAY + timedelta(days=DAYS + 1)) == 1
    assert (count(engine, KeptBox), count(engine, KeptWay)) == (1, 1)
    assert read(engine, secret) is None
    assert read(engine, other) == content(c="3")


@pytest.mark.parametrize("has_box", [False, True], ids=["no box yet", "box"])
def test_eight_requests_that_save_at_once_lose_nothing(engine, has_box):
    shared, tabs, start = new_key(), [new_key() for _ in range(8)], Barrier(8)
    if has_box:
        save(engine, shared, content(before="1"))

    def request(number: int) -> str:
        start.wait()
        return save(engine, tabs[number], content(**{f"f{number}": "x"}), [shared, *tabs])

    with ThreadPoolExecutor(8) as pool:
        boxes = set(pool.map(request, range(8)))
    assert len(boxes) == count(engine, KeptBox) == 1
    assert set(read(engine, tabs[0]).facts) == {f"f{n}" for n in range(8)} | ({"before"} if has_box else set())


def test_request_that_would_make_a_second_box_waits_for_the_first(engine):
    first, second = new_key(), new_key()
    with ThreadPoolExecutor(1) as pool:
        with open_session(engine) as session:
            box_id = keep(session, [first, second], first, content(a="1"), NOW, DAYS).row.id
            waiting = pool.submit(save, engine, second, content(b="2"), [first])
            assert not wait([waiting], timeout=0.5).done
        assert waiting.result() == box_id
    assert read(engine, second) == content(a="1", b="2")


def test_change_of_a_box_that_was_opened_before_another_saved_loses_nothing(engine):
    secret = new_key()
    save(engine, secret, content(a="1", b="2"))
    with Session(engine) as tab:
        stale = find_box(tab, [secret])
    save(engine, secret, content(c="3"))
    with open_session(engine) as session:
        forget(session, stale, key="a")
        note_uses(session, stale, [Use("b", TITLE, SCOPE, "2026-11-24")], NOW)
        assert set(stale.content.facts) == {"b", "c"}
    assert set(read(engine, secret).facts) == {"b", "c"}
    assert len(read(engine, secret).uses) == 1
