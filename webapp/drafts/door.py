"""How a request gets into a draft: the browser's secret, the draft it holds, its book and plan, and what changes it."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, redirect, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from webapp.drafts.door_files import read_file
from webapp.drafts.door_ways import check_page, check_way, find_bar
from webapp.drafts.pages_guide import Guide, Happened
from webapp.drafts.rules import Page, Plan
from webapp.drafts.rules_events import EventPlan, News, find_news
from webapp.drafts.rules_people import PEOPLE, ROLES
from webapp.drafts.service import OpenDraft, find_draft, save_draft
from webapp.drafts.service_books import find_book
from webapp.drafts.service_corrections import has_ended
from webapp.drafts.service_stores import STORES, Store
from webapp.drafts.service_uploads import MOST_BYTES_A_DRAFT, keep_upload, remove_upload, used_bytes
from webapp.facts.rules_answers import Gap
from webapp.facts.rules_files import safe_name
from webapp.kit.clock import now, today
from webapp.kit.crypto import new_key
from webapp.kit.database import get_session
from webapp.procedures.rules import Procedure
from webapp.procedures.rules_book import Book
from webapp.procedures.rules_deadlines import is_closed
from webapp.procedures.service_books import BookShelf
from webapp.reading.rules_texts import Text

_SENDING = re.compile(r"[0-9a-f]{32}")

drafts = Blueprint("drafts", __name__)


@dataclass
class Door:
    """An open draft in one request: its book of questions, its plan and the ward's content at hand."""

    ward: Any
    draft: OpenDraft
    book: Book
    made: Plan
    event_plan: EventPlan | None
    voice: str

    @property
    def store(self) -> Store:
        """Return the store that the draft lives in."""
        return self.draft.store

    @property
    def is_practice(self) -> bool:
        """Tell whether nothing here is real."""
        return self.draft.store.is_practice

    def address(self, *parts: str) -> str:
        """Return the address of one of the draft's pages in this voice."""
        return "/".join((f"/{self.voice}/{self.draft.store.name}/{self.draft.row.id}", *parts))

    def is_closed_day(self, day: date) -> bool:
        """Tell whether the ward is closed on a day."""
        closed_days: frozenset[date] = self.ward.catalogue.closed_days
        return is_closed(day) or day in closed_days

    @property
    def bar(self) -> str:
        """Return the template of the bar above pages that are not looked at by the resident; empty for the resident."""
        return find_bar(self.draft)

    @property
    def guide(self) -> Guide | None:
        """Return the guide that stands beside practised drafts, where a room has put one there."""
        found: Guide | None = current_app.extensions.get("practice_guide") if self.is_practice else None
        return found

    def stand_by(self, path: str) -> Any:
        """Return what a guide says beside the page at a path without its voice; empty without one."""
        parts = path.partition("?")[0].strip("/").split("/")
        place = "return" if parts[0] == "slip" else (parts[2] if len(parts) > 2 else "")
        return (self.guide.stand_by(self, place) if self.guide else None) or ""

    def guide_assets(self, kind: str) -> tuple[str, ...]:
        """Return the files of a kind ("css" or "js") that a guide's words on this draft's pages need."""
        return self.guide.list_assets(self, kind) if self.guide and self.guide.is_with(self) else ()

    def tell(self, happened: Happened) -> None:
        """Tell a guide what the learner really sent and how it was taken."""
        if self.guide is not None:
            self.guide.take_note(self, happened)

    def go(self, address: str) -> BaseResponse:
        """Lead on; where a guide stands beside the page, to its words first."""
        guided = self.guide is not None and self.guide.is_with(self)
        return redirect(address + "#guide" if guided and "#" not in address else address, 303)

    def replan(self) -> None:
        """Plan anew after an answer changed.

        Answers of abandoned branches go to the shelf and come back from there when they are asked for again; what came into
        a life event's pass or left it is news.
        """
        before = [one.slug for one in self.procedures] if self.draft.choice.listed else None
        self.made, self.event_plan = self.draft.plan(self.book, today())
        for _ in range(len(self.draft.shelf) + len(self.draft.prefill) + 1):
            if not self._take_back():
                break
            self.made, self.event_plan = self.draft.plan(self.book, today())
        stored = dict(self.made.stored)
        self.draft.shelf |= {
            k: v for k, v in self.draft.answers.items() if k not in stored and k not in (PEOPLE, ROLES)
        }
        self.draft.answers = stored
        if self.event_plan is not None:
            self.draft.row.procedures = " ".join(one.slug for one in self.procedures)
        if before is not None:
            self.draft.news = [[n.slug, n.came] for n in find_news(before, [one.slug for one in self.procedures])]

    def _take_back(self) -> bool:
        """Take answers that are asked for now back from the shelf, and those that may be used silently; tell if any was."""
        asked = {q.fact.key: q.fact for page in self.made.pages for q in page.questions}
        found = False
        for key, fact in asked.items():
            if key in self.draft.answers or fact.define.of or fact.define.kind == "person":
                continue
            if key in self.draft.shelf:
                self.draft.answers[key], found = self.draft.shelf.pop(key), True
            elif fact.define.reuse == "silent" and key in self.draft.prefill:
                self.draft.answers[key], found = self.draft.prefill[key]["value"], True
        return found

    @property
    def came_before(self) -> bool:
        """Tell whether this very form came before: then it changes nothing again."""
        return find_sending() in self.draft.taken

    def save(self) -> None:
        """Keep the draft as it stands, and that this form came."""
        self.draft.take(find_sending())
        save_draft(get_session(), self.draft, now(), self.ward.settings)

    @property
    def procedures(self) -> tuple[Procedure, ...]:
        """Return the procedures that are being written."""
        if self.draft.is_sent:
            return tuple(self.book.procedures[slug] for slug in self.draft.slugs if slug in self.book.procedures)
        if self.event_plan is not None:
            return self.event_plan.active
        return tuple(self.book.procedures[slug] for slug in self.draft.slugs)

    @property
    def news(self) -> tuple[tuple[News, Procedure, Text | None], ...]:
        """Return what came and went by the last answer, each with the reason that the ward gives."""
        event = self.book.event
        shown = (News(slug, bool(came)) for slug, came in self.draft.news if slug in self.book.procedures)
        return tuple((one, self.book.procedures[one.slug], one.why(event) if event else None) for one in shown)

    @property
    def title(self) -> Text:
        """Return what the draft is about: its life event, or its procedure."""
        return (
            self.book.event.words["title"]
            if self.book.event
            else next(iter(self.book.procedures.values())).words["title"]
        )

    def declarations(self) -> list[tuple[str, Procedure, Text]]:
        """Return what must be declared: a name for the tick box, the procedure, and the words."""
        return [
            (f"{procedure.slug}:{key}", procedure, procedure.declarations[key])
            for procedure in self.procedures
            for key in (procedure.define.form.declarations if procedure.define.form else ())
        ]

    def take_files(self, page: Page, key: str) -> Gap | None:
        """Keep the files that were chosen for a fact; return what to mend about the first that cannot be kept."""
        question = next((q for q in page.questions if q.fact.key == key and q.fact.define.kind == "file"), None)
        if question is None or self.came_before:
            return None
        kept = list(self.draft.answers.get(key) or [])
        for file in request.files.getlist(key):
            if not file.filename:
                continue
            gap = self._take_file(question.fact, kept, file)
            if gap is not None:
                return gap
        return None

    def _take_file(self, fact: Any, kept: list[Any], file: FileStorage) -> Gap | None:
        """Clean and keep one file, adding it to `kept` in place."""
        most = fact.define.at_most or 1
        if len(kept) >= most:
            return Gap(fact.key, "", "file-too-many", {"most": most})
        name = safe_name(file.filename or "")
        clean = read_file(file, fact, name, self.ward.settings.clamd)
        if isinstance(clean, Gap):
            return clean
        session = get_session()
        if used_bytes(session, self.draft) + len(clean.content) > MOST_BYTES_A_DRAFT:
            return Gap(fact.key, "", "file-no-room", {"name": name})
        folder = self.store.uploads_folder(self.ward.settings.data_dir)
        upload_id = keep_upload(session, self.draft, fact.key, clean.content, folder, now())
        kept.append({"id": upload_id, "name": name, "type": clean.type, "size": len(clean.content)})
        self.draft.answers[fact.key] = kept
        return None

    def drop_file(self, upload_id: str) -> None:
        """Throw away one file that was given."""
        for key, value in list(self.draft.answers.items()):
            fact = self.book.dictionary.facts.get(key)
            if fact is not None and fact.define.kind == "file" and value:
                self.keep_list(key, [file for file in value if file["id"] != upload_id])
        remove_upload(get_session(), self.draft, upload_id, self.store.uploads_folder(self.ward.settings.data_dir))

    def keep_list(self, key: str, kept: list[Any]) -> None:
        """Keep a list of files; an emptied list is a question that is open again."""
        if kept:
            self.draft.answers[key] = kept
        else:
            self.draft.answers.pop(key, None)


