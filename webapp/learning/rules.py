"""Tutorials: steps beside the pages of a practised draft, and what counts as having done one. Pure.

A step is one action with a check that only what the learner really sent can meet, and typical mistakes of which each is
one that the real validator finds (or another button than the one meant). Nothing here knows time, score or speed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from msgspec import field as defined

from webapp.facts.rules_conditions import Condition, holds
from webapp.kit.content import Definition
from webapp.reading.rules_texts import Text

LEVELS = ("watch", "together", "alone", "again")
PLACES = ("find", "check", "todo", "slip", "return")
"""Where a step can be besides a page of questions: searching, the check page, the list of things to do, the slip, coming back."""


class CheckDefinition(Definition, frozen=True, kw_only=True):
    """What the learner must have sent: exactly one of these.

    `answered`: a page of questions was taken (with `where`: and the answers meet a condition). `changed`: the page was taken
    with another answer to this fact than before. `pressed`: a button of a question page ("save", "reading", "sample",
    "look:size-up", "voice:ja-easy"). `look`: reading settings as they now are (size counts as at least). `found`: a procedure
    was found and begun. `slip`: the slip was made. `returned`: the draft was opened by its slip. `chosen`: the list of things
    to do was taken. `ready`: a page was taken after which nothing is open. `sent`: it was sent.
    """

    answered: str | None = None
    where: Condition | None = None
    changed: str | None = None
    pressed: str | None = None
    look: dict[str, str | int] | None = None
    found: str | None = None
    slip: bool = False
    returned: bool = False
    chosen: bool = False
    ready: bool = False
    sent: bool = False


class MistakeDefinition(Definition, frozen=True, kw_only=True):
    """A typical mistake: exactly one of these ways to make it.

    `typed` (by fact and part) with the code of the `gap` that the real validator finds; `pressed`: another button than the
    one meant; `searched`: words that find nothing; `undeclared`: sending without the promise; `number`: a wrong number typed
    to come back; `instead`: going on elsewhere ("answered" a page of questions, or "pressed" a button there). With `meet` the
    learner is led to make it and to mend it.
    """

    key: str
    typed: dict[str, dict[str, str | list[str]]] | None = None
    gap: str | None = None
    pressed: str | None = None
    searched: str | None = None
    undeclared: bool = False
    number: str | None = None
    instead: str | None = None
    meet: bool = False


class StepDefinition(Definition, frozen=True, kw_only=True):
    """One step: where it is (a page of questions, or one of PLACES), its check, what to type as a sample, its mistakes."""

    key: str
    at: str
    check: CheckDefinition
    typed: dict[str, dict[str, str | list[str]]] = defined(default_factory=dict)
    search: str | None = None
    mistakes: list[MistakeDefinition]


class TutorialDefinition(Definition, frozen=True, kw_only=True):
    """A tutorial as tutorial.yaml has it.

    `practice` is what is practised: "procedures/<slug>" or "events/<slug>"; with `household` the sample family is offered
    from the start; `mic_code` is the number of the national course that it goes with, `mic_confirmed` the day that was
    checked. `minutes` is for the instructor's plan only; learners are never timed.
    """

    order: int
    kind: str
    practice: str
    household: bool = False
    mic_code: str
    mic_confirmed: date | None = None
    minutes: int
    steps: list[StepDefinition]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A typical mistake with how it looks and how to mend it."""

    define: MistakeDefinition
    looks: Text
    mend: Text


@dataclass(frozen=True, slots=True)
class Step:
    """A step in words: one action and why; `speech` is what is read aloud instead, where an author gave it."""

    number: int
    define: StepDefinition
    title: Text
    action: Text
    why: Text
    speech: Text | None
    mistakes: tuple[Mistake, ...]

    @property
    def key(self) -> str:
        """Return the step's key."""
        return self.define.key

    def find_mistake(self, key: str) -> Mistake | None:
        """Return a mistake by its key."""
        return next((one for one in self.mistakes if one.define.key == key), None)


@dataclass(frozen=True, slots=True)
class Tutorial:
    """A tutorial in words: what it is about and what one can do afterwards."""

    slug: str
    define: TutorialDefinition
    title: Text
    about: Text
    outcomes: tuple[Text, ...]
    steps: tuple[Step, ...]

    def find_step(self, key: str) -> Step | None:
        """Return a step by its key."""
        return next((step for step in self.steps if step.key == key), None)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: steps done, mistakes met as (step, mistake), and what happened last."""

    done: frozenset[str] = frozenset()
    met: frozenset[tuple[str, str]] = frozenset()
    last: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that a learner really sent, as the practised draft answered it.

    `what`: "answered", "refused", "pressed", "looked", "searched", "found", "slip", "returned", "chosen" or "sent"; `place`: the page
    it was sent from; `word`: which button, words or procedure; `codes`: what was to be mended as (fact, code).
    """

    what: str
    place: str = ""
    word: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    ready: bool = False
    look: Mapping[str, Any] = field(default_factory=dict)


