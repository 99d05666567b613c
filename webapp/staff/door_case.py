"""How somebody gets to one application: with a reason only, and never without its being written down first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, g, redirect, request

from webapp.applications.rules_cases import DEEDS, Deed
from webapp.applications.service_cases import Case, Happened, Stale, list_happenings, open_case
from webapp.applications.service_looks import find_why, note_look
from webapp.drafts.service_books import find_old_book
from webapp.kit.clock import now
from webapp.kit.database import get_session, open_session
from webapp.procedures.rules import Procedure
from webapp.procedures.rules_book import Book, make_book
from webapp.staff.door import WORK, clerk, get_row, vault, ward
from webapp.staff.pages_inbox import list_address, read_list, write_came

CASE = f"{WORK}/<application_id>"
LONGEST_WORDS = 3000


@dataclass(frozen=True, slots=True)
class Desk:
    """An application that lies open before somebody, why it may, and the book of questions that it was written by."""

    case: Case
    why: str
    book: Book
    procedure: Procedure | None
    happenings: Sequence[Happened]

    def address(self, *parts: str) -> str:
        """Return the address of one of the application's pages in this voice."""
        return case_address(self.case.row.id, *parts)

    @property
    def list_address(self) -> str:
        """Return the address of the list that led here."""
        return list_address()

    @property
    def list_query(self) -> str:
        """Return what that address asks for, as forms keep it."""
        return read_list()

    def may(self, deed: Deed) -> bool:
        """Tell whether the section may do something with it as it stands."""
        return deed in DEEDS[self.case.row.state]

    @property
    def title(self) -> Any:
        """Return what it is about: the procedure's name, or what that was called where it is gone."""
        return self.procedure.words["title"] if self.procedure else self.case.row.procedure


def case_address(application_id: str, *parts: str) -> str:
    """Return the address of an application, or of one of its pages, in this voice; it leads back to the list one came from."""
    path, came = f"/{g.voice.code}/staff/inbox/{application_id}/{'/'.join(parts)}", write_came(read_list())
    return path + (came.replace("?", "&", 1) if "?" in path else came)


def open_desk(application_id: str, look: str = "", write: bool = False) -> Desk:
    """Open an application; whoever has no reason yet is led to where one is given.

    `look` says what is about to be shown of it ("opened", "printed" ...): that is written down first.
    """
    row = get_row(application_id, write)
    why = find_why(get_session(), clerk(), row, now())
    if not why:
        abort(redirect(case_address(row.id, "why"), 303))
    return open_unasked(row, why, look)


def open_unasked(row: Any, why: str, look: str = "") -> Desk:
    """Open an application for a reason that was found."""
    case = open_case(row, vault())
    if look:
        write_look(case, look, why)
    book = find_case_book(row.procedure, row.definition)
    happenings = list_happenings(get_session(), case)
    return Desk(case, why, book, book.procedures.get(row.procedure), happenings)


def find_case_book(procedure: str, definition: str) -> Book:
    """Return the book that an application was written by; today's questions where it was never kept."""
    found = find_old_book(get_session(), definition)
    if found is None:
        catalogue, dictionary = ward().catalogue, ward().dictionary
        found = make_book(f"procedures/{procedure}", catalogue, dictionary)
        found = found or Book("", "", None, {}, dictionary)  # a procedure that is gone: its answers are still shown
    return found


def write_look(case: Case, what: str, why: str, words: str = "") -> None:
    """Write down that somebody looks: before a page in a transaction of its own, in a form's request in the request's."""
    if request.method == "POST":
        note_look(get_session(), clerk(), case, what, why, now(), words)
        return
    with open_session(current_app.extensions["engine"]) as session:
        note_look(session, clerk(), case, what, why, now(), words)


def read_version() -> int:
    """Return the version of the application that a form was shown with; one that never was where it says none."""
    typed = request.form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def expect(desk: Desk, deed: Deed) -> None:
    """Make sure that a form was sent from the application as it stands. Raises Stale."""
    if read_version() != desk.case.row.version or not desk.may(deed):
        raise Stale


def list_unseen(desk: Desk) -> Sequence[Happened]:
    """Return what happened since the page was shown from which a form came."""
    typed = request.form.get("seen", "")
    seen = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else len(desk.happenings)
    return desk.happenings[seen:]


def read_words(name: str = "words") -> str:
    """Return what was typed into a field, with line breaks as we keep them; absurdly long ones are cut."""
    return request.form.get(name, "").replace("\r\n", "\n").strip()[: LONGEST_WORDS + 1]
