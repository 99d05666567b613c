"""Hand-overs on both databases: token, spoken code and the draft's key open them, the counter gets them exactly once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial
from itertools import product
from threading import Barrier
from time import thread_time
from timeit import repeat
from unittest.mock import Mock

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

import webapp.drafts.service_hand_over as service
from webapp.drafts.service_hand_over import Codes, Content, find_hand_over, look, look_by_code, read_own, renew
from webapp.drafts.tables import Draft, HandOver, PracticeDraft, PracticeHandOver
from webapp.kit.crypto import CannotOpen, derive_key, new_key, stretch_key, unseal
from webapp.kit.database import open_session
from webapp.kit.ids import new_id, new_spoken_code, new_token, show_spoken_code

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=timezone.utc)
TODAY = NOW.date()
LAST_DAY, DAY_AFTER = TODAY + timedelta(days=14), TODAY + timedelta(days=15)
ANSWERS = {"applicant.name": {"family": "山田", "given": "花子"}, "visit.proof": ["0123456789abcdef01234567"]}
CONTENT = Content(("moving-in", "child-allowance-claim"), "f" * 64, "ja-easy", "moving", ANSWERS, "2026-11-24")
WRAPPED = ("token_key", "code_key", "draft_key")
SEALED = (*WRAPPED, "sealed_codes", "sealed_content")
SHUT = [None, None]
OPEN = [CONTENT, CONTENT]


@pytest.fixture(params=[HandOver, PracticeHandOver], ids=["real", "practice"])
def table(request: pytest.FixtureRequest) -> service.Table:
    """Return each table in turn."""
    return request.param


@pytest.fixture
def key() -> bytes:
    """Return a draft's data key."""
    return new_key()


def make_draft(engine, table=HandOver) -> str:
    """Make a draft that a hand-over can belong to and return its id."""
    draft = {HandOver: Draft, PracticeHandOver: PracticeDraft}[table]
    with open_session(engine) as session:
        made = draft(id=new_id(), procedures="p", voice="ja", started_at=NOW, saved_at=NOW, expires_on=LAST_DAY)
        session.add(made)
        return made.id


def hand_over(engine, settings, key, table=HandOver, draft_id=None, content=CONTENT, now=NOW) -> tuple[str, Codes]:
    """Prepare a hand-over as a request does; return the draft's id and the codes."""
    draft_id = draft_id or make_draft(engine, table)
    with open_session(engine) as session:
        return draft_id, service.prepare(session, table, draft_id, key, content, settings.pepper, now)


def see(engine, settings, codes, table=HandOver, today=TODAY) -> list[Content | None]:
    """Return what the token and the spoken code let the counter see, in this order."""
    with open_session(engine) as session:
        by_token = look(session, table, codes.token, settings.pepper, today)
        by_code = look_by_code(session, table, codes.spoken, settings.pepper, today)
        return [opened and opened.content for opened in (by_token, by_code)]


def take(engine, settings, codes, way, table=HandOver, today=TODAY) -> Content | None:
    """Exchange a token or a code as the counter's request does."""
    with open_session(engine) as session:
        if way == "token":
            return service.exchange(session, table, codes.token, settings.pepper, today)
        return service.exchange_by_code(session, table, codes.spoken, settings.pepper, today)


def count(engine, table=HandOver) -> int:
    """Return how many hand-overs there are."""
    with open_session(engine) as session:
        return len(list(session.exec(select(table.id))))


def test_token_and_spoken_code_open_the_same_content_as_often_as_staff_look(engine, settings, key, table):
    _, codes = hand_over(engine, settings, key, table)
    assert see(engine, settings, codes, table) == see(engine, settings, codes, table) == OPEN
    with open_session(engine) as session:
        opened = look_by_code(session, table, show_spoken_code(codes.spoken), settings.pepper, TODAY)
        assert opened == look(session, table, codes.token, settings.pepper, TODAY)
        assert opened.row.procedures == "moving-in child-allowance-claim"


