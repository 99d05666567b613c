"""Looks at what was sent, put together for reading: one entry for each person, day and reason, with nothing left out. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

ONE_VISIT = timedelta(minutes=10)
"""Who opens the same page again so soon afterwards (a reload, or back from another page) has looked once."""
WHATS = ("opened", "revealed", "file", "printed", "exported")
"""In which order an entry tells what was done."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look as it was written down: when (in the ward's own time), by whom from which section, at what, why, in whose words."""

    at: datetime
    account_id: str
    section: str
    what: str
    why: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """One thing that was done, with every moment at which it was: more than one where it was done again so soon."""

    what: str
    moments: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What one person did on one day for one reason: each visit, the earliest first, and how many of each kind."""

    account_id: str
    section: str
    why: str
    words: tuple[str, ...]
    visits: tuple[Visit, ...]

    @property
    def first(self) -> datetime:
        """Return when the first of it was."""
        return self.visits[0].moments[0]

    @property
    def last(self) -> datetime:
        """Return when the last of it was."""
        return max(one.moments[-1] for one in self.visits)

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """Return how many visits of each kind there were, in the order of `WHATS`."""
        counted = Counter(one.what for one in self.visits)
        known = [what for what in WHATS if what in counted]
        return tuple((what, counted[what]) for what in [*known, *sorted(counted.keys() - set(known))])


def fold_looks(looks: Iterable[Look]) -> list[Entry]:
    """Return looks as entries for each person, day, section and reason, the latest entry first."""
    found: dict[tuple[object, ...], list[Look]] = {}
    for one in sorted(looks, key=lambda one: one.at):
        found.setdefault((one.account_id, one.at.date(), one.section, one.why), []).append(one)
    entries = [_fold(some) for some in found.values()]
    return sorted(entries, key=lambda one: one.last, reverse=True)


def _fold(looks: Sequence[Look]) -> Entry:
    """Return looks of one person, day and reason, the earliest first, as one entry."""
    words = dict.fromkeys(one.words for one in looks if one.words)
    return Entry(looks[0].account_id, looks[0].section, looks[0].why, tuple(words), _list_visits(looks))


def _list_visits(looks: Sequence[Look]) -> tuple[Visit, ...]:
    """Return the visits that looks were: the same thing done again within minutes is one."""
    visits: list[Visit] = []
    latest: dict[str, int] = {}
    for one in looks:
        place = latest.get(one.what)
        if place is not None and one.at - visits[place].moments[-1] <= ONE_VISIT and one.what == "opened":
            visits[place] = Visit(one.what, (*visits[place].moments, one.at))
        else:
            latest[one.what] = len(visits)
            visits.append(Visit(one.what, (one.at,)))
    return tuple(visits)
