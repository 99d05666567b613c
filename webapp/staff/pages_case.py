"""What the page of one application shows: its answers in the order of the official form, where they came from, its files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import NoResultFound
from sqlmodel import Session

from webapp.accounts.service import get_account
from webapp.applications.service_cases import Case, Happened
from webapp.drafts.pages_sheet import Line, Lines, list_items, list_rest
from webapp.facts.rules import Fact
from webapp.kit.clock import WARD_ZONE
from webapp.procedures.rules import Item, Procedure
from webapp.procedures.rules_book import Book

EVERYTHING = "*"
"""In the place of a fact: whatever is hidden otherwise."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer came from: "resident", "staff", "kept" (from an earlier procedure) or "mended"; and since when."""

    kind: str
    day: date | None = None


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One answer; `is_masked` until somebody presses to see it."""

    fact: Fact
    about: str
    lines: Lines
    source: Source
    is_masked: bool
    is_revealed: bool


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One row: an item of the official form by its Japanese name, or (without one) a fact that none covers."""

    lines: tuple[ShownLine, ...]
    item: Item | None = None
    fact: Fact | None = None


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file that came with the application."""

    id: str
    name: str
    type: str
    size: int
    fact: Fact | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of the history: the ward's own time, who did it ("" for nobody; None for the resident), and what."""

    at: datetime
    who: str | None
    kind: str
    is_shown: bool
    content: Mapping[str, Any] = field(default_factory=dict)
    to: str = ""

    @property
    def paragraphs(self) -> list[str]:
        """Return the paragraphs of what was written."""
        words = str(self.content.get("words") or self.content.get("reason") or "")
        return [part for part in words.split("\n\n") if part.strip()]

    @property
    def day(self) -> date | None:
        """Return the day by which an answer was promised, or asked for."""
        return read_day(self.content.get("answer_by"))

    @property
    def lang(self) -> str:
        """Return the language of what was written; "" for what a resident wrote back, which may be any."""
        if self.kind == "answer":
            return ""
        return "en" if self.content.get("voice") == "en" else "ja"


def list_answers(
    case: Case, procedure: Procedure | None, book: Book, history: Sequence[Happened], revealed: str = ""
) -> list[ShownItem]:
    """Return every item of the official form in its order, then what is covered by none.

    `revealed`: a fact to show, or EVERYTHING.
    """
    answers: dict[str, Any] = dict(case.answers)
    sources, rest = find_sources(case, history), Source("staff" if case.row.filled_by else "resident")

    def show(lines: Sequence[Line]) -> tuple[ShownLine, ...]:
        """Return answers with where they came from."""
        return tuple(_show_line(one, sources.get(one.fact.key, rest), revealed) for one in lines)

    items = [ShownItem(show(one.lines), item=one.item) for one in list_items(procedure, answers, book)]
    return items + [ShownItem(show(lines), fact=fact) for fact, lines in list_rest(procedure, answers, book)]


def _show_line(line: Line, source: Source, revealed: str) -> ShownLine:
    """Return one answer, hidden where it is of the kind that nobody needs to see by the way."""
    hidden, shown = is_masked(line.fact), revealed in (line.fact.key, EVERYTHING)
    return ShownLine(line.fact, line.about, line.lines, source, hidden and not shown, hidden and shown)


def is_masked(fact: Fact) -> bool:
    """Tell whether an answer is shown only when somebody asks for it: bank accounts, and what is sensitive."""
    return fact.define.sensitive or fact.define.kind == "bank"


def find_sources(case: Case, history: Sequence[Happened]) -> dict[str, Source]:
    """Return where answers came from, by fact, as far as the history tells: kept from earlier, or mended since."""
    found: dict[str, Source] = {}
    asked: dict[str, Sequence[str]] = {}
    for one in history:
        content = one.content
        if one.kind == "received":
            kept = content.get("kept") or {}
            found |= {key: Source("kept", day) for key, word in kept.items() if (day := read_day(word))}
        elif one.kind == "correction-asked":
            asked[str(content.get("correction"))] = content.get("facts") or ()
        elif one.kind == "correction-answered":
            facts = content.get("changed") or asked.get(str(content.get("correction")), ())
            found |= {key: Source("mended", to_ward(one.at).date()) for key in facts}
    return found


def list_case_files(case: Case, book: Book) -> list[ShownFile]:
    """Return the files that an application's answers name."""
    return list(_walk_files(case.answers, book))


def _walk_files(answers: Mapping[str, Any], book: Book) -> Iterator[ShownFile]:
    """Yield files, those about people on a list among them."""
    for key, value in answers.items():
        for one in value if isinstance(value, list) else ():
            if isinstance(one, Mapping) and "size" in one:
                fact = book.dictionary.facts.get(key)
                yield ShownFile(one["id"], one["name"], one["type"], one["size"], fact)
            elif isinstance(one, Mapping):
                yield from _walk_files(one, book)


def list_entries(session: Session, history: Sequence[Happened]) -> list[Entry]:
    """Return what happened, with the names of who did it."""
    ids = {one.account_id for one in history} | {str(one.content.get("to") or "") for one in history}
    names = find_names(session, ids)
    return [
        Entry(
            to_ward(one.at), names.get(one.account_id) if one.account_id else None, one.kind, one.is_shown, one.content,
            names.get(str(one.content.get("to") or ""), ""),
        )
        for one in history
    ]  # fmt: skip


def find_names(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    """Return what people who work here, or did, are called; "" for an account that is nowhere any more."""
    names: dict[str, str] = {}
    for account_id in ids:
        if account_id:
            try:
                names[account_id] = get_account(session, account_id).shown_name
            except NoResultFound:
                names[account_id] = ""
    return names


def to_ward(moment: datetime) -> datetime:
    """Return a stored moment in the ward's own time."""
    return moment.astimezone(WARD_ZONE)


def read_day(words: Any) -> date | None:
    """Return a day that was kept as words, or None if it is none."""
    try:
        return date.fromisoformat(words)
    except (TypeError, ValueError):
        return None
