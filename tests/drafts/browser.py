"""A resident in a hurry: answers question after question by sending forms, and looks only at the pages a test is about."""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from tests.autopilot import Autopilot, find_errors, make_picture, read_form
from webapp.drafts.rules import Page, Plan, Question
from webapp.drafts.rules_events import EventPlan
from webapp.drafts.service import OpenDraft, find_draft
from webapp.drafts.service_books import find_book
from webapp.drafts.service_stores import STORES
from webapp.facts.rules import Fact
from webapp.facts.rules_kinds import handler_of
from webapp.kit.clock import today
from webapp.kit.database import open_session
from webapp.kit.safety import make_token
from webapp.procedures.rules_book import Book
from webapp.procedures.service_books import BookShelf

MOST_PAGES = 150


@dataclass(frozen=True)
class State:
    """How a draft stands: its answers, its questions, its pages."""

    draft: OpenDraft
    book: Book
    made: Plan
    event: EventPlan | None

    @property
    def active(self) -> list[str]:
        """Return the procedures that are written in this pass."""
        return [one.slug for one in self.event.active] if self.event else self.draft.slugs

    @property
    def asked(self) -> list[str]:
        """Return the facts that are asked as the answers stand."""
        return [q.fact.key for page in self.made.pages for q in page.questions]


