"""Bringing a database to the newest shape, forward only, on SQLite and PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection, Engine


def make_config(folder: Path, connection: Connection) -> Config:
    """Return alembic's settings for one open connection."""
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine, folder: Path) -> None:
    """Run every migration that is missing."""
    with engine.connect() as connection, _let_tables_be_rebuilt(connection), connection.begin():
        command.upgrade(make_config(folder, connection), "head")
        if engine.dialect.name == "sqlite":
            lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if lost:
                raise RuntimeError(f"rows that belong to nothing: {lost[:5]}")


@contextmanager
def _let_tables_be_rebuilt(connection: Connection) -> Iterator[None]:
    """Have SQLite keep what belongs to a table while a migration puts a new one in its place.

    SQLite deletes a table's rows before it drops it, and with them whatever hangs on them; and it takes this setting only
    outside transactions.
    """
    raw: Any = connection.connection.driver_connection
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        raw.execute("PRAGMA foreign_keys=OFF").close()
    try:
        yield
    finally:
        if is_sqlite:
            raw.execute("PRAGMA foreign_keys=ON").close()


def write_revision(engine: Engine, folder: Path, message: str, number: str) -> None:
    """Write a new migration from the difference between the tables and the database."""
    with engine.begin() as connection:
        command.revision(make_config(folder, connection), message, autogenerate=True, rev_id=number)
    (folder / "HEAD").write_text(f"{number}\n", encoding="utf-8")


def find_drift(engine: Engine, folder: Path) -> None:
    """Raise alembic.util.CommandError if the tables and the migrations differ."""
    with engine.begin() as connection:
        command.check(make_config(folder, connection))
