"""How a class is led: freely, up to a step, or along with the instructor; and what that means to one learner. Pure.

Being led is an offer. Nothing here ever moves a learner; it says where the instructor is and whether to offer the way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.learning.rules import Step, Tutorial


@dataclass(frozen=True, slots=True)
class Pace:
    """How a class is led: `mode` with the step of a tutorial that it is about, and whether all are to listen.

    `order` are the slugs of the class's tutorials.
    """

    mode: str = "free"
    tutorial: str = ""
    step: str = ""
    paused: bool = False
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Where:
    """Where a learner is: no tutorial before the first is begun, no step where a tutorial's steps are all done.

    `place` is the page that is being looked at, as steps name it ("" for any other): who went to the instructor's page has
    arrived, though steps before it may be open still.
    """

    tutorial: str = ""
    step: str = ""
    place: str = ""

    @property
    def is_through(self) -> bool:
        """Tell whether all steps of the tutorial are done."""
        return bool(self.tutorial) and not self.step


@dataclass(frozen=True, slots=True)
class Advice:
    """What a learner is told. `cap`: the last step for now; `beyond_cap`: they are through with it.

    `lead`: the step where the instructor is; `lead_tutorial` with it; `offer`: to be asked to come along.
    """

    cap: Step | None = None
    beyond_cap: bool = False
    lead: Step | None = None
    lead_tutorial: Tutorial | None = None
    offer: bool = False
    declined: bool = False
    together: bool = False
    paused: bool = False


def advise(pace: Pace, tutorials: Mapping[str, Tutorial], where: Where, declined: bool) -> Advice:
    """Return what the way a class is led means to a learner."""
    tutorial = tutorials.get(pace.tutorial)
    step = tutorial.find_step(pace.step) if tutorial else None
    if pace.mode == "cap" and step is not None:
        return Advice(cap=step, beyond_cap=is_beyond(pace, tutorials, where), paused=pace.paused)
    if pace.mode == "follow" and step is not None:
        same = where.tutorial == pace.tutorial
        together = same and pace.step == where.step
        arrived = same and step.define.at == where.place
        return Advice(
            lead=step, lead_tutorial=tutorial, declined=declined, together=together or arrived, paused=pace.paused,
            offer=not (declined or together or arrived or (same and where.is_through)),
        )  # fmt: skip
    return Advice(paused=pace.paused)


def is_beyond(pace: Pace, tutorials: Mapping[str, Tutorial], where: Where) -> bool:
    """Tell whether a learner is beyond the last step for now, which itself is still theirs to do."""
    if pace.mode != "cap":
        return False
    if where.tutorial != pace.tutorial:
        return _place_in(pace.order, where.tutorial) > _place_in(pace.order, pace.tutorial) >= 0
    tutorial = tutorials.get(pace.tutorial)
    last = tutorial.find_step(pace.step) if tutorial else None
    if tutorial is None or last is None:
        return False
    step = tutorial.find_step(where.step)
    return step is None or step.number > last.number


def is_allowed(pace: Pace, tutorials: Mapping[str, Tutorial], slug: str, step: str) -> bool:
    """Tell whether a step is one to do now: any in a class that is not held back, else those up to the last one."""
    return not is_beyond(pace, tutorials, Where(slug, step))


def read_place(path: str) -> str:
    """Return the place that an address shows, as steps name places; "" for pages that are none of theirs."""
    parts = path.partition("?")[0].strip("/").split("/")
    if len(parts) == 2 and parts[1] == "slip":
        return "return"
    if len(parts) == 4 and parts[1] == "practice":
        return parts[3]
    return "find" if parts[-1] == "find" and parts[1:3] == ["learn", "runs"] else ""


def _place_in(order: Sequence[str], slug: str) -> int:
    """Return a tutorial's place in a class; -1 for one that is not in it."""
    return order.index(slug) if slug in order else -1
