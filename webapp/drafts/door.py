"""How a request gets into a draft: the browser's secret, the draft it holds, its plan, and changes to files and people."""

from dataclasses import dataclass
from typing import Any

from flask import Response, abort, current_app, g, request
from werkzeug.datastructures import FileStorage

from webapp.drafts.rules import Page, Plan
from webapp.drafts.service import OpenDraft, find_draft
from webapp.drafts.service_uploads import (
    MOST_BYTES_A_DRAFT,
    keep_upload,
    remove_upload,
    uploads_folder,
    used_bytes,
)
from webapp.facts.rules_answers import Gap
from webapp.facts.rules_files import CleanFile, inspect_file, safe_name
from webapp.kit.clock import now, today
from webapp.kit.crypto import new_key
from webapp.kit.database import get_session
from webapp.reading.rules_texts import Text

MOST_FILE_BYTES = 5 * 1024 * 1024


@dataclass
class Door:
    """An open draft in one request: its plan and the ward's content at hand."""

    ward: Any
    draft: OpenDraft
    made: Plan
    voice: str

    def address(self, *parts: str) -> str:
        """Return the address of one of the draft's pages in this voice."""
        return "/".join((f"/{self.voice}/drafts/{self.draft.row.id}", *parts))

    def replan(self) -> None:
        """Plan anew after an answer changed, and throw away the answers of abandoned branches."""
        self.made = self.draft.plan(self.ward.catalogue.procedures, self.ward.dictionary, today())
        abandoned = self.draft.answers.keys() - self.made.answers.keys()
        for key in abandoned:
            for file in self.draft.answers[key] or () if self._is_file(key) else ():
                remove_upload(get_session(), self.draft, file["id"], uploads_folder(self.ward.settings.data_dir))
        self.draft.answers = dict(self.made.answers)

    def _is_file(self, key: str) -> bool:
        """Tell whether a fact is about files."""
        fact = self.ward.dictionary.facts.get(key)
        return fact is not None and fact.define.kind == "file"

    @property
    def procedures(self) -> list[Any]:
        """Return the procedures of the draft."""
        return [self.ward.catalogue.procedures[slug] for slug in self.draft.slugs]

    def declarations(self) -> list[tuple[str, Any, Text]]:
        """Return what must be declared: a name for the tick box, the procedure, and the words."""
        return [
            (f"{procedure.slug}:{key}", procedure, procedure.declarations[key])
            for procedure in self.procedures
            for key in procedure.define.form.declarations
        ]

    def take_files(self, page: Page, key: str) -> Gap | None:
        """Keep the files that were chosen for a fact; return what to mend about the first that cannot be kept."""
        question = next((q for q in page.questions if q.fact.key == key and q.fact.define.kind == "file"), None)
        if question is None:
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
        content = file.stream.read(MOST_FILE_BYTES + 1)
        name = safe_name(file.filename or "")
        clean = inspect_file(content, fact.define.accept or ("jpeg", "png", "pdf"))
        if not isinstance(clean, CleanFile):
            return Gap(fact.key, "", clean, {"name": name})
        session = get_session()
        if used_bytes(session, self.draft) + len(clean.content) > MOST_BYTES_A_DRAFT:
            return Gap(fact.key, "", "file-no-room", {"name": name})
        folder = uploads_folder(self.ward.settings.data_dir)
        upload_id = keep_upload(session, self.draft, fact.key, clean.content, folder, now())
        kept.append({"id": upload_id, "name": name, "type": clean.type, "size": len(clean.content)})
        self.draft.answers[fact.key] = kept
        return None

    def drop_file(self, upload_id: str) -> None:
        """Throw away one file that was given."""
        for key, value in list(self.draft.answers.items()):
            if self._is_file(key) and value:
                self.keep_list(key, [file for file in value if file["id"] != upload_id])
        remove_upload(get_session(), self.draft, upload_id, uploads_folder(self.ward.settings.data_dir))

    def drop_person(self, page: Page, person_id: str) -> None:
        """Take one person off the list of a page."""
        question = page.people
        if question is not None:
            people = self.draft.answers.get(question.fact.key) or []
            self.keep_list(question.fact.key, [one for one in people if one["id"] != person_id])

    def keep_list(self, key: str, kept: list[Any]) -> None:
        """Keep a list of files or people; an emptied list is a question that is open again."""
        if kept:
            self.draft.answers[key] = kept
        else:
            self.draft.answers.pop(key, None)


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


def open_door(draft_id: str, write: bool = False) -> Door:
    """Open a draft for this browser, or answer 404 as for a draft that never was."""
    draft = find_draft(get_session(), draft_id, g.browser_secret, write)
    if draft is None:
        abort(404)
    ward = current_app.extensions["madoguchi"]
    made = draft.plan(ward.catalogue.procedures, ward.dictionary, today())
    return Door(ward, draft, made, g.voice.code)
