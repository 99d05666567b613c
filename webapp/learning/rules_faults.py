"""What is wrong with a tutorial before it is played: steps without a check, mistakes that are none, words too long."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from webapp.facts.rules import Dictionary
from webapp.facts.rules_conditions import find_fault
from webapp.facts.rules_kinds import handler_of
from webapp.learning.rules import PLACES, CheckDefinition, MistakeDefinition, Step, Tutorial
from webapp.procedures.rules_catalogue import Catalogue

KINDS = ("first", "procedure", "event")
CHECKS = ("answered", "changed", "pressed", "look", "found", "slip", "returned", "chosen", "ready", "sent")
WAYS = ("typed", "pressed", "searched", "undeclared", "number", "instead")
FEWEST_MISTAKES, FEWEST_GUIDED, LONGEST_TITLE = 2, 2, 20


def find_tutorial_faults(tutorial: Tutorial, catalogue: Catalogue, dictionary: Dictionary, today: date) -> list[str]:
    """Return what is wrong with a tutorial as it is written, each with its place."""
    faults = [*_find_faults_of_all(tutorial, catalogue)]
    for step in tutorial.steps:
        faults += [f"step {step.key}: {fault}" for fault in _find_step_faults(step, dictionary, today)]
    return [f"tutorials/{tutorial.slug}: {fault}" for fault in faults]


def _find_faults_of_all(tutorial: Tutorial, catalogue: Catalogue) -> Iterator[str]:
    """Yield what is wrong with a tutorial as a whole."""
    define = tutorial.define
    sort, _, slug = define.practice.partition("/")
    if define.kind not in KINDS:
        yield f"the kind {define.kind} does not exist"
    procedure, event = catalogue.procedures.get(slug), catalogue.events.get(slug)
    can_write = sort == "procedures" and procedure is not None and procedure.define.form is not None
    if not can_write and not (sort == "events" and event is not None and event.has_guide):
        yield f"{define.practice} cannot be practised"
    if tutorial.slug == "runs":
        yield "this name is taken by an address"
    guided = sum(one.define.meet for step in tutorial.steps for one in step.mistakes)
    if guided < FEWEST_GUIDED:
        yield f"at least {FEWEST_GUIDED} mistakes must be met on purpose"
    if define.kind != "first" and not (tutorial.steps and tutorial.steps[-1].define.check.sent):
        yield "a rehearsal ends with sending"


def _find_step_faults(step: Step, dictionary: Dictionary, today: date) -> Iterator[str]:
    """Yield what is wrong with one step."""
    define, pages = step.define, {fact.page for fact in dictionary.facts.values()}
    if define.at not in PLACES and define.at not in pages:
        yield f"the page {define.at} does not exist"
    yield from _find_check_faults(define.check)
    if len(step.mistakes) < FEWEST_MISTAKES:
        yield f"needs at least {FEWEST_MISTAKES} typical mistakes"
    if len(step.title.voices["ja"]) > LONGEST_TITLE:
        yield f"the title is longer than {LONGEST_TITLE} letters"
    if define.check.found is not None and not define.search:
        yield "what to search for is missing"
    for mistake in define.mistakes:
        yield from (f"mistake {mistake.key}: {fault}" for fault in _find_mistake_faults(mistake, dictionary, today))


def _find_check_faults(check: CheckDefinition) -> Iterator[str]:
    """Yield what is wrong with a check."""
    if sum(bool(getattr(check, name)) for name in CHECKS) != 1:
        yield "needs exactly one check"
    if check.where is not None and (find_fault(check.where) or check.answered is None):
        yield f"its condition cannot be decided: {find_fault(check.where) or 'it needs answered'}"


def _find_mistake_faults(mistake: MistakeDefinition, dictionary: Dictionary, today: date) -> Iterator[str]:
    """Yield what is wrong with a mistake."""
    ways = [name for name in WAYS if getattr(mistake, name) not in (None, False)]
    if len(ways) != 1 or (mistake.gap is None) is not (mistake.typed is None):
        yield "needs exactly one way to make it, and a gap where something is typed"
    if mistake.instead not in (None, "answered", "pressed"):
        yield "instead is either answered or pressed"
    if (mistake.pressed is not None or mistake.instead is not None) and mistake.meet:
        yield "another button cannot be pressed on purpose; lead to something typed"
    if mistake.typed is not None and not any(
        mistake.gap in _list_gaps(key, parts, dictionary, today) for key, parts in mistake.typed.items()
    ):
        yield f"the real check finds no gap {mistake.gap}"


def _list_gaps(key: str, parts: dict[str, Any], dictionary: Dictionary, today: date) -> list[str]:
    """Return what the real check finds in what is typed for a fact."""
    fact = dictionary.facts.get(key)
    if fact is None:
        return []
    handler = handler_of(fact)
    given = {
        part: [str(w) for w in words] if isinstance(words, list) else [str(words)] for part, words in parts.items()
    }
    typed = {part: given.get(part, []) for part in handler.parts(fact)}
    return [gap.code for gap in handler.check(fact, typed, today, True).gaps]