def find_sending() -> str:
    """Return the id that a browser gave this sending of a form, new for each press; empty without JavaScript."""
    sending = request.form.get("sending", "")
    return sending if _SENDING.fullmatch(sending) else ""


def meet_browser() -> None:
    """Read the secret that a browser carries; it opens the drafts that were begun in it."""
    raw = request.cookies.get(cookie_name(), "")
    try:
        secret = bytes.fromhex(raw)
    except ValueError:
        secret = b""
    g.browser_secret = secret if len(secret) == 32 else None
    g.new_browser_secret = None


def cookie_name() -> str:
    """Return the cookie's name: bound to this host where https allows it."""
    return "__Host-browser" if current_app.config["SESSION_COOKIE_SECURE"] else "browser"


def set_browser_cookie() -> bytes:
    """Give this browser a new secret; the cookie goes out with the answer."""
    g.browser_secret = g.new_browser_secret = new_key()
    secret: bytes = g.browser_secret
    return secret


def send_browser_cookie(response: Response) -> Response:
    """Put a new secret into the answer; it lasts as long as drafts do."""
    if g.get("new_browser_secret"):
        days = current_app.extensions["madoguchi"].settings.draft_days
        response.set_cookie(
            cookie_name(), g.new_browser_secret.hex(), max_age=days * 86_400, httponly=True, samesite="Lax", path="/",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )  # fmt: skip
    return response


