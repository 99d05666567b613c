"""The ladder of a message: push, mail, call, letter, among the ways that the resident chose. Pure: time is an argument."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from webapp.outbox.rules import BY_PEOPLE, Standing

RUNGS = ("push", "mail", "call", "letter")
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
ASKED_FOR_NOW = ("test", "way-added")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try. `result`: sent, gone, later, refused, unreachable. `wait` is what the other side asked for."""

    result: str
    status: int | None = None
    wait: timedelta | None = None


def find_rung(channel: str, allowed: Collection[str], ways: Collection[str]) -> str | None:
    """Return the first rung from `channel` on ("": from the foot) that the kind goes out on and that a way leads to."""
    start = RUNGS.index(channel) if channel in RUNGS else 0
    return next((rung for rung in RUNGS[start:] if rung in allowed and rung in ways), None)


def name_end(allowed: Collection[str], ways: Collection[str]) -> str:
    """Return how a message ends for which no rung is left.

    "failed": every way was tried; "unheard": there is none, and it is told as soon as there is one; "stopped": nor
    would it mean anything then, as with a test.
    """
    if set(allowed) & set(ways):
        return "failed"
    return "unheard" if set(allowed) & set(BY_PEOPLE) else "stopped"


def climb(channel: str, now: datetime) -> Standing:
    """Return where a message stands that this channel could not deliver: due at once on the next rung."""
    place = RUNGS.index(channel) + 1
    if place == len(RUNGS):
        return Standing("failed", channel, 0, now)
    return Standing("waiting", RUNGS[place], 0, now)


def judge(channel: str, tries: int, outcomes: Sequence[Outcome], now: datetime) -> Standing:
    """Return where a message stands after it was tried over every way of a channel. One that got through is enough.

    What may get through later waits a pause of the schedule, or longer if the other side asked for that.
    """
    if any(one.result == "sent" for one in outcomes):
        return Standing("sent", channel, tries, now)
    later = [one for one in outcomes if one.result in ("later", "unreachable")]
    if not later or tries >= len(PAUSES):
        return climb(channel, now)
    wait = max(PAUSES[tries], *(one.wait or timedelta() for one in later))
    return Standing("waiting", channel, tries + 1, now + wait)


def find_quiet_end(kind: str, channel: str, now: datetime, hours: tuple[int, int], zone: tzinfo) -> datetime | None:
    """Return when the night ends if a message must wait for that, else None.

    Staff work by day anyway, and what a resident has just asked for comes at once.
    """
    first, last = hours
    here = now.astimezone(zone)
    is_night = first <= here.hour < last if first < last else (here.hour >= first or here.hour < last)
    if first == last or not is_night or channel in BY_PEOPLE or kind in ASKED_FOR_NOW:
        return None
    end = here.replace(hour=last, minute=0, second=0, microsecond=0)
    return (end if end > here else end + timedelta(days=1)).astimezone(now.tzinfo)
