"""The table of requirements: what it names is there, its numbers are right, and a few of its lines that nothing else tries."""

import re
from collections import Counter

import pytest

from webapp.config import ROOT

TABLE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| (\d+\.\d+\.\d+(?: to \d+\.\d+\.\d+)?) \| ([^|]+) \| (met|partly|open|n/a) \| ([^|]*) \| ([^|]*) \|$", re.M
)


def test_every_file_that_is_named_is_there():
    named = set(re.findall(r"`((?:tests|webapp|docs|content|requirements|static)/[^` ]*)`", TABLE))
    assert len(named) > 50
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_every_line_says_where_it_is_met_or_why_not():
    rows = ROW.findall(TABLE)
    assert len(rows) == sum(line.startswith("| ") and line[2].isdigit() for line in TABLE.splitlines())
    assert [row for row in rows if not row[3].strip()] == []
    single = Counter(row[2] for row in rows if " to " not in row[0])
    said = {state: int(count) for count, state in re.findall(r"(\d+) (met|partly|open)\b", TABLE)}
    assert {state: single[state] for state in said} == said
    assert sum(said.values()) + int(re.search(r"(\d+) not applicable", TABLE)[1]) == 253


def test_every_line_that_is_met_names_a_file_or_a_test():
    lines = [line for line in TABLE.splitlines() if re.match(r"\| V?\d[^|]*\|[^|]*\| met \|", line)]
    assert len(lines) > 200
    assert [line for line in lines if not re.search(r"`[a-z_]+(?:/[^`]+|\.toml)`", line)] == []


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "DEBUG", "CONNECT"])
def test_methods_of_nobody_are_refused(app, method):
    assert app.test_client().open("/ja/", method=method).status_code in (403, 405)
