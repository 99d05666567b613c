"""What the content desk lists: everything that the ward says, taken from the content that runs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from webapp.facts.service import find_faults as find_fact_faults
from webapp.learning.service_pack import load_pack
from webapp.notifications.service_texts import list_message_texts
from webapp.procedures.service import find_faults as find_procedure_faults
from webapp.reading.rules_texts import MAIN_VOICE, Text
from webapp.staff.rules_desk import Piece, Source, Task, find_fault_tasks, find_tasks
from webapp.staff.service_replies import find_reply_faults, load_replies
from webapp.staff.service_translations import list_hashes, load_seen

GLOSSARY_VOICES = {"plain": "ja", "easy": "ja-easy", "en": "en"}
"""In which voice each explanation of an official word is."""


@dataclass(frozen=True)
class Desk:
    """Everything that the ward says, and what there is to do about it."""

    pieces: Mapping[str, Piece]
    tasks: Sequence[Task]


def open_desk(ward: Any, voices: Sequence[str], today: date) -> Desk:
    """Return the desk for the ward's content. It takes a second: keep it for the day. Raises ContentError."""
    pieces = list_pieces(ward, voices)
    register = list_hashes(load_seen(ward.settings.content_dir))
    others = [code for code in voices if code != MAIN_VOICE]
    tasks = find_tasks(pieces, others, register, today)
    return Desk(
        {one.place: one for one in pieces}, (*find_fault_tasks(_list_cheap_faults(ward, voices), pieces), *tasks)
    )


def _list_cheap_faults(ward: Any, voices: Sequence[str]) -> list[str]:
    """Return what the content gate finds without playing tutorials and weighing sentences, which takes a minute."""
    replies = load_replies(ward.settings.content_dir, voices)
    found = [*find_fact_faults(ward.dictionary), *find_procedure_faults(ward.catalogue, ward.dictionary)]
    return [*found, *find_reply_faults(replies)]


def list_pieces(ward: Any, voices: Sequence[str]) -> list[Piece]:
    """Return everything that the ward says, piece by piece. Raises ContentError."""
    return list(
        chain(
            _list_procedures(ward.catalogue), _list_events(ward.catalogue), _list_tutorials(ward.tutorials),
            _list_standing(ward), _list_messages(ward, voices), _list_questions(ward.dictionary),
            _list_offices(ward.catalogue), _list_others(ward, voices),
        )
    )  # fmt: skip


def dig(value: Any, key: str = "") -> Iterator[tuple[str, Text]]:
    """Yield every text inside nested values with the way to it, as in its file: `steps.first.title`, `bring[0]`."""
    if isinstance(value, Text):
        yield key, value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from dig(one, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list | tuple):
        for number, one in enumerate(value):
            yield from dig(one, f"{key}[{number}]")
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from dig(getattr(value, name), f"{key}.{name}" if key else name)


def _piece(kind: str, place: str, title: Text, texts: Any, **more: Any) -> Piece:
    """Return a piece with all texts inside some values."""
    return Piece(kind, place, title, tuple(dig(texts)), **more)


def _title(words: Mapping[str, Text], name: str, key: str) -> Text:
    """Return a title, or the key where somebody left it out."""
    return words.get(name) or Text({MAIN_VOICE: key})


def _list_procedures(catalogue: Any) -> Iterator[Piece]:
    """Yield the procedures, each with its statements and laws."""
    for slug, one in catalogue.procedures.items():
        texts = {**one.words, "bring": one.bring, "declarations": one.declarations}
        sources = [Source(key, claim.source, claim.confirmed) for key, claim in one.define.claims.items()]
        sources += [Source("law", f"{law.name} {law.article or ''}".strip(), law.confirmed) for law in one.define.law]
        yield _piece(
            "procedure", f"procedures/{slug}", _title(one.words, "title", slug), texts, sources=tuple(sources),
            office=one.define.office, path=f"/procedures/{slug}",
        )  # fmt: skip


