"""The channel router: for every way somebody who gets it, somebody who does not, and the reason each reads."""

from itertools import product
from typing import Any, get_args

import pytest

from tests.procedures.small_content import CONTENT, VOICES
from webapp.config import ROOT
from webapp.kit.content import load_as
from webapp.procedures.cli import make_page
from webapp.procedures.rules import Channel
from webapp.procedures.rules_faults_router import find_router_faults
from webapp.procedures.rules_router import WITHOUT_COMPUTER, Router, choose_way, questions_for
from webapp.procedures.rules_router_table import Example, decide, make_procedure
from webapp.procedures.service_content import load_router

ROUTER = load_router(CONTENT / "router", VOICES)
EXAMPLES = load_as(CONTENT / "router" / "examples.yaml", list[Example])
SHAPES: list[tuple[list[Any], list[Any]]] = [
    (["own_form", "mynaportal", "counter", "post"], ["needs_signature"]),
    (["own_form", "mynaportal", "counter", "post"], ["original_needed", "needs_signature"]),
    (["mynaportal", "counter", "post"], ["needs_signature"]),
    (["mynaportal", "counter"], ["ends_at_move", "self_only"]),
    (["counter", "mynaportal"], ["in_person_by_law"]),
    (["own_form", "phone", "counter"], ["urgent"]),
    (["phone", "counter"], ["urgent"]),
    (["counter", "own_form"], ["urgent"]),
    (["convenience_store", "own_form", "counter", "post"], ["certificate"]),
    (["convenience_store", "counter"], ["certificate"]),
    (["counter", "own_form", "post"], ["original_needed"]),
    (["joint", "counter"], []),
    (["own_form", "post", "counter"], []),
    (["own_form", "counter", "phone"], []),
    (["external", "phone"], []),
]


def all_answers(router: Router) -> list[dict[str, str]]:
    """Every combination of answers, "not answered" included."""
    facts = list(router.questions)
    options = [("", *router.questions[fact].options) for fact in facts]
    return [{f: a for f, a in zip(facts, answers, strict=True) if a} for answers in product(*options)]


EVERYBODY = all_answers(ROUTER)


def test_table_and_its_words_are_sound() -> None:
    assert list(find_router_faults(ROUTER)) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: f"{one.channel}-{'yes' if one.gets else 'no'}")
def test_example_gets_the_way_it_should_and_reads_why(example: Example) -> None:
    way, reason = decide(example, ROUTER)
    assert (way.channel == example.channel) is example.gets, way
    for voice in VOICES:
        assert reason.in_voice(voice).voice == voice
        assert len(reason.in_voice(voice).words) > 8


@pytest.mark.parametrize("channel", get_args(Channel))
@pytest.mark.parametrize("gets", [True, False])
def test_every_way_has_somebody_who_gets_it_and_somebody_who_does_not(channel: str, gets: bool) -> None:
    assert any(example.channel == channel and example.gets is gets for example in EXAMPLES)


def test_after_a_move_the_void_certificate_is_named_as_the_reason() -> None:
    answers = {"way.self": "yes", "way.card": "yes", "way.pin": "yes", "way.moved": "yes"}
    way = choose_way(make_procedure(["mynaportal", "counter"], ["needs_signature"]), answers, ROUTER)
    assert (way.channel, way.rule) == ("counter", "after-move")
    assert "certificate" in way.reason.in_voice("en").words
    assert [(other.channel, other.is_open) for other in way.also] == [("mynaportal", False)]


def test_form_of_the_ward_stays_open_after_a_move() -> None:
    procedure = make_procedure(["own_form", "mynaportal", "counter"], ["needs_signature"])
    assert choose_way(procedure, {"way.moved": "yes"}, ROUTER).channel == "own_form"


@pytest.mark.parametrize(("offers", "traits"), SHAPES)
def test_everybody_is_offered_an_open_way_and_one_without_a_computer(offers: list[Any], traits: list[Any]) -> None:
    procedure = make_procedure(offers, traits)
    for answers in EVERYBODY:
        way = choose_way(procedure, answers, ROUTER)
        open_ways = {way.channel, *(other.channel for other in way.also if other.is_open)}
        assert open_ways & set(WITHOUT_COMPUTER), answers
        assert way.channel in offers or way.rule == "last"
        assert len({other.channel for other in way.also} | {way.channel}) == len(way.also) + 1


@pytest.mark.parametrize(("offers", "traits"), SHAPES)
def test_only_questions_that_matter_are_asked(offers: list[Any], traits: list[Any]) -> None:
    """An answer that is not asked for never changes the way of somebody who answered all that is asked."""
    procedure = make_procedure(offers, traits)
    asked = {question.fact for question in questions_for(procedure, ROUTER)}
    ways: dict[frozenset[tuple[str, str]], set[tuple[str, str]]] = {}
    for answers in (one for one in EVERYBODY if len(one) == len(ROUTER.questions)):
        way = choose_way(procedure, answers, ROUTER)
        key = frozenset((fact, answer) for fact, answer in answers.items() if fact in asked)
        ways.setdefault(key, set()).add((way.channel, way.rule))
    assert all(len(found) == 1 for found in ways.values())


def test_law_that_demands_presence_asks_nothing_about_cards() -> None:
    asked = questions_for(make_procedure(["counter", "mynaportal"], ["in_person_by_law"]), ROUTER)
    assert [question.name for question in asked] == ["can_go"]


def test_every_row_decides_for_somebody() -> None:
    rules = {choose_way(make_procedure(*shape), answers, ROUTER).rule for shape in SHAPES for answers in EVERYBODY}
    assert {rule.key for rule in ROUTER.define.rules} - rules == set()


def test_every_barrier_is_read_by_somebody() -> None:
    read = {
        other.reason
        for shape in SHAPES
        for answers in EVERYBODY
        for other in choose_way(make_procedure(*shape), answers, ROUTER).also
        if not other.is_open
    }
    assert {key for key, words in ROUTER.barriers.items() if words not in read} == set()


def test_page_about_the_router_is_current() -> None:
    page = (ROOT / "docs" / "router.md").read_text(encoding="utf-8")
    assert page == make_page(CONTENT / "router"), "run `python -m webapp.procedures.cli`"
