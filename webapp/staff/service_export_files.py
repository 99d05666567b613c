"""The files of exports, written while rows come in: CSV in UTF-8, CSV in Shift_JIS with its report, JSON."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from webapp.kit.sheets import MARK, write_rows
from webapp.staff.rules_cells import Lost, fit_row, guard_formula, name_character
from webapp.staff.rules_layouts import Column
from webapp.staff.service_exports import Row, dump

FORMS = ("csv", "shift-jis", "json")
REPORT = ("受付番号", "項目", "文字", "文字の番号", "代わりに書いたもの")
REPORT_NAME = "characters-not-written.csv"
NOTHING = "（何も書いていません）"
Batches = Iterable[Sequence[Row]]


def write_csv_rows(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV; no cell of it is a formula to any spreadsheet, and `open_formula` gives back what it was."""
    return write_rows(rows, guard_formula)


def write_csv(columns: Sequence[Column], batches: Batches) -> Iterator[bytes]:
    """Yield a CSV file in UTF-8, with the mark by which spreadsheets know it."""
    yield (MARK + write_csv_rows([[column.heading for column in columns]])).encode()
    for rows in batches:
        yield write_csv_rows(row.cells for row in rows).encode()


def write_json(batches: Batches, columns: Sequence[Column], address: str, moment: datetime) -> Iterator[bytes]:
    """Yield a JSON file that fits the schema at `address`."""
    yield f'{{"schema": {dump(address)}, "made_at": {dump(moment.isoformat(timespec="seconds"))}, "applications": ['.encode()
    before = "\n"
    for rows in batches:
        parts = []
        for row in rows:
            pairs = {column.name: cell for column, cell in zip(columns, row.cells, strict=True)}
            parts.append(before + dump(pairs))
            before = ",\n"
        yield "".join(parts).encode()
    yield b"\n]}\n"


class Sink(io.RawIOBase):
    """Where a zip file is written: it holds only what was not sent yet."""

    def __init__(self) -> None:
        """Begin empty."""
        self.waiting = bytearray()

    def writable(self) -> bool:
        """Tell that it can be written to, and only that: no seeking back."""
        return True

    def write(self, content: object) -> int:
        """Take bytes."""
        taken = bytes(content)  # type: ignore[call-overload]  # any buffer
        self.waiting += taken
        return len(taken)

    def take(self) -> bytes:
        """Return what was not sent yet."""
        taken, self.waiting = bytes(self.waiting), bytearray()
        return taken


def write_shift_jis(columns: Sequence[Column], batches: Batches, instead: str, name: str) -> Iterator[bytes]:
    """Yield a zip file with a CSV file in Shift_JIS and, beside it, every character that could not be written there."""
    headings = [column.heading for column in columns]
    first, lost = fit_row(headings, headings, "", instead)
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(name, "w") as file:
            file.write(write_csv_rows([first]).encode("cp932"))
            for rows in batches:
                fitted = [fit_row(row.cells, headings, row.receipt, instead) for row in rows]
                lost += [one for _, found in fitted for one in found]
                file.write(write_csv_rows(cells for cells, _ in fitted).encode("cp932"))
                yield sink.take()
        archive.writestr(REPORT_NAME, write_report(lost))
    yield sink.take()


def write_report(lost: Sequence[Lost]) -> bytes:
    """Return the report of what could not be written, in UTF-8: there every character can be."""
    rows = [
        (one.receipt, one.column, one.character, name_character(one.character), one.written or NOTHING) for one in lost
    ]
    return (MARK + write_csv_rows([REPORT, *rows])).encode()
