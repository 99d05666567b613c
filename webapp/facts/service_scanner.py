"""The ward's virus scanner, where it has one: clamd is given each file (INSTREAM) before anything else reads it."""

import re
import socket
import time

from webapp.kit.logs import log

CLEAN, FOUND, NOT_SCANNED = "", "file-virus", "file-not-scanned"
MOST_WAIT = 10.0
_CHUNK = 64 * 1024
_ANSWER = 1024


def scan(content: bytes, place: str | None) -> str:
    """Return the code of what is wrong about a file: nothing, a virus, or that it could not be scanned. Never raises.

    `place` is a socket's path, or host:port; without one nothing is scanned. Whatever is no plain "OK" is refused.
    """
    if place is None:
        return CLEAN
    try:
        answer = _ask(content, place)
    except OSError as error:
        log.error("the virus scanner does not answer", extra={"facts": {"kind": type(error).__name__}})
        return NOT_SCANNED
    if answer == "stream: OK":
        return CLEAN
    found = re.fullmatch(r"stream: ([\w.() -]{1,100}) FOUND", answer)
    if found:
        log.warning("a file was refused by the virus scanner", extra={"facts": {"signature": found[1]}})
        return FOUND
    log.error("the virus scanner gave no answer that can be read")
    return NOT_SCANNED


def _ask(content: bytes, place: str) -> str:
    """Send a file and return the answer. Raises OSError, also when it takes too long in all."""
    ends = time.monotonic() + MOST_WAIT
    with _connect(place) as line:
        line.sendall(b"zINSTREAM\0")
        for begin in range(0, len(content), _CHUNK):
            chunk = content[begin : begin + _CHUNK]
            line.settimeout(_left(ends))
            line.sendall(len(chunk).to_bytes(4, "big") + chunk)
        line.sendall(bytes(4))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < _ANSWER:
            line.settimeout(_left(ends))
            part = line.recv(_ANSWER)
            if not part:
                break
            answer += part
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _connect(place: str) -> socket.socket:
    """Return an open line to the scanner. Raises OSError."""
    if not place.startswith("/"):
        host, _, port = place.rpartition(":")
        return socket.create_connection((host, int(port)), MOST_WAIT)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(MOST_WAIT)
    try:
        line.connect(place)
    except OSError:
        line.close()
        raise
    return line


def _left(ends: float) -> float:
    """Return how long may still be waited. Raises TimeoutError."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
