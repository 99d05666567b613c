"""The sheet for the counter: what was answered, in the order and under the names of the official form."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from webapp.drafts.pages_rows import show_lines
from webapp.drafts.service_hand_over import Content
from webapp.facts.rules import Fact
from webapp.procedures.rules import Item, Procedure
from webapp.procedures.rules_book import Book
from webapp.reading.rules_texts import Text

Lines = tuple[Text | str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One answer under an item: the fact, whom it is about (for lists), and what was answered."""

    fact: Fact
    about: str
    lines: Lines


@dataclass(frozen=True, slots=True)
class SheetItem:
    """One item of the official form by its Japanese name; without lines it is written or shown at the counter."""

    item: Item
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of one procedure."""

    procedure: Procedure
    items: tuple[SheetItem, ...]


def make_sheet(content: Content, book: Book) -> tuple[Sheet, ...]:
    """Return a sheet for each procedure that is handed over."""
    found = (book.procedures[slug] for slug in content.procedures if slug in book.procedures)
    return tuple(Sheet(one, tuple(_list_items(one, content, book))) for one in found)


def _list_items(procedure: Procedure, content: Content, book: Book) -> Iterator[SheetItem]:
    """Yield the items of a form that were answered, or that belong to the counter."""
    for item in procedure.define.form.items if procedure.define.form else ():
        lines = tuple(line for key in item.facts for line in _list_lines(key, content, book))
        if lines or item.at_counter:
            yield SheetItem(item, lines)


def _list_lines(key: str, content: Content, book: Book) -> Iterator[Line]:
    """Yield what was answered to one fact; for a fact within a list, about each person."""
    fact = book.dictionary.facts.get(key)
    if fact is None:
        return
    if fact.define.within:
        for entry in content.answers.get(fact.define.within) or []:
            if entry.get(key) is not None:
                yield Line(fact, _name_entry(entry), show_lines(fact, entry[key]))
    elif content.answers.get(key) is not None:
        yield Line(fact, "", show_lines(fact, content.answers[key]))


def _name_entry(entry: dict[str, Any]) -> str:
    """Return what a person of a list is called."""
    names = (one["name"] for one in entry.values() if isinstance(one, dict) and "kana" in one)
    return next(names, "")
