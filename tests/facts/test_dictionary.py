"""The dictionary of facts: read whole, in order, and its faults named."""

import pytest

from webapp.config import ROOT
from webapp.facts.service import find_faults, load_dictionary
from webapp.kit.content import ContentError


def write_topic(folder, facts: str, words: str) -> None:
    """Write a dictionary with one topic."""
    (folder / "facts" / "a").mkdir(parents=True)
    (folder / "facts" / "topics.yaml").write_text("- a\n")
    (folder / "facts" / "ja.yaml").write_text("a: あ\n")
    (folder / "facts" / "a" / "facts.yaml").write_text(facts)
    (folder / "facts" / "a" / "ja.yaml").write_text(words)


def test_published_dictionary_has_no_faults():
    assert find_faults(load_dictionary(ROOT / "content", ("ja", "ja-easy", "en"))) == []


def test_same_meaning_twice_is_a_fault(tmp_path):
    words = "facts:\n" + "".join(f"  a.{n}: {{label: あ, question: い, why: う}}\n" for n in (1, 2))
    write_topic(tmp_path, "a.1: {kind: text, meaning: m}\na.2: {kind: text, meaning: m}\n", words)
    assert any("stands twice" in fault for fault in find_faults(load_dictionary(tmp_path, ("ja",))))


def test_missing_words_and_options_are_faults(tmp_path):
    write_topic(
        tmp_path, "a.1: {kind: choice, meaning: m, options: [x]}\n", "facts:\n  a.1: {label: あ, question: い}\n"
    )
    faults = find_faults(load_dictionary(tmp_path, ("ja",)))
    assert any("no why" in fault for fault in faults)
    assert any("option x" in fault for fault in faults)


def test_unknown_key_in_a_file_is_named_with_its_file(tmp_path):
    write_topic(tmp_path, "a.1: {kind: text, meaning: m, colour: red}\n", "facts: {a.1: {label: あ}}\n")
    with pytest.raises(ContentError, match=r"facts\.yaml.*colour"):
        load_dictionary(tmp_path, ("ja",))
