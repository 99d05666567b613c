"""Properties of the one engine: whatever procedures are combined, each fact is asked once and nothing needed is left out."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.drafts.rules import plan, split_answers
from webapp.facts.rules import Dictionary, Fact, FactDefinition
from webapp.facts.rules_conditions import Condition, holds
from webapp.procedures.rules import Ask, Cost, Form, Procedure, ProcedureDefinition
from webapp.reading.rules_texts import Text

TODAY = date(2026, 11, 24)
KEYS = tuple(f"topic{n // 5}.fact{n}" for n in range(25))
VALUES = ("yes", "no", "unknown")


def make_dictionary() -> Dictionary:
    """Return 25 yes-or-no facts in five topics; two of them share a page."""
    facts = {}
    for key in KEYS:
        page = "shared" if key in KEYS[7:9] else None
        define = FactDefinition(kind="yesno", meaning=key, page=page, unknown=True)
        facts[key] = Fact(key, key.split(".")[0], define, {"label": Text({"ja": key})}, {})
    return Dictionary(facts, {}, {})


DICTIONARY = make_dictionary()


def make_procedure(slug: str, asks: list[Ask]) -> Procedure:
    """Return a procedure that asks these facts."""
    define = ProcedureDefinition(
        office="o", events=[], audiences=[], channels=["own_form"], cost=Cost(yen=0), claims={}, law=[], survey_event="その他",
        form=Form(asks=asks, declarations=[], answer_days=7),
    )  # fmt: skip
    return Procedure(slug, define, {}, (), {}, {})


PLACES = st.sets(st.integers(0, len(KEYS) - 1), min_size=1, max_size=12)
KINDS, NTH, VALUE, YES = (
    st.sampled_from(("", "is", "any", "none")),
    st.integers(0, len(KEYS)),
    st.sampled_from(VALUES),
    st.booleans(),
)
"""Made once: making strategies anew for each draw takes far longer than what is tested."""


@st.composite
def draw_asks(draw: st.DrawFn) -> list[Ask]:
    """Draw the asks of one procedure: conditions look only at earlier facts that the same procedure asks too."""
    places = sorted(draw(PLACES))
    asks = []
    for n, place in enumerate(places):
        when = draw_condition(draw, [KEYS[p] for p in places[:n]])
        asks.append(Ask(fact=KEYS[place], when=when, required=draw(YES)))
    return asks


def draw_condition(draw: st.DrawFn, earlier: list[str]) -> Condition | None:
    """Draw a condition over earlier facts, or none."""
    kind = draw(KINDS) if earlier else ""
    tests = [Condition(fact=earlier[draw(NTH) % len(earlier)], is_=draw(VALUE)) for _ in range(1 + draw(YES)) if kind]
    if kind in ("", "is"):
        return tests[0] if kind else None
    return Condition(any=tests) if kind == "any" else Condition(none=tests)


PROCEDURES = st.lists(draw_asks(), min_size=1, max_size=6).map(
    lambda all_asks: [make_procedure(f"p{n}", asks) for n, asks in enumerate(all_asks)]
)
ANSWERS = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES))


def keys_of(procedures: list[Procedure], answers: Mapping[str, Any]) -> list[str]:
    """Return the facts that are asked, in order."""
    return [q.fact.key for page in plan(procedures, DICTIONARY, answers, TODAY).pages for q in page.questions]


@given(PROCEDURES, ANSWERS, st.randoms())
@settings(max_examples=150, deadline=None)
def test_order_of_procedures_never_changes_the_questions(procedures, answers, random):
    shuffled = list(procedures)
    random.shuffle(shuffled)
    assert plan(procedures, DICTIONARY, answers, TODAY) == plan(shuffled, DICTIONARY, answers, TODAY)


@given(PROCEDURES, ANSWERS)
@settings(max_examples=150, deadline=None)
def test_no_fact_is_asked_twice(procedures, answers):
    asked = keys_of(procedures, answers)
    assert len(asked) == len(set(asked))


@given(PROCEDURES, ANSWERS)
@settings(max_examples=150, deadline=None)
def test_every_fact_that_a_procedure_needs_now_is_asked_and_nothing_else(procedures, answers):
    made = plan(procedures, DICTIONARY, answers, TODAY)
    needed = {ask.fact for one in procedures for ask in one.define.form.asks if holds(ask.when, made.answers, TODAY)}
    assert {q.fact.key for page in made.pages for q in page.questions} == needed


@given(PROCEDURES, ANSWERS)
@settings(max_examples=150, deadline=None)
def test_answers_of_abandoned_branches_are_pruned(procedures, answers):
    made = plan(procedures, DICTIONARY, answers, TODAY)
    asked = {q.fact.key for page in made.pages for q in page.questions}
    assert set(made.answers) == asked & set(answers)
    for one in procedures:
        assert set(split_answers(one, made, TODAY)) <= asked


@given(PROCEDURES, ANSWERS)
@settings(max_examples=100, deadline=None)
def test_planning_again_with_the_pruned_answers_changes_nothing(procedures, answers):
    made = plan(procedures, DICTIONARY, answers, TODAY)
    assert plan(procedures, DICTIONARY, made.answers, TODAY) == made


@given(PROCEDURES, st.data())
@settings(max_examples=80, deadline=None)
def test_answering_page_after_page_always_ends(procedures, data):
    answers: dict[str, str] = {}
    for _ in range(len(KEYS) + 1):
        page = plan(procedures, DICTIONARY, answers, TODAY).first_open()
        if page is None:
            break
        for question in page.questions:
            answers[question.fact.key] = data.draw(st.sampled_from(VALUES))
    assert plan(procedures, DICTIONARY, answers, TODAY).first_open() is None


@given(PROCEDURES)
@settings(max_examples=80, deadline=None)
def test_every_question_can_be_reached_by_some_answers(procedures):
    """A question is unreachable only if its condition can never hold; it then holds for no answers at all."""
    for one in procedures:
        for ask in one.define.form.asks:
            if ask.when is None or ask.when.none:
                continue
            facts = [m.fact for m in ask.when.any or [ask.when]]
            wish = {m.fact: m.is_ for m in ask.when.any or [ask.when]}
            alone = make_procedure("alone", [*(Ask(fact=f) for f in facts), Ask(fact=ask.fact, when=ask.when)])
            assert ask.fact in keys_of([alone], wish)


def test_facts_that_share_a_page_stand_on_one_page():
    made = plan([make_procedure("p", [Ask(fact=KEYS[7]), Ask(fact=KEYS[8]), Ask(fact=KEYS[9])])], DICTIONARY, {}, TODAY)
    assert [(page.key, len(page.questions)) for page in made.pages] == [("shared", 2), (KEYS[9], 1)]


def test_a_fact_is_required_if_any_procedure_requires_it():
    first = make_procedure("a", [Ask(fact=KEYS[0], required=False)])
    second = make_procedure("b", [Ask(fact=KEYS[0])])
    (page,) = plan([first, second], DICTIONARY, {}, TODAY).pages
    assert page.questions[0].required
    assert page.questions[0].used_for == ("a", "b")
