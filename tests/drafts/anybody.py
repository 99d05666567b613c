"""Residents who answer anything a plan asks, and what must hold of the plan before every page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.resident import Resident
from webapp.drafts.door import Door
from webapp.drafts.door_people import ask_about
from webapp.drafts.rules import Guide, Page, Plan, Question, plan, split_answers
from webapp.drafts.rules_events import Choice, plan_event
from webapp.drafts.rules_people import NEW, find_attribute, find_person, list_items
from webapp.facts.rules import Fact
from webapp.facts.rules_conditions import holds
from webapp.facts.rules_days import find_bound
from webapp.kit.clock import today
from webapp.kit.ids import new_id
from webapp.procedures.rules_catalogue import EventDefinition

TODAY = today()
REUSE, LEFT_OUT, UNKNOWN, CHANGED, BACK = 0.6, 0.4, 0.25, 0.3, 0.5
"""How often somebody who is known is chosen, an answer left out, "I don't know" said, an earlier answer changed, and back."""
MOST_ON_A_LIST = 3
SAMPLES = {
    "phone": "03-1234-5678", "mail": "a@example.jp", "amount": 1000, "text": "文",
    "bank": {"institution": "見本銀行", "branch": "本店", "type": "ordinary", "number": "1234567", "holder": "ヤマ"},
}  # fmt: skip


def draw_value(fact: Fact, chance: Random) -> Any:
    """Return an answer that is known; names and addresses are all different."""
    define = fact.define
    if define.kind in ("yesno", "choice"):
        return chance.choice(define.options or ["yes", "no"])
    if define.kind == "choices":
        return draw_choices(fact, chance)
    if define.kind == "date":
        return draw_day(fact, chance).isoformat()
    if define.kind == "name":
        return {"name": "山" * chance.randint(1, 40), "kana": "やま"}
    if define.kind == "address":
        return {"postal": "", "area": "杉並区", "block": str(chance.randint(1, 10**9)), "building": ""}
    if define.kind == "number":
        return "06139992" if define.check else "1" * (define.digits or 2)
    if define.kind == "file":
        return [{"id": new_id(), "name": "a.png", "type": "png", "size": 1}]
    return SAMPLES[define.kind]


def draw_choices(fact: Fact, chance: Random) -> list[str]:
    """Return one or two options in their order."""
    picked = chance.sample(fact.define.options or [], chance.randint(1, min(2, len(fact.define.options or []))))
    return [one for one in fact.define.options or [] if one in picked]


def draw_day(fact: Fact, chance: Random) -> date:
    """Return a day that the fact takes."""
    first = find_bound(fact.define.earliest, TODAY) or TODAY - timedelta(days=20_000)
    last = find_bound(fact.define.latest, TODAY) or TODAY
    return first + timedelta(days=chance.randint(0, (last - first).days))


class Anybody(Resident):
    """Answers anything; chooses people who are known, or writes new ones; leaves out what may be left out."""

    def __init__(self, door: Door, chance: Random) -> None:
        super().__init__(door)
        self.chance = chance

    def say(self, question: Question, person: str) -> Any:
        """Return any value that the fact can have."""
        if not question.required and self.chance.random() < LEFT_OUT:
            return None
        if question.fact.define.unknown and self.chance.random() < UNKNOWN:
            return "unknown"
        return draw_value(question.fact, self.chance)

    def pick_who(self, question: Question) -> str:
        """Return one of the candidates, or somebody new."""
        return self.chance.choice(question.candidates) if self.chance.random() < REUSE else NEW

    def pick_list(self, question: Question) -> tuple[Sequence[str], Sequence[str]]:
        """Return some candidates and some new people, at least one where one is required."""
        most = min(MOST_ON_A_LIST, question.fact.define.at_most or MOST_ON_A_LIST)
        picked = [one for one in question.candidates if self.chance.random() < REUSE][:most]
        room = most - len(picked)
        many = self.chance.randint(int(question.required and not picked), room) if room else 0
        return picked, [new_id() for _ in range(many)]

    def pick_procedures(self) -> Choice:
        """Return most of what is needed and some of what may be."""
        standings = self.door.event_plan.standings if self.door.event_plan else ()
        skipped = tuple(one.slug for one in standings if one.need == "needed" and self.chance.random() < 0.2)
        extra = tuple(one.slug for one in standings if one.need == "maybe" and self.chance.random() < 0.6)
        return Choice(True, skipped, extra)


class Critic(Anybody):
    """Looks at the plan before every page."""

    def answer(self, page: Page) -> None:
        """Check, then answer."""
        check_plan(self.door)
        super().answer(page)
        if self.chance.random() < CHANGED:
            self.change_something()

    def change_something(self) -> None:
        """Give another answer to an earlier question about nobody, and sometimes take it back: then nothing is lost."""
        asked = [q for page in self.door.made.pages for q in page.questions if q.fact.key in self.door.made.answers]
        plain = [q for q in asked if not q.fact.define.of and q.fact.define.kind not in ("people", "person")]
        if plain:
            question, before = self.chance.choice(plain), self.door.made
            self.answer_plainly(replace(question, required=True))
            self.door.replan()
            if self.chance.random() < BACK:
                self.door.draft.answers[question.fact.key] = before.answers[question.fact.key]
                self.door.replan()
                made = self.door.made
                assert (made.pages, made.answers, made.known) == (before.pages, before.answers, before.known)


def plan_first(door: Door) -> Plan:
    """Return the plan of what the life event asks first, for itself."""
    define = door.book.event.define if door.book.event else EventDefinition(order=1)
    guide = Guide("event", tuple(ask for ask in define.asks if not ask.later), define.gives)
    return plan((), door.book.dictionary, door.draft.answers, TODAY, guide)


def list_wanted(door: Door) -> set[str]:
    """Return the facts that something asks for now: the life event first, then with it the procedures that are written."""
    event, first = door.book.event, plan_first(door)
    asks = [ask for ask in (event.define.asks if event else ()) if not ask.later]
    wanted = {ask.fact for ask in asks if holds(ask.when, first.answers, TODAY)}
    if event is None or (door.draft.choice.listed and first.first_open() is None):
        forms = [one.define.form for one in door.procedures if one.define.form]
        wanted |= {ask.fact for form in forms for ask in form.asks if holds(ask.when, door.made.answers, TODAY)}
    return wanted


def list_later(door: Door) -> set[str]:
    """Return what the life event asks later, decided by its own answers."""
    if door.book.event is None:
        return set()
    define = door.book.event.define
    alone = plan((), door.book.dictionary, door.draft.answers, TODAY, Guide("event", define.asks, define.gives))
    asked = {q.fact.key for page in alone.pages for q in page.questions} | {q.fact.key for q in alone.known}
    return {ask.fact for ask in define.asks if ask.later} & asked


def check_plan(door: Door) -> None:
    """Every wanted fact is asked, known or given, and nothing else is; required ones are open until they are answered."""
    made, facts = door.made, door.book.dictionary.facts
    questions = [q for page in made.pages for q in page.questions]
    asked = Counter(q.fact.key for q in (*questions, *made.known))
    assert not [key for key, count in asked.items() if count > 1]
    plain = {key for key in asked if facts[key].define.kind != "person"}
    assert list_wanted(door) <= plain <= list_wanted(door) | list_later(door)
    roles = {facts[key].define.of for key in plain}
    assert {facts[key].define.role for key in asked.keys() - plain} <= roles
    for question in questions:
        assert not question.required or made.answers.get(question.fact.key, "open") not in (None, [])
    check_places(door, questions)
    check_stable(door)
    check_split(door)


def check_places(door: Door, questions: Sequence[Question]) -> None:
    """What is known of a person stands in one question only: nobody sees it asked in two places, answered or not."""
    stored, places = door.made.stored, Counter[tuple[str, str]]()
    for question in questions:
        define = question.fact.define
        person = find_person(stored, define.of)
        if person is not None and find_attribute(stored, person, define.is_) is not None:
            places[person, define.is_ or ""] += 1
        for entry in stored.get(question.fact.key) or [] if define.kind == "people" else ():
            told = [one.fact.define.is_ for one in ask_about(door, question, entry["id"])]
            places.update((entry["id"], one) for one in told if find_attribute(stored, entry["id"], one) is not None)
    assert not {what: count for what, count in places.items() if count > 1}


def check_stable(door: Door) -> None:
    """Planning again with what is stored changes nothing."""
    book, answers, choice = door.book, dict(door.made.stored), door.draft.choice
    if book.event is not None:
        assert plan_event(book, book.event, answers, choice, TODAY) == door.event_plan
    else:
        assert plan(list(book.procedures.values()), book.dictionary, answers, TODAY) == door.made


def check_split(door: Door) -> None:
    """A procedure gets what it asks for now and nothing else: no abandoned branch, no item about people it did not ask."""
    made, dictionary = door.made, door.book.dictionary
    asked = {q.fact.key: q for q in (*(q for page in made.pages for q in page.questions), *made.known)}
    for one in door.procedures:
        form = one.define.form
        wanted = {ask.fact: ask for ask in form.asks if holds(ask.when, made.answers, TODAY)}
        split = split_answers(one, made, TODAY)
        assert set(split) == wanted.keys() & made.answers.keys()
        assert set(split) <= asked.keys()
        for key in (key for key in split if dictionary.facts[key].define.kind == "people"):
            fact = dictionary.facts[key]
            for entry in split[key]:
                whole = next(e for e in made.answers[key] if e["id"] == entry["id"])
                items = {
                    i.key for i in list_items(whole, fact, wanted[key].items or fact.define.item, dictionary, TODAY)
                }
                assert entry.keys() - {"id"} <= items, "an item that is not asked of this person"


def check_once(resident: Resident) -> None:
    """Nothing about a person, and no fact about nobody, was asked twice; a role only where the first choice was ruled out."""
    facts = Counter(one.what for one in resident.written if not one.empty and one.fact.define.kind != "person")
    assert not {what: count for what, count in facts.items() if count > 1}
    roles = Counter(one.fact.key for one in resident.written if one.fact.define.kind == "person")
    found_by = {fact.key for fact in resident.door.book.dictionary.facts.values() if fact.define.found_by}
    assert {key for key, count in roles.items() if count > 1} <= found_by
