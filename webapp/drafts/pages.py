"""Question pages: reading what came in, and what a template needs to show a page. The same for every door to a draft.

Other rooms show these pages too; they give the draft and the address that the form goes to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from webapp.drafts.rules import Page, Plan, Question
from webapp.drafts.rules_people import NEW, find_person, name_person, people_of
from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Gap, Typed
from webapp.facts.rules_kinds import handler_of, keys_of, words_of
from webapp.facts.rules_messages import message_of
from webapp.facts.rules_numbers import has_individual_number
from webapp.facts.rules_postal import find_area
from webapp.reading.rules_texts import Text
from webapp.reading.service_speaker import Speaker, make_id

LONGEST_INPUT = 20_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One gap as the page shows it: beside the input with this id, and in the summary."""

    part: str
    message: Markup
    id: str


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """Somebody who can be chosen: whether they are, whether something about them is missing, and since when they are kept."""

    id: str
    name: str
    picked: bool
    missing: bool = False
    kept_on: date | None = None


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """Everything a field component needs. `prefilled` is (day, title) where the answer comes from what was kept."""

    fact: Fact
    typed: Typed
    gaps: tuple[Problem, ...]
    required: bool
    heading: bool
    used_for: tuple[str, ...]
    files: Sequence[Mapping[str, Any]]
    people: Sequence[ShownPerson]
    base: str
    prefilled: tuple[date, str] | None = None

    @property
    def picks(self) -> tuple[tuple[str, Text], ...]:
        """Return the options that may be picked, with their words."""
        return tuple((key, words_of(self.fact, key)) for key in keys_of(self.fact))


def read_typed(fact: Fact, form: MultiDict[str, str]) -> dict[str, list[str]]:
    """Return what was typed for one fact, by part, as it came; absurdly long inputs are cut where no limit allows them."""
    return {
        part: [value[:LONGEST_INPUT] for value in form.getlist(input_name(fact, part))]
        for part in handler_of(fact).parts(fact)
    }


def input_name(fact: Fact, part: str) -> str:
    """Return the name of one input of a question."""
    return f"{fact.key}:{part}" if part else fact.key


def input_id(fact: Fact, part: str) -> str:
    """Return the id of one input: its name with every character outside letters and digits as a hyphen."""
    return make_id(input_name(fact, part))


def show_question(
    question: Question, typed: Typed, gaps: Sequence[Gap], speaker: Speaker, heading: bool, base: str,
    answer: Any = None,
) -> ShownQuestion:  # fmt: skip
    """Return a question as its component shows it.

    `answer` is the kept value (files are listed from it), `base` the draft's address.
    """
    fact = question.fact
    problems = tuple(show_gap(gap, fact, speaker) for gap in gaps if gap.fact == fact.key)
    files = answer if isinstance(answer, list) and fact.define.kind == "file" else ()
    return ShownQuestion(fact, typed, problems, question.required, heading, question.used_for, files, (), base)


def list_people(question: Question, answers: Mapping[str, Any], typed: Typed) -> tuple[ShownPerson, ...]:
    """Return the people of a question: those who can be chosen, and those who are on its list already."""
    fact = question.fact
    if fact.define.kind not in ("people", "person"):
        return ()
    on_list = [one["id"] for one in answers.get(fact.key) or []] if fact.define.kind == "people" else []
    picked: Sequence[str | None]
    if typed.get("") is not None:
        picked = typed[""]
    elif fact.define.kind == "person":
        picked = [find_person(answers, fact.define.role)]
    else:
        picked = on_list if fact.key in answers else [find_person(answers, role) for role in fact.define.starts_with]
    ids = dict.fromkeys((*question.candidates, *(one for one in on_list if name_person(answers, one))))
    return tuple(_show_person(one, answers, one in picked, one in question.open) for one in ids)


def _show_person(person: str, answers: Mapping[str, Any], picked: bool, missing: bool) -> ShownPerson:
    """Return one person as a list shows them."""
    kept = people_of(answers)[person].get("kept_on")
    return ShownPerson(
        person, name_person(answers, person), picked, missing, date.fromisoformat(kept) if kept else None
    )


def show_gap(gap: Gap, fact: Fact, speaker: Speaker) -> Problem:
    """Return a gap in the reader's words."""
    message, values = message_of(gap, fact)
    return Problem(gap.part, speaker.say(message, **values), input_id(fact, gap.part))


def spread_answer(fact: Fact, value: Any) -> Typed:
    """Return a kept answer as its inputs show it."""
    return handler_of(fact).spread(fact, value) if value is not None else {}


def spread_kept(question: Question, value: Any) -> Typed:
    """Return the kept answer to a question as its inputs show it; who can not be chosen from the list is somebody new."""
    if question.fact.define.kind == "person" and value is not None and value not in question.candidates:
        return {"": [NEW]}
    return spread_answer(question.fact, value)


def read_prefill(fact: Fact, kept: Mapping[str, Any]) -> tuple[Typed, tuple[date, str]]:
    """Return what was kept from an earlier time as its inputs show it, with the day and the title it came from."""
    return spread_answer(fact, kept["value"]), (date.fromisoformat(kept["kept_on"]), kept["title"])


def read_kept_words(fact: Fact, kept: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what was kept from an earlier time as it would be typed, by part."""
    return {part: list(words) for part, words in spread_answer(fact, kept["value"]).items()}


def hide_numbers(typed: Mapping[str, Mapping[str, list[str]]]) -> dict[str, dict[str, list[str]]]:
    """Return what was typed without whatever holds an Individual Number: that is shown back once, but never kept."""
    return {
        fact: {part: [word for word in words if not has_individual_number(word)] for part, words in parts.items()}
        for fact, parts in typed.items()
    }


def fill_area(typed: Mapping[str, dict[str, list[str]]], key: str) -> None:
    """Fill the area of an address question from the postal code that was typed, where the code is known."""
    parts = typed.get(key)
    area = find_area((parts.get("postal") or [""])[0]) if parts else None
    if parts is not None and area:
        parts["area"] = [area]


def list_steps(made: Plan, here: str | None) -> list[tuple[str, str]]:
    """Return the named sections with their state: done, current or later. `here` is a topic, or None on the check page."""
    return [(topic, _state_of(made, topic, here)) for topic in made.topics]


def _state_of(made: Plan, topic: str, here: str | None) -> str:
    """Return how far a section is."""
    if topic == here:
        return "current"
    pages = [page for page in made.pages if page.topic == topic]
    return "done" if all(made.is_answered(page) for page in pages) else "later"


def page_question(page: Page, dictionary_pages: Mapping[str, Mapping[str, Text]]) -> Text:
    """Return the heading of a page: its only question, or the words that the page has of its own."""
    if len(page.questions) == 1:
        return page.questions[0].fact.words["question"]
    own = dictionary_pages.get(page.key)
    return own["question"] if own else page.questions[0].fact.words["question"]
