"""Which WSGI server still answers others while 32 slow clients hold connections: the longest wait of 20 readers."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from webapp.commands import serve_command
from webapp.config import ROOT, load_settings

SLOW = 32
COMMANDS = {
    "gunicorn gthread 2 x 8": lambda port: gunicorn(port, "8"),
    "gunicorn gthread 2 x 128 (ours)": lambda port: gunicorn(port, "128"),
    "waitress, 16 threads": lambda port: ["waitress-serve", f"--listen=127.0.0.1:{port}", "--threads=16", "webapp.wsgi:app"],
    "granian 2 x 8": lambda port: ["granian", "--interface", "wsgi", "--port", str(port), "--workers", "2",
                                   "--blocking-threads", "8", "webapp.wsgi:app"],
}  # fmt: skip


def gunicorn(port: int, threads: str) -> list[str]:
    """Return our own command with another number of threads."""
    settings = load_settings({"DATA_DIR": tempfile.mkdtemp(), "PORT": str(port), "THREADS": threads})
    return serve_command(settings)[2:]


def main() -> None:
    """Print the table."""
    print("| server | alone | 32 slow headers | 32 slow bodies |")
    print("|---|---|---|---|")
    for name, command in COMMANDS.items():
        waits = [f"{wait:.2f} s" if wait < 5 else "over 5 s" for wait in measure_server(command)]
        print(f"| {name} | {' | '.join(waits)} |", flush=True)


def measure_server(command) -> list[float]:  # type: ignore[no-untyped-def]  # a row of COMMANDS
    """Return the longest wait alone, with slow headers and with slow bodies."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    env = {
        **os.environ,
        "DATA_DIR": str(Path(tempfile.mkdtemp())),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    words = command(port)
    words = [sys.executable, "-m", *words] if words[0] == "gunicorn" else words
    process = subprocess.Popen(
        words, cwd=ROOT, env=env, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_ready(port)
        return [longest_wait(port, head) for head in (None, b"GET /ja/ HTTP/1.1\r\nHost: local", SLOW_BODY)]
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


SLOW_BODY = b"POST /look HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nchange="


def wait_ready(port: int) -> None:
    """Wait until the server answers."""
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not start")


def longest_wait(port: int, head: bytes | None) -> float:
    """Return the longest of 20 readers' waits, 5 seconds at most, while slow clients hold connections."""
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(SLOW if head else 0)]
    for one in slow:
        one.sendall(head or b"")
    time.sleep(0.5)
    longest = 0.0
    for _ in range(20):
        began = time.monotonic()
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/ja/help", timeout=5).close()
        except OSError:
            longest = 5.0
            break
        longest = max(longest, time.monotonic() - began)
    for one in slow:
        one.close()
    return longest
