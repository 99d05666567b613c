"""What a family writes on separate forms, and what it is asked in one pass: docs/once-only.md.

Run as `python -m bench once_only` to print the table, as `python -m bench.once_only --write` to write the page.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from tests.resident import Resident, Written, open_door
from webapp.config import ROOT
from webapp.drafts.door import Door
from webapp.drafts.rules import Question
from webapp.drafts.rules_people import NEW, find_person
from webapp.drafts.service_samples import Samples, find_sample, load_samples
from webapp.facts.rules import Dictionary
from webapp.facts.rules_kinds import handler_of
from webapp.facts.service import load_dictionary
from webapp.kit.clock import today
from webapp.kit.ids import new_id
from webapp.procedures.rules import Procedure
from webapp.procedures.rules_book import Book, make_book
from webapp.procedures.rules_catalogue import Catalogue
from webapp.procedures.service import load_catalogue

PAGE = ROOT / "docs" / "once-only.md"
VOICES = ("ja", "ja-easy", "en")
YEAR = 365


def make_person(name: str, age: int, **more: str) -> dict[str, Any]:
    """Return somebody with this first name and age, who is Japanese and lived here on 1 January."""
    usual = {
        "nationality": "japanese",
        "january_place": "elsewhere",
        "january_address": "東京都中野区",
        "pension_kind": "national",
    }
    told = {
        "name": {"name": f"見本 {name}", "kana": "みほん"},
        "birth": (today() - timedelta(days=age * YEAR + 100)).isoformat(),
    }
    return {**usual, **told, **more}


ME = make_person("花子", 36, sex="female", relation_to_head="head", occupation="self-employed")
PARTNER = make_person("太郎", 38, sex="male", relation_to_head="spouse", occupation="employee")
CHILD = make_person("さくら", 4, sex="female", relation_to_head="child", occupation="none")
PUPIL = make_person("さくら", 8, sex="female", relation_to_head="child", occupation="none")
BABY = make_person("はる", 0, sex="male", relation_to_head="child", occupation="none")
PARENT = make_person("うめ", 81, sex="female", relation_to_head="parent", occupation="none")
ROLES = {
    "applicant": "me", "head": "me", "old-head": "me", "register-head": "me", "spouse": "partner", "mother": "me",
    "father": "partner", "child-insured": "me", "baby": "child", "insured": "parent", "deceased": "parent",
}  # fmt: skip
LISTS = {
    "household.members": ("partner", "child"), "insurance.joining_people": ("partner", "child"),
    "insurance.leaving_people": ("partner", "child"), "household.card_holders": ("me", "partner", "child"),
    "children.list": ("child",), "children.no_longer": ("child",), "work.pupils": ("child",), "insurance.patients": ("me",),
}  # fmt: skip


@dataclass(frozen=True)
class Story:
    """What one family says in one life event; what is not told here are the samples of content/practice/household.yaml."""

    event: str
    who: str
    people: Mapping[str, Mapping[str, Any]]
    says: Mapping[str, Any]
    roles: Mapping[str, str] = field(default_factory=lambda: ROLES)
    lists: Mapping[str, Sequence[str]] = field(default_factory=lambda: LISTS)


TRIO = {"me": ME, "partner": PARTNER, "child": CHILD}
STORIES = (
    Story("moving-in", "a couple with a child of 4 moves in from another town; National Health Insurance, My Number cards", TRIO, {
        "event.has_dog": "no", "event.care_certified": "no", "event.asked_for_record": "no",
    }),
    Story("moving-within", "the same family moves within the ward, with a dog", TRIO, {"event.child_apart": "no"}),
    Story("moving-out", "the same family moves away", TRIO, {"event.big_waste": "no"}),
    Story("pregnancy-birth", "a married couple whose baby was born this month; National Health Insurance", {
        "me": ME, "partner": PARTNER, "child": {**BABY, "birth": (today() - timedelta(days=10)).isoformat()},
    }, {"event.mother_insurance": "national", "event.gets_allowance": "no", "insurance.child_kind": "kokuho", "children.has_older": "no"},
        lists={**LISTS, "insurance.joining_people": ("child",)}),
    Story("bereavement", "the mother of one of a couple has died; she lived with them and received care", {
        "me": ME, "partner": PARTNER, "parent": PARENT,
    }, {"grief.household": "head-several", "grief.pension": "national", "grief.papers": ["care-level", "care-card"],
        "grief.in_name": ["none"], "grief.relation": "child", "household.relation_to_head": "head"},
        lists={**LISTS, "household.members": ("partner",)}),
    Story("care", "a mother who lives with a couple has care level 1, is worse, bought a bath aid and paid a lot", {
        "me": ME, "partner": PARTNER, "parent": PARENT,
    }, {"event.care_state": "certified", "event.care_worse": "yes", "event.care_happened": ["paid-a-lot", "bought-equipment"],
        "event.care_manager": "first", "event.care_lost": ["card"], "applicant.relation": "child"}),
    Story("illness-income", "a couple with a child of 8; the applicant has left a job and has high medical costs", {
        "me": {**ME, "occupation": "none", "pension_kind": "none"}, "partner": PARTNER, "child": PUPIL,
    }, {"event.insurance_now": "none", "event.school_child": "yes", "event.health_state": ["treatment"]}),
)  # fmt: skip


@cache
def load() -> tuple[Dictionary, Catalogue, Samples]:
    """Return the ward's content."""
    dictionary = load_dictionary(ROOT / "content", VOICES)
    return dictionary, load_catalogue(ROOT / "content", dictionary, VOICES), load_samples(ROOT / "content")


