"""What residents let the ward keep: only their secret opens it, what must not be kept is not, what is erased is gone."""

import json
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, datetime, timedelta, timezone
from threading import Barrier
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import settings as fuzz
from hypothesis import strategies as st
from sqlmodel import Session, col, select, update

from webapp.facts.jobs import erase_expired_boxes
from webapp.facts.rules import Dictionary, Fact, FactDefinition, Kind, Reuse
from webapp.facts.rules_reuse import (
    KeptContent,
    KeptFact,
    Use,
    choose_facts,
    forget_fact,
    forget_person,
    may_keep,
    merge,
)
from webapp.facts.service_kept import add_holder, erase_box, find_box, forget, holder_lookup, keep, note_uses
from webapp.facts.tables import KeptBox, KeptWay
from webapp.kit.crypto import CannotOpen, new_key, unseal
from webapp.kit.database import open_session

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=timezone.utc)
TODAY, DAYS = date(2026, 11, 24), 365
TITLE, SCOPE = "児童手当の認定請求", "child-allowance-claim"
HANA, TARO = {"name": "山田 花", "kana": "やまだ はな"}, {"name": "山田 太郎", "kana": "やまだ たろう"}


def make_fact(key: str, kind: Kind = "text", reuse: Reuse = "confirm", **define) -> Fact:
    """Return a fact without words."""
    return Fact(
        key, key.split(".", maxsplit=1)[0], FactDefinition(kind=kind, meaning=key, reuse=reuse, **define), {}, {}
    )


def make_dictionary(*facts: Fact) -> Dictionary:
    """Return a dictionary of facts."""
    return Dictionary({fact.key: fact for fact in facts}, {}, {})


DICTIONARY = make_dictionary(
    make_fact("me.name", "name", of="applicant", is_="name"), make_fact("me.birth", "date", of="applicant", is_="birth"),
    make_fact("me.sex", "choice", "ask", of="applicant", is_="sex"), make_fact("me.phone", "phone", "silent"),
    make_fact("me.illness", sensitive=True), make_fact("me.scan", "file"), make_fact("me.why", "choice", "ask"),
    make_fact("me.note", "text", "never"), make_fact("me.level", "choice", unknown=True),
    make_fact("kids.list", "people", item=["kid.name", "kid.birth", "kid.sex", "kid.living"]),
    make_fact("kid.name", "name", within="kids.list", is_="name"), make_fact("kid.birth", "date", within="kids.list", is_="birth"),
    make_fact("kid.sex", "choice", within="kids.list", is_="sex"), make_fact("kid.living", "choice", within="kids.list"),
    make_fact("gone.list", "people", "ask", item=["gone.name"]), make_fact("gone.name", "name", within="gone.list", is_="name"),
    make_fact("other.who", "person", role="other"), make_fact("other.name", "name", "ask", of="other", is_="name"),
)  # fmt: skip


def choose(answers) -> KeptContent:
    """Choose from a draft's answers."""
    return choose_facts(DICTIONARY, answers, TODAY, TITLE, SCOPE)


def content(**facts) -> KeptContent:
    """Return a content of flat facts."""
    return KeptContent({key: KeptFact(value, "2026-11-24", TITLE, SCOPE) for key, value in facts.items()})


def person(person_id: str, name=None, birth=None, kept_on="2026-11-24", **more) -> dict:
    """Return a kept person."""
    known = {"name": name, "birth": birth, **more}
    return {"id": person_id, "kept_on": kept_on, "title": TITLE} | {k: v for k, v in known.items() if v is not None}


def save(engine, secret: bytes, kept: KeptContent, others=(), now: datetime = NOW) -> str:
    """Keep something as a request does; return the id of the box."""
    with open_session(engine) as session:
        return keep(session, [secret, *others], secret, kept, now, DAYS).row.id


def read(engine, *secrets: bytes) -> KeptContent | None:
    """Return what these secrets open."""
    with Session(engine) as session:
        box = find_box(session, secrets)
        return box.content if box else None


def count(engine, table) -> int:
    """Count the rows of a table."""
    with Session(engine) as session:
        return len(session.exec(select(table)).all())


