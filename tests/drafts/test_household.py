"""People are written about once and chosen by name for every role; what is said of them holds for all procedures."""

from datetime import date

import pytest

from tests.autopilot import read_form
from tests.drafts.household import CHILDREN, JIRO, MEMBERS, SORA, facts_on, names_of, tell
from tests.drafts.making import answers_about
from tests.drafts.test_journeys import DICTIONARY
from tests.drafts.test_plan import make_procedure
from webapp.drafts.rules import plan, split_answers
from webapp.procedures.rules import Ask

TODAY = date(2026, 11, 24)
ABOUT_PEOPLE = [key for key, fact in DICTIONARY.facts.items() if fact.define.of and fact.define.is_]


@pytest.mark.parametrize("key", ABOUT_PEOPLE)
def test_what_is_known_of_a_person_by_another_question_is_used_and_not_asked(key):
    define = DICTIONARY.facts[key].define
    person = {"id": "p", define.is_: "said before", "via": {define.is_: "another.question"}}
    made = plan([make_procedure("p", [Ask(fact=key)])], DICTIONARY, answers_about(person, **{define.of: "p"}), TODAY)
    assert [question.fact.key for question in made.known] == [key]
    assert made.answers[key] == "said before"
    assert key not in [q.fact.key for page in made.pages for q in page.questions]


@pytest.mark.parametrize("key", ABOUT_PEOPLE)
def test_what_a_question_has_asked_itself_stays_on_its_page_to_be_changed(key):
    define = DICTIONARY.facts[key].define
    person = {"id": "p", define.is_: "said here", "via": {define.is_: key}}
    made = plan([make_procedure("p", [Ask(fact=key)])], DICTIONARY, answers_about(person, **{define.of: "p"}), TODAY)
    assert made.find_page(DICTIONARY.facts[key].page) is not None
    assert not made.known


def test_head_is_found_by_the_relation_that_was_given_once(family):
    resident, base = family
    state = resident.hurry(base, "spouse.who")
    assert not {"household.head", "household.head_name"} & set(state.asked)
    assert state.made.answers["household.head"] == resident.person(base, JIRO)
    assert state.made.answers["household.head_name"]["name"] == JIRO


def test_head_whose_relation_is_mended_is_no_longer_the_head(family):
    resident, base = family
    resident.hurry(base)
    assert resident.change_person(base, resident.person(base, JIRO), relation_to_head="parent").status_code == 303
    state = resident.look(base)
    assert state.made.first_open().key == "household.head_name", "nobody of the household can be the head now"
    resident.change_person(base, resident.person(base, SORA), relation_to_head="head")
    state = resident.look(base)
    assert state.made.first_open() is None
    assert state.made.answers["household.head_name"]["name"] == SORA


def test_of_two_heads_the_resident_says_who_it_is():
    heads = [{"id": one, "name": {"name": one, "kana": ""}, "relation_to_head": "head"} for one in ("a", "b")]
    child = {"id": "c", "name": {"name": "c", "kana": ""}, "relation_to_head": "child"}
    asks = [Ask(fact="household.head_name")]
    made = plan([make_procedure("p", asks)], DICTIONARY, answers_about(*heads, child), TODAY)
    (who,) = made.find_page("household.head").questions
    assert who.candidates == ("a", "b")
    alone = plan([make_procedure("p", asks)], DICTIONARY, answers_about(heads[1], child), TODAY)
    assert (alone.find_page("household.head"), alone.answers["household.head"]) == (None, "b")


def test_partner_who_is_chosen_from_the_household_is_asked_neither_name_nor_birth_again(family):
    resident, base = family
    resident.hurry(base, "spouse.who")
    jiro, sora = resident.person(base, JIRO), resident.person(base, SORA)
    assert read_form(resident.see(f"{base}/spouse.who")).choices == {"spouse.who": [jiro, sora, "new"]}
    resident.send_page(base, "spouse.who", {"spouse.who": jiro})
    state = resident.hurry(base)
    assert "spouse.occupation" in state.asked
    assert not {"spouse.name", "spouse.birth"} & set(state.asked)
    claim = split_answers(state.book.procedures["child-allowance-claim"], state.made, TODAY)
    assert (claim["spouse.name"]["name"], claim["spouse.birth"]) == (JIRO, "1990-04-02")


def test_somebody_who_is_not_there_is_asked_by_name(family):
    resident, base = family
    resident.hurry(base, "spouse.who")
    assert resident.send_page(base, "spouse.who", {"spouse.who": "new"}).endswith("/spouse.name")
    assert read_form(resident.see(f"{base}/spouse.who")).ticked == {"spouse.who": ["new"]}
    resident.choose["spouse.name"] = {"name": "佐藤 桜", "kana": "さとう"}
    state = resident.hurry(base)
    assert state.made.answers["spouse.name"]["name"] == "佐藤 桜"
    assert {"spouse.name", "spouse.birth"} <= set(state.asked)
    assert read_form(resident.see(f"{base}/spouse.who")).ticked == {"spouse.who": ["new"]}


