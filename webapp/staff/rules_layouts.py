"""Layouts of exports: which columns a section's system wants, under which headings and in which form. Pure.

A layout is `content/layouts/<slug of a procedure, or shared>/<name>.yaml`; docs/how-to/add-a-layout.md says how it is written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from msgspec import field

from webapp.facts.rules import Dictionary, Fact
from webapp.facts.rules_kinds import handler_of
from webapp.kit.content import Definition
from webapp.procedures.rules import Procedure
from webapp.staff.rules_cells import plain_words

SHARED = "shared"
Builtin = Literal[
    "receipt", "procedure", "title", "sent_on", "sent_at", "answer_by", "state", "outcome", "decided_on", "voice", "others",
]  # fmt: skip
DateForm = Literal["iso", "slash", "compact", "wareki", "wareki-short", "era-code"]
KanaForm = Literal["", "half", "full", "katakana", "hiragana"]
PARTED = ("name", "address", "bank")
"""Kinds of fact whose parts stand in columns of their own where a layout takes all answers."""
PART_WORDS = {
    "name": "氏名", "kana": "ふりがな", "postal": "郵便番号", "area": "区市町村と町名", "block": "番地", "building": "建物",
    "institution": "金融機関", "branch": "支店", "type": "種類", "number": "番号", "holder": "名義",
}  # fmt: skip
DATED = ("sent_on", "answer_by", "decided_on")


class ColumnDefinition(Definition, frozen=True, kw_only=True):
    """One column as it is written: a fact (or a part of it), something built in, a fixed value, or `answers: all`.

    Of a list of people: `item` is the fact about each of them, `person` the place on the list (all of them, if left out).
    `codes` says what is written for an option or a state; `name` is the column's name in JSON.
    """

    heading: str = ""
    name: str = ""
    fact: str | None = None
    part: str = ""
    item: str = ""
    person: int | None = None
    builtin: Builtin | None = None
    fixed: str | None = None
    answers: Literal["all"] | None = None
    date: DateForm = "iso"
    kana: KanaForm = ""
    codes: dict[str, str] = field(default_factory=dict)


class LayoutDefinition(Definition, frozen=True, kw_only=True):
    """A layout as it is written: what the section calls it, and its columns in their order."""

    title: str
    columns: list[ColumnDefinition]


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout: `scope` is the procedure it is for, or "shared"; `key` names it in forms and addresses."""

    scope: str
    name: str
    define: LayoutDefinition

    @property
    def key(self) -> str:
        """Return the layout's name in forms and addresses."""
        return f"{self.scope}.{self.name}"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file: its heading, its name in JSON, where its cells come from, and the facts it is about."""

    heading: str
    name: str
    define: ColumnDefinition
    fact: Fact | None = None
    item: Fact | None = None


def list_for(layouts: Sequence[Layout], slug: str) -> list[Layout]:
    """Return the layouts that fit a procedure: its own first, then those that all share."""
    return [one for one in layouts if one.scope == slug] + [one for one in layouts if one.scope == SHARED]


def spread(layout: Layout, procedure: Procedure | None, dictionary: Dictionary) -> tuple[Column, ...]:
    """Return the columns of a layout for a procedure; names in JSON stand once each. A fact that is no more has empty cells."""
    found: list[Column] = []
    for define in layout.define.columns:
        if define.answers:
            taken = {column.fact.key for column in found if column.fact}
            found += _spread_all(procedure, dictionary, taken)
        else:
            fact = dictionary.facts.get(define.fact or "")
            item = dictionary.facts.get(define.item)
            found.append(Column(define.heading, define.name or define.heading, define, fact, item))
    return tuple(_name_apart(found))


def _name_apart(columns: Sequence[Column]) -> Iterator[Column]:
    """Yield columns, a number behind each name in JSON that was there before."""
    seen: dict[str, int] = {}
    for one in columns:
        seen[one.name] = count = seen.get(one.name, 0) + 1
        name = one.name if count == 1 else f"{one.name} ({count})"
        yield Column(one.heading, name, one.define, one.fact, one.item)


def _spread_all(procedure: Procedure | None, dictionary: Dictionary, taken: set[str]) -> Iterator[Column]:
    """Yield a column for every answer of a procedure that has none yet, in the order in which it is asked."""
    form = procedure.define.form if procedure else None
    asked = {ask.fact for ask in form.asks} if form else set()
    for key, fact in dictionary.facts.items():
        if key not in asked or key in taken or fact.define.kind == "person":
            continue
        label = plain_words(fact.words["label"]) if "label" in fact.words else key
        if fact.define.kind not in PARTED:
            yield Column(label, key, ColumnDefinition(heading=label, fact=key), fact)
            continue
        for part in handler_of(fact).parts(fact):
            heading = f"{label}（{PART_WORDS.get(part, part)}）"
            yield Column(heading, f"{key}.{part}", ColumnDefinition(heading=heading, fact=key, part=part), fact)


def find_layout_faults(
    layouts: Sequence[Layout], procedures: Mapping[str, Procedure], dictionary: Dictionary
) -> Iterator[str]:
    """Yield what is wrong with layouts, for the content gate, each with its file."""
    for layout in layouts:
        place = f"layouts/{layout.scope}/{layout.name}.yaml"
        if layout.scope != SHARED and layout.scope not in procedures:
            yield f"{place}: {layout.scope} is no procedure; what all procedures share lies in {SHARED}"
        if not layout.define.columns or not layout.define.title.strip():
            yield f"{place}: a layout needs a title and columns"
        for number, define in enumerate(layout.define.columns, 1):
            for fault in _find_column_faults(define, procedures.get(layout.scope), dictionary):
                yield f"{place}: column {number} ({define.heading}): {fault}"


def _find_column_faults(define: ColumnDefinition, procedure: Procedure | None, dictionary: Dictionary) -> Iterator[str]:
    """Yield what is wrong with one column."""
    given = [name for name in ("fact", "builtin", "fixed", "answers") if getattr(define, name) is not None]
    if len(given) != 1:
        yield "it needs exactly one of fact, builtin, fixed and answers"
        return
    if not define.heading.strip() and not define.answers:
        yield "it has no heading"
    if define.fact is not None:
        yield from _find_fact_faults(define, procedure, dictionary)
    elif define.part or define.item or define.person is not None:
        yield "part, item and person belong to a fact"


def _find_fact_faults(define: ColumnDefinition, procedure: Procedure | None, dictionary: Dictionary) -> Iterator[str]:
    """Yield what is wrong with a column that shows a fact."""
    fact = dictionary.facts.get(define.fact or "")
    if fact is None:
        yield f"the fact {define.fact} does not exist"
        return
    form = procedure.define.form if procedure else None
    if procedure is not None and fact.key not in {ask.fact for ask in (form.asks if form else ())}:
        yield f"{procedure.slug} does not ask {fact.key}"
    item = dictionary.facts.get(define.item) if define.item else None
    if define.item and define.item not in (fact.define.item or ()):
        yield f"{define.item} is not asked about the people of {fact.key}"
    if define.person is not None and (not define.item or define.person < 1):
        yield "person is a place on a list, from 1, and needs an item"
    shown = item or fact
    if define.part and define.part not in handler_of(shown).parts(shown):
        yield f"{shown.key} has no part {define.part}"
    options: Any = {*(shown.define.options or ()), "yes", "no", "unknown"}
    yield from (f"{code} is no option of {shown.key}" for code in define.codes if code not in options)
