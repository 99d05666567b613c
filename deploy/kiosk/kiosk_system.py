"""What the supervisor asks of the machine: loudness, paper, processes, memory, the ward's service."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path
from urllib.error import HTTPError


def say(words: str) -> None:
    """Write a line for the journal; never an address, a key or what somebody did."""
    print(f"madoguchi-kiosk: {words}", file=sys.stderr, flush=True)


def is_there(ward: str) -> bool:
    """Tell whether the service answers; a proxy that refuses this one address stands before a service that does."""
    try:
        with urllib.request.urlopen(f"{ward}/healthz", timeout=8) as answer:  # noqa: S310  # http(s) only: checked by read_settings
            return bool(answer.status == 200)
    except HTTPError as refused:
        return refused.code < 500
    except (OSError, ValueError):
        return False


def ask_heard(address: str, key: str) -> float | None:
    """Return how many seconds ago the service heard a page of this machine, or None where it does not say."""
    data = urllib.parse.urlencode({"key": key}).encode()  # in the body: addresses are written down
    try:
        with urllib.request.urlopen(urllib.request.Request(address, data), timeout=8) as answer:  # noqa: S310  # http(s) only: checked by read_settings
            return float(json.load(answer)["seconds"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def run_quietly(*command: str) -> str | None:
    """Run a small program; return what it says, or None where it is missing or fails."""
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603  # ours only
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def reset_volume(percent: str) -> None:
    """Set the loudness that everybody begins with, by the first sound system that is there."""
    for command in (
        ("wpctl", "set-volume", "@DEFAULT_AUDIO_SINK@", f"{percent}%"),
        ("pactl", "set-sink-volume", "@DEFAULT_SINK@", f"{percent}%"),
        ("amixer", "-q", "sset", "Master", f"{percent}%", "unmute"),
    ):
        if run_quietly(*command) is not None:
            return


def list_jobs() -> list[str]:
    """Return what waits to be printed."""
    return [line.split()[0] for line in (run_quietly("lpstat", "-o") or "").splitlines() if line.strip()]


def drop_jobs(jobs: list[str], seconds: float) -> None:
    """Let a former resident's paper come out for a while; what then still waits never will, and its data go."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and set(jobs) & set(list_jobs()):
        time.sleep(1)
    for job in set(jobs) & set(list_jobs()):
        run_quietly("cancel", "-x", job)


def list_session(leader: int) -> list[int]:
    """Return every process of the session that a process began; a browser's helpers stay in it."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == leader and fields[0] != "Z":
                found.append(int(folder.name))
    return found


def end_session(leader: int) -> None:
    """End a browser and all its helpers: first asked, then not."""
    for sign, patience in ((signal.SIGTERM, 2.0), (signal.SIGKILL, 5.0)):
        end = time.monotonic() + patience
        for pid in list_session(leader):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
        while time.monotonic() < end:
            if not list_session(leader):
                return
            time.sleep(0.05)


def is_in_memory(folder: Path) -> bool:
    """Tell whether a folder lies on a tmpfs of its own or inside one."""
    mounts = [line.split()[1:3] for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()]
    kinds = {place: kind for place, kind in mounts}
    for place in (folder.resolve(), *folder.resolve().parents):
        if str(place) in kinds:
            return kinds[str(place)] == "tmpfs"
    return False
