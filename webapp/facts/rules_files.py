"""Files that residents attach: recognised by content, made harmless, or refused with what to do instead.

Pictures are drawn anew, so nothing that rode along (places, scripts, second files) survives; PDF with active parts is
refused. That is done in a process of its own, with limits and without any of the service's secrets in its reach.
"""

import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import filetype

MOST_BYTES = 5 * 1024 * 1024
MOST_WAIT = 40
TYPES = {"image/jpeg": "jpeg", "image/png": "png", "application/pdf": "pdf"}
CODES = (
    "file-type", "file-too-big", "file-empty", "file-broken",
    "file-pdf-active", "file-pixels", "file-pages", "file-locked",
)  # fmt: skip
_ROOT = Path(__file__).resolve().parents[2]
_TWO_AT_ONCE = threading.BoundedSemaphore(2)
"""A large picture takes a few hundred megabytes while it is drawn."""
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file that is fit to be kept: its type ("jpeg", "png" or "pdf") and its new content."""

    type: str
    content: bytes


def inspect_file(content: bytes, accept: Sequence[str]) -> CleanFile | str:
    """Return a clean copy of a file, or the code of what is to mend (one of CODES). Never raises for any bytes."""
    if not content:
        return "file-empty"
    if len(content) > MOST_BYTES:
        return "file-too-big"
    guess = filetype.guess(content)
    kind = TYPES.get(guess.mime if guess else "")
    if kind is None or kind not in accept:
        return "file-type"
    return _clean_apart(content, kind)


def _clean_apart(content: bytes, kind: str) -> CleanFile | str:
    """Have another process clean a file; one that crashes or takes too long met a broken file."""
    program = [sys.executable, "-m", "webapp.facts.rules_cleaning", kind]
    try:
        with _TWO_AT_ONCE:
            done = subprocess.run(  # noqa: S603 - our own program; `kind` is one of three words
                program, input=content, capture_output=True, cwd=_ROOT, env={}, timeout=MOST_WAIT, check=False
            )
    except subprocess.TimeoutExpired:
        return "file-broken"
    word, _, cleaned = done.stdout.partition(b"\n")
    if done.returncode == 0 and word == b"ok":
        return CleanFile(kind, cleaned)
    code = word.decode("ascii", "replace")
    return code if code in CODES else "file-broken"


def safe_name(name: str) -> str:
    """Return a file's name for showing: no folders, no hidden signs, 80 characters at most, its ending kept."""
    plain = _HIDDEN.sub("", re.split(r"[\\/]", name)[-1]).strip()
    stem, dot, ending = plain.rpartition(".")
    short = f"{stem[: 79 - len(ending)]}.{ending}" if dot and len(ending) <= 5 else plain[:80]
    return short if len(plain) > 80 else plain or "file"
