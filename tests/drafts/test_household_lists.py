"""Lists of people: somebody is added in the middle of a page, ticked, asked more, taken off, forgotten; strangers are refused."""

import re

import pytest

from tests.autopilot import find_errors, read_form
from tests.drafts.browser import BrowserResident
from tests.drafts.household import CHILDREN, JIRO, MEMBERS, SORA, facts_on, names_of, tell
from tests.drafts.test_journeys import DICTIONARY

APART = {"child.apart_address", "child.apart_reason", "child.apart_contact", "child.apart_money"}
CARD = {"member.country", "member.status", "member.until", "member.card_number"}


def test_person_added_in_the_middle_of_a_page_keeps_what_was_ticked_but_not_sent(family):
    resident, base = family
    resident.hurry(base, CHILDREN)
    sora = resident.person(base, SORA)
    assert read_form(resident.see(f"{base}/{CHILDREN}")).ticked == {}
    where = resident.send_page(base, CHILDREN, {CHILDREN: [sora], "then": "person:new"})
    assert where == f"{base}/{CHILDREN}/new"
    assert facts_on(resident.see(where)) == {"child.name", "child.birth", "child.relation", "child.living"}
    where = resident.send_page(
        base, f"{CHILDREN}/new", tell("child", "山田 海", 2018, relation="child", living="together")
    )
    assert where == f"{base}/{CHILDREN}/{sora}", "of the child who was ticked something is still missing"
    where = resident.send_page(base, f"{CHILDREN}/{sora}", {"child.relation": "child", "child.living": "together"})
    assert where == f"{base}/{CHILDREN}"
    assert read_form(resident.see(where)).ticked == {CHILDREN: [sora, resident.person(base, "山田 海")]}


def test_unfinished_typing_about_a_person_survives_another_voice_and_nobody_is_written_down_yet(family):
    resident, base = family
    before = names_of(resident.hurry(base, CHILDREN))
    half = {"child.name:name": "山﨑 書きかけ", "child.birth:year": "2019", "then": "voice:en"}
    where = resident.send_page(base, f"{CHILDREN}/new", half)
    assert where == f"{base.replace('/ja/', '/en/')}/{CHILDREN}/new"
    for address, lang in ((where, "en"), (f"{base}/{CHILDREN}/new", "ja")):
        page = resident.see(address)
        assert 'value="山﨑 書きかけ"' in page
        assert 'value="2019"' in page
        assert f'<html lang="{lang}"' in page
    assert names_of(resident.look(base)) == before


def test_what_only_some_are_asked_comes_on_the_next_page_about_the_same_person(family):
    resident, base = family
    resident.hurry(base, CHILDREN)
    resident.send_page(base, f"{CHILDREN}/new", tell("child", "山田 海", 2008, relation="child", living="together"))
    sora, umi = resident.person(base, SORA), resident.person(base, "山田 海")
    where = resident.send_page(base, CHILDREN, {CHILDREN: [sora, umi]})
    where = resident.send_page(
        base, where.removeprefix(f"{base}/"), {"child.relation": "child", "child.living": "apart-japan"}
    )
    assert where.split("?")[0] == f"{base}/{CHILDREN}/{sora}"
    assert facts_on(resident.see(where)) >= APART
    assert not APART & facts_on(resident.see(f"{base}/{CHILDREN}/{umi}"))
    assert resident.look(base).made.find_page(CHILDREN).people.open == (sora,)


def test_residence_card_is_asked_of_foreign_nationals_and_leaves_no_trace_when_that_is_mended(family):
    resident, base = family
    where = resident.send_page(base, f"{MEMBERS}/new", tell("member", "王 明", relation="other", nationality="foreign"))
    wang = resident.person(base, "王 明")
    assert where == f"{base}/{MEMBERS}/{wang}"
    assert facts_on(resident.see(where)) >= CARD
    assert not CARD & facts_on(resident.see(f"{base}/{MEMBERS}/{resident.person(base, JIRO)}"))
    card = resident.fill_items(DICTIONARY.facts[MEMBERS]) | {"member.card_number": "AB12345678CD"}
    foreign = card | tell("member", "王 明", relation="other", nationality="foreign")
    resident.send_page(base, f"{MEMBERS}/{wang}", foreign)
    assert resident.look(base).made.answers[MEMBERS][2]["member.card_number"] == "AB12345678CD"
    resident.send_page(base, f"{MEMBERS}/{wang}", foreign | {"member.nationality": "japanese"})
    assert not CARD & resident.look(base).made.answers[MEMBERS][2].keys()
    resident.send_page(base, f"{MEMBERS}/{wang}", foreign)
    assert resident.look(base).made.answers[MEMBERS][2]["member.card_number"] == "AB12345678CD", "it is only put aside"


def add_child(resident: BrowserResident, base: str, name: str) -> str:
    """Write about a child who is not a member of the household; return who it is."""
    resident.hurry(base)
    resident.send_page(base, f"{CHILDREN}/new", tell("child", name, 2018, relation="child", living="together"))
    return resident.person(base, name)