# What may be kept


@pytest.mark.parametrize("reuse", get_args(Reuse))
@pytest.mark.parametrize("kind", get_args(Kind))
def test_only_what_policy_and_kind_allow_may_be_kept(kind, reuse):
    allowed = reuse in ("silent", "confirm") and kind not in ("file", "people", "person")
    assert may_keep(make_fact("a.b", kind, reuse)) is allowed
    assert may_keep(make_fact("a.b", kind, reuse, sensitive=True)) is allowed


def test_fact_within_a_list_is_kept_only_as_an_attribute_of_a_person():
    assert may_keep(DICTIONARY.get("kid.name"))
    assert not may_keep(DICTIONARY.get("kid.living"))


def test_ask_never_files_and_what_nobody_knows_are_not_chosen():
    every = {"me.phone": "03", "me.illness": "asthma", "me.scan": [{"id": "1"}], "me.why": "x", "me.note": "y"}
    chosen = choose({**every, "me.level": "unknown", "gone.from.the.dictionary": "z"})
    assert set(chosen.facts) == {"me.phone", "me.illness"}
    assert chosen.facts["me.phone"] == KeptFact("03", "2026-11-24", TITLE, SCOPE)
    assert choose({"me.phone": "", "me.illness": None}) == KeptContent()


def test_people_are_kept_with_their_attributes_and_lists_are_not():
    people = {
        "a": {"name": TARO, "birth": "1980-01-02", "sex": "male", "shoe_size": "27"},
        "b": {"name": HANA, "birth": "2020-03-04", "sex": "female", "via": {"name": "kid.name"}},
    }
    chosen = choose({"people": people, "roles": {"applicant": "a"}, "kids.list": [{"id": "b", "kid.living": "apart"}]})
    assert chosen.people == [person("a", TARO, "1980-01-02"), person("b", HANA, "2020-03-04", sex="female")]
    assert chosen.applicant == "a"
    assert chosen.facts == {}


def test_person_asked_about_only_where_nothing_is_kept_is_not_remembered():
    people = {"a": {"name": TARO}, "b": {"name": HANA}, "c": {"birth": "2020-03-04"}}
    answers = {"people": people, "roles": {"other": "a"}, "gone.list": [{"id": "b"}], "kids.list": [{"id": "c"}]}
    assert choose(answers).people == []
    assert [one["id"] for one in choose({**answers, "kids.list": [{"id": "b"}]}).people] == ["b"]
    assert [one["id"] for one in choose({**answers, "roles": {"other": "a", "applicant": "a"}}).people] == ["a"]


# How contents are joined


def test_newer_fact_wins_and_others_stay():
    old, new = content(a="old", b="stays"), content(a="new")
    assert merge(old, new).facts == {**old.facts, **new.facts}
    late = KeptContent({"a": KeptFact("late", "2026-12-01", TITLE, SCOPE)})
    assert merge(late, new).facts == late.facts


def test_same_name_and_birth_is_the_same_person_however_the_name_is_typed():
    old = KeptContent({}, [person("a", TARO, "1980-01-02", sex="male")], "a")
    typed = {"name": "山田　太郎", "kana": ""}
    new = KeptContent({}, [person("b", typed, "1980-01-02", country="x")], "b", [Use("b", TITLE, SCOPE, "2026-11-24")])
    merged = merge(old, new)
    assert merged.people == [person("a", typed, "1980-01-02", sex="male", country="x")]
    assert merged.applicant == "a"
    assert merged.uses[0].fact == "a"


def test_same_name_with_another_birth_is_somebody_else():
    old, new = person("a", TARO, "1980-01-02"), person("b", TARO, "2010-01-02")
    assert merge(KeptContent(people=[old]), KeptContent(people=[new])).people == [old, new]


def test_corrected_name_changes_the_person_and_the_twin_with_the_old_name_is_added():
    old = KeptContent(people=[person("a", HANA, "2020-03-04")])
    new = KeptContent(people=[person("b", HANA, "2020-03-04"), person("a", TARO, "2020-03-04")])
    assert merge(old, new).people == [person("a", TARO, "2020-03-04"), person("b", HANA, "2020-03-04")]


