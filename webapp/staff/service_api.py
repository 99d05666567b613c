"""What the API says: its description and problems, applications in a list, and one that is opened for a system's layout."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import Session

from webapp.accounts.rules import Clerk
from webapp.applications.rules_cases import WHY_EXPORTED
from webapp.applications.service_cases import Case
from webapp.applications.service_fetching import Acknowledged
from webapp.applications.service_looks import note_look
from webapp.kit.content import read_yaml
from webapp.procedures.rules_book import Book
from webapp.staff.pages_case import list_case_files
from webapp.staff.rules_api import write_moment
from webapp.staff.service_exports import Export, Source, write_cell

API = "/api/v1"
_FILE = Path(__file__).parent / "api.yaml"


@dataclass(frozen=True, slots=True)
class Opened:
    """An application that lies open for a system: the case, its questions, and the layout by key."""

    case: Case
    book: Book
    layout: str


@cache
def load_description() -> Mapping[str, Any]:
    """Return the description of the API, read once."""
    read: dict[str, Any] = read_yaml(_FILE)
    return read


def describe(base: str) -> dict[str, Any]:
    """Return the description with the address at which this ward is reached."""
    return {**load_description(), "servers": [{"url": base}]}


def make_problem(key: str, faults: Mapping[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """Return a problem by its key, with what is to mend by name."""
    said = load_description()
    problem = {"type": f"{API}/openapi.json#/x-problems/{key}", **said["x-problems"][key], **more}
    if faults:
        problem["errors"] = [{"name": name[:60], **said["x-faults"][code]} for name, code in faults.items()]
    return problem


def show_row(row: Any, layout: str = "") -> dict[str, Any]:
    """Return what is known of an application without opening it."""
    return {
        "id": row.id, "receipt": row.receipt, "procedure": row.procedure, "state": row.state,
        "outcome": row.outcome or None, "version": row.version, "sent_at": write_moment(row.sent_at),
        "changed_at": write_moment(row.changed_at), "answer_by": row.answer_by.isoformat(),
        "href": f"{API}/applications/{row.id}" + (f"?layout={layout}" if layout else ""),
    }  # fmt: skip


def show_opened(source: Source, opened: Opened, export: Export) -> dict[str, Any]:
    """Return an opened application in a layout, with the list of its files."""
    row, answers = opened.case.row, opened.case.answers
    files = [
        {"id": one.id, "name": one.name, "type": one.type, "size": one.size,
         "href": f"{API}/applications/{row.id}/files/{one.id}"}
        for one in list_case_files(opened.case, opened.book)
    ]  # fmt: skip
    cells = {one.name: write_cell(one, row, answers, export, source.dictionary) for one in export.columns}
    return {**show_row(row, opened.layout), "layout": opened.layout, "fields": cells, "files": files}


def show_acknowledged(row: Any, said: Acknowledged) -> dict[str, Any]:
    """Return what a system said about an application."""
    return {
        "id": row.id, "system": said.system, "version": said.version, "taken_at": write_moment(said.taken_at),
        "current_version": row.version,
    }  # fmt: skip


def show_current(row: Any) -> dict[str, Any]:
    """Return how an application stands, for a system that has another version of it."""
    return {"version": row.version, "state": row.state, "changed_at": write_moment(row.changed_at)}


def show_procedures(found: Sequence[tuple[str, str, Sequence[tuple[str, str, Sequence[Any]]]]]) -> dict[str, Any]:
    """Return procedures with their layouts (key, title, columns)."""
    return {
        "procedures": [
            {
                "procedure": slug, "title": title,
                "layouts": [
                    {"layout": key, "title": words,
                     "columns": [{"name": one.name, "heading": one.heading} for one in columns]}
                    for key, words, columns in layouts
                ],
            }
            for slug, title, layouts in found
        ]
    }  # fmt: skip


def note_fetched(session: Session, clerk: Clerk, case: Case, what: str, moment: datetime) -> None:
    """Write down, before anything of it leaves, that a system fetches an application or one of its files."""
    note_look(session, clerk, case, what, WHY_EXPORTED, moment)