@dataclass
class BrowserResident:
    """Somebody at a browser. `choose` says what to answer by fact (as typed, by part); lists get `people` people."""

    client: FlaskClient
    engine: Engine
    shelf: BookShelf
    choose: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    people: int = 2

    def __post_init__(self) -> None:
        """Know how to answer anything."""
        self.pilot = Autopilot(self.client, self.shelf.dictionary, today(), self.choose)

    @property
    def secret(self) -> bytes:
        """Return what the browser's cookie holds."""
        cookie = self.client.get_cookie("browser")
        return bytes.fromhex(cookie.value) if cookie else b""

    def begin(self, path: str, door: str = "start", voice: str = "ja") -> str:
        """Begin a draft and return its address; what was kept is not used."""
        answer = self.client.post(f"/{voice}/{path}/{door}")
        assert answer.status_code == 303, answer.status_code
        return "/".join(answer.headers["Location"].split("/")[:4])

    def look(self, base: str) -> State:
        """Open a draft as this browser does."""
        _, _, space, draft_id = base.split("/")
        with open_session(self.engine) as session:
            draft = find_draft(session, STORES[space], draft_id, self.secret, write=False)
            assert draft is not None, f"{base} does not open"
            book = find_book(session, self.shelf, draft)
            assert book is not None
            made, event = draft.plan(book, today())
            return State(draft, book, made, event)

    def see(self, address: str, status: int = 200) -> str:
        """Return a page."""
        answer = self.client.get(address)
        assert answer.status_code == status, f"{address}: {answer.status_code}"
        return str(answer.text)

    def post(self, address: str, data: Mapping[str, Any] | None = None) -> Any:
        """Send a form with its token and return the answer."""
        return self.client.post(address, data={"csrf": make_token(self.secret), **(data or {})})

    def send_page(self, base: str, key: str, data: Mapping[str, Any]) -> str:
        """Send one page of a draft and return where it leads."""
        answer = self.post(f"{base}/{key}", data)
        assert answer.status_code == 303, f"{key} {dict(data)}: {answer.status_code} {find_errors(answer.text)}"
        return str(answer.headers["Location"])

    def hurry(self, base: str, *until: str, todo: Callable[[State], list[str]] | None = None) -> State:
        """Answer everything up to the first open page with one of these facts, else everything; return how it stands.

        `todo` chooses what is written; without it, whatever is needed.
        """
        for _ in range(MOST_PAGES):
            state = self.look(base)
            page = state.made.first_open()
            if page is not None and {q.fact.key for q in page.questions} & set(until):
                return state
            if page is not None:
                self._answer(base, state, page)
            elif state.event is not None and not state.draft.choice.listed:
                if "todo" in until:
                    return state
                self.send_page(base, "todo", {"procedure": (todo or needed)(state)})
            else:
                return state
        raise AssertionError(f"no end after {MOST_PAGES} pages")

    def _answer(self, base: str, state: State, page: Page) -> None:
        """Answer one page."""
        data: dict[str, Any] = {}
        for question in page.questions:
            key, kind = question.fact.key, question.fact.define.kind
            if kind == "people":
                self.send_page(base, page.key, {key: self._name_people(base, state, question)})
                self._tell_more(base, page)
                return
            if kind == "person" and key not in self.choose:
                data[key] = question.candidates[0]
            elif kind == "file":
                data[key] = (
                    [(io.BytesIO(make_picture()), "写真.png")] if question.required or key in self.choose else []
                )
            else:
                data |= self.pilot.fill(question.fact)
        self.send_page(base, page.key, data)

    def _name_people(self, base: str, state: State, question: Question) -> list[str]:
        """Write about as many people as a list needs, and return everybody who is on it."""
        fact = question.fact
        known = [*question.candidates, *self.list_of(state, fact.key)]
        for _ in range(self.people - len(dict.fromkeys(known))):
            self.send_page(base, f"{fact.page}/new", self.fill_items(fact))
        listed = self.list_of(self.look(base), fact.key)
        return list(dict.fromkeys((*listed, *known)))[: self.people]

    def _tell_more(self, base: str, page: Page) -> None:
        """Answer what is still missing about anybody on a list."""
        for _ in range(MOST_PAGES):
            found = self.look(base).made.find_page(page.key)
            if found is None or found.people is None or not found.people.open:
                return
            self.send_page(base, f"{page.key}/{found.people.open[0]}", self.fill_items(found.people.fact))
        raise AssertionError(f"{page.key} stays open")

    def fill_items(self, fact: Fact) -> dict[str, Any]:
        """Return the form data of a page about one person of a list."""
        data: dict[str, Any] = {}
        for item in self.shelf.dictionary.items_of(fact):
            data |= self.pilot.fill(item)
        return data

    def change_person(self, base: str, person: str, **told: Any) -> Any:
        """Change attributes of a person on the page with everything known of them; return the answer."""
        keys = {name.split(":")[0] for name in read_form(self.see(f"{base}/people/{person}")).names}
        known, data = self.look(base).draft.answers["people"][person], {}
        for fact in (self.shelf.dictionary.facts[key] for key in keys):
            typed = handler_of(fact).spread(fact, (known | told)[fact.define.is_])
            data |= {f"{fact.key}:{part}" if part else fact.key: words for part, words in typed.items()}
        return self.post(f"{base}/people/{person}", data)

    def list_of(self, state: State, key: str) -> list[str]:
        """Return the people on a list."""
        return [one["id"] for one in state.draft.answers.get(key) or []]

    def person(self, base: str, name: str) -> str:
        """Return the one person with this name."""
        people = self.look(base).draft.answers["people"]
        (found,) = [key for key, one in people.items() if one.get("name", {}).get("name") == name]
        return str(found)

    def title(self, slug: str) -> str:
        """Return the title of a procedure as Japanese pages say it."""
        return plain(self.shelf.catalogue.procedures[slug].words["title"].voices["ja"])

    def send(self, base: str, **more: Any) -> Any:
        """Declare everything on the check page and send; return the answer."""
        form = read_form(self.see(f"{base}/check"))
        return self.client.post(f"{base}/check", data={**form.hidden, "declare": form.boxes, **more})


def needed(state: State) -> list[str]:
    """Return what is needed of a life event and can be written here."""
    return [one.slug for one in state.event.standings if one.need == "needed" and one.can_be_written]


def plain(words: str) -> str:
    """Return the ward's words as they are read: without readings and marks."""
    return re.sub(r"《[^》]*》|｜", "", words)


def words(html: str) -> str:
    """Return the words of a page, or of a part of it, as they are read."""
    return re.sub(r"<rt>.*?</rt>|<[^>]+>", "", html, flags=re.S)
