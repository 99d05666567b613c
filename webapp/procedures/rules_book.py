"""A book: everything that is needed to plan, show and print a draft, as it stood when the draft was begun.

A book is kept for ever under the hash of its content. So it is written with every field of every definition, and read
by what is there: fields that are unknown by now are dropped, missing ones get their defaults, and values that are no
longer offered stay as they were.
"""

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from webapp.facts.rules import Dictionary, Fact
from webapp.procedures.rules import Procedure
from webapp.procedures.rules_catalogue import Catalogue, LifeEvent
from webapp.reading.rules_texts import Text

HASH_BYTES = 16
COMPRESSION = 9


class BookUnreadable(ValueError):
    """A body that is no book, or one that this version of the definitions cannot be filled from."""


@dataclass(frozen=True)
class Book:
    """The questions of one scope at one time: `procedures/<slug>`, or `events/<slug>` with all members of the event.

    `dictionary` holds the facts that can be asked here, in the order of the whole dictionary. Search words are left out.
    """

    scope: str
    hash: str
    event: LifeEvent | None
    procedures: Mapping[str, Procedure]
    dictionary: Dictionary


LEFT_OUT: Mapping[type, tuple[str, ...]] = {Procedure: ("keywords",), LifeEvent: ("keywords",), Book: ("hash",)}
"""What is not written: words for search are no part of the questions, and no hash can hold itself."""
ORDERED = (Book, Dictionary)
"""The tables of these are written as pairs, because their order has a meaning."""
NO_NAMES = ("meaning", "page")
"""Fields of a fact that never name another fact, even where a page is called like one."""


def make_book(scope: str, catalogue: Catalogue, dictionary: Dictionary) -> Book | None:
    """Return the book of a scope as the content stands now, or None if there is no such procedure or event."""
    kind, _, slug = scope.partition("/")
    event = catalogue.events.get(slug) if kind == "events" else None
    slugs = [member.procedure for member in event.define.members] if event else [slug] * (kind == "procedures")
    procedures = {key: replace(found, keywords={}) for key in slugs if (found := catalogue.procedures.get(key))}
    if event is None and not procedures:
        return None
    defines = [one.define for one in (event, *procedures.values()) if one is not None]
    named = {name for define in defines for name in _list_strings(_spell(define))}
    kept_event = replace(event, keywords={}) if event else None
    book = Book(scope, "", kept_event, procedures, _cut_dictionary(dictionary, named))
    return replace(book, hash=_hash_content(_write_content(book)))


def cut_book(book: Book, slug: str) -> Book:
    """Return the questions of one procedure from a book that may be a life event's; its hash stays that of the whole."""
    return replace(book, scope=f"procedures/{slug}", event=None, procedures={slug: book.procedures[slug]})


def _list_strings(spelled: Any) -> Iterator[str]:
    """Yield every string in plain data; whatever is the key of a fact there, names that fact."""
    if isinstance(spelled, str):
        yield spelled
    if isinstance(spelled, dict | list):
        for one in spelled.values() if isinstance(spelled, dict) else spelled:
            yield from _list_strings(one)


def _cut_dictionary(dictionary: Dictionary, named: Iterable[str]) -> Dictionary:
    """Return the dictionary with only the named facts, those they need, and the topics and pages of these."""
    wanted = _add_needed(named, dictionary.facts)
    facts = {key: fact for key, fact in dictionary.facts.items() if key in wanted}
    topics = {fact.topic for fact in facts.values()}
    pages = {fact.page for fact in facts.values()}
    return replace(
        dictionary,
        facts=facts,
        topics={key: words for key, words in dictionary.topics.items() if key in topics},
        pages={key: words for key, words in dictionary.pages.items() if key in pages},
    )


def _add_needed(named: Iterable[str], facts: Mapping[str, Fact]) -> set[str]:
    """Return the keys of the named facts and of all that they need: lists, what is asked about each, and who it is."""
    wanted: set[str] = set()
    more = facts.keys() & set(named)
    while more:
        wanted |= more
        roles = {facts[key].define.of for key in more} - {None}
        people = {key for key, fact in facts.items() if fact.define.role in roles}
        more = (facts.keys() & {name for key in more for name in _list_needed(facts[key])} | people) - wanted
    return wanted


def _list_needed(fact: Fact) -> Iterator[str]:
    """Yield the strings of a fact that may name other facts."""
    spelled = _spell(fact.define)
    return _list_strings([value for name, value in spelled.items() if name not in NO_NAMES])


def write_book(book: Book) -> bytes:
    """Return a book as compressed JSON. The JSON depends on nothing but the content; so does the hash over it."""
    return zlib.compress(_write_content(book), COMPRESSION)


def hash_body(body: bytes) -> str:
    """Return the hash that a written book has: over its content, whatever compressed it. Raises BookUnreadable."""
    return _hash_content(_uncompress(body))


