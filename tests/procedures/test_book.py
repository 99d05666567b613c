"""A book holds all that a draft may ask and nothing else, is read for ever, and tells a resident exactly what changed."""

import json
import os
import subprocess
import sys
import zlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.config import ROOT
from webapp.facts.rules import Dictionary, Fact, FactDefinition
from webapp.facts.rules_conditions import Condition
from webapp.facts.service import load_dictionary
from webapp.procedures.rules import Ask, Claim, Cost, Deadline, Form, Item, Procedure, ProcedureDefinition
from webapp.procedures.rules_book import Book, BookUnreadable, hash_body, make_book, read_book, write_book
from webapp.procedures.rules_book_changes import Changes, compare
from webapp.procedures.rules_catalogue import Catalogue, EventAsk, EventDefinition, Given, LifeEvent, Member
from webapp.procedures.service import load_catalogue
from webapp.reading.rules_texts import Text

TODAY = date(2026, 11, 24)
VOICES = ("ja", "ja-easy", "en")
EVENT = "events/moving"
BOTH = ("dog", "allowance")

FACTS: dict[str, dict[str, Any]] = {
    "move.from": {"kind": "choice", "options": ["abroad", "japan"], "unknown": True},
    "move.day": {"kind": "date", "earliest": "today-1y", "latest": "today"},
    "spouse.exists": {"kind": "yesno", "unknown": True},
    "spouse.who": {"kind": "person", "role": "spouse", "without": ("applicant",)},
    "spouse.name": {"kind": "name", "of": "spouse", "is_": "name"},
    "children.list": {"kind": "people", "item": ["child.name", "child.birth"], "at_most": 9},
    "child.name": {"kind": "name", "within": "children.list", "is_": "name"},
    "child.birth": {"kind": "date", "within": "children.list", "when": Condition(fact="child.name", known=True)},
    "applicant.phone": {"kind": "phone", "page": "contact"},
    "applicant.mail": {"kind": "mail", "page": "contact"},
    "head.who": {"kind": "person", "role": "head", "found_by": {"relation_to_head": "head"}},
    "head.name": {"kind": "name", "of": "head", "is_": "name"},
    "dog.day": {"kind": "date"},
    "dog.number": {"kind": "number", "digits": 6},
    "card.reason": {"kind": "choice", "options": ["moved-in", "lost"]},
    "alone.question": {"kind": "text", "page": "nowhere"},
}  # fmt: skip
"""Not in the order of the alphabet, so that an order that is lost shows."""


def say(words: str) -> Text:
    """Return a text in three voices."""
    return Text({"ja": words, "ja-easy": f"{words}ね", "en": f"in English: {words}"})


def make_dictionary(**edits: Mapping[str, Any] | None) -> Dictionary:
    """Return the facts; `edits` (a key with __ for the dot) change fields or `words` of a fact, None takes it away."""
    changed = {key.replace("__", "."): edit for key, edit in edits.items()}
    facts = {
        key: make_fact(key, {**FACTS.get(key, {}), **(changed.get(key) or {})})
        for key in dict.fromkeys([*FACTS, *changed])
        if changed.get(key, {}) is not None
    }
    topics = dict.fromkeys(fact.topic for fact in facts.values())
    pages = {"nowhere": {"question": say("どこにもない")}, "contact": {"question": say("連絡先")}}
    return Dictionary(facts, {topic: say(topic) for topic in topics}, pages)


def make_fact(key: str, data: dict[str, Any]) -> Fact:
    """Return one fact; `words` and `option_words` replace its usual words."""
    words = {name: say(f"{key} {name}") for name in ("label", "question", "hint", "why")} | data.pop("words", {})
    options = {one: say(one) for one in data.get("options", ())} | data.pop("option_words", {})
    return Fact(key, key.partition(".")[0], FactDefinition(meaning=key.replace(".", "/"), **data), words, options)


DOG_ASKS = [Ask(fact="dog.day"), Ask(fact="dog.number", required=False), Ask(fact="applicant.phone")]
ALLOWANCE_ASKS = [
    Ask(fact="spouse.exists"),
    Ask(fact="spouse.name", when=Condition(any=[Condition(fact="spouse.exists", is_="yes")])),
    Ask(fact="children.list", items=("child.name", "child.birth")),
    Ask(fact="card.reason"),
]


