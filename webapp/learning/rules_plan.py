"""How the time of a class is shared out: parts of settled length, the tutorial's own, and the rest. Pure.

Minutes are for the instructor's plan alone; no learner ever sees them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from webapp.kit.content import Definition


class PartDefinition(Definition, frozen=True, kw_only=True):
    """One part of a class: so many minutes, those of the tutorial (at most `most`), or the rest."""

    key: str
    minutes: int | Literal["tutorial", "rest"]
    most: int = 0


class PlanDefinition(Definition, frozen=True, kw_only=True):
    """A class of a length in minutes, in parts."""

    length: int
    parts: list[PartDefinition]


class PackDefinition(Definition, frozen=True, kw_only=True):
    """The instructor's pack as pack.yaml has it."""

    plans: list[PlanDefinition]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a class: its key, and from which minute to which."""

    key: str
    start: int
    end: int

    @property
    def minutes(self) -> int:
        """Return how long it is."""
        return self.end - self.start


def make_plan(define: PlanDefinition, tutorial_minutes: int) -> tuple[Part, ...]:
    """Return the parts of a class about a tutorial, one after the other; together they are as long as the class."""
    known = {one.key: _length_of(one, tutorial_minutes) for one in define.parts if one.minutes != "rest"}
    left = define.length - sum(known.values())
    parts, start = [], 0
    for one in define.parts:
        end = start + known.get(one.key, left)
        parts.append(Part(one.key, start, end))
        start = end
    return tuple(parts)


def _length_of(define: PartDefinition, tutorial_minutes: int) -> int:
    """Return the length of a part that is not the rest."""
    return min(tutorial_minutes, define.most) if isinstance(define.minutes, str) else define.minutes


def find_plan_faults(plan: PlanDefinition) -> Iterator[str]:
    """Yield what keeps a plan from working whatever the tutorial's length is."""
    keys = [one.key for one in plan.parts]
    if len({*keys}) != len(keys):
        yield f"the plan of {plan.length} minutes has a part twice"
    for kind in ("tutorial", "rest"):
        if sum(one.minutes == kind for one in plan.parts) != 1:
            yield f"the plan of {plan.length} minutes needs one part whose minutes are {kind}"
    most = sum(one.most if isinstance(one.minutes, str) else one.minutes for one in plan.parts)
    if most >= plan.length or any(one.minutes == "tutorial" and one.most < 1 for one in plan.parts):
        yield f"the plan of {plan.length} minutes leaves no time for the rest"
