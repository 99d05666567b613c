"""Learners who are not there: how they get on in a rehearsal class, so that an instructor can try everything. Pure.

The same class in the same hands goes the same way: each has a pace of their own, drawn from the class's seed. Two get stuck,
make a typical mistake and raise a hand until somebody comes; one is stuck without a word; one loses the network for a
while; one goes their own way. All keep to how the class is led.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

SEATS = 12
NICKNAMES = ("うめ", "さくら", "もも", "ふじ", "", "すみれ", "つばき", "", "かえで", "ゆず", "はぎ", "もみじ")
EVERY = timedelta(seconds=3)
QUICKEST, SLOWEST = 25, 75
HAND_AFTER, MISTAKE_AFTER = timedelta(seconds=50), timedelta(seconds=20)
HELPED_AFTER = timedelta(seconds=30)
SILENT = timedelta(minutes=6)
OFFLINE = (timedelta(seconds=70), timedelta(seconds=200))
AGE_BANDS = ("60-69",) * 4 + ("70-79",) * 6 + ("80-",) + ("",)


@dataclass(frozen=True, slots=True)
class Character:
    """What somebody is like: seconds for a step, and at which step (from 0) they get stuck, if at any, and how.

    `trouble` is "hand" (raises one), "silent" (does not), "offline" or nothing.
    """

    pace: int
    trouble: str = ""
    stuck_at: int = -1
    declines: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What the board knows of somebody; `step` counts from 0, as many as are done."""

    step: int
    stepped_at: datetime
    seen_at: datetime
    last_error: str = ""
    hand_at: datetime | None = None
    coming_at: datetime | None = None
    hands: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """How the class is led: `paused`, the last step that may be done ("cap"), the step all are led to ("follow").

    `mistakes` are the typical mistakes of each step; there are as many as steps.
    """

    mistakes: Sequence[str]
    began: datetime
    paused: bool = False
    cap: int | None = None
    lead: int | None = None

    def find_end(self, one: Character) -> int:
        """Return how many steps somebody does for now: none beyond the last one for all, or the one all are led to."""
        last = self.lead if self.cap is None and not one.declines else self.cap
        return len(self.mistakes) if last is None else min(last + 1, len(self.mistakes))


def draw_character(seed: str, number: int, steps: int) -> Character:
    """Return what the learner of a seat (from 0) is like; the same seed gives the same people."""
    order = list(range(SEATS))
    random.Random(seed).shuffle(order)  # noqa: S311  # a story, no secret
    role, chance = order[number % SEATS], random.Random(f"{seed}-{number}")  # noqa: S311  # as above
    pace = chance.randint(QUICKEST, SLOWEST)
    stuck_at = min(1 + role, steps - 1)
    if role < 2:
        return Character(pace, "hand", stuck_at)
    if role == 2:
        return Character(pace, "silent", min(1, steps - 1))
    if role == 3:
        return Character(pace, "offline")
    return Character(pace, declines=role == 4)


def go_on(one: Character, state: State, scene: Scene, now: datetime) -> State:
    """Return how somebody is getting on now. While all listen nobody does anything; waiting for others is no being stuck."""
    state = _be_seen(one, state, scene, now)
    if scene.paused:
        return state
    if scene.lead is not None and not one.declines and state.step < scene.lead:
        state = replace(state, step=scene.lead, stepped_at=now, last_error="")
    while state.step < scene.find_end(one):
        if _is_held(one, state, now):
            return _get_stuck(one, state, scene, now)
        done_at = _done_at(one, state)
        if done_at > now:
            return state
        state = replace(state, step=state.step + 1, stepped_at=done_at, last_error="")
    waits = state.step < len(scene.mistakes)
    return replace(state, stepped_at=now) if waits else state


def _be_seen(one: Character, state: State, scene: Scene, now: datetime) -> State:
    """Return somebody with the moment of their last contact; one is out of reach for a while."""
    gone = one.trouble == "offline" and OFFLINE[0] <= now - scene.began < OFFLINE[1]
    return state if gone else replace(state, seen_at=now)


def _done_at(one: Character, state: State) -> datetime:
    """Return when somebody is through with the step they are at; after help they try once more."""
    silent = SILENT if one.trouble == "silent" and state.step == one.stuck_at else timedelta()
    return state.stepped_at + timedelta(seconds=one.pace) + silent


def _is_held(one: Character, state: State, now: datetime) -> bool:
    """Tell whether somebody cannot go on by themselves: stuck, and not helped yet."""
    if one.trouble != "hand" or state.step != one.stuck_at:
        return False
    return state.hand_at is not None or state.hands == 0


def _get_stuck(one: Character, state: State, scene: Scene, now: datetime) -> State:
    """Return somebody who is stuck: first a mistake, then a hand, which goes down a while after help is on the way."""
    since = now - state.stepped_at
    if since >= MISTAKE_AFTER:
        state = replace(state, last_error=scene.mistakes[state.step])
    if state.hand_at is None and since >= HAND_AFTER:
        return replace(state, hand_at=now, hands=state.hands + 1)
    if state.coming_at is not None and now - state.coming_at >= HELPED_AFTER:
        return replace(state, hand_at=None, coming_at=None, last_error="", stepped_at=now)
    return state


def rate_before(number: int) -> str:
    """Return how sure the learner of a seat is before."""
    return ("unsure", "middle")[number % 2]


def rate_after(number: int) -> str:
    """Return how sure the learner of a seat is afterwards."""
    return "middle" if number % 6 == 0 else "sure"
