"""What a list of applications may be asked for, and how its address says so. Pure decisions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from webapp.applications.rules import STATES
from webapp.applications.rules_cases import LABELS
from webapp.applications.rules_names import LONGEST_GIVEN, fold_name
from webapp.kit.ids import is_id

SHOWS = ("open", "mended", "confirm", "finished", "any")
"""Open: still to do; mended: the resident has answered; confirm: waits for a second pair of eyes; finished; or all of them."""
DUES = ("over", "soon", "unmended", "erase")
"""Over: the day to answer by is past; soon: it comes in three days; unmended: the day by which the resident was asked to mend
something is past; erase: everything about it is erased in thirty days."""
WAITS = ("decided", "mend")
"""States in which the ward owes no answer: it has given one, or the resident is to mend something first."""
SORTS = ("answer_by", "sent_at")
SOON_DAYS = 3
ERASE_DAYS = 30
PAGE = 50
MOST_WORDS = 4
LONGEST_WORDS = 60


@dataclass(frozen=True, slots=True)
class Filters:
    """Which applications are listed: `who` is "", "mine", "nobody" or an account's id; the others are keys, or "" for all."""

    show: str = "open"
    who: str = ""
    state: str = ""
    procedure: str = ""
    label: str = ""
    due: str = ""
    section: str = ""
    sort: str = "answer_by"

    def strips(self) -> tuple[bool, ...]:
        """Return which of the open (True) and the finished applications are looked through."""
        return {"finished": (False,), "any": (True, False)}.get(self.show, (True,))


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: behind the application with this day (or moment) and id, or, going back, before it."""

    value: date | datetime
    id: str
    back: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """What a page of a list is to show: filters, what was typed to search for, and where the page begins."""

    filters: Filters = Filters()
    words: str = ""
    cursor: Cursor | None = None


def read_filters(given: Mapping[str, str], sections: Iterable[str], procedures: Iterable[str]) -> Filters:
    """Return the filters that an address names; what is none counts as not said."""
    known: Mapping[str, Iterable[str]] = {
        "show": SHOWS, "state": STATES, "label": LABELS, "due": DUES, "sort": SORTS, "section": sections,
        "procedure": procedures,
    }  # fmt: skip
    found = {name: given[name] for name, words in known.items() if given.get(name) in set(words)}
    who = given.get("who", "")
    return Filters(**found, who=who if who in ("mine", "nobody") or is_id(who) else "")


def write_filters(filters: Filters) -> dict[str, str]:
    """Return what the address says for filters: those alone that are not the usual ones."""
    usual = Filters()
    said = {one.name: getattr(filters, one.name) for one in fields(Filters)}
    return {name: value for name, value in said.items() if value != getattr(usual, name)}


def read_cursor(given: Mapping[str, str], sort: str) -> Cursor | None:
    """Return where a page begins by its address; None for the first page and for what is no place in this order."""
    word = given.get("before") or given.get("after") or ""
    value, _, id_ = word.rpartition("~")
    if not is_id(id_):
        return None
    try:
        place = date.fromisoformat(value) if sort == "answer_by" else datetime.fromisoformat(value)
    except ValueError:
        return None
    if isinstance(place, datetime) and place.tzinfo is None:
        return None
    return Cursor(place, id_, back="before" in given)


def write_place(value: date | datetime, id_: str) -> str:
    """Return a place in the order of a list as an address says it."""
    return f"{value.isoformat()}~{id_}"


def find_ways(words: str) -> tuple[tuple[str, ...], ...]:
    """Return the beginnings of names by which typed words are looked up: any of these ways, and all of a way together.

    The words as one name ("やまざきはな"), or each for itself ("やま" and "はな"), since a given name is kept by itself, too.
    """
    typed = [fold_name(word) for word in words[:LONGEST_WORDS].split()]
    parts = [word for word in typed if word][:MOST_WORDS]
    if not parts:
        return ()
    apart = (parts[0], *(word[:LONGEST_GIVEN] for word in parts[1:]))
    return (("".join(parts),), apart) if len(parts) > 1 else (("".join(parts),),)


def read_labels(kept: str) -> tuple[str, ...]:
    """Return the labels of an application in their own order."""
    words = set(kept.split())
    return tuple(label for label in LABELS if label in words)


def write_labels(labels: Iterable[str]) -> str:
    """Return labels as an application keeps them."""
    words = set(labels)
    return " ".join(label for label in LABELS if label in words)


def read_ticks(ticked: Sequence[str]) -> dict[str, int]:
    """Return which applications were ticked, each with the version that was looked at; one page of them at the most."""
    found: dict[str, int] = {}
    for word in ticked[:PAGE]:
        id_, _, version = word.partition(".")
        if is_id(id_) and version.isascii() and version.isdecimal() and len(version) < 10:
            found[id_] = int(version)
    return found


def soon_until(today: date) -> date:
    """Return the last day that counts as soon."""
    return today + timedelta(days=SOON_DAYS)


def soon_erased_until(today: date) -> date:
    """Return the last day of erasing that counts as soon: the resident is told so many days before, too."""
    return today + timedelta(days=ERASE_DAYS)


def days_until(day: date, today: date) -> int:
    """Return how many days are left until a day; less than nothing when it is over."""
    return (day - today).days


def is_answer_over(is_open: bool, state: str, answer_by: date, today: date) -> bool:
    """Tell whether an application should have been answered by now; not while it lies with its resident."""
    return is_open and state not in WAITS and answer_by < today
