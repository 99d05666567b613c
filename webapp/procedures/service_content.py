"""Reading the catalogue's folders: one procedure, the offices, life events and audiences, the router's table."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from webapp.kit.content import ContentError, convert_as, list_folders, load_as
from webapp.procedures.rules import Procedure, ProcedureDefinition
from webapp.procedures.rules_catalogue import Audience, ClosedDay, EventDefinition, LifeEvent, Office, OfficeDefinition
from webapp.procedures.rules_router import Router, RouterDefinition, RouterQuestion
from webapp.reading.rules_texts import Text, join_texts, load_texts, read_trees

Voices = Iterable[str]


def load_procedures(folder: Path, voices: Voices) -> dict[str, Procedure]:
    """Return the procedures of content/procedures/ by slug, in the order of their names. Raises ContentError."""
    return {place.name: load_procedure(place, voices) for place in list_folders(folder)}


def load_procedure(folder: Path, voices: Voices) -> Procedure:
    """Return one procedure with its words. Raises ContentError."""
    define = load_as(folder / "procedure.yaml", ProcedureDefinition)
    texts, keywords = load_words(folder, voices)
    bring = texts.pop("bring", ())
    declarations = texts.pop("declarations", {})
    _expect(isinstance(bring, tuple), folder, "bring must be a list")
    _expect(isinstance(declarations, dict), folder, "declarations must be a table")
    return Procedure(folder.name, define, _expect_texts(folder, texts), bring, keywords, declarations)


def load_words(folder: Path, voices: Voices) -> tuple[dict[str, Any], dict[str, tuple[str, ...]]]:
    """Return a folder's texts, and its search words by voice apart: they are no translation of each other."""
    trees = read_trees(folder, voices)
    for voice, tree in trees.items():
        _expect(isinstance(tree, dict), folder, f"{voice}.yaml is not a table")
    found = {voice: tree.pop("keywords", None) or [] for voice, tree in trees.items()}
    keywords = {v: convert_as(folder / f"{v}.yaml", words, tuple[str, ...]) for v, words in found.items()}
    return join_texts(folder, trees), keywords


def _expect(holds: bool, place: Path, fault: str) -> None:
    """Raise ContentError unless something holds."""
    if not holds:
        raise ContentError(f"{place}: {fault}")


def _expect_texts(place: Path, texts: Mapping[str, Any]) -> dict[str, Text]:
    """Return texts of which each must be one text, not a list or a table."""
    for key, text in texts.items():
        _expect(isinstance(text, Text), place, f"{key} must be one text")
    return dict(texts)


def load_offices(folder: Path, voices: Voices) -> dict[str, Office]:
    """Return the offices of content/offices/ by key. Raises ContentError."""
    defines = load_as(folder / "offices.yaml", dict[str, OfficeDefinition])
    texts = load_texts(folder, voices)
    return {key: Office(key, define, _get_words(folder, texts, key)) for key, define in defines.items()}


def load_closed_days(path: Path) -> frozenset[date]:
    """Return the days of content/offices/closed.yaml; none where there is no such file. Raises ContentError."""
    return frozenset(one.day for one in load_as(path, list[ClosedDay])) if path.exists() else frozenset()


def load_audiences(folder: Path, voices: Voices) -> dict[str, Audience]:
    """Return the audiences of content/audiences/ by key, in the order of its list. Raises ContentError."""
    keys = load_as(folder / "audiences.yaml", list[str])
    texts = load_texts(folder, voices)
    return {key: Audience(key, _get_words(folder, texts, key)) for key in keys}


def load_events(folder: Path, voices: Voices) -> dict[str, LifeEvent]:
    """Return the life events of content/lifeevents/ by slug, in their order. Raises ContentError."""
    events = (_load_event(place, voices) for place in list_folders(folder))
    return {event.slug: event for event in sorted(events, key=lambda one: (one.order, one.slug))}


def _load_event(folder: Path, voices: Voices) -> LifeEvent:
    """Return one life event with its words."""
    define = load_as(folder / "event.yaml", EventDefinition)
    texts, keywords = load_words(folder, voices)
    tables = {name: texts.pop(name, {}) for name in ("reasons", "removed", "automatic")}
    for name, table in tables.items():
        _expect(isinstance(table, dict), folder, f"{name} must be a table")
    reasons, removed, automatic = (_expect_texts(folder, table) for table in tables.values())
    return LifeEvent(folder.name, define, _expect_texts(folder, texts), keywords, reasons, removed, automatic)


def _get_words(place: Path, texts: Mapping[str, Any], key: str) -> dict[str, Text]:
    """Return the words of one entry of a list that has its texts side by side in one file."""
    _expect(isinstance(texts.get(key), dict), place, f"{key} has no Japanese texts")
    return _expect_texts(place, texts[key])


def load_router(folder: Path, voices: Voices) -> Router:
    """Return the table of content/router/ with its words. Raises ContentError; KeyError never leaves here."""
    define = load_as(folder / "router.yaml", RouterDefinition)
    texts = load_texts(folder, voices)
    try:
        return _make_router(define, texts)
    except KeyError as missing:
        raise ContentError(f"{folder}/ja.yaml: the words {missing} are missing") from missing


def _make_router(define: RouterDefinition, texts: Mapping[str, Any]) -> Router:
    """Put the table and its words together. Raises KeyError for words that are missing."""
    channels = texts["channels"]
    return Router(
        define=define,
        questions={fact: _make_question(fact, keys, texts["questions"]) for fact, keys in define.questions.items()},
        reasons={rule.key: texts["rules"][rule.key] for rule in define.rules},
        barriers={barrier.key: texts["barriers"][barrier.key] for barrier in define.barriers},
        usual={key: words["usual"] for key, words in channels.items()},
        last=texts["last"],
        names={key: words["name"] for key, words in channels.items()},
        steps={key: words["steps"] for key, words in channels.items()},
    )


def _make_question(fact: str, options: Iterable[str], texts: Mapping[str, Any]) -> RouterQuestion:
    """Return one question of the router with its options."""
    words = texts[fact]
    return RouterQuestion(fact, words["question"], {key: words["options"][key] for key in options})


def load_synonyms(path: Path) -> tuple[tuple[str, ...], ...]:
    """Return the groups of words that mean the same in a search; none if there is no such file. Raises ContentError."""
    return load_as(path, tuple[tuple[str, ...], ...]) if path.exists() else ()


def load_popular(path: Path) -> tuple[str, ...]:
    """Return the slugs that the front page names, in its order; none if there is no such file. Raises ContentError."""
    return load_as(path, tuple[str, ...]) if path.exists() else ()