def get_books() -> BookShelf:
    """Return the books of questions as the content has them today, once for each app."""
    shelf: BookShelf | None = current_app.extensions.get("books")
    if shelf is None:
        ward = current_app.extensions["madoguchi"]
        shelf = current_app.extensions["books"] = BookShelf(ward.catalogue, ward.dictionary)
    return shelf


def open_door(space: str, draft_id: str, write: bool = False) -> Door:
    """Open a draft of a store (its word in addresses) for this browser, or answer 404 as for a draft that never was."""
    draft = find_draft(get_session(), STORES[space], draft_id, g.browser_secret, write)
    if draft is None:
        abort(404)
    check_way(draft)
    door = make_door(draft)
    check_page(door)
    return door


def make_door(draft: OpenDraft) -> Door:
    """Return the door to an open draft; 404 for one whose questions are nowhere to be had."""
    if draft.mend is not None and has_ended(get_session(), draft):
        abort(redirect(f"/{g.voice.code}/drafts/{draft.mend.parent}/sent", 303))
    ward = current_app.extensions["madoguchi"]
    book = find_book(get_session(), get_books(), draft)
    if book is None:
        abort(404)
    if book.hash != draft.row.definition and not draft.is_sent:
        draft.fit(book, today())
    made, planned = draft.plan(book, today())
    return Door(ward, draft, book, made, planned, g.voice.code)
