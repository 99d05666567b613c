"""The catalogue: what its folders say is read whole, and every fault is named before a resident meets it."""

from pathlib import Path
from typing import Any

import pytest

from tests.procedures.small_content import CONTENT, VOICES, make_small_dictionary, write_small_content, write_yaml
from webapp.facts.service import load_dictionary
from webapp.kit.content import ContentError
from webapp.procedures.rules_catalogue import Catalogue
from webapp.procedures.rules_faults import NATIONAL
from webapp.procedures.service import find_faults, load_catalogue

FORM: dict[str, Any] = {"declarations": ["truth"], "answer_days": 14}


def load(folder: Path, **changes: Any) -> Catalogue:
    return load_catalogue(write_small_content(folder, **changes), make_small_dictionary(), VOICES)


def faults_of(folder: Path, **changes: Any) -> list[str]:
    found = find_faults(load(folder, **changes), make_small_dictionary())
    return [fault for fault in found if "the national procedure" not in fault]


def test_sound_catalogue_has_no_faults_but_the_national_procedures_it_lacks(tmp_path: Path) -> None:
    found = find_faults(load(tmp_path), make_small_dictionary())
    assert found == [f"procedures: the national procedure {key} is missing" for key in NATIONAL]


def test_national_list_has_28_entries() -> None:
    assert len(set(NATIONAL)) == 15 + 11 + 1 + 1


def test_words_of_every_voice_are_read_and_missing_ones_fall_back_to_japanese(tmp_path: Path) -> None:
    procedure = load(tmp_path).procedures["join-insurance"]
    assert procedure.words["title"].in_voice("en").words == "Join National Health Insurance"
    assert procedure.words["cost"].in_voice("ja-easy").voice == "ja"
    assert procedure.bring[1].in_voice("en").words == "Residence card"


def test_search_words_of_voices_need_not_match_in_number(tmp_path: Path) -> None:
    keywords = load(tmp_path).procedures["join-insurance"].keywords
    assert keywords["ja"] == ("こくほ", "保険証", "健康保険")
    assert keywords["en"] == ("kokuho", "health insurance")


def test_form_asks_to_have_ready_what_everybody_must_hand_in(tmp_path: Path) -> None:
    asks = [{"fact": "applicant.name"}, {"fact": "papers.proof"}]
    catalogue = load(tmp_path, form={**FORM, "asks": asks})
    assert [fact.key for fact in catalogue.preparations["join-insurance"].ready] == ["papers.proof"]


def test_form_says_its_minutes_and_asks_nobody_to_get_ready_what_can_be_left_out(tmp_path: Path) -> None:
    catalogue = load(tmp_path)
    assert catalogue.preparations["join-insurance"].minutes >= 3
    assert catalogue.preparations["join-insurance"].ready == ()
    assert "large-waste" not in catalogue.preparations


def test_procedures_are_found_by_life_event_and_audience(tmp_path: Path) -> None:
    catalogue = load(tmp_path)
    assert [one.slug for one in catalogue.of_event("moving-in")] == ["join-insurance"]
    assert len(catalogue.of_audience("everyone")) == 2


def test_procedures_of_the_same_event_are_alike(tmp_path: Path) -> None:
    catalogue = load(tmp_path)
    assert catalogue.like(catalogue.procedures["join-insurance"]) == ()


def test_misspelled_key_of_a_definition_names_its_file(tmp_path: Path) -> None:
    write_small_content(tmp_path)
    write_yaml(tmp_path / "procedures/join-insurance/procedure.yaml", {"ofice": "x"})
    with pytest.raises(ContentError, match=r"join-insurance/procedure\.yaml"):
        load_catalogue(tmp_path, make_small_dictionary(), VOICES)


def test_procedure_without_japanese_is_refused(tmp_path: Path) -> None:
    write_small_content(tmp_path)
    (tmp_path / "procedures/large-waste/ja.yaml").unlink()
    with pytest.raises(ContentError, match="Japanese"):
        load_catalogue(tmp_path, make_small_dictionary(), VOICES)


