"""Columns that lie sealed under the ward's master keys: each room names its own, so that a new key can take them over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One column of a table whose rows are found by `id`; `place` gives what a row's sealed bytes are bound to."""

    table: Any
    column: str
    place: Callable[[str], str]

    @property
    def name(self) -> str:
        """Return the column's name in the database: `table.column`."""
        return f"{self.table.__tablename__}.{self.column}"
