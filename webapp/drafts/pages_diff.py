"""What is different between two versions of one application's answers: a line for each answer, before and after."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.drafts.pages_rows import show_lines
from webapp.facts.rules import Fact
from webapp.procedures.rules_book import Book
from webapp.reading.rules_texts import Text

Lines = tuple[Text | str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One line: the fact, whom it is about (for lists), what was there before, and what is there after."""

    fact: Fact
    about: str
    before: Lines
    after: Lines
    is_changed: bool = True


def list_changes(
    before: Mapping[str, Any], after: Mapping[str, Any], book: Book, also: Collection[str] = ()
) -> tuple[Change, ...]:
    """Return what changed, in the order in which it is asked; with what is named in `also` where that stayed as it was."""
    rows: list[Change] = []
    for key, fact in book.dictionary.facts.items():
        if key not in before and key not in after:
            continue
        old, new = before.get(key), after.get(key)
        if fact.define.kind != "people":
            found = [Change(fact, "", show_lines(fact, old), show_lines(fact, new), old != new)]
        else:
            found = list(_list_people(fact, old or [], new or [], book))
        rows += [row for row in found if row.is_changed or key in also]
    return tuple(rows)


def _list_people(fact: Fact, before: list[dict[str, Any]], after: list[dict[str, Any]], book: Book) -> Iterator[Change]:
    """Yield the lines about each person of a list; who came or went has nothing on one side."""
    old, new = {one["id"]: one for one in before}, {one["id"]: one for one in after}
    for person in dict.fromkeys((*old, *new)):
        was, is_now = old.get(person, {}), new.get(person, {})
        about = name_entry(is_now) or name_entry(was)
        for item in book.dictionary.items_of(fact):
            if item.key in was or item.key in is_now:
                told = was.get(item.key), is_now.get(item.key)
                yield Change(item, about, show_lines(item, told[0]), show_lines(item, told[1]), told[0] != told[1])


def name_entry(entry: Mapping[str, Any]) -> str:
    """Return what a person of a list is called."""
    names = (one["name"] for one in entry.values() if isinstance(one, Mapping) and "kana" in one)
    return next(names, "")


def list_answered(answers: Mapping[str, Any], book: Book) -> tuple[tuple[Fact, Lines], ...]:
    """Return every question that was answered, in the order in which it is asked; a list of people with each person's name."""
    return tuple(
        (fact, _name_people(answers[key]) if fact.define.kind == "people" else show_lines(fact, answers[key]))
        for key, fact in book.dictionary.facts.items()
        if key in answers and fact.define.kind != "person"
    )


def _name_people(entries: list[dict[str, Any]] | None) -> Lines:
    """Return the names on a list."""
    return tuple(name_entry(one) for one in entries or [])
