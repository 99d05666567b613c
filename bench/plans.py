"""How long a plan takes: 30 procedures merged at once, and every life event half-way and at its end. Goal: 5 ms of CPU."""

import random
import time
from collections.abc import Callable, Mapping
from typing import Any

from bench.once_only import STORIES, Family, find_book, load
from tests.resident import open_door
from webapp.drafts.rules import plan
from webapp.kit.clock import today
from webapp.procedures.rules import Procedure

MANY = 30
ROUNDS = 300
GOAL_MS = 5.0


def main() -> None:
    """Print the table."""
    print(f"goal {GOAL_MS} ms of CPU\n\n| | median ms | 95 in 100 under ms | pages |\n|---|---|---|---|")
    dictionary, _, _ = load()
    procedures, answers = pick_procedures(), gather_answers()
    for name, given in (("no answers", {}), ("all answers", answers)):
        call = make_call(procedures, given)
        print_row(f"plan() of {MANY} procedures, {name}", call, len(plan(procedures, dictionary, given, today()).pages))
    for story in STORIES:
        door = walk(story.event).door
        print_row(
            f"plan_event() of {story.event}, all answers",
            lambda door=door: door.draft.plan(door.book, today()),
            len(door.made.pages),
        )


def pick_procedures() -> list[Procedure]:
    """Return 30 of the ward's procedures that can be filled in, those that ask most first."""
    _, catalogue, _ = load()
    written = [one for one in catalogue.procedures.values() if one.define.form]
    found = sorted(written, key=lambda one: (-len(one.define.form.asks), one.slug))[:MANY]
    random.Random(20_261_124).shuffle(found)
    return found


def walk(slug: str) -> Family:
    """Return the family of a life event at the end of its pass."""
    dictionary, catalogue, _ = load()
    story = next(one for one in STORIES if one.event == slug)
    return Family(open_door(find_book(f"events/{slug}", catalogue, dictionary)), story, {}).walk()


def gather_answers() -> Mapping[str, Any]:
    """Return what all families said, people of all of them together."""
    answers: dict[str, Any] = {}
    for story in STORIES:
        said = walk(story.event).door.draft.answers
        people, roles = ({**answers.get(key, {}), **said.get(key, {})} for key in ("people", "roles"))
        answers |= {**said, "people": people, "roles": roles}
    return answers


def make_call(procedures: list[Procedure], answers: Mapping[str, Any]) -> Callable[[], object]:
    """Return a call that plans these procedures over the whole dictionary."""
    dictionary, _, _ = load()
    return lambda: plan(procedures, dictionary, answers, today())


def print_row(name: str, call: Callable[[], object], pages: int) -> None:
    """Print one line."""
    spent = measure(call)
    print(f"| {name} | {spent[len(spent) // 2]:.2f} | {spent[len(spent) * 95 // 100]:.2f} | {pages} |", flush=True)


def measure(call: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Return the sorted milliseconds of CPU of each of many calls."""
    call()
    spent = []
    for _ in range(rounds):
        began = time.process_time()
        call()
        spent.append((time.process_time() - began) * 1000)
    return sorted(spent)