def make_procedure(slug: str, asks: list[Ask] | None, declare: dict[str, str] | None = None, **form: Any) -> Procedure:
    """Return a procedure with everything that one can have; without asks it has no form."""
    declare = {"truth": "本当です"} if declare is None else declare
    define = ProcedureDefinition(
        office="o", events=["moving"], audiences=["everyone"], channels=["own_form", "post"], links={"post": "https://x"},
        deadline=Deadline(since="moving", days=14), cost=Cost(yen=0), law=[], survey_event="その他", traits=("urgent",),
        claims={"who": Claim(source="法", confirmed=date(2026, 1, 2)), "cost": Claim(source="区")},
        form=None if asks is None else Form(
            asks=asks, declarations=list(declare), answer_days=7, **form,
            items=[Item(name="氏名", facts=("spouse.name",)), Item(name="個人番号", at_counter=True)] if slug == "allowance" else [],
        ),
    )  # fmt: skip
    words = {"title": say(slug), "who": say("だれでも")}
    declarations = {key: say(text) for key, text in declare.items()}
    return Procedure(slug, define, words, (say("カード"), say("写真")), {"ja": ("犬",), "en": ("dog",)}, declarations)


def make_event(**changes: Any) -> LifeEvent:
    """Return a life event with a guide; `changes` replace fields of its definition."""
    given: dict[str, Any] = {
        "asks": [EventAsk(fact="move.from"), EventAsk(fact="move.day", later=True)],
        "gives": [Given(fact="card.reason", value="moved-in"), Given(fact="dog.day", same_as="move.day")],
        "since": {"moving": "move.day"},
        "members": [Member(procedure="dog"), Member(procedure="allowance"), Member(procedure="paper")],
    }  # fmt: skip
    define = EventDefinition(order=1, **(given | changes))
    words = {"title": say("引っ越し")}
    return LifeEvent("moving", define, words, {"ja": ("転入",)}, {"dog": say("犬がいるから")}, {}, {})


def make_catalogue(event: LifeEvent | None = None, **procedures: Procedure) -> Catalogue:
    """Return a catalogue of three procedures and one event; `procedures` replace or add some."""
    usual = {
        "allowance": make_procedure("allowance", ALLOWANCE_ASKS), "dog": make_procedure("dog", DOG_ASKS),
        "paper": make_procedure("paper", None, {}),
    }  # fmt: skip
    router: Any = None
    return Catalogue({**usual, **procedures}, {}, {"moving": event or make_event()}, {}, router, {})


def book_of(scope: str = EVENT, dictionary: Dictionary | None = None, **parts: Any) -> Book:
    """Return a book of the small catalogue."""
    book = make_book(scope, make_catalogue(**parts), dictionary or make_dictionary())
    assert book is not None
    return book


def spell(value: Any) -> Any:
    """Return a value in a form that compares by content: texts by their voices, tables with their order."""
    if isinstance(value, Text):
        return dict(value.voices)
    if isinstance(value, Dictionary | Book):
        tables = {one.name: getattr(value, one.name) for one in fields(value)}
        return [
            (k, [(n, spell(x)) for n, x in v.items()] if isinstance(v, Mapping) else spell(v))
            for k, v in tables.items()
        ]
    if isinstance(value, msgspec.Struct):
        return [type(value), spell(msgspec.structs.asdict(value))]
    if is_dataclass(value):
        return [type(value), *(spell(getattr(value, one.name)) for one in fields(value))]
    if isinstance(value, Mapping):
        return {key: spell(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return tuple(map(spell, value))
    return value


def compare_to(new: Book, old: Book | None = None, slugs: tuple[str, ...] = BOTH, today: date = TODAY) -> Changes:
    """Return what changed since the usual book."""
    return compare(old or book_of(), new, slugs, today)


def keys_of(changes: Changes) -> tuple[list[str], list[str], list[str]]:
    """Return the keys of added, removed and changed questions."""
    assert all(was.key == now.key for was, now in changes.changed)
    return [f.key for f in changes.added], [f.key for f in changes.removed], [now.key for _, now in changes.changed]


def edit_body(body: bytes, edit: Any) -> bytes:
    """Return a written book with its data edited, as another version of the program would have written it."""
    data = json.loads(zlib.decompress(body))
    edit(data)
    return zlib.compress(json.dumps(data).encode())


def list_tables(data: Any) -> list[dict[str, Any]]:
    """Return every table in plain data."""
    inner = list(data.values()) if isinstance(data, dict) else data if isinstance(data, list) else []
    return [*([data] if isinstance(data, dict) else []), *(table for one in inner for table in list_tables(one))]


# What is in a book


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
