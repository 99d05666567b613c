"""Reading the dictionary of facts from content, and finding what is wrong with it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from webapp.facts.rules import Dictionary, Fact, FactDefinition
from webapp.facts.rules_days import find_bound
from webapp.facts.rules_people_faults import find_people_faults
from webapp.kit.content import ContentError, convert_as, load_as, read_yaml
from webapp.reading.rules_texts import Text, load_texts

T = TypeVar("T")
NEEDED_WORDS = ("label", "question", "why")
KINDS_WITH = {
    "options": ("choice", "choices"), "item": ("people",), "at_most": ("people", "file"), "accept": ("file",),
    "long": ("text",), "length": ("text",), "digits": ("number",), "check": ("number",),
    "earliest": ("date",), "latest": ("date",),
    "unknown": ("choice", "choices", "yesno", "date", "number", "amount"), "role": ("person",),
    "found_by": ("person",), "without": ("people", "person"), "starts_with": ("people",),
}  # fmt: skip
"""Which kinds a field of a fact belongs to."""
ALWAYS_WITH = ("options", "item", "role")
"""Fields without which their kinds mean nothing."""
INSURER_DIGITS = 8
LONGEST_KEEP = 3650
SOME_DAY = date(2024, 2, 29)


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
        _add_new(folder / topic, facts, _load_topic(folder / topic, topic, texts.get("facts", {})))
        _add_new(folder / topic, pages, texts.get("pages", {}))
    return Dictionary(facts, {topic: names[topic] for topic in topics}, pages)


def _add_new(folder: Path, found: dict[str, T], more: Mapping[str, T]) -> None:
    """Add a topic's facts or pages; a key that another topic has already is an error, not a replacement."""
    twice = sorted(found.keys() & more.keys())
    if twice:
        raise ContentError(f"{folder}: {twice[0]} is in another topic already")
    found.update(more)


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
    return [*faults, *_find_page_faults(dictionary), *find_people_faults(dictionary)]


def _find_page_faults(dictionary: Dictionary) -> Iterator[str]:
    """Yield what is wrong with pages that hold several facts."""
    topics: dict[str, set[str]] = {}
    for fact in dictionary.facts.values():
        if fact.define.page:
            topics.setdefault(fact.define.page, set()).add(fact.topic)
    for page, where in topics.items():
        if "question" not in dictionary.pages.get(page, {}):
            yield f"pages/{page}: no question"
        if len(where) > 1:
            yield f"pages/{page}: holds facts of several topics"
        if page in dictionary.facts and dictionary.facts[page].define.page != page:
            yield f"pages/{page}: has the name of a fact that is asked elsewhere"
    yield from (f"pages/{page}: no fact is on it" for page in dictionary.pages if page not in topics)


def _find_fact_faults(dictionary: Dictionary, fact: Fact) -> Iterator[str]:
    """Yield what is wrong with one fact."""
    define = fact.define
    yield from (f"no {name}" for name in NEEDED_WORDS if name not in fact.words)
    yield from _find_field_faults(define)
    yield from _find_option_faults(fact)
    for key in define.item or ():
        item = dictionary.facts.get(key)
        if item is None or item.define.within != fact.key:
            yield f"the item {key} is not a fact within {fact.key}"
    list_fact = dictionary.facts.get(define.within or fact.key)
    if list_fact is None:
        yield f"{define.within} is not a fact"
    elif define.within and fact.key not in (list_fact.define.item or ()):
        yield f"it is within {define.within}, which does not ask it"


def _find_field_faults(define: FactDefinition) -> Iterator[str]:
    """Yield fields that mean nothing for the kind of a fact, that its kind needs, or that cannot be read."""
    for name, kinds in KINDS_WITH.items():
        given = bool(getattr(define, name))
        if given and define.kind not in kinds:
            yield f"{name} belongs to {' and '.join(kinds)}, not to {define.kind}"
        if not given and define.kind in kinds and name in ALWAYS_WITH:
            yield f"{define.kind} needs {name}"
    if define.check == "mod10-insurer" and define.digits != INSURER_DIGITS:
        yield f"an insurer's number has {INSURER_DIGITS} digits"
    if define.erase_after_decision_days is not None and not 1 <= define.erase_after_decision_days <= LONGEST_KEEP:
        yield f"erase_after_decision_days is 1 to {LONGEST_KEEP}"
    for bound in (define.earliest, define.latest):
        try:
            find_bound(bound, SOME_DAY)
        except (ValueError, OverflowError):
            yield f"{bound} is not a day such as today, today-150y, today+2m, today-30d or 2026-04-01"


def _find_option_faults(fact: Fact) -> Iterator[str]:
    """Yield what is wrong with the options of a fact and their words."""
    options = fact.define.options or []
    yield from (f"no words for the option {one}" for one in options if one not in fact.options)
    yield from (f"the option {one} stands twice" for one, count in Counter(options).items() if count > 1)
    if "unknown" in options:
        yield "the option unknown is written as `unknown: true`"
    known = {*options, "unknown", *(("yes", "no") if fact.define.kind == "yesno" else ())}
    yield from (f"words for {one}, which is no option" for one in fact.options if one not in known)
