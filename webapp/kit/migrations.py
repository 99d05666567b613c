"""Bringing a database to the newest shape, forward only, on SQLite and PostgreSQL."""

from pathlib import Path

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
    with engine.begin() as connection:
        command.upgrade(make_config(folder, connection), "head")


def write_revision(engine: Engine, folder: Path, message: str, number: str) -> None:
    """Write a new migration from the difference between the tables and the database."""
    with engine.begin() as connection:
        command.revision(make_config(folder, connection), message, autogenerate=True, rev_id=number)
    (folder / "HEAD").write_text(f"{number}\n", encoding="utf-8")


def find_drift(engine: Engine, folder: Path) -> None:
    """Raise alembic.util.CommandError if the tables and the migrations differ."""
    with engine.begin() as connection:
        command.check(make_config(folder, connection))
