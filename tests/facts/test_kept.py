"""What residents may let the ward keep: what is chosen, joined and forgotten."""

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import settings as fuzz
from hypothesis import strategies as st

from tests.facts.keeping import DICTIONARY, HANA, SCOPE, TARO, TITLE, choose, content, make_fact, person
from webapp.facts.rules import Kind, Reuse
from webapp.facts.rules_reuse import (
    KeptContent,
    KeptFact,
    Use,
    forget_fact,
    forget_person,
    may_keep,
    merge,
)


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
@fuzz(max_examples=50, deadline=None)
def test_joining_the_same_twice_changes_nothing_more_and_loses_nobody(old, new):
    once = merge(old, new)
    assert merge(once, new) == once
    ids = [one["id"] for one in once.people]
    assert len(ids) == len(set(ids))
    assert {one["id"] for one in old.people} <= set(ids)
    assert set(old.facts) | set(new.facts) == set(once.facts)


# Boxes