def read_book(body: bytes) -> Book:
    """Return a written book, however old; its hash is that of what was written. Raises BookUnreadable."""
    content = _uncompress(body)
    try:
        book: Book = _read_record({**json.loads(content), "hash": _hash_content(content)}, Book)
    except (ValueError, TypeError, AttributeError, msgspec.MsgspecError) as error:
        raise BookUnreadable(f"not a book of this version: {error}") from error
    return book


def _uncompress(body: bytes) -> bytes:
    """Return the JSON of a written book."""
    try:
        return zlib.decompress(body)
    except zlib.error as error:
        raise BookUnreadable(f"not a compressed book: {error}") from error


def _write_content(book: Book) -> bytes:
    """Return the canonical JSON of a book: sorted keys, no spaces, UTF-8."""
    return json.dumps(_spell(book), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _hash_content(content: bytes) -> str:
    """Return the name that a content has for ever."""
    return hashlib.blake2b(content, digest_size=HASH_BYTES).hexdigest()


@dataclass(frozen=True, slots=True)
class Slot:
    """One field of a struct or dataclass: its name, the name it is written under, its type, whether it has no default."""

    name: str
    key: str
    shape: Any
    required: bool


@cache
def _list_slots(record: type) -> tuple[Slot, ...]:
    """Return the fields of a struct or dataclass that are written."""
    left_out = LEFT_OUT.get(record, ())
    return tuple(slot for slot in _find_slots(record) if slot.name not in left_out)


def _find_slots(record: type) -> Iterator[Slot]:
    """Yield all fields of a struct or dataclass."""
    if issubclass(record, msgspec.Struct):
        for info in msgspec.structs.fields(record):
            yield Slot(info.name, info.encode_name, info.type, info.required)
    elif is_dataclass(record):
        hints = get_type_hints(record)
        for one in fields(record):
            required = one.default is MISSING and one.default_factory is MISSING
            yield Slot(one.name, one.name, hints[one.name], required)


def _is_record(shape: Any) -> bool:
    """Tell whether a type is a struct or dataclass."""
    return isinstance(shape, type) and (issubclass(shape, msgspec.Struct) or is_dataclass(shape))


def _spell(value: Any) -> Any:
    """Return any value of a book as plain data, texts as their voices."""
    if isinstance(value, Text):
        return dict(value.voices)
    record: Any = type(value)
    if _is_record(record):
        return {slot.key: _spell_field(record, getattr(value, slot.name)) for slot in _list_slots(record)}
    if isinstance(value, Mapping):
        return {key: _spell(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_spell(one) for one in value]
    return msgspec.to_builtins(value, order="sorted")


def _spell_field(record: type, value: Any) -> Any:
    """Return one field of a struct or dataclass as plain data; a table whose order counts as pairs."""
    if record in ORDERED and isinstance(value, Mapping):
        return [[key, _spell(one)] for key, one in value.items()]
    return _spell(value)


def _read_record(data: Mapping[str, Any], record: type) -> Any:
    """Return a struct or dataclass from plain data: what it does not know is dropped, what is missing is the default."""
    slots = [slot for slot in _find_slots(record) if slot.key in data or slot.required]
    return record(**{s.name: _read(data[s.key], s.shape) if s.key in data else _stand_in(s) for s in slots})


def _stand_in(slot: Slot) -> Any:
    """Return what a missing field without a default holds: nothing, where its type has a word for nothing."""
    origin = get_origin(slot.shape) or slot.shape
    if NoneType in get_args(slot.shape):
        return None
    if _is_table(origin):
        return {}
    if origin in (list, tuple):
        return origin()
    raise BookUnreadable(f"{slot.key} is missing and has no default")


def _is_table(origin: Any) -> bool:
    """Tell whether a type is a mapping."""
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _read(data: Any, shape: Any) -> Any:
    """Return a value of a type from plain data. Words that were once allowed stay as they are."""
    origin, inner = get_origin(shape), get_args(shape)
    if shape is Text:
        return Text(dict(data))
    if _is_record(shape):
        return _read_record(data, shape)
    if origin in (Union, UnionType):
        return _read_one_of(data, shape)
    if _is_table(origin):
        pairs = data.items() if isinstance(data, Mapping) else data
        return {_read(key, inner[0]): _read(value, inner[1]) for key, value in pairs}
    if origin is list or (origin is tuple and inner[1:] == (Ellipsis,)):
        return origin(_read(one, inner[0]) for one in data)
    return data if origin is Literal else msgspec.convert(data, shape)


def _read_one_of(data: Any, shape: Any) -> Any:
    """Return a value that may be missing, or that has one of several types."""
    others = [one for one in get_args(shape) if one is not NoneType]
    if data is None or len(others) > 1:
        return msgspec.convert(data, shape)
    return _read(data, others[0])
