"""What holds for accounts: names and passwords, how long a sign-in lasts, how long the next try waits. Pure decisions."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

ROLES = ("reception", "officer", "head", "instructor", "editor", "auditor", "administrator")
"""Reception: counter, calls, letters, kiosks. Officer and head: a section's applications. Editor: what the ward says."""
SECTION_ROLES = frozenset({"officer", "head"})
"""Roles that are somebody's in a section only; the others are the ward's."""
ONE_FACTOR_ROLES = frozenset({"instructor"})
"""Who has no other role than these may sign in with a password alone."""
IDLE = timedelta(minutes=15)
WHOLE = timedelta(hours=12)
PROVED = timedelta(minutes=10)
"""How long after proving who they are somebody may do what is asked for anew."""
LINK_LASTS = timedelta(hours=72)
WARN_BEFORE = timedelta(minutes=2)
SEEN_EVERY = timedelta(minutes=1)
FREE_TRIES = {"name": 5, "address": 60, "token": 60}
LONGEST_WAIT = timedelta(minutes=15)
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
KEPT = "kept-"
_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
_NAME = re.compile(r"[\w.@-]{1,40}")
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"),
             ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
            ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One role, in one section (an office's key) or, where that is empty, in the whole ward."""

    role: str
    section: str = ""

    def __str__(self) -> str:
        """Write it as commands take it: `role` or `role:section`."""
        return f"{self.role}:{self.section}" if self.section else self.role


@dataclass(frozen=True, slots=True)
class Clerk:
    """Whoever works here, as services see them: who they are and what they may do where."""

    id: str
    shown_name: str
    grants: frozenset[Grant]

    def sections(self, *roles: str) -> frozenset[str]:
        """Return the sections in which somebody has one of these roles."""
        return frozenset(one.section for one in self.grants if one.role in roles and one.section)

    def has(self, role: str, section: str = "") -> bool:
        """Tell whether somebody has a role, in a section if one is given."""
        return Grant(role, section) in self.grants


def read_grant(word: str) -> Grant:
    """Return what `role` or `role:section` grants. Raises ValueError for no role, or a section too many or too few."""
    role, _, section = word.partition(":")
    if role not in ROLES or (role in SECTION_ROLES) != bool(section) or len(section) > 40:
        raise ValueError(f"{word!r} is no role; section roles are written officer:tax")
    return Grant(role, section)


def needs_second_factor(roles: Iterable[str]) -> bool:
    """Tell whether somebody with these roles has to prove who they are by more than a password."""
    return bool(set(roles) - ONE_FACTOR_ROLES)


def find_grant_faults(words: Iterable[str], sections: Iterable[str]) -> tuple[str, ...]:
    """Return what is to mend about chosen roles: "none" where nothing was chosen, "unknown" for no role or no section."""
    chosen, known = set(words), {"", *sections}
    if not chosen:
        return ("none",)
    try:
        fits = all(read_grant(word).section in known for word in chosen)
    except ValueError:
        fits = False
    return () if fits else ("unknown",)


def fold_name(typed: str) -> str | None:
    """Return a name as it is stored (width and case do not matter), or None if it can be nobody's."""
    name = unicodedata.normalize("NFKC", typed[:200]).strip().lower()
    return name if _NAME.fullmatch(name) else None


def fold_password(typed: str) -> str:
    """Return a password as it is hashed: full-width letters and digits count as the plain ones, nothing else changes."""
    return unicodedata.normalize("NFKC", typed)


def new_password() -> str:
    """Return a random password that can be read out and typed: 15 letters and digits (73 bits) without look-alikes."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3))


def time_left(seen_at: datetime, ends_at: datetime, now: datetime) -> timedelta:
    """Return how long a sign-in still lasts if nothing more is done; nothing or less if it is over."""
    return min(seen_at + IDLE, ends_at) - now


def wait_after(kind: str, wrong: int) -> timedelta | None:
    """Return the wait after so many wrong tries: none at first, then a minute that doubles up to a quarter of an hour."""
    over = wrong - FREE_TRIES[kind]
    return min(timedelta(minutes=2 ** min(over, 10)), LONGEST_WAIT) if over >= 0 else None


def minutes_of(wait: timedelta) -> int:
    """Return a wait in whole minutes, rounded up."""
    return max(1, -(-int(wait.total_seconds()) // 60))


def describe_browser(agent: str) -> str:
    """Return what somebody recognises a browser by ("Firefox, Windows"), never its whole description."""
    found = (next((word for mark, word in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS))
    return ", ".join(word for word in found if word)


def keep_fields(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the fields of a form that came too late, to be sent again: without its token and without passwords."""
    return [(name, value) for name, value in fields if name != "csrf" and "password" not in name.lower()]