class Family(Resident):
    """Says what a story tells: about each person the same wherever they are asked about."""

    def __init__(self, door: Door, story: Story, answers: Mapping[str, Any]) -> None:
        super().__init__(door)
        self.story, self.answers = story, answers
        self.ids: dict[str, str] = {}

    def say(self, question: Question, person: str) -> Any:
        """Return what is true of the person, else what was said in the pass, in the story, or what the samples say."""
        fact = question.fact
        about = self.story.people.get(self.ids.get(person) or self.story.roles.get(fact.define.of or "") or "", {})
        for told in (about.get(fact.define.is_ or ""), self.answers.get(fact.key), self.story.says.get(fact.key)):
            if told is not None:
                return told
        if fact.define.kind == "file":
            return [{"id": new_id(), "name": "a.png", "type": "png", "size": 1}]
        typed = find_sample(load()[2], fact, today())
        return handler_of(fact).check(fact, typed or {}, today(), True).value

    def answer_plainly(self, question: Question) -> None:
        """Answer, and remember whom the answer was about."""
        super().answer_plainly(question)
        role = question.fact.define.of
        person = find_person(self.door.draft.answers, role)
        if person is not None and role in self.story.roles:
            self.ids[person] = self.story.roles[role]

    def pick_who(self, question: Question) -> str:
        """Return who has the role in the story, if they were written about already."""
        wanted = self.story.roles[question.fact.define.role or ""]
        return next((one for one in question.candidates if self.ids.get(one) == wanted), NEW)

    def pick_list(self, question: Question) -> tuple[Sequence[str], Sequence[str]]:
        """Return who is on the list in the story: those who were written about, and ids for the others."""
        wanted = self.story.lists[question.fact.key]
        picked = [one for one in question.candidates if self.ids.get(one) in wanted]
        there = {self.ids[one] for one in picked}
        new = {new_id(): one for one in wanted if one not in there}
        self.ids.update(new)
        return picked, list(new)


@dataclass(frozen=True)
class Count:
    """How many names, birth dates, addresses and fields in all were written."""

    names: int
    births: int
    addresses: int
    fields: int


def count(written: Sequence[Written]) -> Count:
    """Count what was asked."""
    facts = [one.fact.define for one in written]
    births = sum(1 for fact in facts if fact.is_ == "birth")
    kinds = [fact.kind for fact in facts]
    return Count(kinds.count("name"), births, kinds.count("address"), len(facts))


