"""What keeps content from asking twice: each rule names the fact that breaks it, and only that."""

from typing import Any

import pytest

from tests.drafts.test_plan import make_procedure
from webapp.facts.rules import Dictionary, Fact, FactDefinition
from webapp.facts.rules_conditions import Condition
from webapp.procedures.rules import Ask
from webapp.procedures.rules_catalogue import Catalogue, EventAsk, EventDefinition, Given, LifeEvent, Member
from webapp.procedures.rules_faults_once import find_once_faults

SOUND: dict[str, dict[str, Any]] = {
    "event.dog": {"kind": "yesno"},
    "applicant.name": {"kind": "name", "of": "applicant", "is_": "name"},
    "applicant.birth": {"kind": "date", "of": "applicant", "is_": "birth"},
    "spouse.exists": {"kind": "yesno"},
    "spouse.who": {"kind": "person", "role": "spouse", "without": ("applicant",)},
    "spouse.name": {"kind": "name", "of": "spouse", "is_": "name"},
    "spouse.together": {"kind": "yesno"},
    "children.list": {"kind": "people", "item": ["child.name", "child.school"], "without": ("spouse",)},
    "child.name": {"kind": "name", "is_": "name", "within": "children.list"},
    "child.school": {"kind": "text", "within": "children.list"},
    "dog.name": {"kind": "text", "outside": "a dog"},
    "dog.vet": {"kind": "name", "outside": "a vet"},
    "dog.moved_on": {"kind": "date"},
    "move.on": {"kind": "date"},
}
ASKS = (
    Ask(fact="applicant.name"), Ask(fact="spouse.exists"), Ask(fact="children.list"), Ask(fact="move.on"),
    Ask(fact="spouse.name", when=Condition(fact="spouse.exists", is_="yes")), Ask(fact="dog.moved_on"),
)  # fmt: skip
DOG = Condition(fact="event.dog", is_="yes")
EVENT = EventDefinition(
    order=1,
    asks=(EventAsk(fact="event.dog"), EventAsk(fact="move.on")),
    gives=(Given(fact="dog.moved_on", same_as="move.on", when=DOG),),
    members=(Member(procedure="p", when=DOG),),
)


def list_faults(
    facts: dict[str, dict[str, Any] | None] | None = None, asks: tuple[Ask, ...] = ASKS, event: EventDefinition = EVENT
) -> list[str]:
    """Return the faults of the sound content with these facts, asks or this event instead (None takes a fact away)."""
    defines = {key: define for key, define in {**SOUND, **(facts or {})}.items() if define is not None}
    made = {key: Fact(key, "t", FactDefinition(meaning=key, **define), {}, {}) for key, define in defines.items()}
    events = {"e": LifeEvent("e", event, {}, {})}
    catalogue = Catalogue({"p": make_procedure("p", list(asks))}, {}, events, {}, None, {})
    return list(find_once_faults(catalogue, Dictionary(made, {}, {})))


def test_sound_content_has_no_faults():
    assert list_faults() == []


@pytest.mark.parametrize(
    ("key", "define", "fault"),
    [
        ("baby.name", {"kind": "name"}, "asks a name"),
        ("baby.birth", {"kind": "date"}, "asks a name or a birth date"),
        ("owner_name.x_name", {"kind": "text"}, "asks a name"),
        ("child.name", {"kind": "name", "within": "children.list"}, "asks a name"),
        ("child.name", {"kind": "text", "within": "children.list"}, "asks a name"),
        ("child.name", {"kind": "name", "within": "children.list", "outside": "why"}, "outside is the reason"),
        ("dog.vet", {"kind": "name", "outside": ""}, "outside is the reason"),
        ("dog.moved_on", {"kind": "date", "outside": "why"}, "outside is the reason"),
        ("spouse.old", {"kind": "name", "of": "spouse", "is_": "name"}, "asks name of spouse, as spouse.name does"),
        ("child.old", {"kind": "name", "is_": "name", "within": "children.list"}, "asks name of children.list, as child.name does"),
    ],
)  # fmt: skip
def test_fact_by_which_a_person_could_be_told_twice_is_named(key, define, fault):
    faults = list_faults({key: define})
    assert faults
    assert all(one.startswith(f"facts/{key}: ") and fault in one for one in faults)


def test_other_words_in_a_key_are_no_names():
    assert list_faults({"baby.birth_place": {"kind": "text"}, "grief.in_name": {"kind": "choices"}}) == []


def test_role_that_is_found_by_what_is_known_leaves_nobody_out_of_a_list():
    head = {"kind": "person", "role": "spouse", "found_by": {"post": "head"}}
    (fault,) = list_faults({"spouse.who": head})
    assert fault.startswith("facts/children.list: names the role spouse")


def test_condition_that_is_decided_after_the_role_is_settled_is_named():
    late = (
        *ASKS[:4],
        Ask(fact="spouse.together"),
        Ask(fact="spouse.name", when=Condition(fact="spouse.together", is_="no")),
    )
    (fault,) = list_faults(asks=late)
    assert fault == "procedures/p: spouse.name: its condition reads spouse.together, which is asked after spouse.who"


def make_event(**changes: Any) -> EventDefinition:
    """Return the sound event with something else."""
    return EventDefinition(**{name: getattr(EVENT, name) for name in ("order", "asks", "gives", "members")} | changes)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"gives": (Given(fact="spouse.exists", same_as="spouse.together"),)}, "gives spouse.exists by spouse.together, which is asked later"),
        ({"gives": (Given(fact="spouse.exists", value="yes", when=Condition(fact="dog.moved_on", known=True)),)}, "gives spouse.exists by dog.moved_on"),
        ({"gives": (Given(fact="move.on", same_as="dog.moved_on"),)}, "gives move.on by dog.moved_on"),
        ({"gives": (Given(fact="applicant.birth", same_as="move.on"),)}, "gives applicant.birth, which is told of a person"),
        ({"asks": (*EVENT.asks, EventAsk(fact="dog.name"))}, "asks dog.name, and nothing comes of it"),
    ],
)  # fmt: skip
def test_event_by_which_something_could_be_asked_twice_or_for_nothing_is_named(changes, fault):
    (found,) = list_faults(event=make_event(**changes))
    assert found.startswith(f"lifeevents/e: {fault}")
