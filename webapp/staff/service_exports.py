"""Writing applications into a file for a section's system: CSV or JSON in a layout, a few at a time, every look written down.

An application is opened only after it is written down that it leaves the house; that is settled in the database before its
row is sent, so that a file that breaks off in the middle shows nobody unseen.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Engine
from sqlmodel import Session

from webapp.accounts.rules import Clerk
from webapp.applications.rules_cases import WHY_EXPORTED
from webapp.applications.service_cases import open_case
from webapp.applications.service_choosing import load_own
from webapp.applications.service_looks import note_look
from webapp.applications.service_vault import Vault
from webapp.facts.rules import Dictionary
from webapp.kit.clock import WARD_ZONE, day_of, now
from webapp.kit.crypto import CannotOpen
from webapp.kit.database import open_session
from webapp.reading.rules_texts import Text
from webapp.staff.rules_cells import plain_words, spell_out, write_date, write_kana, write_people, write_value
from webapp.staff.rules_layouts import DATED, Column

MOST_ROWS = 5000
AT_ONCE = 100
"""How many applications are opened in one transaction: others can write in between."""
CLOSED = "（開けませんでした）"
STATE_WORDS = {
    "received": "届いた", "checking": "確認中", "mend": "直し待ち", "decided": "決まった", "finished": "終わった",
    "accepted": "認めた", "refused": "認めなかった", "closed": "取りやめ", "withdrawn": "取り下げ",
}  # fmt: skip
"""States and outcomes as files have them, in Japanese whatever the voice; a layout's `codes` say otherwise."""
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Export:
    """What leaves the house: the applications' ids, the procedure, the columns, and the reason in its giver's words."""

    ids: Sequence[str]
    slug: str
    title: Text
    columns: Sequence[Column]
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """One application in a file: its receipt number and its cells."""

    receipt: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from: the database, the ward's keys and its dictionary, and who takes them out."""

    engine: Engine
    vault: Vault
    dictionary: Dictionary
    clerk: Clerk


def read_rows(source: Source, export: Export) -> Iterator[list[Row]]:
    """Yield the applications of an export, some at a time, after it is settled that they were taken out.

    What was moved out of the sections of whoever asks, or erased, in the meantime is left out.
    """
    for start in range(0, len(export.ids), AT_ONCE):
        with open_session(source.engine) as session:
            rows = load_own(session, source.clerk, export.ids[start : start + AT_ONCE])
            found = [_read_row(session, source, export, row, now()) for row in rows]
        yield found


def _read_row(session: Session, source: Source, export: Export, row: Any, moment: datetime) -> Row:
    """Open one application, write down that it leaves the house, and return its row."""
    answers: Mapping[str, Any] | None = None
    try:
        case = open_case(row, source.vault)
        note_look(session, source.clerk, case, "exported", WHY_EXPORTED, moment, export.words)
        answers = case.answers
    except CannotOpen:
        pass  # its row says so
    return Row(row.receipt, [write_cell(column, row, answers, export, source.dictionary) for column in export.columns])


def write_cell(
    column: Column, row: Any, answers: Mapping[str, Any] | None, export: Export, dictionary: Dictionary
) -> str:
    """Return one cell; `answers` is None for an application that no key opens."""
    define = column.define
    if define.fixed is not None:
        words = define.fixed
    elif define.builtin and define.builtin != "others":
        words = _write_builtin(column, row, export)
    elif answers is None:
        words = CLOSED
    elif define.builtin:
        words = _write_others(answers, export, dictionary)
    else:
        words = _write_fact(column, answers, dictionary)
    return _HALF.sub("\ufffd", write_kana(words, define.kana))


def _write_builtin(column: Column, row: Any, export: Export) -> str:
    """Return what is known of an application without opening it."""
    define, name = column.define, str(column.define.builtin)
    if name in DATED:
        moments = {"sent_on": row.sent_at, "decided_on": row.decided_at}
        moment = moments.get(name)
        day = row.answer_by if name == "answer_by" else (day_of(moment) if moment else None)
        return write_date(day, define.date) if day else ""
    if name in ("state", "outcome"):
        key = str(getattr(row, name))
        return define.codes.get(key, STATE_WORDS.get(key, key))
    plain = {
        "receipt": row.receipt, "procedure": export.slug, "title": plain_words(export.title), "voice": row.voice,
        "sent_at": f"{row.sent_at.astimezone(WARD_ZONE):%Y-%m-%d %H:%M}",
    }  # fmt: skip
    return str(plain[name])


def _write_fact(column: Column, answers: Mapping[str, Any], dictionary: Dictionary) -> str:
    """Return an answer, or what was asked about people on a list."""
    define, fact = column.define, column.fact
    value = answers.get(define.fact or "")
    if fact is None:
        return "" if value is None else spell_out(value)
    if column.item is not None:
        people = [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
        told = [
            write_value(column.item, one.get(column.item.key), define.part, define.date, define.codes) for one in people
        ]
        if define.person is None:
            return "、".join(one for one in told if one)
        return told[define.person - 1] if define.person <= len(told) else ""
    if fact.define.kind == "people":
        return write_people(value, list(dictionary.items_of(fact)))
    return write_value(fact, value, define.part, define.date, define.codes)


def _write_others(answers: Mapping[str, Any], export: Export, dictionary: Dictionary) -> str:
    """Return every answer that has no column of its own, each under its label: nothing stays behind unseen."""
    shown = {column.define.fact for column in export.columns}
    told = []
    for key, value in answers.items():
        fact = dictionary.facts.get(key)
        if key in shown or value in (None, "", []):
            continue
        if fact is None:
            told.append(f"{key}：{spell_out(value)}")
        elif fact.define.kind == "people":
            told.append(f"{plain_words(fact.words['label'])}：{write_people(value, list(dictionary.items_of(fact)))}")
        elif fact.define.kind != "person":
            told.append(f"{plain_words(fact.words['label'])}：{write_value(fact, value, '', 'iso', {})}")
    return "／".join(told)


def make_schema(columns: Sequence[Column], address: str, title: str) -> dict[str, Any]:
    """Return the JSON Schema of an export in JSON."""
    one = {
        "type": "object",
        "properties": {column.name: {"type": "string", "title": column.heading} for column in columns},
        "required": [column.name for column in columns],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": address, "title": title, "type": "object",
        "properties": {
            "schema": {"const": address},
            "made_at": {"type": "string", "format": "date-time"},
            "applications": {"type": "array", "maxItems": MOST_ROWS, "items": one},
        },
        "required": ["schema", "made_at", "applications"],
        "additionalProperties": False,
    }  # fmt: skip


def dump(value: Any) -> str:
    """Return JSON as its readers like it: letters as they are."""
    return json.dumps(value, ensure_ascii=False)