@dataclass(frozen=True)
class Result:
    """One life event: the procedures that are written, what separate forms take, and what one pass takes."""

    story: Story
    procedures: tuple[Procedure, ...]
    apart: Count
    once: Count

    @property
    def desks(self) -> tuple[int, int]:
        """Return the desks that separate forms go to, and those that one pass goes to."""
        ends = [one.define.form.ends for one in self.procedures if one.define.form]
        return len({one.define.office for one in self.procedures}), int("counter" in ends)


def measure(story: Story) -> Result:
    """Walk the life event in one pass, then every one of its procedures alone with the same answers."""
    dictionary, catalogue, _ = load()
    one_pass = Family(open_door(find_book(f"events/{story.event}", catalogue, dictionary)), story, {}).walk()
    plain = {key: value for key, value in one_pass.door.made.answers.items() if dictionary.facts[key].define.of is None}
    apart: list[Written] = []
    for one in one_pass.door.procedures:
        door = open_door(find_book(f"procedures/{one.slug}", catalogue, dictionary), [one.slug])
        apart += Family(door, story, plain).walk().written
    written = [one for one in apart if one.fact.define.kind not in ("people", "person")]
    return Result(story, one_pass.door.procedures, count(written), count(one_pass.written))


def find_book(scope: str, catalogue: Catalogue, dictionary: Dictionary) -> Book:
    """Return the questions of a life event or of one procedure. Raises KeyError."""
    book = make_book(scope, catalogue, dictionary)
    if book is None:
        raise KeyError(scope)
    return book


def make_page() -> str:
    """Return the page in Markdown."""
    results = [measure(story) for story in STORIES]
    return "\n".join(_write_lines(results)) + "\n"


def _write_lines(results: Sequence[Result]) -> Iterator[str]:
    """Yield the page line by line."""
    yield from (
        "# Once only",
        "",
        "Made by `python -m bench.once_only --write` from `content/`; a test keeps it current.",
        "",
    )
    yield "What a family writes on separate forms, and what it is asked in one pass (separate → one pass)."
    yield from (
        "",
        "| life event | procedures | names | birth dates | addresses | all fields | desks |",
        "|---|---|---|---|---|---|---|",
    )
    for one in results:
        apart, once = one.apart, one.once
        cells = [(apart.names, once.names), (apart.births, once.births), (apart.addresses, once.addresses)]
        cells += [(apart.fields, once.fields), one.desks]
        yield f"| {one.story.event} | {len(one.procedures)} | {' | '.join(f'{old} → {new}' for old, new in cells)} |"
    yield from ("", "## The families", "")
    for one in results:
        names = ", ".join(procedure.slug for procedure in one.procedures)
        yield f"- **{one.story.event}**: {one.story.who}. Written here: {names}."
    yield from ("", "## How it is counted", "")
    yield from HOW


HOW = (
    "- One pass: a resident without a browser answers the life event page by page, as in `tests/resident.py`, and writes all that",
    "  is on the list of things to do. Separate forms: every one of those procedures alone, with the same answers.",
    "- A name, a birth date or an address counts each time it is written, whoever it is about: also a doctor's name, also the",
    "  previous address. Every question is answered, those that may be left out too.",
    "- All fields: every question counts as one, an address and a file as well. In one pass the questions of the life event itself",
    "  and every choice of people who are known already count as well; on separate forms choosing people counts nothing.",
    "- Desks: the offices to which the separate forms belong; in one pass one desk takes over all that ends at the counter",
    "  (0: everything is sent from home).",
    "- What the story of a family does not say is taken from `content/practice/household.yaml`. Procedures without a form here are",
    "  left out on both sides.",
)  # fmt: skip


def main() -> None:
    """Print the page."""
    print(make_page())


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        PAGE.write_text(make_page(), encoding="utf-8")
    else:
        main()
