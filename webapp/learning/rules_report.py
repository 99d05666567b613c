"""What the report of a class tells: numbers of people by group, and never one from which few people can be known. Pure.

A group of one to four people is hidden, and with it whatever it could be worked out from: the number that came is told,
so one hidden group alone would be a subtraction away. `hide_small` hides further groups until the hidden ones cannot be
told apart even by somebody who knows these rules, and `rate` and `count_steps` look after measures that hang together.
Nothing is ever told of groups within groups. What is hidden does not depend on which columns are shown.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Protocol

from webapp.learning.rules_class import AGE_BANDS, RATINGS, VISITS

LEAST = 5
"""The smallest number of people that is told."""

COLUMNS = ("age", "visits", "finished", "steps", "hands", "rating")
USUAL_COLUMNS = ("age", "visits", "finished", "rating")
UNSAID = "unsaid"
MOVES = ("up", "same", "down", UNSAID)
REACHED = ("all", "half", "some", "none")
LONGEST_KEPT = timedelta(days=90)

Counts = Mapping[str, int]
Shown = Mapping[str, int | None]


class Came(Protocol):
    """What is known of somebody who came; the rows of the learners' table are this."""

    tutorial: str
    steps_done: int
    hands: int
    finished: str
    age_band: str
    visits: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One question with the number of people in each of its groups.

    `groups` is None where nothing of it can be told; a group whose number is None is hidden. `about` is a tutorial's slug.
    `times` is how often something was done in all, where that can be told.
    """

    key: str
    groups: Shown | None
    about: str = ""
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A class in numbers. `came` is None where fewer people came than may be told; then there are no measures."""

    came: int | None
    measures: tuple[Measure, ...] = ()


def make_report(came: Sequence[Came], lengths: Mapping[str, int]) -> Report:
    """Return the report of a class; `lengths` are the numbers of steps of its tutorials."""
    if not came:
        return Report(0)
    if len(came) < LEAST:
        return Report(None)
    finished = {slug: _count_finished(came, slug) for slug in lengths}
    raised = _count((("raised" if one.hands else "quiet") for one in came), ("raised", "quiet"))
    hands = hide_small(raised)
    before, after, moved = rate([(_face(one.before), _face(one.after)) for one in came])
    return Report(len(came), (
        Measure("age", hide_small(_count((_known(one.age_band, AGE_BANDS) for one in came), (*AGE_BANDS, UNSAID)))),
        Measure("visits", hide_small(_count((_known(one.visits, VISITS) for one in came), (*VISITS, UNSAID)))),
        *(Measure("finished", hide_small(counts), slug) for slug, counts in finished.items()),
        Measure("steps", count_steps(came, lengths, finished.values())),
        Measure("hands", hands, times=sum(one.hands for one in came) if hands else None),
        Measure("before", before), Measure("after", after), Measure("moved", moved),
    ))  # fmt: skip


def _known(word: str, words: Sequence[str]) -> str:
    """Return a word that was chosen, or that nothing was said."""
    return word if word in words else UNSAID


def _face(word: str) -> str:
    """Return a face that was chosen, or that nothing was said."""
    return _known(word, RATINGS)


def _count(words: Iterable[str], order: Sequence[str]) -> dict[str, int]:
    """Return how many people there are in each group, in a settled order."""
    counts = Counter(words)
    return {word: counts[word] for word in order}


def _count_finished(came: Sequence[Came], slug: str) -> dict[str, int]:
    """Return how many people finished a tutorial and how many did not."""
    done = sum(slug in one.finished.split() for one in came)
    return {"finished": done, "open": len(came) - done}


def is_clean(counts: Counts) -> bool:
    """Tell whether no group has so few people that it must be hidden; nobody at all is no group."""
    return not any(0 < number < LEAST for number in counts.values())


def hide_small(counts: Counts) -> Shown | None:
    """Return the numbers with small groups hidden, and with more of them as long as small ones could be worked out.

    Always the next smallest groups are hidden as well, all of the same size together, so that who knows the rule cannot
    tell which are which. Where no group of people is left to show, nothing is told at all, not even which are empty.
    """
    hidden = {key for key, number in counts.items() if 0 < number < LEAST}
    while hidden and not _is_vague([counts[key] for key in hidden]):
        rest = [number for key, number in counts.items() if number and key not in hidden]
        if not rest:
            return None
        hidden |= {key for key, number in counts.items() if number == min(rest)}
    if hidden and hidden >= {key for key, number in counts.items() if number}:
        return None
    return {key: None if key in hidden else number for key, number in counts.items()}


def _is_vague(numbers: Sequence[int]) -> bool:
    """Tell whether hidden numbers stay unknown to somebody who knows their sum, and their sum is no small group.

    As many people as groups means one in each; four times as many small groups means four in each.
    """
    total, many = sum(numbers), len(numbers)
    all_small = max(numbers) < LEAST
    return many > 1 and total >= LEAST and total > many and not (all_small and total == (LEAST - 1) * many)


def rate(pairs: Sequence[tuple[str, str]]) -> tuple[Shown | None, Shown | None, Shown | None]:
    """Return how sure people said to be before and after, and how that moved, as far as it can be told.

    The three hang together: from any two of them small groups of the third could be worked out. So all three are told where
    none has a small group; else before and after where these two have none; else only how it moved, with small ones hidden.
    """
    faces = (*RATINGS, UNSAID)
    before, after = (_count((pair[which] for pair in pairs), faces) for which in (0, 1))
    moved = _count((_move(*pair) for pair in pairs), MOVES)
    if is_clean(before) and is_clean(after):
        return before, after, moved if is_clean(moved) else None
    return None, None, hide_small(moved)


def _move(before: str, after: str) -> str:
    """Return which way somebody moved from one face to another."""
    if UNSAID in (before, after):
        return UNSAID
    difference = RATINGS.index(before) - RATINGS.index(after)
    return "up" if difference > 0 else "down" if difference < 0 else "same"


def count_steps(came: Sequence[Came], lengths: Mapping[str, int], finished: Iterable[Counts]) -> Shown | None:
    """Return how far people came, or None: it is told only whole, and only beside whole numbers of who finished what."""
    counts = _count((_reach(one, lengths) for one in came), REACHED)
    return counts if all(map(is_clean, chain([counts], finished))) else None


def _reach(one: Came, lengths: Mapping[str, int]) -> str:
    """Return how far somebody came in the tutorial they are in, or that they finished one."""
    if any(slug in lengths for slug in one.finished.split()):
        return "all"
    if one.tutorial not in lengths or not one.steps_done:
        return "none"
    return "half" if one.steps_done * 2 >= lengths[one.tutorial] else "some"


def read_columns(kept: str) -> tuple[str, ...]:
    """Return the columns that a class has in its report; the usual ones where nobody chose."""
    return tuple(one for one in COLUMNS if one in kept.split()) if kept else USUAL_COLUMNS


def keep_columns(chosen: Iterable[str]) -> tuple[str, ...]:
    """Return chosen columns as they are kept; the number of people is always there."""
    return ("came", *(one for one in COLUMNS if one in {*chosen}))


def pick_measures(report: Report, columns: Sequence[str]) -> tuple[Measure, ...]:
    """Return the measures of the chosen columns."""
    wanted = {*columns, *(("before", "after", "moved") if "rating" in columns else ())}
    return tuple(one for one in report.measures if one.key in wanted)


def limits_of_keeping(end: date, today: date) -> tuple[date, date]:
    """Return the first and the last day after which a class may be erased: one to ninety days after its end."""
    last = end + LONGEST_KEPT
    return min(max(end + timedelta(days=1), today), last), last
