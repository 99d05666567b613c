"""Conditions in content: when something is asked or holds."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.facts.making import TODAY
from webapp.facts.rules_conditions import Condition, find_age, find_fault, holds, list_facts

ANSWERS = {
    "way": "phone", "ways": ["phone", "mail"], "birth": "2008-11-25", "moved": "unknown", "empty": "", "nobody": [],
    "children": [{"id": "1", "child.birth": "2024-01-01"}, {"id": "2", "child.birth": "2015-01-01"}], "money": 0,
    "name": {"name": "山田", "kana": "やまだ"},
}  # fmt: skip


def condition(**shape) -> Condition:
    """Return a condition as content writes it."""
    return msgspec.convert(shape, Condition)


def is_true(**shape) -> bool:
    """Tell whether a condition holds of the answers."""
    return holds(condition(**shape), ANSWERS, TODAY)


@pytest.mark.parametrize(
    "shape",
    [
        {"fact": "way", "is": "phone"}, {"fact": "way", "is_one_of": ["mail", "phone"]}, {"fact": "ways", "has": "mail"},
        {"fact": "way", "known": True}, {"fact": "name", "known": True}, {"fact": "money", "known": True},
        {"fact": "moved", "known": False}, {"fact": "empty", "known": False}, {"fact": "nobody", "known": False},
        {"fact": "never asked", "known": False}, {"fact": "birth", "under": 18}, {"fact": "birth", "at_least": 17},
        {"fact": "children", "some": {"fact": "child.birth", "under": 3}}, {"none": [{"fact": "way", "is": "mail"}]},
        {"all": [{"fact": "way", "is": "phone"}, {"fact": "ways", "has": "mail"}]},
        {"any": [{"fact": "way", "is": "mail"}, {"fact": "ways", "has": "mail"}]},
    ],
)  # fmt: skip
def test_condition_holds(shape):
    assert find_fault(condition(**shape)) is None
    assert is_true(**shape)
    assert not is_true(none=[shape])


@pytest.mark.parametrize(
    "shape",
    [
        {"fact": "never asked", "is": "phone"}, {"fact": "way", "has": "phone"}, {"fact": "ways", "is": "phone"},
        {"fact": "birth", "at_least": 18}, {"fact": "moved", "under": 200}, {"fact": "name", "under": 200},
        {"fact": "ways", "some": {"fact": "x", "is": "y"}}, {"fact": "way", "some": {"fact": "x", "is": "y"}},
        {"fact": "children", "some": {"fact": "child.birth", "under": 1}}, {"fact": "name", "is_one_of": ["山田"]},
        {"all": [{"fact": "way", "is": "phone"}, {"fact": "way", "is": "mail"}]},
    ],
)  # fmt: skip
def test_condition_does_not_hold(shape):
    assert not is_true(**shape)


def test_no_condition_always_holds():
    assert holds(None, {}, TODAY)


@pytest.mark.parametrize(
    ("shape", "fault"),
    [
        ({}, "exactly one"), ({"fact": "a"}, "exactly one"), ({"fact": "a", "is": "x", "has": "y"}, "exactly one"),
        ({"is": "x"}, "needs a fact"), ({"all": []}, "nothing else"), ({"fact": "a", "any": [{"fact": "b", "is": "c"}]}, "nothing else"),
        ({"all": [{"fact": "a"}]}, "exactly one"), ({"fact": "a", "some": {"is": "b"}}, "needs a fact"),
    ],
)  # fmt: skip
def test_a_condition_that_cannot_be_decided_is_named(shape, fault):
    assert fault in (find_fault(condition(**shape)) or "")


def test_the_facts_of_a_condition_are_listed_but_not_those_of_each_person():
    some = {"fact": "children", "some": {"fact": "child.birth", "under": 3}}
    assert list(list_facts(condition(any=[some, {"none": [{"fact": "way", "is": "mail"}]}]))) == ["children", "way"]


@pytest.mark.parametrize(
    ("birth", "today", "age"),
    [
        ("2000-02-29", date(2026, 2, 28), 25), ("2000-02-29", date(2026, 3, 1), 26), ("2026-11-24", TODAY, 0),
        ("unknown", TODAY, None), (None, TODAY, None), (["2000-01-01"], TODAY, None), ("2000-13-01", TODAY, None),
    ],
)  # fmt: skip
def test_age_is_counted_in_whole_years(birth, today, age):
    assert find_age(birth, today) == age


LEAVES = st.fixed_dictionaries({"fact": st.sampled_from([*ANSWERS, "never asked"])}).flatmap(
    lambda leaf: st.sampled_from(
        [{"is": "phone"}, {"has": "mail"}, {"known": True}, {"under": 18}, {"at_least": 3}, {"is_one_of": ["phone"]}]
    ).map(lambda test: leaf | test)
)
SHAPES = st.recursive(
    LEAVES, lambda inner: st.sampled_from(["all", "any", "none"]).flatmap(
        lambda name: st.lists(inner, min_size=1, max_size=3).map(lambda members: {name: members})
    )
)  # fmt: skip


@given(SHAPES, SHAPES)
def test_groups_follow_logic_whatever_they_hold(one, two):
    assert is_true(all=[one, two]) == (is_true(**one) and is_true(**two))
    assert is_true(any=[one, two]) == (is_true(**one) or is_true(**two))
    assert is_true(none=[one, two]) == is_true(all=[{"none": [one]}, {"none": [two]}])