def test_unticking_takes_somebody_off_the_list_without_forgetting_them(family):
    resident, base = family
    umi, sora = add_child(resident, base, "山田 海"), resident.person(base, SORA)
    resident.send_page(base, CHILDREN, {CHILDREN: [umi]})
    state = resident.look(base)
    assert resident.list_of(state, CHILDREN) == [umi]
    assert SORA in names_of(state)
    form = read_form(resident.see(f"{base}/{CHILDREN}"))
    assert (form.choices[CHILDREN], form.ticked[CHILDREN]) == ([sora, umi], [umi])
    resident.send_page(base, MEMBERS, {MEMBERS: [resident.person(base, JIRO)]})
    assert SORA in names_of(resident.look(base)), "who is on no list can still be chosen by name"
    assert sora in read_form(resident.see(f"{base}/{MEMBERS}")).choices[MEMBERS]


def test_button_to_take_somebody_out_forgets_who_stands_nowhere_else(family):
    resident, base = family
    umi, sora = add_child(resident, base, "山田 海"), resident.person(base, SORA)
    page = resident.see(f"{base}/{CHILDREN}/{umi}")
    assert "この人を、ここから外す" in re.sub("<[^>]+>", "", page)
    resident.send_page(base, f"{CHILDREN}/{umi}", {"child.relation": "child", "then": "voice:ja-easy"})
    assert resident.send_page(base, f"{CHILDREN}/{umi}", {"then": "drop"}) == f"{base}/{CHILDREN}"
    state = resident.look(base)
    assert "山田 海" not in names_of(state)
    assert umi not in str((state.draft.answers, state.draft.typed))
    resident.send_page(base, f"{CHILDREN}/{sora}", {"then": "drop"})
    state = resident.look(base)
    assert SORA in names_of(state), "still a member of the household"
    assert state.made.first_open().key == CHILDREN, "an emptied list is an open question"


def test_list_with_too_many_people_says_how_many_it_takes_and_keeps_the_ticks(resident):
    base, key, resident.people = resident.begin("procedures/health-insurance-high-cost"), "insurance.patients", 8
    resident.hurry(base)
    ninth = resident.look(base).draft.answers["roles"]["applicant"]
    others = [one for one in resident.list_of(resident.look(base), key) if one != ninth]
    resident.send_page(base, key, {key: others})
    resident.send_page(base, f"{key}/new", tell("patient", "山田 海", relation="child"))
    eight = resident.list_of(resident.look(base), key)
    assert len(eight) == 8
    for ticks, then in (([*eight, ninth], ""), ([*eight, ninth], "person:new"), (eight, "person:new")):
        answer = resident.post(f"{base}/{key}", {key: ticks, "then": then})
        assert answer.status_code == 422
        assert "8人まで" in re.sub("<[^>]+>", "", answer.text)
        assert set(read_form(answer.text).ticked[key]) == set(ticks)
    assert resident.list_of(resident.look(base), key) == eight
    assert resident.client.get(f"{base}/{key}/new").status_code == 404


@pytest.mark.parametrize("wrong", ["0" * 24, "", "new\x00", "../../x", "山田", ["0" * 24, "1" * 24], "a\r\nX-Evil: 1"])
def test_people_who_are_nobody_are_refused(family, wrong):
    resident, base = family
    resident.hurry(base, "spouse.who")
    before = resident.look(base).draft.answers
    answer = resident.post(f"{base}/spouse.who", {"spouse.who": wrong})
    assert (answer.status_code, bool(find_errors(answer.text))) == (422, True)
    answer = resident.post(f"{base}/{MEMBERS}", {MEMBERS: wrong})
    assert answer.status_code == 422
    assert resident.look(base).draft.answers["roles"] == before["roles"]
    first = wrong[0] if isinstance(wrong, list) else wrong
    assert resident.send_page(base, MEMBERS, {MEMBERS: wrong, "then": f"person:{first}"}) == f"{base}/{MEMBERS}/new"
    for address in (f"{base}/{MEMBERS}/{first}", f"{base}/people/{first}") if first.isprintable() and first else ():
        assert resident.post(address, tell("member", "だれか")).status_code == 404
    assert "だれか" not in names_of(resident.look(base))


def test_strangers_among_the_ticks_are_passed_over_and_one_role_has_one_person(family):
    resident, base = family
    resident.hurry(base, "spouse.who")
    jiro, sora = resident.person(base, JIRO), resident.person(base, SORA)
    applicant = resident.look(base).draft.answers["roles"]["applicant"]
    resident.send_page(base, MEMBERS, {MEMBERS: [jiro, "0" * 24, applicant, jiro, sora, "new"]})
    assert resident.list_of(resident.look(base), MEMBERS) == [jiro, sora]
    resident.send_page(base, "spouse.who", {"spouse.who": [jiro, sora]})
    assert resident.look(base).made.answers["spouse.who"] == jiro
    answer = resident.post(f"{base}/spouse.who", {"spouse.who": applicant})
    assert answer.status_code == 422, "who is not offered cannot be chosen"
