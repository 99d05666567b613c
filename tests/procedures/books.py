"""A small ward to make books of: its facts, procedures and life events, and how the words of a book are looked at."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import msgspec

from webapp.facts.rules import Dictionary, Fact, FactDefinition
from webapp.facts.rules_conditions import Condition
from webapp.procedures.rules import Ask, Claim, Cost, Deadline, Form, Item, Procedure, ProcedureDefinition
from webapp.procedures.rules_book import Book, make_book
from webapp.procedures.rules_book_changes import Changes, compare
from webapp.procedures.rules_catalogue import Catalogue, EventAsk, EventDefinition, Given, LifeEvent, Member
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
