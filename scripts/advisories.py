#!/usr/bin/env python3
"""Is anything that we use known to be vulnerable? Python packages by pip-audit over both locks, vendored scripts beside it.

Exit code 0: nothing known; 1: something is, with the version that mends it; 2: a lock or the list of passed-over advisories is wrong;
3: the advisory service could not be asked, so NOTHING was checked (0 with --may-be-away, for machines without a way out).
ADVISORIES_URL names another place that answers like OSV's /v1/query.
"""

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SERVICE = "https://api.osv.dev/v1/query"
LOCKS = ("requirements/run.lock", "requirements/dev.lock")
VENDORED = ("static/vendor", "accessibility_tests/vendor")
PASSED_OVER = "requirements/advisories-passed-over.tsv"
NPM_NAMES = {"htmx": "htmx.org"}
MOST_WAIT = 600
NONE, FOUND, WRONG, NOT_CHECKED = 0, 1, 2, 3
_AWAY = re.compile(r"ConnectionError|Timeout|ServiceError|ChunkedEncoding|JSONDecodeError|vulnerability feed")


class NotReached(Exception):
    """The advisory service gave no answer; the message says what was tried."""


class CannotAsk(Exception):
    """Something here is wrong, so that nothing could be asked; the message says what."""


@dataclass(frozen=True, slots=True)
class Advisory:
    """One known weakness of one thing that we use; `ids` are all names that it goes by."""

    package: str
    version: str
    ids: tuple[str, ...]
    mended_in: tuple[str, ...]

    def __str__(self) -> str:
        """Say it in one line."""
        mended = f"mended in {', '.join(self.mended_in)}" if self.mended_in else "no mended version is known yet"
        return f"{self.package} {self.version}: {' '.join(self.ids)}; {mended}"


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Ask about everything and say what is known."""
    service, away = os.environ.get("ADVISORIES_URL") or SERVICE, "--may-be-away" in arguments
    try:
        passed = read_passed_over(root / PASSED_OVER)
        found = [*ask_about_packages(root, service), *ask_about_scripts(root, service)]
    except (CannotAsk, ValueError) as error:
        print(f"advisories: {error}", file=sys.stderr)
        return WRONG
    except NotReached as error:
        print(
            f"advisories: NOT CHECKED: {error}\nadvisories: run `make advisories` where that can be reached", flush=True
        )
        return NONE if away else NOT_CHECKED
    return tell(found, passed, date.today())


def tell(found: Sequence[Advisory], passed: Mapping[str, date], today: date) -> int:
    """Say what is known, and what of it is passed over until when; return the exit code."""
    bad = 0
    for one in found:
        until = max((passed[name] for name in one.ids if name in passed), default=None)
        is_passed = until is not None and today <= until
        bad += not is_passed
        over = f" (passed over until {until})" if is_passed else f" (was passed over until {until})" if until else ""
        print(f"advisories: {one}{over}")
    print(f"advisories: {bad} known against what is used here" if bad else "advisories: nothing is known", flush=True)
    return FOUND if bad else NONE


def read_passed_over(path: Path) -> dict[str, date]:
    """Return which advisories are passed over until when: lines of id, last day, reason, parted by tabs. Raises CannotAsk."""
    passed = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            words = line.split("\t")
            if len(words) != 3 or not re.fullmatch(r"\d{4}-\d\d-\d\d", words[1]) or len(words[2].split()) < 3:
                raise CannotAsk(f"{path.name}:{number}: an id, a last day and a reason belong here, parted by tabs")
            passed[words[0]] = date.fromisoformat(words[1])
    return passed


def ask_about_packages(root: Path, service: str) -> Iterator[Advisory]:
    """Yield what pip-audit knows about the pinned packages. Raises NotReached, CannotAsk."""
    program = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--vulnerability-service", "osv",
               "--osv-url", service, "--format", "json", "--progress-spinner", "off", "--timeout", "20"]  # fmt: skip
    locks = [word for lock in LOCKS for word in ("--requirement", str(root / lock))]
    try:
        done = subprocess.run([*program, *locks], capture_output=True, text=True, timeout=MOST_WAIT, check=False)  # noqa: S603  # fixed words
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise NotReached(f"{service} did not answer within {MOST_WAIT} seconds") from error
    except ValueError as error:
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1][:300]
        raise (NotReached(f"{service}: {last}") if _AWAY.search(done.stderr) else CannotAsk(last)) from error
    for one in answer["dependencies"]:
        if "skip_reason" in one:
            raise CannotAsk(f"{one['name']} was not asked about: {one['skip_reason']}")
        for known in one["vulns"]:
            yield Advisory(one["name"], one["version"], (known["id"], *known["aliases"]), tuple(known["fix_versions"]))


def list_scripts(root: Path) -> Iterator[tuple[str, str]]:
    """Yield name and version of each vendored script, as its file says."""
    for folder in VENDORED:
        for line in (root / folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
            name = line.split()[1]
            read = re.fullmatch(r"([a-z0-9-]+)/[a-z]+-([0-9.]+)\.min\.js", name)
            if read is None:
                raise CannotAsk(f"{folder}/{name}: a vendored file is called package/name-version.min.js")
            yield NPM_NAMES.get(read[1], read[1]), read[2]


def ask_about_scripts(root: Path, service: str) -> Iterator[Advisory]:
    """Yield what is known about vendored scripts. Raises NotReached."""
    for name, version in list_scripts(root):
        query = {"package": {"name": name, "ecosystem": "npm"}, "version": version}
        request = urllib.request.Request(service, json.dumps(query).encode())  # noqa: S310  # an address of the configuration
        try:
            with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310  # as above
                answer = json.load(response)
        except (OSError, ValueError) as error:
            raise NotReached(f"{service}: {error}") from error
        for known in answer.get("vulns", ()):
            if "withdrawn" not in known:
                yield Advisory(name, version, (known["id"], *known.get("aliases", ())), tuple(_list_mended(known)))


def _list_mended(known: Any) -> Iterator[str]:
    """Yield the versions that an advisory calls mended."""
    for affected in known.get("affected", ()):
        for span in affected.get("ranges", ()):
            yield from (event["fixed"] for event in span.get("events", ()) if "fixed" in event)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
