"""What holds for shared machines: how long nobody may be there, what a resident sets, what staff see of a machine. Pure."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

IDLE_SECONDS, WARN_SECONDS = 60, 60
"""So long nobody touches the machine before it asks, and so long it waits for an answer. Both are at least a minute."""
HELPED_SECONDS = 600
HELPED_FOR = timedelta(minutes=30)
GRACE = timedelta(minutes=15)
"""The page ends the time itself, without a network too; the server waits this much longer before it does the same for a page
that it cannot hear, so that a network that comes back in time takes nothing from whoever writes there."""
SOON = timedelta(seconds=30)
"""A page that lives says so before it leads anywhere. Who comes so long after the time was over without that is somebody else."""
LATE_AFTER = timedelta(minutes=3)
SILENT_AFTER = timedelta(minutes=2)
HEARD_EVERY = timedelta(seconds=15)
CODE_FOR = timedelta(minutes=15)
CODE_DIGITS = 6
KEPT_FOR = timedelta(days=1)
CALLS_KEPT_FOR = timedelta(days=7)
NAME_LETTERS, PLACE_LETTERS = 60, 80
LOUDEST, USUAL_VOLUME = 10, 5
SPEEDS = ("slow", "normal", "fast")
SWITCHES = ("aloud", "keypad", "lower")
FINDINGS = ("safe", "unsafe", "unknown")
MOST_REPORT = 4_000


@dataclass(frozen=True, slots=True)
class Settings:
    """What a resident sets for their time at the machine; it is gone with them."""

    aloud: bool = False
    keypad: bool = False
    lower: bool = False
    volume: int = USUAL_VOLUME
    speed: str = "normal"


def write_settings(settings: Settings) -> str:
    """Write settings as words, such as `aloud keypad volume-6 speed-slow`; what is usual is left out."""
    words = [name for name in SWITCHES if getattr(settings, name)]
    words += [f"volume-{settings.volume}"] if settings.volume != USUAL_VOLUME else []
    words += [f"speed-{settings.speed}"] if settings.speed != "normal" else []
    return " ".join(words)


def read_settings(words: str) -> Settings:
    """Read settings back; what is not understood is passed over."""
    settings = Settings()
    for word in words[:80].split():
        volume = re.fullmatch(r"volume-(\d{1,2})", word)
        if volume:
            settings = replace(settings, volume=min(int(volume[1]), LOUDEST))
        else:
            settings = change_settings(settings, f"{word}-on" if word in SWITCHES else word)
    return settings


def change_settings(settings: Settings, change: str) -> Settings:
    """Apply one change: aloud-on, keypad-off, lower-on, volume-up, volume-down, speed-slow …; anything else changes nothing."""
    name, _, value = change.partition("-")
    if name in SWITCHES and value in ("on", "off"):
        return replace(settings, **{name: value == "on"})  # type: ignore[arg-type]  # the switches are bool
    if change in ("volume-up", "volume-down"):
        louder = settings.volume + (1 if value == "up" else -1)
        return replace(settings, volume=min(max(louder, 0), LOUDEST))
    if name == "speed" and value in SPEEDS:
        return replace(settings, speed=value)
    return settings


def idle_seconds(helped_until: datetime | None, now: datetime, usual: float = IDLE_SECONDS) -> float:
    """Return how long nobody may touch the machine before it asks; longer while staff stand beside the resident."""
    return max(HELPED_SECONDS, usual) if helped_until is not None and helped_until > now else usual


def is_left(
    touched_at: datetime, helped_until: datetime | None, now: datetime, usual: float = IDLE_SECONDS,
    warned: float = WARN_SECONDS, grace: timedelta = GRACE,
) -> bool:  # fmt: skip
    """Tell whether whoever sat there is gone: nothing was heard for as long as the page asks and waits, and some more."""
    allowed = timedelta(seconds=idle_seconds(helped_until, now, usual) + warned) + grace
    return now - touched_at > allowed


def call_word(asked_at: datetime, coming_at: datetime | None, now: datetime) -> str:
    """Return how a call for help stands: asked, late (nobody has answered for a while) or coming."""
    if coming_at is not None:
        return "coming"
    return "late" if now - asked_at > LATE_AFTER else "asked"


def read_pair_code(typed: str) -> str | None:
    """Return the code in what was typed (spaces, hyphens and width do not matter), or None."""
    plain = re.sub(r"[\W_ー]", "", unicodedata.normalize("NFKC", typed[:200]))
    return plain if re.fullmatch(rf"[0-9]{{{CODE_DIGITS}}}", plain) else None


def show_pair_code(code: str) -> str:
    """Group a code for reading: 000-000."""
    return f"{code[:3]}-{code[3:]}"


def tidy_name(typed: str) -> str:
    """Return a name or place without what cannot be seen; wide letters and digits become narrow."""
    plain = unicodedata.normalize("NFKC", typed[:400])
    return " ".join("".join(c for c in plain if c.isprintable()).split())


def read_port(typed: str | None) -> int | None:
    """Return the port of the machine's own helper, or None; low ones belong to other programs."""
    return int(typed) if typed and re.fullmatch(r"[0-9]{4,5}", typed) and 1024 <= int(typed) <= 65535 else None


def state_of(paired: bool, revoked: bool, seen_at: datetime | None, used: bool, now: datetime) -> str:
    """Return how a machine stands: new, revoked, silent, used or waiting."""
    if revoked:
        return "revoked"
    if not paired:
        return "new"
    if seen_at is None or now - seen_at > SILENT_AFTER:
        return "silent"
    return "used" if used else "waiting"


def write_report(checks: Mapping[str, str]) -> str:
    """Write what a machine says about itself; what is neither safe nor unsafe is unknown, and nonsense is left out."""
    known = {name: found if found in FINDINGS else "unknown" for name, found in checks.items()
             if re.fullmatch(r"[a-z][a-z0-9-]{0,39}", name)}  # fmt: skip
    text = json.dumps(dict(sorted(known.items())[:60]))
    return text if len(text) <= MOST_REPORT else "{}"


def read_report(text: str) -> dict[str, str]:
    """Return what a machine said about itself by check; nothing if it said nothing yet."""
    found = json.loads(text) if text else {}
    return dict(found)


def count_unsafe(report: Mapping[str, str]) -> int:
    """Return how many checks did not find the machine safe."""
    return sum(found != "safe" for found in report.values())
