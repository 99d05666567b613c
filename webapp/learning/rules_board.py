"""What an instructor sees of a class: who is at which step, who waits, in which order. Pure: time is an argument.

Nothing here is about speed. Minutes serve only to notice that somebody may need help; they are never shown to learners.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

from webapp.learning.rules import Mistake, Step, Tutorial
from webapp.reading.rules_texts import Text

STUCK_AFTER = timedelta(minutes=3)
QUIET_AFTER = timedelta(seconds=60)
SHOWS = ("all", "hands", "stuck")
"""Which rows of the board are shown; the first is the usual one."""


class Seen(Protocol):
    """What is known of a learner; the rows of the learners' table are this."""

    id: str
    seat: str
    nickname: str
    joined_at: datetime
    seen_at: datetime
    tutorial: str
    step: str
    level: str
    steps_done: int
    stepped_at: datetime
    last_error: str
    hand_at: datetime | None
    coming_at: datetime | None
    finished: str
    simulated: bool
    declined: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One learner on the board.

    `number` counts in the order of joining, for those who gave no name. `place` is the place in the queue of raised hands,
    from 1; 0 without a hand. `quiet_minutes` since the last contact; 0 up to a minute.
    """

    id: str
    seat: str
    nickname: str
    number: int
    simulated: bool
    declined: bool
    tutorial: Tutorial | None
    step: Step | None
    level: str
    finished: bool
    stuck: bool
    place: int
    hand_at: datetime | None
    is_coming: bool
    mistake: Mistake | None
    refused: bool
    quiet_minutes: int

    @property
    def mistake_words(self) -> Text | None:
        """Return how the last mistake looks, in one sentence."""
        return first_sentence(self.mistake.looks) if self.mistake else None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people a class has: here, with a raised hand, stuck, done with their tutorial, not begun."""

    here: int = 0
    hands: int = 0
    stuck: int = 0
    finished: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class StepCount:
    """How many people are at a step."""

    tutorial: Tutorial
    step: Step
    count: int


def make_rows(learners: Iterable[Seen], tutorials: Mapping[str, Tutorial], now: datetime, paused: bool) -> list[Row]:
    """Return the rows of the board: raised hands by their time, then who is stuck the longest, then by seat and name."""
    joined = sorted(learners, key=lambda one: (one.joined_at, one.id))
    numbers = {one.id: number for number, one in enumerate(joined, 1)}
    raised = sorted((one.hand_at, one.id) for one in joined if one.hand_at is not None)
    places = {learner_id: place for place, (_, learner_id) in enumerate(raised, 1)}
    order = sorted(joined, key=lambda one: _order_of(one, places, is_stuck(one, tutorials, now, paused)))
    return [_make_row(one, tutorials, now, paused, numbers[one.id], places.get(one.id, 0)) for one in order]


