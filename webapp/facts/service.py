"""Reading the dictionary of facts from content, and finding what is wrong with it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from webapp.facts.rules import Dictionary, Fact, FactDefinition
from webapp.kit.content import ContentError, convert_as, load_as, read_yaml
from webapp.reading.rules_texts import Text, load_texts

NEEDED_WORDS = ("label", "question", "why")
WITH_OPTIONS = ("choice", "choices")


def load_dictionary(content: Path, voices: Sequence[str]) -> Dictionary:
    """Return all facts in asking order with their words. Raises ContentError with the file that is at fault."""
    folder = content / "facts"
    topics = load_as(folder / "topics.yaml", list[str])
    names = load_texts(folder, voices)
    missing = [topic for topic in topics if topic not in names or not (folder / topic).is_dir()]
    if missing:
        raise ContentError(f"{folder}: no folder or no name for the topic {missing[0]}")
    facts: dict[str, Fact] = {}
    pages: dict[str, Mapping[str, Text]] = {}
    for topic in topics:
        texts = load_texts(folder / topic, voices)
        facts |= _load_topic(folder / topic, topic, texts["facts"])
        pages |= texts.get("pages", {})
    return Dictionary(facts, {topic: names[topic] for topic in topics}, pages)


def _load_topic(folder: Path, topic: str, texts: Mapping[str, Any]) -> dict[str, Fact]:
    """Return the facts of one topic in the order of their file."""
    path = folder / "facts.yaml"
    defines = convert_as(path, read_yaml(path), dict[str, FactDefinition])
    unknown = texts.keys() - defines.keys()
    if unknown:
        raise ContentError(f"{folder}/ja.yaml: {sorted(unknown)[0]} has words but is not in facts.yaml")
    return {key: _join_fact(key, topic, define, texts.get(key, {})) for key, define in defines.items()}


def _join_fact(key: str, topic: str, define: FactDefinition, texts: Mapping[str, Any]) -> Fact:
    """Return one fact with its words."""
    words = {name: text for name, text in texts.items() if isinstance(text, Text)}
    return Fact(key, topic, define, words, texts.get("options", {}))


def find_faults(dictionary: Dictionary) -> list[str]:
    """Return what is wrong with the dictionary, in words that name the fact."""
    meanings = Counter(fact.define.meaning for fact in dictionary.facts.values())
    faults = [f"facts: the meaning {meaning} stands twice" for meaning, count in meanings.items() if count > 1]
    for fact in dictionary.facts.values():
        faults += [f"facts/{fact.key}: {fault}" for fault in _find_fact_faults(dictionary, fact)]
    pages = Counter(fact.define.page for fact in dictionary.facts.values() if fact.define.page)
    faults += [f"pages/{page}: no question" for page in pages if "question" not in dictionary.pages.get(page, {})]
    return faults


def _find_fact_faults(dictionary: Dictionary, fact: Fact) -> Iterator[str]:
    """Yield what is wrong with one fact."""
    define = fact.define
    yield from (f"no {name}" for name in NEEDED_WORDS if name not in fact.words and not define.within)
    if (define.kind in WITH_OPTIONS) != bool(define.options):
        yield "options belong to choice and choices, and only there"
    yield from (f"no words for the option {one}" for one in define.options or () if one not in fact.options)
    if (define.kind == "people") != bool(define.item):
        yield "item belongs to people, and only there"
    for key in define.item or ():
        item = dictionary.facts.get(key)
        if item is None or item.define.within != fact.key:
            yield f"the item {key} is not a fact within {fact.key}"
    if define.within and define.within not in dictionary.facts:
        yield f"{define.within} is not a fact"
