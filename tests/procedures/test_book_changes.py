"""What changed between two books is told to a resident exactly: questions, declarations, procedures."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.procedures.books import (
    ALLOWANCE_ASKS,
    BOTH,
    DOG_ASKS,
    FACTS,
    TODAY,
    book_of,
    compare_to,
    keys_of,
    make_dictionary,
    make_event,
    make_procedure,
    say,
    spell,
)
from webapp.facts.rules_conditions import Condition
from webapp.procedures.rules import Ask
from webapp.procedures.rules_book import Book
from webapp.procedures.rules_book_changes import compare
from webapp.procedures.rules_catalogue import EventAsk, Given, Member
from webapp.reading.rules_texts import Text

# What changed for a resident


def test_the_same_questions_are_no_change():
    assert compare_to(book_of()).is_empty


def test_an_added_question_is_found():
    dog = make_procedure("dog", [*DOG_ASKS, Ask(fact="applicant.mail")])
    changes = compare_to(book_of(dog=dog))
    assert keys_of(changes) == (["applicant.mail"], [], [])
    assert not changes.is_empty


def test_a_removed_question_is_found():
    dog = make_procedure("dog", DOG_ASKS[:1] + DOG_ASKS[2:])
    assert keys_of(compare_to(book_of(dog=dog))) == ([], ["dog.number"], [])


def test_a_question_that_is_gone_from_the_dictionary_is_removed():
    assert keys_of(compare_to(book_of(dictionary=make_dictionary(dog__number=None)))) == ([], ["dog.number"], [])


@pytest.mark.parametrize(
    ("key", "edit"),
    [
        ("dog.number", {"digits": 7}),
        ("dog.number", {"kind": "text", "digits": None}),
        ("dog.number", {"unknown": True}),
        ("move.day", {"earliest": "today-2y"}),
        ("move.from", {"options": ["abroad"]}),
        ("move.from", {"option_words": {"japan": say("日本の中")}}),
        ("move.from", {"option_words": {"unknown": say("まだ決まっていない")}}),
        ("child.birth", {"when": None}),
        ("children.list", {"at_most": 10}),
        ("dog.day", {"words": {"label": say("別の名前")}}),
        ("dog.day", {"words": {"question": say("別の質問")}}),
        ("dog.day", {"words": {"hint": say("別の説明")}}),
    ],
)
def test_an_edited_question_is_found_with_its_old_self(key, edit):
    changes = compare_to(book_of(dictionary=make_dictionary(**{key.replace(".", "__"): edit})))
    assert keys_of(changes) == ([], [], [key])
    ((was, now),) = changes.changed
    assert spell(was) != spell(now)


@pytest.mark.parametrize(
    ("key", "edit"),
    [
        ("dog.day", {"words": {"why": say("別の理由")}}),
        ("dog.day", {"words": {"example": say("別の例")}}),
        ("dog.day", {"words": {"question": Text({"ja": "dog.day question", "en": "Better English"})}}),
        ("dog.day", {"page": "new"}),
        ("dog.day", {"sensitive": True}),
        ("dog.day", {"autocomplete": "bday"}),
        ("move.from", {"options": ["japan", "abroad"]}),
        ("move.from", {"option_words": {"japan": Text({"ja": "japan"})}}),
        ("alone.question", {"kind": "date"}),
    ],
)
def test_what_leaves_the_question_as_it_is_is_no_change(key, edit):
    assert compare_to(book_of(dictionary=make_dictionary(**{key.replace(".", "__"): edit}))).is_empty


@pytest.mark.parametrize(
    "ask",
    [
        Ask(fact="dog.number"),
        Ask(fact="dog.number", required=False, when=Condition(fact="dog.day", known=True)),
    ],
)
def test_a_question_that_is_asked_in_another_way_is_changed(ask):
    dog = make_procedure("dog", [DOG_ASKS[0], ask, DOG_ASKS[2]])
    assert keys_of(compare_to(book_of(dog=dog))) == ([], [], ["dog.number"])


def test_one_more_thing_to_know_about_each_person_is_added_and_changes_the_list():
    items = ["child.name", "child.birth", "child.school"]
    edits = {"children__list": {"item": items}, "child__school": {"kind": "text", "within": "children.list"}}
    whole = make_dictionary(**edits)
    all_items = make_procedure("allowance", [*ALLOWANCE_ASKS[:2], Ask(fact="children.list"), ALLOWANCE_ASKS[3]])
    assert keys_of(compare_to(book_of(dictionary=whole, allowance=all_items))) == (
        ["child.school"],
        [],
        ["children.list"],
    )
    assert compare_to(book_of(dictionary=whole)).is_empty, "the procedure asks only the other two"
    assert compare_to(book_of(allowance=all_items)).is_empty, "all items are the two that were named"


def test_who_somebody_is_is_asked_along_with_what_is_asked_of_them():
    dog = make_procedure("dog", [*DOG_ASKS, Ask(fact="head.name")])
    assert keys_of(compare_to(book_of(dog=dog))) == (["head.who", "head.name"], [], [])


def test_only_what_the_given_procedures_can_ask_is_compared():
    dog = make_procedure("dog", [], {"truth": "とても本当です"})
    assert compare_to(book_of(dog=dog), slugs=("allowance",)).is_empty
    assert not compare_to(book_of(dog=dog), slugs=("dog",)).is_empty


def test_a_question_of_the_event_itself_is_compared():
    event = make_event(asks=[EventAsk(fact="move.from", required=False), EventAsk(fact="head.name")])
    assert keys_of(compare_to(book_of(event=event), slugs=())) == (
        ["head.who", "head.name"],
        ["move.day"],
        ["move.from"],
    )


def test_a_question_that_the_event_answers_for_everybody_is_not_asked():
    edited = make_dictionary(card__reason={"options": ["moved-in"]})
    assert compare_to(book_of(dictionary=edited)).is_empty
    event = make_event(gives=[Given(fact="dog.day", same_as="move.day")])
    assert keys_of(compare_to(book_of(event=event))) == (["card.reason"], [], [])


def test_a_question_that_the_event_no_longer_answers_for_some_is_changed():
    event = make_event(gives=[Given(fact="card.reason", value="moved-in")])
    assert keys_of(compare_to(book_of(event=event))) == ([], [], ["dog.day"])


def test_declarations_that_are_new_or_say_something_new_are_found():
    declare = {"truth": "とても本当です", "look": "調べてよいです"}
    changes = compare_to(book_of(dog=make_procedure("dog", DOG_ASKS, declare)))
    assert changes.declarations == {"dog": ("truth", "look")}
    assert not changes.is_empty
    assert compare_to(
        book_of(), book_of(dog=make_procedure("dog", DOG_ASKS, {**declare, "truth": "本当です"}))
    ).is_empty


def test_procedures_that_the_event_begins_or_ceases_to_bring_are_found():
    event = make_event(members=[Member(procedure="allowance"), Member(procedure="paper"), Member(procedure="tax")])
    changes = compare_to(book_of(event=event, tax=make_procedure("tax", None, {})))
    assert (changes.joined, changes.gone, changes.closed) == (("tax",), ("dog",), ())
    assert keys_of(changes) == ([], [], [])


def test_a_procedure_without_its_form_is_closed_and_its_questions_are_not_called_removed():
    changes = compare_to(book_of(dog=make_procedure("dog", None, {})), slugs=(*BOTH, "paper"))
    assert changes.closed == ("dog",)
    assert keys_of(changes) == ([], [], [])
    assert changes.declarations == {}


def test_a_form_is_closed_on_the_day_after_its_last_even_if_nothing_else_changed():
    book = book_of(dog=make_procedure("dog", DOG_ASKS, closes_at=TODAY))
    assert compare(book, book, BOTH, TODAY).is_empty
    assert compare(book, book, BOTH, date(2026, 11, 25)).closed == ("dog",)


@given(st.sets(st.sampled_from(list(FACTS))), st.sets(st.sampled_from(list(FACTS))))
@settings(max_examples=80, deadline=None)
def test_changes_one_way_are_the_changes_of_the_other_way_turned_round(first, second):
    def make(asked: set[str]) -> Book:
        return book_of("procedures/dog", dog=make_procedure("dog", [Ask(fact=key) for key in sorted(asked)]))

    there, back = compare(make(first), make(second), ["dog"], TODAY), compare(make(second), make(first), ["dog"], TODAY)
    assert keys_of(there)[:2] == keys_of(back)[1::-1]
    assert {f.key for f in there.added} >= second - make(first).dictionary.facts.keys()
    assert there.is_empty or first != second
