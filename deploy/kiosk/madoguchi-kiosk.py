#!/usr/bin/python3
"""Keeps one browser on a shared machine, thrown away with its whole profile after every resident.

Runs inside the compositor (see madoguchi-kiosk.service), uses the standard library only, and talks to nobody but the ward's
service (is it there?) and the browser it started. Settings: /etc/madoguchi-kiosk/kiosk.conf; the machine's key lies beside it.
"""

import argparse
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from http.server import ThreadingHTTPServer
from pathlib import Path

from kiosk_door import make_door
from kiosk_system import ask_heard, drop_jobs, end_session, is_in_memory, is_there, list_jobs, reset_volume, say

DEFAULTS = {
    "WARD": "", "VOICE": "ja", "PORT": "8790", "FOLDER": "/run/madoguchi", "VOLUME": "50",
    "CHROMIUM": "/usr/bin/chromium", "MORE_FLAGS": "--ozone-platform=wayland", "AWAY_SECONDS": "900", "PRINT_SECONDS": "60",
    "SILENT_SECONDS": "120",
}  # fmt: skip
FLAGS = (
    "--kiosk", "--no-first-run", "--no-default-browser-check", "--noerrdialogs", "--disable-session-crashed-bubble",
    "--hide-crash-restore-bubble", "--disable-breakpad", "--disable-crash-reporter", "--password-store=basic",
    "--disable-features=BackForwardCache", "--overscroll-history-navigation=0", "--disable-pinch", "--kiosk-printing",
    "--disable-component-update", "--disable-background-networking", "--disable-sync", "--deny-permission-prompts",
    "--autoplay-policy=no-user-gesture-required", "--lang=ja",
)  # fmt: skip


def read_settings(path: Path) -> dict[str, str]:
    """Return the settings: NAME=value lines over the defaults."""
    found = dict(DEFAULTS)
    for line in path.read_text(encoding="utf-8").splitlines():
        name, sign, value = line.partition("=")
        if sign and not name.lstrip().startswith("#"):
            if name.strip() not in DEFAULTS:
                sys.exit(f"{path}: {name.strip()} is no setting; there are {', '.join(DEFAULTS)}")
            found[name.strip()] = value.strip()
    if not re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+", found["WARD"]):
        sys.exit(f"{path}: WARD must be the address of the service, such as https://madoguchi.example.jp")
    if found["WARD"].startswith("http://") and not re.match(r"http://(127\.|localhost)", found["WARD"]):
        sys.exit(f"{path}: WARD must begin with https://, or anybody on the network can read along")
    return found


