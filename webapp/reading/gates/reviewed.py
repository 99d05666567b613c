"""The file of reviewed readings: content/readings-reviewed.tsv, one confirmed word a line."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

from webapp.reading.gates.levels import WORDS_FOLDER

REVIEWED_FILE = WORDS_FOLDER.parent / "readings-reviewed.tsv"
COLUMNS = ("surface", "context_hash", "reading", "reviewer", "context")


@dataclass(frozen=True, slots=True)
class ReviewedRow:
    """One word as a person has read it; without a reviewer it is only a candidate."""

    surface: str
    context_hash: str
    reading: str
    reviewer: str
    context: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Give what a word must match: its surface, its context and the very reading that was confirmed."""
        return self.surface, self.context_hash, self.reading


def load_rows(path: Path) -> tuple[ReviewedRow, ...]:
    """Read the rows of the file, confirmed and candidate; none when it does not exist."""
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(ReviewedRow(*(row[column] or "" for column in COLUMNS)) for row in rows)


def save_rows(path: Path, rows: Iterable[ReviewedRow]) -> None:
    """Write rows, sorted by word so that two editors seldom touch the same line."""
    unique = {row.key: row for row in sorted(rows, key=lambda row: bool(row.reviewer))}
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(astuple(row) for row in sorted(unique.values(), key=lambda row: (row.surface, row.context)))


def get_reviewed_keys(path: Path = REVIEWED_FILE) -> frozenset[tuple[str, str, str]]:
    """Give the keys of the rows that carry a reviewer's name."""
    return frozenset(row.key for row in load_rows(path) if row.reviewer.strip())