def _list_events(catalogue: Any) -> Iterator[Piece]:
    """Yield the life events, each with what it says the ward does by itself."""
    for slug, one in catalogue.events.items():
        texts = {**one.words, "reasons": one.reasons, "removed": one.removed, "automatic": one.automatic}
        sources = tuple(Source("automatic", auto.source, auto.confirmed) for auto in one.define.automatic)
        title = _title(one.words, "title", slug)
        yield _piece("event", f"lifeevents/{slug}", title, texts, sources=sources, path=f"/events/{slug}")


def _list_tutorials(tutorials: Mapping[str, Any]) -> Iterator[Piece]:
    """Yield the tutorials, each with the national course that it goes with."""
    for slug, one in tutorials.items():
        steps = {step.key: _tell_step(step) for step in one.steps}
        texts = {"title": one.title, "about": one.about, "outcomes": one.outcomes, "steps": steps}
        sources = (Source("course", one.define.mic_code, one.define.mic_confirmed),)
        yield _piece("tutorial", f"tutorials/{slug}", one.title, texts, sources=sources, path=f"/learn/{slug}")


def _tell_step(step: Any) -> dict[str, Any]:
    """Return the texts of one step as its file has them."""
    told = {"title": step.title, "action": step.action, "why": step.why, "speech": step.speech}
    return {**told, "mistakes": {one.define.key: {"looks": one.looks, "mend": one.mend} for one in step.mistakes}}


def _list_standing(ward: Any) -> Iterator[Piece]:
    """Yield the standing pages."""
    for slug, one in ward.pages.items():
        headings, texts = zip(*one.sections, strict=True) if one.sections else ((), ())
        words = {"title": one.title, "opening": one.opening, "headings": headings, "texts": texts}
        yield _piece("page", f"pages/{slug}", one.title, words, path=f"/{slug}")


def _list_messages(ward: Any, voices: Sequence[str]) -> Iterator[Piece]:
    """Yield what is told outside the pages, and what staff write again and again."""
    for place, table in list_message_texts(ward.messages):
        yield _piece("message", place, Text({MAIN_VOICE: place.partition("/")[2]}), table)
    for key, one in load_replies(ward.settings.content_dir, voices).items():
        yield _piece("reply", f"replies/{key}", one.title, {"title": one.title, "body": one.body})


def _list_questions(dictionary: Any) -> Iterator[Piece]:
    """Yield the questions, topic by topic."""
    topics: dict[str, dict[str, Any]] = {topic: {} for topic in dictionary.topics}
    for key, fact in dictionary.facts.items():
        topics[fact.topic][key] = {**fact.words, "options": fact.options}
    pages: dict[str, dict[str, Any]] = {}
    for fact in dictionary.facts.values():
        if fact.page in dictionary.pages:
            pages.setdefault(fact.topic, {})[fact.page] = dictionary.pages[fact.page]
    for topic, facts in topics.items():
        texts = {"name": dictionary.topics[topic], "facts": facts, "pages": pages.get(topic, {})}
        yield _piece("question", f"facts/{topic}", dictionary.topics[topic], texts)


def _list_offices(catalogue: Any) -> Iterator[Piece]:
    """Yield the offices, each with its telephone number."""
    for key, one in catalogue.offices.items():
        source = Source("phone", f"{one.define.phone} {one.define.source or ''}".strip(), one.define.confirmed)
        title = _title(one.words, "name", key)
        yield _piece("office", f"offices/{key}", title, one.words, sources=(source,), office=key)


def _list_others(ward: Any, voices: Sequence[str]) -> Iterator[Piece]:
    """Yield the explanations of official words, the instructor's pack, and what lies elsewhere in the catalogue."""
    words = {
        one.word: Text({voice: getattr(one, name) for name, voice in GLOSSARY_VOICES.items()}) for one in ward.words
    }
    yield _piece("words", "words/glossary", Text({MAIN_VOICE: "glossary"}), words, path="/words")
    for key, one in ward.catalogue.audiences.items():
        yield _piece("other", f"audiences/{key}", _title(one.words, "title", key), one.words, path=f"/for/{key}")
    if (ward.settings.content_dir / "teaching").is_dir():
        pack = load_pack(ward.settings.content_dir, voices)
        yield _piece("other", "teaching", Text({MAIN_VOICE: "teaching"}), pack)
    yield _piece("other", "router", Text({MAIN_VOICE: "router"}), ward.catalogue.router)
