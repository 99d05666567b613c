"""The gates at the command line, for authors and reviewers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields

from webapp.reading.gates.easy import PageNumbers, check_page
from webapp.reading.gates.findings import Finding
from webapp.reading.gates.glossary import get_glossary


def format_finding(finding: Finding) -> str:
    """Write one finding as one line: page, rule, detail and the sentence."""
    return f"{finding.page}: {finding.rule}: {finding.detail}" + (f" | {finding.text}" if finding.text else "")


def format_numbers(numbers: PageNumbers) -> str:
    """Write a page's numbers as one line."""
    values = ((field.name, getattr(numbers, field.name)) for field in fields(numbers))
    return "  ".join(f"{name}={value:.2f}" if isinstance(value, float) else f"{name}={value}" for name, value in values)


def run_easy(lines: Iterable[str]) -> int:
    """Check lines of easy Japanese as one page; 0 when it may be published, 1 when not."""
    report = check_page([line for line in lines if line.strip()], get_glossary())
    for finding in report.findings:
        print(format_finding(finding))
    print(format_numbers(report.numbers))
    print("OK" if report.passed else f"{len(report.findings)} findings")
    return 0 if report.passed else 1


def run(arguments: Sequence[str]) -> int:
    """Run one gate over standard input."""
    parser = argparse.ArgumentParser(prog="python -m webapp.reading.gates", description=__doc__)
    gates = parser.add_subparsers(dest="gate", required=True)
    gates.add_parser("easy", help="check easy Japanese, one sentence per line, as one page")
    parser.parse_args(arguments)
    return run_easy(sys.stdin.read().splitlines())
