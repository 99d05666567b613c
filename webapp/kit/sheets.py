"""Files for spreadsheets: CSV whose every text is only a text, whatever somebody wrote into it."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence

MARK = "\ufeff"
"""By this spreadsheets know that a file is in UTF-8."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # wide ones count, too


def neutralise(words: str) -> str:
    """Return words that no spreadsheet takes for a formula."""
    return f"'{words}" if words.startswith(_FORMULA) or words.lstrip().startswith(_FORMULA) else words


def write_rows(rows: Iterable[Sequence[str | int]], guard: Callable[[str], str] = neutralise) -> str:
    """Return rows as CSV; every text of them goes through `guard`."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([one if isinstance(one, int) else guard(one) for one in row] for row in rows)
    return out.getvalue()


def write_csv(rows: Iterable[Sequence[str | int]]) -> bytes:
    """Return rows as a file that spreadsheets open rightly: UTF-8 with its mark."""
    return (MARK + write_rows(rows)).encode("utf-8", "replace")
