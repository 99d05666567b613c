"""What was answered, in the order and under the names of the official form: the sheet for the counter, and what staff see."""

from collections.abc import Iterator, Mapping
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
    return tuple(
        Sheet(one, tuple(each for each in list_items(one, content.answers, book) if each.lines or each.item.at_counter))
        for one in found
    )


def list_items(procedure: Procedure | None, answers: Mapping[str, Any], book: Book) -> Iterator[SheetItem]:
    """Yield all items of a form with what was answered to each."""
    for item in _items_of(procedure):
        yield SheetItem(item, tuple(line for key in item.facts for line in list_lines(key, answers, book)))


def list_rest(
    procedure: Procedure | None, answers: Mapping[str, Any], book: Book
) -> Iterator[tuple[Fact, tuple[Line, ...]]]:
    """Yield what was answered and belongs to no item of the form, in the order in which it is asked."""
    covered = {key for item in _items_of(procedure) for key in item.facts}
    for key, fact in book.dictionary.facts.items():
        lines = () if key in covered else tuple(list_lines(key, answers, book))
        if any(line.lines for line in lines):
            yield fact, lines


def _items_of(procedure: Procedure | None) -> tuple[Item, ...]:
    """Return the items of a form, in their official order; none where the procedure is gone."""
    form = procedure.define.form if procedure else None
    return form.items if form else ()


def list_lines(key: str, answers: Mapping[str, Any], book: Book) -> Iterator[Line]:
    """Yield what was answered to one fact; for a fact within a list, about each person."""
    fact = book.dictionary.facts.get(key)
    if fact is None:
        return
    if fact.define.within:
        for entry in answers.get(fact.define.within) or []:
            if entry.get(key) is not None:
                yield Line(fact, _name_entry(entry), show_lines(fact, entry[key]))
    elif answers.get(key) is not None:
        yield Line(fact, "", show_lines(fact, answers[key]))


def _name_entry(entry: dict[str, Any]) -> str:
    """Return what a person of a list is called."""
    names = (one["name"] for one in entry.values() if isinstance(one, dict) and "kana" in one)
    return next(names, "")