def current_step(tutorial: Tutorial, progress: Progress) -> Step | None:
    """Return the first step that is not done; None when all are."""
    return next((step for step in tutorial.steps if step.key not in progress.done), None)


def advance(tutorial: Tutorial, progress: Progress, happening: Happening, today: date) -> Progress:
    """Return the progress after a happening. A step is done only by what its check asks for, in whatever order."""
    here = current_step(tutorial, progress)
    open_steps = [step for step in tutorial.steps if step.key not in progress.done]
    done = [step for step in open_steps if meets(step, happening, today)]
    if done:
        return Progress(progress.done | {one.key for one in done}, progress.met, f"done:{done[-1].key}")
    order = sorted(tutorial.steps, key=lambda step: step is not here)
    for step in order:
        if step is not here and step.define.at != happening.place:
            continue
        mistake = find_made(step, progress, happening)
        if mistake is not None:
            met = progress.met | {(step.key, mistake.define.key)}
            return Progress(progress.done, met, f"mistake:{step.key}:{mistake.define.key}")
    filled = happening.what == "pressed" and happening.word.startswith("mistake:")
    last = "refused" if happening.what == "refused" else ("filled" if filled else "")
    return Progress(progress.done, progress.met, last)


def meets(step: Step, happening: Happening, today: date) -> bool:
    """Tell whether what was sent is what a step's check asks for."""
    check, what = step.define.check, happening.what
    if check.answered is not None:
        taken = what == "answered" and happening.place == check.answered
        return taken and holds(check.where, happening.answers, today)
    if check.changed is not None:
        before, after = (answers.get(check.changed) for answers in (happening.before, happening.answers))
        return what == "answered" and before is not None and before != after
    if check.pressed is not None:
        return what == "pressed" and happening.word == check.pressed
    if check.look is not None:
        about = happening.word.removeprefix("look:").partition("-")[0]
        meant = what == "looked" or (what == "pressed" and about in check.look)
        return meant and _looks_like(check.look, happening.look)
    if check.found is not None:
        return what == "found" and happening.word == check.found
    if check.ready:
        return happening.ready and what in ("answered", "chosen")
    simple = {"slip": check.slip, "returned": check.returned, "chosen": check.chosen, "sent": check.sent}
    return simple.get(what, False)


def _looks_like(wanted: Mapping[str, Any], look: Mapping[str, Any]) -> bool:
    """Tell whether reading settings are as wanted; a size is wanted at least."""
    return all(
        int(look.get(name) or 0) >= int(value) if name == "size" else str(look.get(name)) == str(value)
        for name, value in wanted.items()
    )


def find_made(step: Step, progress: Progress, happening: Happening) -> Mistake | None:
    """Return which typical mistake of a step was made, rather one that was not met before; None if it was none of them."""
    made = [one for one in step.mistakes if _is_made(step, one.define, happening)]
    return next((one for one in made if (step.key, one.define.key) not in progress.met), made[0] if made else None)


def _is_made(step: Step, mistake: MistakeDefinition, happening: Happening) -> bool:
    """Tell whether this is the mistake that was made."""
    what = happening.what
    if mistake.typed is not None:
        same = any(fact in mistake.typed and code == mistake.gap for fact, code in happening.codes)
        return what == "refused" and happening.place == step.define.at and same
    if mistake.pressed is not None:
        return what == "pressed" and happening.word == mistake.pressed
    if mistake.searched is not None:
        return what == "searched" and step.define.at == "find"
    if mistake.instead is not None:
        return what == mistake.instead and happening.place not in (step.define.at, "return")
    if mistake.undeclared:
        return what == "refused" and happening.place == "check"
    return what == "refused" and happening.place == "return" and mistake.number is not None


def next_guided(step: Step, progress: Progress) -> Mistake | None:
    """Return the mistake that the learner is led to make next in a step, or None when it is time to do it right."""
    return next(
        (one for one in step.mistakes if one.define.meet and (step.key, one.define.key) not in progress.met), None
    )
