"""A generous outer bound on what one address may begin: a flood is slowed, a class or a library behind one address is not.

Counted in memory, in each process by itself, for so many addresses at most; nothing about anybody is stored.
"""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, request

from webapp.kit.surface import current_surface

View = TypeVar("View", bound=Callable[..., Any])
MOST_ADDRESSES = 20_000
START, FILE, MAIL = "start", "file", "mail"
MAILS_AN_HOUR = 10
"""How many mail addresses can be given in an hour about one thing, and how often the same one, from wherever: half at once."""


class Buckets:
    """One bucket for each address: half an hour's worth at once, filled up again evenly. An address that is forgotten is full."""

    def __init__(self, an_hour: int, most: int = MOST_ADDRESSES) -> None:
        self._most, self._full, self._speed = most, max(1.0, an_hour / 2), an_hour / 3600
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, who: str, now: float) -> int:
        """Take one out and return 0; or, where there is none left, the seconds until there is one."""
        with self._lock:
            left, then = self._left.pop(who, (self._full, now))
            left = min(self._full, left + max(0.0, now - then) * self._speed)
            good = left >= 1
            self._left[who] = (left - 1 if good else left, now)
            if len(self._left) > self._most:
                self._left.popitem(last=False)
        return 0 if good else max(1, math.ceil((1 - left) / self._speed))

    def __len__(self) -> int:
        """Return how many addresses are remembered."""
        return len(self._left)


def set_limits(app: Flask, an_hour: int) -> None:
    """Let each address begin so many things in an hour, and give so many files; 0 for any number."""
    app.extensions["limits"] = {kind: Buckets(an_hour) for kind in (START, FILE)} if an_hour else {}
    if an_hour:
        app.extensions["limits"][MAIL] = Buckets(MAILS_AN_HOUR)


def group_address(address: str) -> str:
    """Return what is counted together: an IPv4 address, the 64 bits that one IPv6 line has; empty for this machine itself.

    What comes from this machine is a proxy that TRUSTED_PROXIES does not name, or a test: one bucket for everybody would be wrong.
    """
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(read, ipaddress.IPv6Address):
        read = read.ipv4_mapped or read
    if read.is_loopback:
        return ""
    return str(read) if read.version == 4 else str(ipaddress.ip_network((read, 64), strict=False))


def find_wait(kind: str) -> int:
    """Count one of a kind for this request's address; return 0, or how many seconds it has to wait. Shared machines never wait."""
    buckets, who = current_app.extensions["limits"].get(kind), group_address(request.remote_addr or "")
    if buckets is None or not who or current_surface() is not None:
        return 0
    return int(buckets.take(who, time.monotonic()))


def find_mail_wait(*whos: str) -> int:
    """Count a mail that is asked for, once for each of some words; return 0, or how many seconds it has to wait."""
    buckets = current_app.extensions["limits"].get(MAIL)
    return max(int(buckets.take(who, time.monotonic())) for who in whos) if buckets is not None else 0


def limit_starts(view: View) -> View:
    """Count what a view begins. One too many gets a page that says when, with everything in it to send the form again."""

    @wraps(view)
    def ask(*args: Any, **kwargs: Any) -> Any:
        """Run the view, or ask for some patience."""
        wait = find_wait(START)
        if wait:
            g.wait_seconds, g.again = wait, list(request.form.items(multi=True))
            abort(429)
        return view(*args, **kwargs)

    return cast(View, ask)
