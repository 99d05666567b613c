"""A book holds all that a draft may ask and nothing else, and is read for ever."""

import json
import os
import subprocess
import sys
import zlib
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.procedures.books import (
    FACTS,
    TODAY,
    VOICES,
    book_of,
    edit_body,
    list_tables,
    make_catalogue,
    make_dictionary,
    make_event,
    make_procedure,
    say,
    spell,
)
from webapp.config import ROOT
from webapp.facts.rules import FactDefinition
from webapp.facts.rules_conditions import Condition
from webapp.facts.service import load_dictionary
from webapp.procedures.rules import Ask, Form, ProcedureDefinition
from webapp.procedures.rules_book import BookUnreadable, hash_body, make_book, read_book, write_book
from webapp.procedures.rules_book_changes import compare
from webapp.procedures.rules_catalogue import EventDefinition
from webapp.procedures.service import load_catalogue
from webapp.reading.rules_texts import Text


def test_a_book_of_a_procedure_holds_what_it_can_ask_and_nothing_else():
    book = book_of("procedures/allowance")
    assert list(book.procedures) == ["allowance"]
    assert book.event is None
    assert list(book.dictionary.facts) == [
        "spouse.exists", "spouse.who", "spouse.name", "children.list", "child.name", "child.birth", "card.reason",
    ]  # fmt: skip
    assert list(book.dictionary.topics) == ["spouse", "children", "child", "card"]
    assert book.dictionary.pages == {}


def test_a_book_of_an_event_holds_all_its_members_and_what_it_asks_and_gives():
    book = book_of()
    assert list(book.procedures) == ["dog", "allowance", "paper"]
    unasked = {"applicant.mail", "head.who", "head.name", "alone.question"}
    assert list(book.dictionary.facts) == [key for key in FACTS if key not in unasked]
    assert list(book.dictionary.pages) == ["contact"]


def test_facts_keep_the_order_of_the_dictionary_when_they_are_written_and_read():
    read = read_book(write_book(book_of()))
    assert list(read.dictionary.facts) == [key for key in FACTS if key in read.dictionary.facts] != sorted(FACTS)
    assert list(read.dictionary.topics) == list(book_of().dictionary.topics)
    assert list(read.procedures) == ["dog", "allowance", "paper"]


def test_another_order_of_the_questions_is_another_book():
    whole = make_dictionary()
    turned = replace(whole, facts=dict(reversed(whole.facts.items())))
    assert book_of(dictionary=turned).hash != book_of().hash


def test_a_page_that_is_called_like_a_fact_does_not_bring_that_fact():
    book = book_of("procedures/dog", make_dictionary(dog__day={"page": "alone.question"}))
    assert "alone.question" not in book.dictionary.facts


def test_a_condition_on_one_of_a_list_brings_what_it_reads():
    when = Condition(fact="children.list", some=Condition(fact="child.birth", under=3))
    book = book_of("procedures/dog", dog=make_procedure("dog", [Ask(fact="dog.day", when=when)]))
    assert list(book.dictionary.facts) == ["children.list", "child.name", "child.birth", "dog.day"]


@pytest.mark.parametrize("scope", ["procedures/unknown", "events/unknown", "events/dog", "dog", "", "other/dog"])
def test_an_unknown_scope_has_no_book(scope):
    assert make_book(scope, make_catalogue(), make_dictionary()) is None


# Writing and reading


def test_everything_is_read_as_it_was_written_in_all_voices():
    book = book_of()
    assert spell(read_book(write_book(book))) == spell(book)


def test_a_book_is_named_by_its_uncompressed_content():
    book = book_of()
    again = zlib.compress(zlib.decompress(write_book(book)), 1)
    assert again != write_book(book)
    assert hash_body(again) == hash_body(write_book(book)) == read_book(again).hash == book.hash


def test_words_for_search_are_no_part_of_a_book():
    dog = replace(make_catalogue().procedures["dog"], keywords={"ja": ("わんちゃん",)})
    event = replace(make_event(), keywords={})
    assert write_book(book_of(dog=dog, event=event)) == write_book(book_of())
    assert b"keywords" not in zlib.decompress(write_book(book_of()))


def test_any_other_word_makes_another_book():
    dog = make_catalogue().procedures["dog"]
    assert book_of(dog=replace(dog, bring=(say("カード"),))).hash != book_of().hash


def test_the_order_in_which_words_were_read_makes_no_other_book():
    fact = make_dictionary().get("dog.day")
    turned = replace(fact, words=dict(reversed(fact.words.items())))
    whole = make_dictionary()
    assert write_book(book_of(dictionary=replace(whole, facts={**whole.facts, "dog.day": turned}))) == write_book(
        book_of()
    )


def test_what_was_rendered_is_not_written():
    book = book_of()
    book.dictionary.get("dog.day").words["label"].rendered["ja", True, ""] = "<b>"
    assert write_book(book) == write_book(book_of())


@pytest.mark.parametrize("seed", ["1", "4711"])
def test_every_process_writes_the_same_bytes(seed):
    script = "from tests.procedures.test_book import *; import sys; sys.stdout.buffer.write(write_book(book_of()))"
    made = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        check=True,
    )
    assert made.stdout == write_book(book_of())