@pytest.mark.parametrize(("changes", "fault"), [
    ({"office": "nowhere"}, "the office nowhere does not exist"),
    ({"events": ["war"]}, "the life event war does not exist"),
    ({"audiences": ["nobody"]}, "the audience nobody does not exist"),
    ({"audiences": []}, "audiences must name at least one"),
    ({"survey_event": "旅行"}, "the survey event 旅行"),
    ({"channels": ["own_form", "joint"]}, "a way without a computer"),
    ({"channels": ["own_form", "post", "post"]}, "name a way twice"),
    ({"channels": ["counter"]}, "a form that is sent and the channel own_form belong together"),
    ({"form": None}, "a form that is sent and the channel own_form belong together"),
    ({"links": {"joint": "https://example.org"}}, "the link for joint has no such way"),
    ({"channels": ["own_form", "joint", "post"], "links": {"joint": "http://example.org"}}, "must start with https"),
    ({"claims": {}}, "the claim takes is missing"),
    ({"claims": {"who": {"source": " "}}}, "the claim who has no source"),
    ({"cost": {}}, "cost needs either yen or varies"),
    ({"cost": {"yen": 300, "varies": True}}, "cost needs either yen or varies"),
    ({"deadline": {"since": "moving"}}, "a deadline needs either since with a span, or every_year"),
    ({"deadline": {"every_year": "07-31", "days": 3}}, "a deadline needs either"),
    ({"deadline": {"every_year": "7月"}}, "every_year must be a month and a day"),
    ({"national": "childcare-16"}, "childcare-16 is no number of the national list"),
    ({"form": {**FORM, "asks": [{"fact": "applicant.shoe"}]}}, "asks applicant.shoe, which the dictionary does not"),
    ({"form": {**FORM, "declarations": ["truth", "oath"], "asks": []}}, "the declaration oath has no words"),
    ({"form": {**FORM, "declarations": [], "asks": []}}, "the declaration truth is never asked"),
    ({"form": {**FORM, "asks": [
        {"fact": "insurance.left_on", "when": {"fact": "insurance.reason", "is": "moved"}},
    ]}}, "reads insurance.reason, which this form does not ask"),
    ({"form": {**FORM, "asks": [
        {"fact": "insurance.left_on"},
        {"fact": "insurance.reason", "when": {"fact": "insurance.left_on", "known": True}},
    ]}}, "reads insurance.left_on, which is asked later"),
    ({"form": {**FORM, "asks": [
        {"fact": "insurance.reason"}, {"fact": "insurance.left_on", "when": {"fact": "insurance.reason", "is": "born"}},
    ]}}, "waits for insurance.reason to be born, which it never is"),
    ({"form": {**FORM, "asks": [
        {"fact": "insurance.reason"}, {"fact": "insurance.left_on", "when": {"fact": "insurance.reason"}},
    ]}}, "a condition needs exactly one test or one group"),
])  # fmt: skip
def test_fault_is_named_with_its_procedure(tmp_path: Path, changes: dict[str, Any], fault: str) -> None:
    found = faults_of(tmp_path, **changes)
    assert any(fault in one for one in found), found


def test_life_event_without_procedures_is_a_fault(tmp_path: Path) -> None:
    assert "lifeevents/moving-in: no procedure names it" in faults_of(tmp_path, events=[])


def test_national_number_given_twice_is_a_fault(tmp_path: Path) -> None:
    catalogue = load(tmp_path, national="childcare-01")
    one = catalogue.procedures["join-insurance"]
    twice = Catalogue(
        {"a": one, "b": one}, catalogue.offices, catalogue.events, catalogue.audiences, catalogue.router, {}
    )
    found = find_faults(twice, make_small_dictionary())
    assert "procedures: the national procedure childcare-01 is there twice" in found


def test_catalogue_of_the_ward_has_no_faults() -> None:
    dictionary = load_dictionary(CONTENT, VOICES)
    assert find_faults(load_catalogue(CONTENT, dictionary, VOICES), dictionary) == []