@pytest.mark.parametrize("way", ["token", "code"])
def test_after_the_exchange_neither_opens_and_the_row_is_gone(engine, settings, key, table, way):
    _, codes = hand_over(engine, settings, key, table)
    assert take(engine, settings, codes, way, table) == CONTENT
    taken_again = [take(engine, settings, codes, again, table) for again in ("token", "code")]
    assert taken_again == see(engine, settings, codes, table) == SHUT
    assert count(engine, table) == 0


def test_exchange_that_is_not_committed_uses_nothing_up(engine, settings, key):
    _, codes = hand_over(engine, settings, key)
    with open_session(engine) as session:
        assert service.exchange(session, HandOver, codes.token, settings.pepper, TODAY) == CONTENT
        session.rollback()
    assert take(engine, settings, codes, "code") == CONTENT


def test_counters_at_the_same_time_get_it_exactly_once(engine, settings, key, table):
    ways = ["token", "code"] * 4
    for _ in range(3):
        _, codes = hand_over(engine, settings, key, table)
        start = Barrier(len(ways))

        def race(way: str, start=start, codes=codes) -> Content | None:
            start.wait()
            return take(engine, settings, codes, way, table)

        with ThreadPoolExecutor(len(ways)) as pool:
            got = list(pool.map(race, ways))
        assert [content for content in got if content] == [CONTENT]


def test_who_looked_before_the_counter_took_it_gets_nothing_and_fails_nowhere(engine, settings, key):
    _, codes = hand_over(engine, settings, key)
    with open_session(engine) as session:
        row = look(session, HandOver, codes.token, settings.pepper, TODAY).row
        session.commit()
        assert take(engine, settings, codes, "token") == CONTENT
        assert service.exchange(session, HandOver, codes.token, settings.pepper, TODAY) is None
        service.revoke(session, row)


def test_hand_over_opens_through_its_last_day_in_the_ward_and_not_after(engine, settings, key, table):
    _, later = hand_over(engine, settings, key, table, now=datetime(2026, 11, 24, 16, 0, tzinfo=timezone.utc))
    _, codes = hand_over(engine, settings, key, table)
    assert see(engine, settings, codes, table, LAST_DAY) == OPEN
    assert see(engine, settings, codes, table, DAY_AFTER) == SHUT
    assert see(engine, settings, later, table, DAY_AFTER) == OPEN
    assert [take(engine, settings, codes, way, table, DAY_AFTER) for way in ("token", "code")] == SHUT
    with open_session(engine) as session:
        assert service.erase_expired_hand_overs(session, table, LAST_DAY) == 0
        assert service.erase_expired_hand_overs(session, table, DAY_AFTER) == 1
    assert count(engine, table) == 1


def test_revoked_hand_over_opens_nothing(engine, settings, key, table):
    draft_id, codes = hand_over(engine, settings, key, table)
    with open_session(engine) as session:
        service.revoke(session, find_hand_over(session, table, draft_id, write=True))
        assert find_hand_over(session, table, draft_id) is None
    assert see(engine, settings, codes, table) == SHUT
    assert count(engine, table) == 0


def test_renewed_hand_over_opens_by_its_new_codes_only(engine, settings, key, table):
    draft_id, old = hand_over(engine, settings, key, table)
    with open_session(engine) as counter:
        assert look(counter, table, old.token, settings.pepper, TODAY).content == CONTENT
        counter.commit()
        with open_session(engine) as session:
            row = find_hand_over(session, table, draft_id, write=True)
            new = renew(session, row, key, settings.pepper, NOW + timedelta(days=10), 7)
            assert row.expires_on == TODAY + timedelta(days=17)
        assert service.exchange(counter, table, old.token, settings.pepper, TODAY) is None
    assert {old.token, old.spoken}.isdisjoint({new.token, new.spoken})
    assert see(engine, settings, old, table) == SHUT
    assert see(engine, settings, new, table) == OPEN


