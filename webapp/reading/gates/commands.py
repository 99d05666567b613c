"""The gates at the command line, for authors and reviewers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path

from webapp.reading.gates.easy import PageNumbers, check_page
from webapp.reading.gates.findings import Finding
from webapp.reading.gates.glossary import get_glossary
from webapp.reading.gates.plain import check_plain
from webapp.reading.gates.published import list_published_strings
from webapp.reading.gates.readings import Unreviewed, find_unreviewed
from webapp.reading.gates.reviewed import REVIEWED_FILE, get_reviewed_keys, load_rows, save_rows


def format_finding(finding: Finding) -> str:
    """Write one finding as one line: page, rule, detail and the sentence."""
    return f"{finding.page}: {finding.rule}: {finding.detail}" + (f" | {finding.text}" if finding.text else "")


def format_numbers(numbers: PageNumbers) -> str:
    """Write a page's numbers as one line."""
    values = ((field.name, getattr(numbers, field.name)) for field in fields(numbers))
    return "  ".join(f"{name}={value:.2f}" if isinstance(value, float) else f"{name}={value}" for name, value in values)


def report_findings(findings: Sequence[Finding]) -> int:
    """Print findings, then OK or their number; 0 when there are none, else 1."""
    for finding in findings:
        print(format_finding(finding))
    print(f"{len(findings)} findings" if findings else "OK")
    return 1 if findings else 0


def run_easy(lines: Iterable[str]) -> int:
    """Check lines of easy Japanese as one page and print its numbers; 0 when it may be published, 1 when not."""
    report = check_page([line for line in lines if line.strip()], get_glossary())
    print(format_numbers(report.numbers))
    return report_findings(report.findings)


def run_plain(lines: Iterable[str]) -> int:
    """Check lines of plain Japanese; 0 when they may be published, 1 when not."""
    return report_findings(tuple(check_plain("page", [line for line in lines if line.strip()])))


def write_candidates(words: Iterable[Unreviewed], path: Path) -> int:
    """Add a row without a reviewer for each word that has a reading, and count them.

    Candidates that are no longer met are dropped; confirmed rows stay.
    """
    candidates = [word.row for word in words if word.reading]
    save_rows(path, (*(row for row in load_rows(path) if row.reviewer), *candidates))
    return len(candidates)


def run_readings(strings: Iterable[str], path: Path, is_writing: bool) -> int:
    """Print the readings that nobody has confirmed, as rows with what the other engines read; 0 when there are none."""
    words = find_unreviewed(strings, get_reviewed_keys(path))
    for word in words:
        print("\t".join((word.surface, word.context_hash, word.reading or "?", "", word.context, word.others)))
    if is_writing:
        print(f"{write_candidates(words, path)} candidates in {path}: read each, then write your name as reviewer")
    print(f"{len(words)} readings to review" if words else "OK")
    return 1 if words else 0


def run(arguments: Sequence[str]) -> int:
    """Run one gate: easy and plain over standard input, readings over everything the site publishes."""
    parser = argparse.ArgumentParser(prog="python -m webapp.reading.gates", description=__doc__)
    gates = parser.add_subparsers(dest="gate", required=True)
    gates.add_parser("easy", help="check easy Japanese on standard input, one sentence per line, as one page")
    gates.add_parser("plain", help="check plain Japanese on standard input")
    readings = gates.add_parser("readings", help="list the readings nobody has confirmed")
    readings.add_argument("--write-candidates", action="store_true", help="add them to content/readings-reviewed.tsv")
    chosen = parser.parse_args(arguments)
    if chosen.gate == "readings":
        return run_readings(list_published_strings(), REVIEWED_FILE, chosen.write_candidates)
    return {"easy": run_easy, "plain": run_plain}[chosen.gate](sys.stdin.read().splitlines())