def _make_row(
    one: Seen, tutorials: Mapping[str, Tutorial], now: datetime, paused: bool, number: int, place: int
) -> Row:
    """Return one learner's row."""
    tutorial = tutorials.get(one.tutorial)
    quiet = now - one.seen_at
    return Row(
        id=one.id, seat=one.seat, nickname=one.nickname, number=number, simulated=one.simulated, tutorial=tutorial,
        declined=one.declined,
        step=tutorial.find_step(one.step) if tutorial else None, level=one.level, finished=is_finished(one, tutorials),
        stuck=is_stuck(one, tutorials, now, paused), place=place, hand_at=one.hand_at,
        is_coming=one.hand_at is not None and one.coming_at is not None,
        mistake=find_last_mistake(one, tutorials), refused=bool(one.last_error),
        quiet_minutes=int(quiet.total_seconds() // 60) if quiet > QUIET_AFTER else 0,
    )  # fmt: skip


def is_finished(one: Seen, tutorials: Mapping[str, Tutorial]) -> bool:
    """Tell whether somebody is through with the tutorial they are in; who has begun it anew is not."""
    tutorial = tutorials.get(one.tutorial)
    if tutorial is None or one.tutorial not in one.finished.split():
        return False
    return tutorial.find_step(one.step) is None or one.steps_done >= len(tutorial.steps)


def is_stuck(one: Seen, tutorials: Mapping[str, Tutorial], now: datetime, paused: bool) -> bool:
    """Tell whether somebody has been at one step for so long that help may be welcome.

    While all listen nobody is stuck; nor is who has not begun yet, or is through.
    """
    if paused or one.tutorial not in tutorials or is_finished(one, tutorials):
        return False
    return now - one.stepped_at >= STUCK_AFTER


def find_last_mistake(one: Seen, tutorials: Mapping[str, Tutorial]) -> Mistake | None:
    """Return the typical mistake that somebody met last, or None; it is kept as "step:mistake"."""
    step_key, _, key = one.last_error.partition(":")
    tutorial = tutorials.get(one.tutorial)
    step = tutorial.find_step(step_key) if tutorial else None
    return step.find_mistake(key) if step else None


def _order_of(one: Seen, places: Mapping[str, int], stuck: bool) -> tuple[object, ...]:
    """Return what rows are sorted by; the last parts make the order the same at every look."""
    group = 0 if one.id in places else 1 if stuck else 2
    since = one.stepped_at.timestamp() if group == 1 else 0.0
    return (group, places.get(one.id, 0), since, not one.seat, natural(one.seat), not one.nickname, one.nickname,
            one.joined_at, one.id)  # fmt: skip


def natural(words: str) -> tuple[tuple[int, int, str], ...]:
    """Return what words with numbers in them are sorted by: seat 2 before seat 10, A-2 before A-10."""
    parts = re.findall(r"([0-9]+)|([^0-9]+)", words)
    return tuple((0, int(digits), "") if digits else (1, 0, letters) for digits, letters in parts)


def count_rows(rows: Sequence[Row]) -> Counts:
    """Return how many people there are in a class, and how they are doing."""
    return Counts(
        here=len(rows), hands=sum(row.place > 0 for row in rows), stuck=sum(row.stuck for row in rows),
        finished=sum(row.finished for row in rows), waiting=sum(row.tutorial is None for row in rows),
    )  # fmt: skip


def filter_rows(rows: Iterable[Row], show: str) -> list[Row]:
    """Return the rows with a raised hand, those who are stuck, or all."""
    if show == "hands":
        return [row for row in rows if row.place]
    if show == "stuck":
        return [row for row in rows if row.stuck]
    return list(rows)


def list_to_visit(rows: Iterable[Row]) -> list[Row]:
    """Return whom a helper who walks around goes to: raised hands in their order, then who is stuck."""
    return [row for row in rows if row.place or row.stuck]


def count_steps(rows: Iterable[Row]) -> list[StepCount]:
    """Return how many people are at each step where anybody is, without any names; who is through is not counted."""
    at: Counter[tuple[str, int]] = Counter()
    found: dict[tuple[str, int], tuple[Tutorial, Step]] = {}
    for row in rows:
        if row.tutorial is not None and row.step is not None and not row.finished:
            place = (row.tutorial.slug, row.step.number)
            at[place] += 1
            found[place] = (row.tutorial, row.step)
    order = sorted(at, key=lambda place: (found[place][0].define.order, *place))
    return [StepCount(*found[place], at[place]) for place in order]


def count_new_hands(rows: Iterable[Row], newest: int) -> int:
    """Return how many hands were raised since the newest one that is known (microseconds of its time)."""
    return sum(1 for row in rows if row.hand_at is not None and microseconds(row.hand_at) > newest)


def microseconds(moment: datetime | None) -> int:
    """Return a moment as a whole number that can stand in an address; 0 for none."""
    return 0 if moment is None else int(moment.timestamp() * 1_000_000)


def make_rev(lesson_rev: int, learner_revs: int, count: int, now: datetime, newest_hand: datetime | None) -> str:
    """Return the mark by which a change of the board is noticed; the minute is in it, for words about time."""
    minute = int(now.timestamp() // 60)
    return f"{lesson_rev}-{learner_revs}-{count}-{minute}-{microseconds(newest_hand)}"


def read_newest_hand(rev: str) -> int | None:
    """Return the newest raised hand of a mark that was given out, or None where it is none of ours."""
    return int(rev.rpartition("-")[2]) if re.fullmatch(r"[0-9]{1,12}(-[0-9]{1,20}){4}", rev) else None


@lru_cache(maxsize=2048)
def first_sentence(text: Text) -> Text:
    """Return only the first sentence of a text, in each of its voices; a full stop inside brackets ends none."""
    ends = re.compile(r"(?<=[。！？])(?![」』）])|(?<=[.!?])(?=\s)")
    return Text({voice: ends.split(words.strip(), maxsplit=1)[0] for voice, words in text.voices.items()})


KANA = ("ゼロ", "いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう")
ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def group_code(code: str) -> str:
    """Group a code for reading: 123 456, or 1234 5678."""
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}"


def spell_code(code: str, lang: str) -> str:
    """Return a code as it is said, digit by digit, with a pause where it is grouped."""
    names = KANA if lang == "ja" else ENGLISH
    return ("、" if lang == "ja" else ", ").join(
        " ".join(names[int(digit)] for digit in half) for half in group_code(code).split()
    )