def test_role_that_is_switched_back_and_forth_goes_with_its_person(family):
    resident, base = family
    resident.choose["spouse.name"] = {"name": "佐藤 桜", "kana": "さとう"}
    resident.hurry(base, "spouse.who")
    jiro = resident.person(base, JIRO)
    resident.send_page(base, "spouse.who", {"spouse.who": "new"})
    resident.hurry(base)
    sakura = resident.person(base, "佐藤 桜")
    for _ in range(2):
        resident.send_page(base, "spouse.who", {"spouse.who": jiro})
        state = resident.look(base)
        assert (state.made.answers["spouse.who"], state.made.answers["spouse.name"]["name"]) == (jiro, JIRO)
        assert "spouse.name" not in state.asked
        assert sakura in read_form(resident.see(f"{base}/spouse.who")).choices["spouse.who"]
        resident.send_page(base, "spouse.who", {"spouse.who": sakura})
        state = resident.look(base)
        assert (state.made.answers["spouse.who"], state.made.answers["spouse.name"]["name"]) == (sakura, "佐藤 桜")
        assert "spouse.name" in state.asked
    assert names_of(state).count("佐藤 桜") == names_of(state).count(JIRO) == 1


def test_two_people_of_the_same_name_are_kept_apart(family):
    resident, base = family
    resident.send_page(base, f"{MEMBERS}/new", tell("member", SORA, 1988, relation="other"))
    _, young, old = resident.list_of(resident.look(base), MEMBERS)
    resident.hurry(base, "spouse.who")
    resident.send_page(base, "spouse.who", {"spouse.who": old})
    resident.hurry(base, CHILDREN)
    assert read_form(resident.see(f"{base}/{CHILDREN}")).choices[CHILDREN] == [resident.person(base, JIRO), young]
    resident.send_page(base, CHILDREN, {CHILDREN: [young]})
    state = resident.hurry(base)
    claim = split_answers(state.book.procedures["child-allowance-claim"], state.made, TODAY)
    assert (claim["spouse.name"]["name"], claim["spouse.birth"]) == (SORA, "1988-04-02")
    assert [(one["child.name"]["name"], one["child.birth"]) for one in claim[CHILDREN]] == [(SORA, "2015-04-02")]
    resident.change_person(base, young, name={"name": "山田 空子", "kana": "やまだ"})
    assert names_of(resident.look(base)).count(SORA) == 1


def test_person_is_changed_from_the_check_page_for_all_procedures(family):
    resident, base = family
    resident.hurry(base)
    sora = resident.person(base, SORA)
    assert f'href="{base}/people/{sora}?back=check"' in resident.see(f"{base}/check")
    answer = resident.change_person(base, sora, name={"name": "山田 空子", "kana": "やまだ そらこ"}, birth="2016-05-06")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{base}/check")
    state = resident.look(base)
    told = {slug: split_answers(state.book.procedures[slug], state.made, TODAY) for slug in state.active}
    lists = {"moving-in": "member", "child-allowance-claim": "child", "child-medical-card": "child"}
    assert set(state.active) == set(lists)
    for slug, prefix in lists.items():
        people = told[slug][MEMBERS if prefix == "member" else CHILDREN]
        (one,) = [one for one in people if one["id"] == sora]
        assert (one[f"{prefix}.name"]["name"], one[f"{prefix}.birth"]) == ("山田 空子", "2016-05-06")
    assert resident.change_person(base, sora, name={"name": "", "kana": ""}).status_code == 422


def test_baby_is_on_the_list_of_children_from_the_start(resident):
    resident.choose |= {
        "event.baby_born": {"": "yes"},
        "event.gets_allowance": {"": "yes"},
        "event.both_work": {"": "no"},
    }
    resident.choose |= {"event.insurance_now": {"": "company"}, "baby.name": {"name": "山田 光", "kana": "やまだ"}}
    base = resident.begin("events/pregnancy-birth")
    resident.hurry(base, CHILDREN)
    baby = resident.person(base, "山田 光")
    assert read_form(resident.see(f"{base}/{CHILDREN}")).ticked == {CHILDREN: [baby]}
    where = resident.send_page(base, CHILDREN, {CHILDREN: [baby]})
    assert facts_on(resident.see(where)) == {"child.relation", "child.living"}
    resident.send_page(base, f"{CHILDREN}/{baby}", {"child.relation": "child", "child.living": "together"})
    assert resident.look(base).made.answers[CHILDREN][0]["child.name"]["name"] == "山田 光"