def test_preparing_again_replaces_what_was_there(engine, settings, key, table):
    draft_id, old = hand_over(engine, settings, key, table)
    changed = replace(CONTENT, answers={"a.b": "other"})
    _, new = hand_over(engine, settings, key, table, draft_id, changed)
    assert see(engine, settings, old, table) == SHUT
    assert see(engine, settings, new, table) == [changed, changed]
    assert count(engine, table) == 1


def test_preparing_in_many_tabs_at_once_leaves_one_hand_over(engine, settings, key):
    draft_id = make_draft(engine)
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: hand_over(engine, settings, key, draft_id=draft_id)[1], range(6)))
    assert count(engine) == 1
    assert sum(see(engine, settings, codes) == OPEN for codes in made) == 1


def test_spoken_code_that_is_taken_is_not_given_twice(engine, settings, key, monkeypatch):
    _, first = hand_over(engine, settings, key)
    monkeypatch.setattr(service, "new_spoken_code", Mock(side_effect=[first.spoken, first.spoken, new_spoken_code()]))
    _, second = hand_over(engine, settings, key)
    assert see(engine, settings, first) == see(engine, settings, second) == OPEN


def test_resident_alone_sees_the_same_codes_and_content_again(engine, settings, key, table):
    draft_id, codes = hand_over(engine, settings, key, table)
    with open_session(engine) as session:
        row = find_hand_over(session, table, draft_id)
        assert read_own(row, key) == (codes, CONTENT)
        with pytest.raises(CannotOpen):
            read_own(row, new_key())
        with pytest.raises(CannotOpen):
            renew(session, row, new_key(), settings.pepper, NOW)
    assert see(engine, settings, codes, table) == OPEN


def test_stolen_row_opens_neither_by_itself_nor_by_the_code_without_the_pepper(engine, settings, key):
    _, codes = hand_over(engine, settings, key)
    with open_session(engine) as session:
        row = session.exec(select(HandOver)).one()
    stored = b"|".join(v if isinstance(v, bytes) else str(v).encode() for v in row.model_dump().values())
    hidden = (codes.token.encode(), bytes.fromhex(codes.token), codes.spoken.encode(), key, settings.pepper)
    assert not [secret for secret in (*hidden, "山田".encode(), b"\\u5c71", b"applicant") if secret in stored]
    of_the_row = [row.token_lookup, row.code_lookup, *(derive_key(getattr(row, name), "hand-over") for name in SEALED)]
    without_pepper = [stretch_key(codes.spoken, row.salt, pepper) for pepper in (b"", b"\0" * 32, new_key())]
    wrong_code = [stretch_key(new_spoken_code(), row.salt, settings.pepper), stretch_key(codes.spoken, b"other", b"")]
    wrong_token = [derive_key(bytes.fromhex(new_token()), "hand-over"), derive_key(bytes.fromhex(codes.token), "qr")]
    for wrong, name in product((*of_the_row, *without_pepper, *wrong_code, *wrong_token, new_key()), SEALED):
        with pytest.raises(CannotOpen):
            unseal(wrong, getattr(row, name), place_of(row, name))
    right = unseal(stretch_key(codes.spoken, row.salt, settings.pepper), row.code_key, place_of(row, "code_key"))
    assert unseal(right, row.sealed_content, place_of(row, "sealed_content"))


def place_of(row, column: str) -> str:
    """Return the place that a column is sealed for."""
    return f"{row.__tablename__}|{row.id}|{column.removeprefix('sealed_')}"


def test_another_pepper_finds_nothing(engine, settings, key):
    _, codes = hand_over(engine, settings, key)
    thief = replace(settings, pepper=new_key())
    assert see(engine, thief, codes) == [take(engine, thief, codes, way) for way in ("token", "code")] == SHUT
    assert see(engine, settings, codes) == OPEN


