"""What a shared machine is checked for before residents sit down at it, and what was found. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.kiosk.rules import FINDINGS


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to check; the words for it stand in the templates under its name. `seen`: the page finds it out by itself."""

    name: str
    seen: bool = False


CHECKS = (
    Check("restart", seen=True), Check("leftovers", seen=True), Check("back-cache", seen=True), Check("worker", seen=True),
    Check("notifications", seen=True), Check("https", seen=True), Check("clock", seen=True),
    Check("whole-screen", seen=True), Check("screen", seen=True), Check("touch", seen=True),
    Check("autofill"), Check("other-sites"), Check("power"), Check("print"), Check("speech"), Check("volume"),
)  # fmt: skip
MARKED = ("restart", "leftovers")
"""What a mark left in the browser shows, once the browser was thrown away; until then it is not known."""
PAPERS = ("80mm", "large", "a4")


def read_findings(given: Mapping[str, str]) -> dict[str, str]:
    """Return what was found by check; what is missing or nonsense is unknown."""
    found = {check.name: given.get(check.name, "") for check in CHECKS}
    return {name: value if value in FINDINGS else "unknown" for name, value in found.items()}


def mark(report: Mapping[str, str]) -> dict[str, str]:
    """Return a report in which it is open again what a mark will show; that it stands in there says that a mark was left."""
    return {**report, **dict.fromkeys(MARKED, "unknown")}


def is_marked(report: Mapping[str, str]) -> bool:
    """Tell whether a mark was left that nobody has looked for yet."""
    return all(report.get(name) == "unknown" for name in MARKED)


def group_findings(report: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """Return the checks by what was found, the worst first; none that was never looked at."""
    known = [check.name for check in CHECKS if check.name in report]
    groups = [(found, [name for name in known if report[name] == found]) for found in ("unsafe", "unknown", "safe")]
    return [(found, names) for found, names in groups if names]