def test_two_people_under_one_identifier_are_never_mixed():
    old, new = person("a", TARO, "1980-01-02", sex="male"), person("a", HANA, "2020-03-04")
    merged = merge(KeptContent(people=[old]), KeptContent({}, [new], "a"))
    assert merged.people[0] == old
    assert merged.people[1] == {**new, "id": merged.applicant}
    assert merged.applicant != "a"


def test_uses_are_joined_once_and_keep_their_title():
    first, second = Use("a", TITLE, SCOPE, "2026-11-24"), Use("a", "犬の登録", "dog", "2026-11-25")
    assert merge(KeptContent(uses=[first]), KeptContent(uses=[first, second])).uses == [first, second]


def test_forgetting_leaves_the_given_content_as_it_was():
    uses = [Use("a", TITLE, SCOPE, "2026-11-24"), Use("p", TITLE, SCOPE, "2026-11-24")]
    whole = KeptContent(content(a="1", b="2").facts, [person("p", TARO)], "p", uses)
    before = whole.to_json()
    less = forget_person(forget_fact(whole, "a"), "p")
    assert (set(less.facts), less.people, less.applicant, less.uses) == ({"b"}, [], None, [])
    assert whole.to_json() == before


def test_uses_of_what_the_applicant_said_of_themselves_go_with_the_applicant():
    uses = [Use(fact, TITLE, SCOPE, "2026-11-24") for fact in ("me.name", "a", "b", "q")]
    whole = KeptContent(content(a="1").facts, [person("p", TARO), person("q", HANA)], "p", uses)
    assert forget_person(whole, "q").uses == uses[:3]
    assert [use.fact for use in forget_person(whole, "p").uses] == ["a", "q"]


def test_content_of_another_version_is_read_without_failure():
    kept = {"value": 1, "kept_on": "2026-11-24", "title": "", "scope": "", "colour": "red"}
    read_back = KeptContent.from_json(json.dumps({"facts": {"a.b": kept}, "later": [1]}).encode())
    assert read_back == KeptContent({"a.b": KeptFact(1, "2026-11-24", "", "")})
    assert KeptContent.from_json(b"{}") == KeptContent()


DAY = st.sampled_from(["2026-01-01", "2026-01-02", "2026-01-03"])
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
)
NAME = st.none() | st.builds(lambda name: {"name": name, "kana": ""}, st.sampled_from(["花", "太", "健"]))
PERSON = st.builds(
    lambda key, name, birth, day, sex: person(key, name, birth, day, sex=sex),
    st.sampled_from("abcd"), NAME, st.sampled_from([None, "1980-01-02", "2020-03-04"]), DAY, st.sampled_from([None, "m", "f"]),
)  # fmt: skip
CONTENT = st.builds(
    KeptContent,
    st.dictionaries(st.sampled_from(["a.a", "a.b", "b.c"]) | st.text(), st.builds(KeptFact, VALUE, DAY, st.text(), st.text())),
    st.lists(PERSON, max_size=4, unique_by=lambda one: one["id"]),
    st.none() | st.sampled_from("abcd"),
    st.lists(st.builds(Use, st.sampled_from(["a.a", "a", "b"]), st.text(), st.text(), DAY), max_size=4),
)  # fmt: skip


@given(CONTENT)
@fuzz(max_examples=100, deadline=None)
def test_content_survives_json(one):
    assert KeptContent.from_json(one.to_json()) == one


def test_letters_that_no_encoding_knows_survive_json():
    assert KeptContent.from_json(content(a="\ud800").to_json()).facts["a"].value == "\ud800"


@given(CONTENT, CONTENT)
@fuzz(max_examples=150, deadline=None)
def test_joining_the_same_twice_changes_nothing_more_and_loses_nobody(old, new):
    once = merge(old, new)
    assert merge(once, new) == once
    ids = [one["id"] for one in once.people]
    assert len(ids) == len(set(ids))
    assert {one["id"] for one in old.people} <= set(ids)
    assert set(old.facts) | set(new.facts) == set(once.facts)


# Boxes


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
