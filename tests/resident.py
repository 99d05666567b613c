"""A resident who answers a pass without a browser: through the same door that requests use, with no pages in between."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webapp.drafts.door import Door
from webapp.drafts.door_people import ask_about, check_list, check_person, check_who
from webapp.drafts.rules import Page, Question
from webapp.drafts.rules_events import Choice
from webapp.drafts.rules_people import find_attribute, find_person
from webapp.drafts.service import OpenDraft
from webapp.drafts.tables import Draft
from webapp.drafts.views import keep_value
from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Outcome
from webapp.facts.rules_kinds import handler_of
from webapp.kit.clock import today
from webapp.kit.ids import new_id
from webapp.procedures.rules_book import Book

MOST_PAGES = 400


def open_door(book: Book, slugs: Sequence[str] = ()) -> Door:
    """Return the door to an empty draft over a book, of these procedures or, without, of its life event."""
    row = Draft(id=new_id(), procedures=" ".join(slugs), event=book.event.slug if book.event else "", voice="ja")
    draft = OpenDraft(row, b"")
    made, planned = draft.plan(book, today())
    return Door(None, draft, book, made, planned, "ja")


@dataclass(frozen=True, slots=True)
class Written:
    """One thing that was asked: the fact, the person it is about ("" for nobody), and whether it was left out."""

    fact: Fact
    person: str
    empty: bool

    @property
    def what(self) -> tuple[str, str]:
        """Return the person and what was asked of them; of nobody, what the fact means."""
        return self.person, (self.fact.define.is_ if self.person else None) or self.fact.define.meaning


class Resident:
    """Answers page after page. What they say is for others to fill in: `say`, `pick_who`, `pick_list`, `pick_procedures`."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.written: list[Written] = []
        self.pages: list[Page] = []

    def say(self, question: Question, person: str) -> Any:
        """Return the value for a fact about a person ("" for nobody); None to leave it out."""
        raise NotImplementedError

    def pick_who(self, question: Question) -> str:
        """Return the candidate who has a role, or NEW."""
        raise NotImplementedError

    def pick_list(self, question: Question) -> tuple[Sequence[str], Sequence[str]]:
        """Return the candidates who belong on a list, and ids for the people to write anew."""
        raise NotImplementedError

    def pick_procedures(self) -> Choice:
        """Return what is chosen on the list of things to do."""
        return Choice(listed=True)

    def walk(self) -> "Resident":
        """Answer until nothing is open. Raises AssertionError if that never comes."""
        for _ in range(MOST_PAGES):
            page = self.door.made.first_open()
            if page is not None:
                self.answer(page)
            elif self.door.event_plan is not None and not self.door.draft.choice.listed:
                self.door.draft.choice = self.pick_procedures()
                self.door.replan()
            else:
                return self
        raise AssertionError(f"no end after {MOST_PAGES} pages")

    def answer(self, page: Page) -> None:
        """Answer one page, then what is missing about anybody on its list."""
        self.pages.append(page)
        for question in page.questions:
            if self.door.made.answers.get(question.fact.key) is None or question.open:
                self.answer_question(question)
        self.door.replan()
        now_page = self.door.made.find_page(page.key)
        while now_page and now_page.people and now_page.people.open:
            self.answer_about(now_page.people, now_page.people.open[0])
            self.door.replan()
            now_page = self.door.made.find_page(page.key)

    def answer_question(self, question: Question) -> None:
        """Answer one question of a page."""
        kind = question.fact.define.kind
        if kind == "people":
            self.answer_list(question)
        elif kind == "person":
            picked = self.pick_who(question)
            assert not check_who(self.door, question, {"": [picked]})
            self.note(question.fact, "", False)
        else:
            self.answer_plainly(question)

    def answer_plainly(self, question: Question) -> None:
        """Answer a question about nobody, or about the person in a role."""
        fact, answers = question.fact, self.door.draft.answers
        value = self.say(question, find_person(answers, fact.define.of) or "")
        known = find_attribute(answers, find_person(answers, fact.define.of), fact.define.is_) is not None
        is_new = not known and fact.key not in answers
        if fact.define.kind == "file":
            answers[fact.key] = value or []
        else:
            keep_value(self.door, question, self.type(fact, value, question.required))
        if is_new:
            self.note(fact, find_person(answers, fact.define.of) or "", value is None)

    def answer_list(self, question: Question) -> None:
        """Put people on a list, and write those who are new one after the other; whoever is on it stays."""
        fact = question.fact
        on_it = [one["id"] for one in self.door.draft.answers.get(fact.key) or []]
        picked, new = self.pick_list(question) if not on_it else ((), ())
        if fact.key not in self.door.draft.answers:
            self.note(fact, "", not (picked or new))
        gaps = check_list(self.door, question, {"": [*dict.fromkeys((*on_it, *picked))]})
        assert new or not gaps, gaps
        for person in new:
            self.answer_about(question, person)

    def answer_about(self, question: Question, person: str) -> None:
        """Answer what is asked about one person of a list."""
        asked = ask_about(self.door, question, person)
        entry = next((e for e in self.door.draft.answers.get(question.fact.key) or [] if e["id"] == person), {})
        told = {}
        for one in asked:
            known = find_attribute(self.door.draft.answers, person, one.fact.define.is_)
            known = entry.get(one.fact.key) if known is None else known
            told[one.fact.key] = self.say(one, person) if known is None else known
            if known is None:
                self.note(one.fact, person, told[one.fact.key] is None)
        typed = {q.fact.key: dict(handler_of(q.fact).spread(q.fact, told[q.fact.key])) for q in asked}
        gaps = check_person(self.door, question, person, asked, typed)
        assert not gaps, gaps

    def note(self, fact: Fact, person: str, empty: bool) -> None:
        """Write down that something was asked."""
        self.written.append(Written(fact, person, empty))

    def type(self, fact: Fact, value: Any, required: bool) -> Outcome:
        """Type a value; it is taken as it is or the test is wrong."""
        typed = handler_of(fact).spread(fact, value) if value is not None else {}
        outcome = handler_of(fact).check(fact, typed, today(), required)
        assert not outcome.gaps, f"{fact.key} {value}: {outcome.gaps}"
        return outcome