@pytest.mark.parametrize("record", [FactDefinition, ProcedureDefinition, Form, Ask, EventDefinition, Condition])
def test_every_field_of_a_definition_is_written_even_if_it_holds_its_default(record):
    tables = list_tables(json.loads(zlib.decompress(write_book(book_of()))))
    assert {info.encode_name for info in msgspec.structs.fields(record)} in [set(table) for table in tables]


WORDS = st.text(min_size=1, max_size=12)
TEXTS = st.dictionaries(st.sampled_from(VOICES), WORDS).map(lambda more: Text({"ja": "は", **more}))


@given(
    st.dictionaries(st.sampled_from(("label", "hint", "why")), TEXTS),
    st.permutations(list(FACTS)),
    st.sets(st.sampled_from(list(FACTS))),
)
@settings(max_examples=60, deadline=None)
def test_whatever_words_and_order_a_book_has_it_is_read_as_it_was_written(words, order, asked):
    whole = make_dictionary(dog__day={"words": words})
    turned = replace(whole, facts={key: whole.facts[key] for key in order})
    dog = make_procedure("dog", [Ask(fact="dog.day"), *(Ask(fact=key) for key in sorted(asked))])
    book = book_of("procedures/dog", turned, dog=dog)
    read = read_book(write_book(book))
    assert spell(read) == spell(book)
    assert compare(book, read, ["dog"], TODAY).is_empty


def test_the_real_content_is_read_as_it_was_written():
    dictionary = load_dictionary(ROOT / "content", VOICES)
    catalogue = load_catalogue(ROOT / "content", dictionary, VOICES)
    scopes = [
        *(f"procedures/{slug}" for slug in catalogue.procedures),
        *(f"events/{slug}" for slug in catalogue.events),
    ]
    for scope in scopes:
        book = make_book(scope, catalogue, dictionary)
        read = read_book(write_book(book))
        assert spell(read) == spell(book)
        assert list(book.dictionary.facts) == [key for key in dictionary.facts if key in book.dictionary.facts]
        assert not compare(book, read, list(book.procedures), date.min).changed


# Books of other versions


def test_fields_that_are_unknown_by_now_are_dropped():
    def add_unknown(data: dict[str, Any]) -> None:
        dog, allowance, fact = data["procedures"][0][1], data["procedures"][1][1], data["dictionary"]["facts"][0][1]
        condition = allowance["define"]["form"]["asks"][1]["when"]
        places = [
            data,
            data["dictionary"],
            data["event"],
            data["event"]["define"],
            dog,
            dog["define"],
            fact,
            fact["define"],
        ]
        places += [
            dog["define"]["form"],
            dog["define"]["form"]["asks"][0],
            condition,
            condition["any"][0],
            dog["define"]["claims"]["who"],
        ]
        for place in places:
            place["long_gone"] = {"a": [1, None]}

    read = read_book(edit_body(write_book(book_of()), add_unknown))
    assert spell(replace(read, hash="")) == spell(replace(book_of(), hash=""))


def test_fields_that_are_missing_get_their_defaults():
    def take_away(data: dict[str, Any]) -> None:
        dog = data["procedures"][0][1]
        del dog["define"]["traits"], dog["define"]["form"]["asks"][0]["required"], dog["define"]["form"]["items"]
        del data["event"]["reasons"], data["dictionary"]["pages"], dog["bring"], dog["define"]["law"]
        del data["dictionary"]["facts"][0][1]["define"]["unknown"]

    read = read_book(edit_body(write_book(book_of()), take_away))
    dog = read.procedures["dog"]
    assert (dog.define.traits, dog.define.form.items, dog.bring, dog.define.law) == ((), (), (), [])
    assert dog.define.form.asks[0].required
    assert (read.event.reasons, read.dictionary.pages) == ({}, {})
    assert not read.dictionary.get("move.from").define.unknown


def test_words_that_are_no_longer_allowed_are_kept():
    def retire(data: dict[str, Any]) -> None:
        data["procedures"][0][1]["define"]["channels"] = ["telegram"]
        data["procedures"][0][1]["define"]["deadline"]["since"] = "coronation"
        data["dictionary"]["facts"][0][1]["define"]["kind"] = "seal"

    read = read_book(edit_body(write_book(book_of()), retire))
    assert read.procedures["dog"].define.channels == ["telegram"]
    assert read.procedures["dog"].define.deadline.since == "coronation"
    assert next(iter(read.dictionary.facts.values())).define.kind == "seal"


def test_the_hash_of_an_old_book_is_that_of_what_was_written():
    body = edit_body(write_book(book_of()), lambda data: data.update(long_gone=1))
    assert read_book(body).hash == hash_body(body) != book_of().hash


@pytest.mark.parametrize(
    "body",
    [b"", b"no book", zlib.compress(b"no json"), zlib.compress(b"[]"), zlib.compress(b"{}"), zlib.compress(b"\xff")],
)
def test_what_is_no_book_is_refused_by_name(body):
    with pytest.raises(BookUnreadable):
        read_book(body)


def test_a_missing_field_without_a_default_is_named():
    with pytest.raises(BookUnreadable, match="office"):
        read_book(edit_body(write_book(book_of()), lambda data: data["procedures"][0][1]["define"].pop("office")))
