"""Every fault that an author can make in the dictionary is named."""

from pathlib import Path

import pytest

from webapp.facts.service import find_faults, load_dictionary
from webapp.kit.content import ContentError

WORDS = "{label: あ, question: い, why: う}"


def write_dictionary(folder: Path, **topics: tuple[str, str]) -> Path:
    """Write a dictionary whose topics have facts and words as given, and return the content folder."""
    facts = folder / "facts"
    facts.mkdir()
    (facts / "topics.yaml").write_text("".join(f"- {topic}\n" for topic in topics))
    (facts / "ja.yaml").write_text("".join(f"{topic}: あ\n" for topic in topics))
    for topic, (defines, words) in topics.items():
        (facts / topic).mkdir()
        (facts / topic / "facts.yaml").write_text(defines)
        (facts / topic / "ja.yaml").write_text(words)
    return folder


def faults_of(folder: Path, define: str, words: str = WORDS, more: str = "", more_words: str = "") -> str:
    """Return the faults of one fact (and more of them) as one text."""
    facts = f"a.one: {{meaning: m, {define}}}\n{more}"
    texts = f"facts:\n  a.one: {words}\n{more_words}"
    return "\n".join(find_faults(load_dictionary(write_dictionary(folder, a=(facts, texts)), ("ja",))))


@pytest.mark.parametrize("name", ["label", "question", "why"])
def test_words_that_every_fact_needs_are_missed(tmp_path, name):
    words = "{" + ", ".join(f"{one}: あ" for one in ("label", "question", "why") if one != name) + "}"
    assert f"no {name}" in faults_of(tmp_path, "kind: text", words)


@pytest.mark.parametrize(
    ("define", "fault"),
    [
        ("kind: text, options: [x]", "options belongs to choice and choices, not to text"),
        ("kind: text, digits: 8", "digits belongs to number"),
        ("kind: name, unknown: true", "unknown belongs to"),
        ("kind: text, accept: [pdf]", "accept belongs to file"),
        ("kind: text, at_most: 3", "at_most belongs to people and file"),
        ("kind: text, latest: today", "latest belongs to date"),
        ("kind: choice", "choice needs options"),
        ("kind: people", "people needs item"),
        ("kind: choices, options: [x, x]", "the option x stands twice"),
        ("kind: choice, options: [unknown]", "`unknown: true`"),
        ("kind: number, digits: 10, check: mod10-insurer", "has 8 digits"),
        ("kind: date, latest: tomorrow", "tomorrow is not a day"),
        ("kind: date, earliest: today-5w", "today-5w is not a day"),
        ("kind: date, earliest: today-9999y", "today-9999y is not a day"),
        ("kind: date, earliest: '2026-02-30'", "2026-02-30 is not a day"),
        ("kind: people, item: [a.two]", "the item a.two is not a fact within a.one"),
        ("kind: text, within: a.two", "a.two is not a fact"),
        ("kind: text, page: both", "pages/both: no question"),
    ],
)
def test_fault_of_a_fact_is_named(tmp_path, define, fault):
    assert fault in faults_of(tmp_path, define)


def test_a_sound_fact_has_no_fault(tmp_path):
    words = "{label: あ, question: い, why: う, options: {x: え}}"
    assert faults_of(tmp_path, "kind: choice, options: [x], unknown: true", words) == ""


def test_options_and_their_words_belong_together(tmp_path):
    words = "{label: あ, question: い, why: う, options: {y: え}}"
    faults = faults_of(tmp_path, "kind: choice, options: [x]", words)
    assert "no words for the option x" in faults
    assert "words for y, which is no option" in faults


def test_an_item_that_nobody_asks_is_named(tmp_path):
    more = "a.two: {kind: text, meaning: n, within: a.one}\n"
    assert "does not ask it" in faults_of(tmp_path, "kind: text", more=more, more_words=f"  a.two: {WORDS}\n")


def test_words_of_a_page_that_holds_nothing_are_named(tmp_path):
    assert "no fact is on it" in faults_of(tmp_path, "kind: text", more_words="pages: {empty: {question: あ}}\n")


def test_a_page_cannot_hold_facts_of_two_topics(tmp_path):
    one = (
        "a.one: {kind: text, meaning: m, page: both}\n",
        f"facts: {{a.one: {WORDS}}}\npages: {{both: {{question: あ}}}}\n",
    )
    two = "b.one: {kind: text, meaning: n, page: both}\n", f"facts: {{b.one: {WORDS}}}\n"
    faults = find_faults(load_dictionary(write_dictionary(tmp_path, a=one, b=two), ("ja",)))
    assert faults == ["pages/both: holds facts of several topics"]


def test_the_same_fact_in_two_topics_stops_the_reading(tmp_path):
    topic = ("a.one: {kind: text, meaning: m}\n", f"facts: {{a.one: {WORDS}}}\n")
    with pytest.raises(ContentError, match=r"b: a\.one is in another topic already"):
        load_dictionary(write_dictionary(tmp_path, a=topic, b=topic), ("ja",))


def test_a_topic_without_its_folder_is_named(tmp_path):
    content = write_dictionary(tmp_path, a=("{}\n", "facts: {}\n"))
    (content / "facts" / "topics.yaml").write_text("- a\n- b\n")
    with pytest.raises(ContentError, match="topic b"):
        load_dictionary(content, ("ja",))


def test_facts_come_in_the_order_of_topics_and_files(tmp_path):
    last = (
        "z.two: {kind: text, meaning: x}\nz.one: {kind: text, meaning: y}\n",
        f"facts: {{z.one: {WORDS}, z.two: {WORDS}}}\n",
    )
    first = ("b.one: {kind: text, meaning: z}\n", f"facts: {{b.one: {WORDS}}}\n")
    dictionary = load_dictionary(write_dictionary(tmp_path, z=last, b=first), ("ja",))
    assert list(dictionary.facts) == ["z.two", "z.one", "b.one"]
