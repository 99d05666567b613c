"""Classes under load: changes that are made in them, and when the board shows each."""

import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from bench.class_load import LOST, Board, Fill, Learner, Tally
from webapp.learning.rules import Tutorial

LEADS, GOES_ON = 0.05, 0.5
"""One change in twenty is the instructor's, of the others about half are steps and half hands."""


@dataclass(eq=False)
class Change:
    """Something that was done: by whom, how it is seen on the board, when it was acknowledged, when it was seen."""

    who: object
    seen: Callable[[], bool]
    made_at: float | None = None
    seen_at: float | None = None


class Room:
    """One class with its people, and the changes that are on their way to its board."""

    def __init__(self, port: int, lesson_id: str, lesson_rev: int, staff_secret: bytes, tally: Tally) -> None:
        self.port, self.lesson_id, self.led_rev, self.tally = port, lesson_id, lesson_rev, tally
        self.led_at: float | None = None
        self.over = False
        self.learners: list[Learner] = []
        self.waiting: list[Change] = []
        self.board = Board(self, staff_secret)

    async def change(self, who: object, act: Callable[[], Awaitable[None]], seen: Callable[[], bool]) -> None:
        """Do something, and note when the board shows it."""
        change = Change(who, seen)
        self.waiting.append(change)
        try:
            await act()
        except LOST as error:
            self.tally.errors.append(f"POST: {type(error).__name__}")
        change.made_at = time.perf_counter()
        self.look(change)

    def look(self, change: Change) -> None:
        """See whether the board shows a change; it may do so before the change is acknowledged."""
        if change.seen_at is None and change.seen():
            change.seen_at = time.perf_counter()
        if change.seen_at is not None and change.made_at is not None and change in self.waiting:
            self.waiting.remove(change)
            self.tally.note("board", max(0.0, change.seen_at - change.made_at))

    def look_again(self) -> None:
        """See which changes the board shows now."""
        for change in list(self.waiting):
            self.look(change)

    def raise_or_lower(self, learner: Learner) -> Awaitable[None]:
        """Have a learner press the button for the hand."""
        wanted = not learner.raised
        return self.change(
            learner, learner.press_hand,
            lambda: learner.id in self.board.rows and ('class="raised"' in self.board.rows[learner.id]) is wanted,
        )  # fmt: skip

    def bring_forward(self, learner: Learner, tutorial: Tutorial, fill: Fill) -> Awaitable[None]:
        """Have a learner do the next step."""
        mark = f"<strong>{learner.step + 2} / {len(tutorial.steps)}</strong>"
        act = partial(learner.go_on, tutorial, fill)
        return self.change(learner, act, lambda: mark in self.board.rows.get(learner.id, ""))

    def lead(self) -> Awaitable[None]:
        """Have the instructor let all listen, or practise again."""
        mark = 'id="pace-pause"' if self.board.paused else 'id="pace-resume"'
        return self.change(self.board, self.board.lead, lambda: mark in self.board.text)

    def make_change(self, tutorial: Tutorial, fill: Fill) -> Awaitable[None] | None:
        """Make one change by somebody whose last one has been seen; None where there is nobody to make one."""
        busy = [change.who for change in self.waiting]
        idle = [one for one in self.learners if one not in busy]
        going = [one for one in idle if one.draft_id and one.step < len(tutorial.steps) - 1]
        chance = random.random()
        if chance < LEADS and self.board not in busy:
            return self.lead()
        if chance < GOES_ON and going:
            return self.bring_forward(random.choice(going), tutorial, fill)
        return self.raise_or_lower(random.choice(idle)) if idle else None
