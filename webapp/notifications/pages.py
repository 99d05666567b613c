"""What other rooms show of the ways to reach somebody: masked, with how to stop each."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from webapp.config import Settings
from webapp.kit.clock import day_of
from webapp.notifications.rules_ways import mask_mail, mask_number, mask_postal
from webapp.notifications.service_ways import OpenWay, list_gone, list_ways


@dataclass(frozen=True, slots=True)
class ShownWay:
    """A way as a page may show it. `mask` is the part of it that its owner knows it by (nothing for a device).

    `mark` lets a browser find itself among several devices; `is_only` tells that nothing else of this browser's uses it.
    """

    id: str
    channel: str
    made_on: date
    mask: str
    mark: str = ""
    is_only: bool = True


def show_ways(session: Session, about: str, others: Iterable[str], settings: Settings) -> list[ShownWay]:
    """Return the ways to tell about something, in the order they are tried; `others`: what else this browser holds."""
    ways = list_ways(session, about, settings.master_keys)
    used = _list_endpoints(session, others, settings) if any(way.channel == "push" for way in ways) else set()
    return [
        ShownWay(
            way.id, way.channel, day_of(way.made_at), _mask(way), _mark(way.details.get("endpoint", "")),
            way.details.get("endpoint") not in used,
        )
        for way in ways
    ]  # fmt: skip


def show_lost(session: Session, about: str, settings: Settings) -> list[ShownWay]:
    """Return the addresses and numbers that led nowhere, as a page may show them, so that their owner can mend them."""
    ways = list_gone(session, about, settings.master_keys)
    return show_former(way for way in ways if way.channel != "push")


def list_lost(session: Session, about: str, settings: Settings) -> list[str]:
    """Return the marks of devices that could not be reached any more, so that one of them can put itself right."""
    ways = list_gone(session, about, settings.master_keys)
    return [_mark(way.details["endpoint"]) for way in ways if way.channel == "push"]


def find_former(session: Session, others: Sequence[str], settings: Settings, channels: Sequence[str]) -> list[OpenWay]:
    """Return the ways of the first of `others` that has some over these channels."""
    for about in others:
        found = [way for way in list_ways(session, about, settings.master_keys) if way.channel in channels]
        if found:
            return found
    return []


def show_former(ways: Iterable[OpenWay]) -> list[ShownWay]:
    """Return ways used elsewhere as a page may show them."""
    return [ShownWay(way.id, way.channel, day_of(way.made_at), _mask(way)) for way in ways]


def _list_endpoints(session: Session, abouts: Iterable[str], settings: Settings) -> set[str]:
    """Return the devices that some things are told on."""
    ways = (way for about in abouts for way in list_ways(session, about, settings.master_keys))
    return {way.details["endpoint"] for way in ways if way.channel == "push"}


def _mask(way: OpenWay) -> str:
    """Return as much of a way as its owner needs to know it again."""
    if way.channel == "mail":
        return mask_mail(way.details["address"])
    if way.channel == "call":
        return mask_number(way.details["number"])
    return mask_postal(way.details["postal"]) if way.channel == "letter" else ""


def _mark(endpoint: str) -> str:
    """Return what a browser works out of its own endpoint, too, to know itself; it leads nowhere."""
    return hashlib.sha256(endpoint.encode()).hexdigest()[:16] if endpoint else ""
