"""What changed between two books, as far as it matters to somebody who has a draft: the questions, not their making."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.facts.rules import Fact
from webapp.facts.rules_conditions import Condition
from webapp.procedures.rules import Form
from webapp.procedures.rules_book import Book
from webapp.procedures.rules_catalogue import Given
from webapp.reading.rules_texts import MAIN_VOICE, Text

WORDS = ("label", "question", "hint")
BOUNDS = ("kind", "unknown", "digits", "check", "length", "at_most", "earliest", "latest", "accept", "when")
"""Fields of a fact that make another question of it. Options are compared apart, items as each procedure needs them."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a resident has to be shown before going on.

    `added`, `removed` and `changed` are questions, `changed` with the old one first. `declarations` holds, for a
    procedure, the keys of declarations that are new or say something new. `joined` and `gone` are procedures that the
    event has begun or ceased to bring, `closed` those that can no longer be filled in here.
    """

    added: tuple[Fact, ...]
    removed: tuple[Fact, ...]
    changed: tuple[tuple[Fact, Fact], ...]
    declarations: Mapping[str, tuple[str, ...]]
    joined: tuple[str, ...]
    gone: tuple[str, ...]
    closed: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing that a resident needs to be shown."""
        questions = self.added or self.removed or self.changed or self.declarations
        return not (questions or self.joined or self.gone or self.closed)


@dataclass(frozen=True, slots=True)
class Way:
    """How one procedure asks a fact, or the event (then `slug` is empty). `items`: what it needs of each on a list."""

    slug: str
    required: bool
    when: Condition | None
    items: frozenset[str] = frozenset()


def compare(old: Book, new: Book, slugs: Collection[str], today: date) -> Changes:
    """Return what changed for a draft of some procedures of one scope, on the ward's day `today`.

    Only what these procedures and the event itself can ask is compared. What a procedure asked that is closed or gone
    by now is not counted as removed: that it is closed or gone says it all.
    """
    gone = tuple(slug for slug in old.procedures if slug in slugs and slug not in new.procedures)
    closed = tuple(slug for slug in new.procedures if slug in slugs and _is_closed(slug, old, new, today))
    still_open = [slug for slug in new.procedures if slug in slugs and slug not in closed]
    before, after = _describe_questions(old, still_open), _describe_questions(new, still_open)
    both = [key for key in after if key in before]
    return Changes(
        added=tuple(new.dictionary.get(key) for key in after if key not in before),
        removed=tuple(old.dictionary.get(key) for key in before if key not in after),
        changed=tuple((old.dictionary.get(k), new.dictionary.get(k)) for k in both if before[k] != after[k]),
        declarations={slug: keys for slug in still_open if (keys := tuple(_list_declarations(slug, old, new)))},
        joined=tuple(slug for slug in new.procedures if slug not in old.procedures),
        gone=gone,
        closed=closed,
    )


def _is_closed(slug: str, old: Book, new: Book, today: date) -> bool:
    """Tell whether a procedure has lost the form that it had, or the last day of its form is over."""
    form = _form_of(slug, new)
    if form is None:
        return _form_of(slug, old) is not None
    return form.closes_at is not None and form.closes_at < today


def _form_of(slug: str, book: Book) -> Form | None:
    """Return the form of a procedure, or None if the procedure or its form is not there."""
    procedure = book.procedures.get(slug)
    return procedure.define.form if procedure else None


def _describe_questions(book: Book, slugs: Collection[str]) -> dict[str, tuple[Any, ...]]:
    """Return for each fact that can be asked what makes its question, to be compared; in the order of the dictionary."""
    ways = _list_ways(book, slugs)
    items = {item for found in ways.values() for way in found if isinstance(way, Way) for item in way.items}
    asked = ways.keys() | items
    roles = {fact.define.of for key, fact in book.dictionary.facts.items() if key in asked}
    return {
        key: (*_describe_fact(fact), ways.get(key))
        for key, fact in book.dictionary.facts.items()
        if key in asked or (fact.define.role is not None and fact.define.role in roles)
    }


def _describe_fact(fact: Fact) -> tuple[Any, ...]:
    """Return what makes a question by itself. The order of options, other voices and why it is asked do not count."""
    words = [_say(fact.words[name]) if name in fact.words else None for name in WORDS]
    options = {key: _say(text) for key, text in fact.options.items()}
    bounds = [getattr(fact.define, name) for name in BOUNDS]
    return frozenset(fact.define.options or ()), options, words, bounds


def _say(text: Text) -> str:
    """Return a text in the voice that says what is meant."""
    return text.in_voice(MAIN_VOICE).words


def _list_ways(book: Book, slugs: Collection[str]) -> dict[str, list[Way | Given]]:
    """Return how each fact is asked, or answered by the event; without those that the event answers for everybody."""
    ways: dict[str, list[Way | Given]] = {}
    for slug in sorted(slugs):
        for key, way in _list_form_ways(slug, book):
            ways.setdefault(key, []).append(way)
    for ask in book.event.define.asks if book.event else ():
        ways.setdefault(ask.fact, []).append(Way("", ask.required, ask.when))
    for given in book.event.define.gives if book.event else ():
        if given.value is not None and given.when is None:
            ways.pop(given.fact, None)
        elif given.fact in ways:
            ways[given.fact].append(given)
    return ways


def _list_form_ways(slug: str, book: Book) -> Iterator[tuple[str, Way]]:
    """Yield the facts that the form of a procedure asks, and how."""
    form = _form_of(slug, book)
    for ask in form.asks if form else ():
        fact = book.dictionary.facts.get(ask.fact)
        items = ask.items or (fact.define.item if fact else None) or ()
        yield ask.fact, Way(slug, ask.required, ask.when, frozenset(items))


def _list_declarations(slug: str, old: Book, new: Book) -> Iterator[str]:
    """Yield the declarations of a procedure that are new or say something new."""
    form, procedure = _form_of(slug, new), old.procedures.get(slug)
    before = {key: _say(text) for key, text in procedure.declarations.items()} if procedure else {}
    for key in form.declarations if form else ():
        words = new.procedures[slug].declarations.get(key)
        if (words and _say(words)) != before.get(key):
            yield key
