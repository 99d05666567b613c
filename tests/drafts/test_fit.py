"""What a question no longer takes is asked again; everything else that was answered stays."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from tests.drafts.making import answers_about
from tests.drafts.test_journeys import CONTENT, DICTIONARY
from webapp.drafts.pages_rows import show_lines
from webapp.drafts.rules_fit import fits, keep_fitting
from webapp.drafts.service_samples import find_sample, load_samples
from webapp.facts.rules import Dictionary
from webapp.facts.rules_kinds import handler_of
from webapp.kit.clock import today

SAMPLES = load_samples(CONTENT)
FILES = [{"id": "f", "name": "写真.png", "type": "png", "size": 3}]


def change(key: str, **fields: Any) -> Dictionary:
    """Return the dictionary with fields of one fact changed."""
    fact = DICTIONARY.facts[key]
    changed = replace(fact, define=msgspec.structs.replace(fact.define, **fields))
    return replace(DICTIONARY, facts={**DICTIONARY.facts, key: changed})


def answer_sample(key: str) -> Any:
    """Return the sample answer to a fact."""
    fact = DICTIONARY.facts[key]
    return handler_of(fact).check(fact, find_sample(SAMPLES, fact, today()) or {}, today(), True).value


@pytest.mark.parametrize("key", DICTIONARY.facts)
def test_answer_to_a_question_that_has_not_changed_fits(key):
    value = FILES if DICTIONARY.facts[key].define.kind == "file" else answer_sample(key)
    assert fits(DICTIONARY.facts[key], value, today())
    assert keep_fitting({key: value}, DICTIONARY, today(), DICTIONARY) == {key: value}


@pytest.mark.parametrize(
    ("key", "value", "fields"),
    [
        ("dog.sex", "male", {"options": ["female"]}),
        ("applicant.contact_way", ["phone", "mail"], {"options": ["phone"]}),
        ("dog.has_microchip", "unknown", {"unknown": False}),
        ("dog.birth", "unknown", {"unknown": False}),
        ("dog.acquired_on", "2020-01-01", {"earliest": "today-1y"}),
        ("dog.coat", "茶色と白", {"length": 2}),
        ("dog.coat", "茶色と白", {"kind": "date"}),
        ("dog.coat", "茶色と白", {"kind": "address"}),
        ("dog.sex", "male", {"kind": "yesno"}),
        ("dog.kept_at", {"postal": "", "area": "東京都", "block": "1", "building": ""}, {"kind": "text"}),
        ("papers.vaccination", FILES, {"kind": "text"}),
        ("dog.coat", "茶色と白", {"kind": "file"}),
    ],
)
def test_answer_that_the_question_no_longer_takes_is_let_go_and_is_no_failure_where_it_is_shown(key, value, fields):
    new = change(key, **fields)
    assert fits(DICTIONARY.facts[key], value, today())
    assert not fits(new.facts[key], value, today())
    assert keep_fitting({key: value, "dog.name": "ポチ"}, new, today()) == {"dog.name": "ポチ"}
    assert show_lines(new.facts[key], value)


def test_question_of_another_kind_is_asked_again_even_if_it_would_take_the_old_answer():
    new = change("dog.sex", kind="text", options=None)
    assert keep_fitting({"dog.sex": "male"}, new, today()) == {"dog.sex": "male"}
    assert keep_fitting({"dog.sex": "male"}, new, today(), DICTIONARY) == {}


def test_order_of_options_and_what_was_left_out_and_questions_that_are_gone_do_not_matter():
    new = change("applicant.contact_way", options=["mail", "phone"])
    answers = {"applicant.contact_way": ["phone", "mail"], "applicant.mail": None, "no.such": "x", "roles": {"a": "b"}}
    assert keep_fitting(answers, new, today()) == answers


def test_what_is_known_of_a_person_is_let_go_attribute_by_attribute():
    told = {"id": "p", "name": {"name": "山田", "kana": "やまだ"}, "sex": "male", "via": {"sex": "applicant.sex"}}
    kept = keep_fitting(answers_about(told, applicant="p"), change("applicant.sex", options=["female"]), today())
    assert kept["people"]["p"] == {"name": {"name": "山田", "kana": "やまだ"}, "via": {}}
    assert kept["roles"] == {"applicant": "p"}


def test_what_is_known_from_before_fits_if_any_question_takes_it():
    """A birthday of 1944 is none for a child, but it is for others."""
    told = {"id": "p", "birth": "1944-02-11", "via": {"birth": "kept"}}
    assert keep_fitting(answers_about(told), DICTIONARY, today())["people"]["p"]["birth"] == "1944-02-11"
    wrong = {"id": "p", "birth": "2944-02-11", "via": {"birth": "kept"}}
    assert "birth" not in keep_fitting(answers_about(wrong), DICTIONARY, today())["people"]["p"]


def test_what_a_list_alone_asks_is_let_go_entry_by_entry():
    answers = {"children.list": [{"id": "a", "child.living": "together"}, {"id": "b", "child.living": "apart"}]}
    kept = keep_fitting(answers, change("child.living", options=["together"]), today())
    assert kept["children.list"] == [{"id": "a", "child.living": "together"}, {"id": "b"}]
