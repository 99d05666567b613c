"""A shared machine as the recipe makes it, on this computer: its supervisor with a headless browser, and its browser policies."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from accessibility_tests.browser import find_program

ROOT = Path(__file__).resolve().parent.parent
RECIPE = ROOT / "deploy" / "kiosk"
PROGRAM = RECIPE / "madoguchi-kiosk.py"
MEMORY = Path("/dev/shm")
IN_A_ROOM_OF_ITS_OWN = """
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /etc/chromium
mkdir -p /etc/chromium/policies/managed
cp "$1" /etc/chromium/policies/managed/madoguchi.json
shift
exec "$@"
"""


def find_port() -> int:
    """Return a free port."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(look: Callable[[], Any], seconds: float = 90, every: float = 0.05) -> Any:
    """Return what a look finds, as soon as it finds something. Raises AssertionError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(every)
    raise AssertionError("it did not come")


@dataclass
class Machine:
    """A folder in memory with settings and a key, and the supervisor that runs by them."""

    folder: Path
    ward: str
    port: int
    debug: int
    process: subprocess.Popen[str] | None = None

    @property
    def run(self) -> Path:
        """Return where the browsers' profiles live."""
        return self.folder / "run"

    @property
    def profiles(self) -> set[str]:
        """Return the profiles that there are."""
        return {one.name for one in self.run.iterdir() if one.is_dir()}

    @property
    def browser(self) -> int:
        """Return the browser's process."""
        return int((self.run / "browser.pid").read_text())

    def pair(self, code: str) -> None:
        """Exchange a code for the machine's key as the installer does."""
        command = [sys.executable, str(PROGRAM), "--settings", str(self.folder / "kiosk.conf"), "--pair"]
        subprocess.run(command, input=code + "\n", text=True, check=True, capture_output=True)

    def start(self) -> None:
        """Start the supervisor."""
        command = [sys.executable, str(PROGRAM), "--settings", str(self.folder / "kiosk.conf")]
        self.process = subprocess.Popen(command, text=True, stderr=subprocess.DEVNULL)

    def stop(self) -> int:
        """Ask the supervisor to stop; return what it answers the system."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    @contextmanager
    def look(self) -> Iterator[Chrome]:
        """Yield a way into the browser that is up."""
        wait_for(lambda: is_open(self.debug))
        options = ChromeOptions()
        options.binary_location = find_program("CHROMIUM_BIN", "chromium")
        options.debugger_address = f"127.0.0.1:{self.debug}"
        service = Service(find_program("CHROMEDRIVER", "chromedriver"))
        driver = Chrome(options=options, service=service)
        try:
            yield driver
        finally:
            service.stop()


def is_open(port: int) -> bool:
    """Tell whether something listens on a port."""
    with socket.socket() as one:
        one.settimeout(0.5)
        return one.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def make_machine(ward: str) -> Iterator[Machine]:
    """Yield a machine that nobody has paired yet; nothing of it is left afterwards."""
    with tempfile.TemporaryDirectory(dir=MEMORY, prefix="madoguchi-kiosk-") as name:
        machine = Machine(Path(name), ward, find_port(), find_port())
        machine.run.mkdir(mode=0o700)
        flags = f"--headless=new --no-sandbox --disable-gpu --remote-debugging-port={machine.debug}"
        settings = {
            "WARD": ward, "PORT": machine.port, "FOLDER": machine.run, "MORE_FLAGS": flags, "AWAY_SECONDS": 6,
            "CHROMIUM": find_program("CHROMIUM_BIN", "chromium"),
        }  # fmt: skip
        (machine.folder / "kiosk.conf").write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
        try:
            yield machine
        finally:
            if machine.process is not None and machine.process.poll() is None:
                machine.stop()


def read_policies(origin: str, port: int) -> dict[str, Any]:
    """Return the recipe's policies as the installer writes them."""
    text = (RECIPE / "policies" / "managed" / "madoguchi.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text.replace("@ORIGIN@", origin).replace("@PORT@", str(port)))
    return found


def can_have_a_room_of_its_own() -> bool:
    """Tell whether policies can be put where Chromium reads them without anybody else on this computer seeing them."""
    if os.geteuid() != 0 or shutil.which("unshare") is None or not Path("/etc/chromium").is_dir():
        return False
    script = "mount --make-rprivate / && mount -t tmpfs tmpfs /etc/chromium"
    return subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, check=False).returncode == 0


def look_under_policies(policies: dict[str, Any], work: str, *arguments: str) -> Any:
    """Run a function of kiosk_policies in a process that sees these policies; return what it found out."""
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "policies.json"
        given.write_text(json.dumps(policies))
        inside = [sys.executable, "-m", "accessibility_tests.kiosk_policies", work, *arguments]
        command = ["unshare", "-m", "bash", "-c", IN_A_ROOM_OF_ITS_OWN, "bash", str(given), *inside]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