def test_lookups_that_point_to_another_row_open_nothing_in_it_and_use_nothing_up(engine, settings, key):
    (own_id, own_codes), (other_id, _) = (hand_over(engine, settings, new_key()) for _ in range(2))
    with open_session(engine) as session:
        own, other = (find_hand_over(session, HandOver, draft_id) for draft_id in (own_id, other_id))
        session.delete(own)
        session.flush()
        session.add(other.sqlmodel_update({n: getattr(own, n) for n in ("token_lookup", "code_lookup", "salt")}))
    assert see(engine, settings, own_codes) == SHUT
    assert [take(engine, settings, own_codes, way) for way in ("token", "code")] == SHUT
    assert count(engine) == 1


@pytest.mark.parametrize("copied", [WRAPPED, ("sealed_content",), SEALED], ids=["keys", "content", "everything sealed"])
def test_sealed_bytes_copied_to_another_row_do_not_open(engine, settings, key, copied):
    (source_id, source), (target_id, target) = (hand_over(engine, settings, key) for _ in range(2))
    with open_session(engine) as session:
        original, row = (find_hand_over(session, HandOver, draft_id) for draft_id in (source_id, target_id))
        session.add(row.sqlmodel_update({name: getattr(original, name) for name in (*copied, "salt")}))
    assert see(engine, settings, target) == SHUT
    assert see(engine, settings, source) == OPEN
    with open_session(engine) as session, pytest.raises(CannotOpen):
        read_own(find_hand_over(session, HandOver, target_id), key)


def test_practice_never_reaches_the_real_table_nor_the_real_codes_practice(engine, settings, key):
    practice_id, practice = hand_over(engine, settings, key, PracticeHandOver)
    _, real = hand_over(engine, settings, key, HandOver)
    assert see(engine, settings, practice, HandOver) == see(engine, settings, real, PracticeHandOver) == SHUT
    assert [take(engine, settings, practice, way, HandOver) for way in ("token", "code")] == SHUT
    with pytest.raises(IntegrityError), open_session(engine) as session:
        service.prepare(session, HandOver, practice_id, key, CONTENT, settings.pepper, NOW)
    draft_id = make_draft(engine)
    with open_session(engine) as session:
        copied = find_hand_over(session, PracticeHandOver, practice_id).model_dump(exclude={"draft_id"})
        session.add(HandOver(**copied, draft_id=draft_id))
    assert see(engine, settings, practice, HandOver) == SHUT
    with open_session(engine) as session:
        assert service.erase_expired_hand_overs(session, PracticeHandOver, DAY_AFTER) == 1
    assert see(engine, settings, real, HandOver) == OPEN


@pytest.mark.parametrize("typed", ["", "0" * 31, "G" * 32, "０" * 32, "\x00", "\ud800" * 32, "0" * 32 + "\n", "1" * 12])
def test_what_is_no_token_and_no_code_opens_nothing(engine, settings, typed):
    with open_session(engine) as session:
        for open_it in (look, look_by_code, service.exchange, service.exchange_by_code):
            assert open_it(session, HandOver, typed, settings.pepper, TODAY) is None


def test_code_that_is_missing_misspoken_expired_or_of_a_spoilt_row_takes_as_long(engine, settings, key, monkeypatch):
    times: list[float] = []  # the thread's own time, not the clock's: a busy machine stops one try and not the other
    (_, right), (_, spoilt), (_, expired) = (hand_over(engine, settings, key) for _ in range(3))
    with open_session(engine) as session:
        for codes, change in ((spoilt, {"code_key": b"\x01" + bytes(60)}), (expired, {"expires_on": TODAY.min})):
            session.add(look(session, HandOver, codes.token, settings.pepper, TODAY).row.sqlmodel_update(change))
    tried = [right.spoken, spoilt.spoken, expired.spoken, new_spoken_code(), "00000000001", ""]
    monkeypatch.setattr(service, "stretch_key", stretch := Mock(wraps=stretch_key))
    with open_session(engine) as session:
        for code in tried:
            work = partial(look_by_code, session, HandOver, code, settings.pepper, TODAY)
            times.append(min(repeat(work, timer=thread_time, number=1, repeat=5)))
            assert stretch.call_count == 2 * 5 * len(times)
    assert max(times) < 3 * min(times)