def pair(ward: str, voice: str, key_file: Path) -> None:
    """Exchange the code on standard input, which staff made, for this machine's key, and keep it where only we can read it."""
    code = sys.stdin.readline().strip()
    data = urllib.parse.urlencode({"code": code, "for": "machine"}).encode()
    request = urllib.request.Request(f"{ward}/{voice}/kiosk/pair", data)  # noqa: S310  # checked by read_settings
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  # checked by read_settings
            key = str(json.load(answer)["key"])
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"the machine was not paired ({error}); make a new code on the staff page and try again")
    with os.fdopen(os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(key + "\n")
    print("paired")


class Watch:
    """What the service's answers say of the screen, one after the other."""

    def __init__(self, away: float, silent: float) -> None:
        """Take how many seconds the service may be away, and how long no page may be heard while it is there."""
        self.away, self.silent = away, silent
        self.away_since: float | None = None
        self.there_since: float | None = None

    def judge(self, moment: float, is_up: bool, heard: float | None, began: float) -> str:
        """Return why the browser must be thrown away, or nothing. `heard`: so many seconds ago, None where it is not known.

        A page that lives needs some seconds to be heard again after a network that was away, and after its browser began.
        """
        if not is_up:
            self.there_since = None
            self.away_since = moment if self.away_since is None else self.away_since
            return "the service does not answer" if moment - self.away_since >= self.away else ""
        self.away_since = None
        self.there_since = moment if self.there_since is None else self.there_since
        settled = moment - max(self.there_since, began) >= min(60.0, self.silent)
        return "no page of the service is shown" if settled and heard is not None and heard >= self.silent else ""


class Kiosk:
    """One browser after the other, each with a folder of its own."""

    def __init__(self, settings: dict[str, str], key: str) -> None:
        """Begin without a browser."""
        self.settings, self.key = settings, key
        self.folder = Path(settings["FOLDER"])
        self.browser: subprocess.Popen[bytes] | None = None
        self.profile: Path | None = None
        self.start_token = self.done_token = ""
        self.done, self.stop = threading.Event(), threading.Event()
        self.wake = threading.Event()
        self.began, self.failures = 0.0, 0
        self.showed_ward = self.stopping = False
        self.parent = os.getppid()

    def begin(self) -> None:
        """Start a browser on an empty profile in memory; neither the key nor what ends it stands in the list of processes."""
        self.done.clear()
        self.showed_ward = False
        self.start_token, self.done_token = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self.profile = Path(tempfile.mkdtemp(prefix="sitting-", dir=self.folder))  # mode 700
        home = str(self.profile)
        places = {name: home for name in ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")}
        flags = [*FLAGS, *self.settings["MORE_FLAGS"].split(), f"--user-data-dir={home}/profile"]
        start = f"http://127.0.0.1:{self.settings['PORT']}/{self.start_token}/start"
        reset_volume(self.settings["VOLUME"])
        self.browser = subprocess.Popen(  # noqa: S603  # what the settings of this machine say
            [self.settings["CHROMIUM"], *flags, start], env={**os.environ, **places}, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        (self.folder / "browser.pid").write_text(str(self.browser.pid), encoding="utf-8")
        self.began = time.monotonic()
        say(f"a browser is up (process {self.browser.pid})")

    def end(self) -> None:
        """End the browser and throw away everything that it kept; leave its last paper some seconds."""
        if self.browser is not None:
            end_session(self.browser.pid)
            self.browser.wait()
        self.browser = None
        self.wipe()
        jobs = list_jobs()
        if jobs:
            patience = float(self.settings["PRINT_SECONDS"])
            threading.Thread(target=drop_jobs, args=(jobs, patience), daemon=True).start()

    def wipe(self) -> None:
        """Empty the folder; also of what a supervisor left that was itself killed."""
        for one in self.folder.iterdir():
            shutil.rmtree(one, ignore_errors=True) if one.is_dir() else one.unlink(missing_ok=True)
        left = [one.name for one in self.folder.iterdir()]
        if left:
            sys.exit(f"could not be thrown away: {left}; better no browser than one with a former resident's data")

    def end_former(self) -> None:
        """End a browser that outlived a killed supervisor."""
        try:
            pid = int((self.folder / "browser.pid").read_text(encoding="utf-8"))
            ours = str(self.folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return
        if ours:
            end_session(pid)

    def watch(self) -> None:
        """Keep a browser up until we are told to stop, or the screen is taken away from us."""
        threading.Thread(target=self._watch_network, daemon=True).start()
        self.end_former()
        self.wipe()
        self.begin()
        while not self.is_over():
            self.wake.wait(0.5)
            self.wake.clear()
            crashed = self.browser is None or self.browser.poll() is not None
            if self.is_over() or not (crashed or self.done.is_set()):
                continue
            before = time.monotonic()
            say("the browser has stopped by itself" if crashed else "a sitting has ended")
            self.end()
            self._rest(crashed)
            if self.is_over():
                break
            self.begin()
            say(f"the next one was started {time.monotonic() - before:.1f} s later")
        self.stop.set()
        self.end()

    def is_over(self) -> bool:
        """Tell whether we were told to stop, or the compositor that began us is gone and the screen with it."""
        return self.stopping or os.getppid() != self.parent

    def _rest(self, crashed: bool) -> None:
        """Wait longer each time that a browser stops soon after its start, up to half a minute."""
        soon = crashed and time.monotonic() - self.began < 10
        self.failures = self.failures + 1 if soon else 0
        end = time.monotonic() + (min(30, 2**self.failures / 2) if soon else 0)
        while time.monotonic() < end and not self.is_over():
            time.sleep(0.2)

    def _watch_network(self) -> None:
        """End what nobody else could: a sitting whose service stays away, and a screen that shows no page of the service."""
        watch = Watch(float(self.settings["AWAY_SECONDS"]), float(self.settings["SILENT_SECONDS"]))
        while not self.stop.wait(min(15, watch.away / 3, watch.silent / 4)):
            ward, voice = self.settings["WARD"], self.settings["VOICE"]
            is_up = is_there(ward)
            heard = ask_heard(f"{ward}/{voice}/kiosk/heard", self.key) if is_up and self.showed_ward else None
            words = watch.judge(time.monotonic(), is_up, heard, self.began)
            if words and self.showed_ward:
                say(words)
                self.ask_end()

    def ask_end(self) -> None:
        """Have this sitting ended."""
        self.showed_ward = False
        self.done.set()
        self.wake.set()

    def ask_stop(self, *_: object) -> None:
        """Have everything ended; a signal may come while an event is being waited for, so that only a mark is set here."""
        self.stopping = True


def main() -> None:
    """Pair, or keep browsers coming."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--settings", type=Path, default=Path("/etc/madoguchi-kiosk/kiosk.conf"))
    options.add_argument(
        "--pair", action="store_true", help="exchange the code on standard input for this machine's key"
    )
    chosen = options.parse_args()
    settings, key_file = read_settings(chosen.settings), chosen.settings.parent / "key"
    if chosen.pair:
        pair(settings["WARD"], settings["VOICE"], key_file)
        return
    folder = Path(settings["FOLDER"])
    if not is_in_memory(folder):
        sys.exit(f"{folder} is not in memory (tmpfs): what a browser keeps would reach the disk")
    os.umask(0o077)
    kiosk = Kiosk(settings, key_file.read_text(encoding="utf-8").strip())
    signal.signal(signal.SIGTERM, kiosk.ask_stop)
    signal.signal(signal.SIGINT, kiosk.ask_stop)
    door = ThreadingHTTPServer(("127.0.0.1", int(settings["PORT"])), make_door(kiosk))
    threading.Thread(target=door.serve_forever, daemon=True).start()
    try:
        kiosk.watch()
    finally:
        door.shutdown()
        say("stopped; nothing is left")


if __name__ == "__main__":
    main()
