"""What an instructor fills in to make or change a class: read, checked and filled in beforehand. Pure."""

import re
import unicodedata
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from webapp.facts.rules_messages import mark

USUAL_LENGTH = timedelta(minutes=90)
LONGEST = timedelta(hours=12)
FURTHEST = timedelta(days=180)
PLACE_LETTERS = 60
GROUPS = ("today", "coming", "past")
FIELDS = ("place", "start", "start_day", "start_time", "end_day", "end_time")

MESSAGES = {
    "tutorials": mark("練習を1つ選んでください。"),
    "place": mark("場所は、60文字までで書いてください。"),
    "start-form": mark("始まる日と時刻を選んでください。"),
    "start-far": mark("始まる日は、今日から180日までの間で選んでください。"),
    "end-form": mark("終わる日と時刻を選んでください。"),
    "end-over": mark("終わる時刻は、今よりあとにしてください。"),
    "end-order": mark("終わる時刻は、始まる時刻よりあとにしてください。"),
    "end-long": mark("終わる時刻は、始まりから12時間までの間にしてください。"),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """How a class is to be; moments are in UTC."""

    tutorials: tuple[str, ...]
    place: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: the id of its field, and which message."""

    id: str
    code: str

    @property
    def message(self) -> str:
        """Return the words, to be said in the reader's voice."""
        return MESSAGES[self.code]


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the form's fields, as text, right or wrong."""

    tutorials: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


def fill_new(now: datetime, zone: tzinfo) -> Filled:
    """Return the fields of a new class: it starts now and ends 90 minutes after the next half hour."""
    here = now.astimezone(zone)
    half = here.replace(minute=0, second=0, microsecond=0) + timedelta(minutes=30 * (here.minute // 30 + 1))
    return _fill((), "", "now", half, half + USUAL_LENGTH)


def fill_known(wish: Wish, zone: tzinfo) -> Filled:
    """Return the fields of a class as it stands."""
    return _fill(wish.tutorials, wish.place, "at", wish.starts_at.astimezone(zone), wish.ends_at.astimezone(zone))


def _fill(tutorials: Sequence[str], place: str, start: str, starts: datetime, ends: datetime) -> Filled:
    """Return fields with the days and times of the ward."""
    days = {"start_day": starts, "end_day": ends}
    times = {"start_time": starts, "end_time": ends}
    texts = {name: moment.strftime("%Y-%m-%d") for name, moment in days.items()}
    texts |= {name: moment.strftime("%H:%M") for name, moment in times.items()}
    return Filled(tuple(tutorials), {"place": place, "start": start, **texts})


def read_wish(
    filled: Filled, known: Container[str], now: datetime, zone: tzinfo, starts_at: datetime | None = None
) -> Wish | list[Problem]:
    """Return the class that is wished for, or everything there is to mend. With `starts_at` its start is settled."""
    values, problems = filled.values, []
    tutorials = tuple(dict.fromkeys(slug for slug in filled.tutorials if slug in known))
    place = "".join(c for c in " ".join(values.get("place", "").split()) if c.isprintable())
    if not tutorials:
        problems.append(Problem("tutorial-1", "tutorials"))
    if len(place) > PLACE_LETTERS:
        problems.append(Problem("place", "place"))
    begin = starts_at or (now if values.get("start", "now") == "now" else _read_moment(values, "start", zone))
    end = _read_moment(values, "end", zone)
    for one in (_check_start(begin, now), _check_end(begin, end, now)):
        if one is not None:
            problems.append(one)
    if problems or begin is None or end is None:
        return problems
    return Wish(tutorials, place, begin, end)


def _read_moment(values: Mapping[str, str], which: str, zone: tzinfo) -> datetime | None:
    """Return the moment of a day and a time of the ward in UTC, or None where they are none.

    Browsers without a calendar of their own send what was typed, so wide digits and strokes are read as well.
    """
    day, clock = (unicodedata.normalize("NFKC", values.get(f"{which}_{part}", "")).strip() for part in ("day", "time"))
    ymd = re.fullmatch(r"(2[0-9]{3})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", day)
    hm = re.fullmatch(r"([0-9]{1,2})[:時]([0-9]{1,2})?(?::[0-9]{2}|分)?", clock)
    if ymd is None or hm is None:
        return None
    try:
        whole = date(*map(int, ymd.groups()))
        moment = datetime.combine(whole, time(int(hm[1]), int(hm[2] or 0)), zone)
    except ValueError:
        return None
    return moment.astimezone(timezone.utc)


def _check_start(begin: datetime | None, now: datetime) -> Problem | None:
    """Return what is wrong with the start."""
    if begin is None:
        return Problem("start-day", "start-form")
    if begin > now + FURTHEST:
        return Problem("start-day", "start-far")
    return None


def _check_end(begin: datetime | None, end: datetime | None, now: datetime) -> Problem | None:
    """Return what is wrong with the end: it comes after now and after the start, and not too late."""
    if end is None:
        return Problem("end-day", "end-form")
    if end <= now:
        return Problem("end-day", "end-over")
    if begin is not None and end <= begin:
        return Problem("end-day", "end-order")
    if begin is not None and end - begin > LONGEST:
        return Problem("end-day", "end-long")
    return None


def group_lesson(starts_at: datetime, over: bool, now: datetime, zone: tzinfo) -> str:
    """Return where a class stands in the list: today's stay there when they are over; what goes on now is today's."""
    if starts_at.astimezone(zone).date() == now.astimezone(zone).date():
        return "today"
    if over:
        return "past"
    return "today" if starts_at <= now else "coming"
