"""People of a draft in one request: who is on a list, who has a role, what was said about one of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from webapp.drafts.door import Door
from webapp.drafts.rules import Question
from webapp.drafts.rules_people import (
    NEW,
    PEOPLE,
    find_person,
    give_role,
    is_known_elsewhere,
    list_items,
    mentions,
    people_of,
    resolve_entry,
    tell_about,
)
from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Gap
from webapp.facts.rules_kinds import handler_of
from webapp.kit.clock import today
from webapp.kit.ids import new_id

MOST_PEOPLE = 20


def check_list(door: Door, question: Question, typed: Mapping[str, list[str]]) -> tuple[Gap, ...]:
    """Put on the list whoever is ticked; what was said about them for this list stays with them."""
    fact, answers = question.fact, door.draft.answers
    entries = {one["id"]: one for one in answers.get(fact.key) or []}
    known = {*entries, *question.candidates}
    picked = [one for one in dict.fromkeys(typed.get("") or ()) if one in known]
    if len(picked) > most_on(fact):
        return (too_many(fact),)
    answers[fact.key] = [entries.get(one, {"id": one}) for one in picked]
    if not picked and question.required:
        del answers[fact.key]
        return (Gap(fact.key, "", "people-missing"),)
    return ()


def check_room(door: Door, question: Question, typed: Mapping[str, list[str]], person: str) -> tuple[Gap, ...]:
    """Put on the list whoever is ticked before somebody (perhaps NEW) is written about; tell when there is no room."""
    ticks = {"": [*(typed.get("") or ()), person]}
    gaps = tuple(gap for gap in check_list(door, question, ticks) if gap.code == "people-too-many")
    is_full = len(door.draft.answers.get(question.fact.key) or []) >= most_on(question.fact)
    return gaps or ((too_many(question.fact),) if person == NEW and is_full else ())


def most_on(fact: Fact) -> int:
    """Return how many people a list takes."""
    return fact.define.at_most or MOST_PEOPLE


def too_many(fact: Fact) -> Gap:
    """Return the gap of a list with more people than it takes."""
    return Gap(fact.key, "", "people-too-many", {"most": most_on(fact)})


def check_who(door: Door, question: Question, typed: Mapping[str, list[str]]) -> tuple[Gap, ...]:
    """Give the role to whoever is chosen; to a new person where it is nobody on the list."""
    fact, answers = question.fact, door.draft.answers
    role, picked = fact.define.role or "", next(iter(typed.get("") or ()), "")
    if picked in question.candidates:
        give_role(answers, role, picked)
        return ()
    if picked != NEW:
        return (Gap(fact.key, "", "choose-one"),)
    if find_person(answers, role) in (None, *question.candidates):
        give_role(answers, role, new_id())
    return ()


def ask_about(door: Door, question: Question, person: str) -> list[Question]:
    """Return what is asked about one person of a list, as far as it was not asked by another question."""
    answers, dictionary = door.draft.answers, door.book.dictionary
    entry = find_entry(answers, question.fact, person) or {"id": person}
    whole = resolve_entry(answers, entry, question.fact, dictionary)
    return [
        Question(item, True, question.used_for)
        for item in list_items(whole, question.fact, question.items, dictionary, today())
        if not is_known_elsewhere(answers, person, item)
    ]


def find_entry(answers: Mapping[str, Any], fact: Fact, person: str) -> dict[str, Any] | None:
    """Return the entry of somebody on a list, or None."""
    return next((one for one in answers.get(fact.key) or [] if one["id"] == person), None)


def check_person(
    door: Door, question: Question, person: str, asked: Sequence[Question], typed: Mapping[str, Any]
) -> list[Gap]:
    """Check all that was said about a person; keep it, and put the person on the list, when nothing is to mend."""
    outcomes = [(q.fact, handler_of(q.fact).check(q.fact, typed[q.fact.key], today(), True)) for q in asked]
    gaps = [gap for _, outcome in outcomes for gap in outcome.gaps]
    if gaps:
        return gaps
    answers = door.draft.answers
    entry = dict(find_entry(answers, question.fact, person) or {"id": person})
    for fact, outcome in outcomes:
        if fact.define.is_:
            tell_about(answers, person, fact, outcome.value)
        else:
            entry[fact.key] = outcome.value
    entries = list(answers.get(question.fact.key) or [])
    places = [n for n, one in enumerate(entries) if one["id"] == person]
    entries[places[0] if places else len(entries) :] = [entry, *(entries[places[0] + 1 :] if places else [])]
    answers[question.fact.key] = entries
    return []


def drop_person(door: Door, question: Question, person: str) -> None:
    """Take somebody off a list; whoever stands nowhere any more is forgotten."""
    answers, key = door.draft.answers, question.fact.key
    answers[key] = [one for one in answers.get(key) or [] if one["id"] != person]
    if not answers[key]:
        del answers[key]
    if not mentions(answers, person):
        answers[PEOPLE] = {one: told for one, told in people_of(answers).items() if one != person}
