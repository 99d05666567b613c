"""A whole database in one file, taken while the service runs, and put back: SQLite by VACUUM INTO, PostgreSQL by pg_dump."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import Engine

SQLITE, POSTGRES = "sqlite", "postgresql"


class CannotCopy(Exception):
    """A database that could not be copied or put back; the message says why, and never what is in it."""


def copy_out(engine: Engine, path: Path) -> dict[str, int]:
    """Write a copy of the database as it is at one moment; return how many rows each table has in it. Raises CannotCopy."""
    if engine.dialect.name == SQLITE:
        with closing(sqlite3.connect(_sqlite_file(engine), isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (str(path),))
        path.chmod(0o600)
        return count_copy(path)
    with engine.connect() as connection:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        moment = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        _run("pg_dump", engine, "--format=custom", "--no-owner", "--no-acl", f"--snapshot={moment}", f"--file={path}")
        path.chmod(0o600)
        return count_rows(connection)


def copy_in(engine: Engine, path: Path) -> None:
    """Put a copy in the place of the database, which is empty or may go. Raises CannotCopy."""
    engine.dispose()
    if engine.dialect.name == SQLITE:
        own = Path(_sqlite_file(engine))
        for ending in ("-wal", "-shm"):
            own.with_name(own.name + ending).unlink(missing_ok=True)
        shutil.copyfile(path, own)
        own.chmod(0o600)
        return
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    _run("pg_restore", engine, "--no-owner", "--no-acl", "--exit-on-error", "--single-transaction", str(path))


def is_empty(engine: Engine) -> bool:
    """Tell whether there is no table yet; an SQLite file that is not there stays so."""
    if engine.dialect.name == SQLITE and not Path(_sqlite_file(engine)).exists():
        return True
    return not inspect(engine).get_table_names()


def count_copy(path: Path) -> dict[str, int]:
    """Return how many rows each table of an SQLite file has. Raises CannotCopy for a file that is not whole."""
    with closing(sqlite3.connect(path)) as connection:
        whole = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if whole != "ok":
            raise CannotCopy(f"the copy of the database is not whole: {whole}")
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        ours = [name for name in names if not name.startswith("sqlite_")]
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in ours}  # noqa: S608 - names of our own tables


def count_rows(connection: Connection) -> dict[str, int]:
    """Return how many rows each table has."""
    names = inspect(connection).get_table_names()
    return {name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one() for name in names}  # noqa: S608 - as above


def find_program(name: str) -> str:
    """Return a program of PostgreSQL: the newest that is installed, else the one on the path. Raises CannotCopy."""
    installed = [path for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}") if path.parts[4].isdigit()]
    newest = max(installed, key=lambda path: int(path.parts[4]), default=None)
    found = str(newest) if newest else shutil.which(name)
    if found is None:
        raise CannotCopy(f"{name} is missing: install PostgreSQL's client programs, as new as the server or newer")
    return found


def _sqlite_file(engine: Engine) -> str:
    """Return the path of an SQLite database."""
    return str(engine.url.database)


def _run(name: str, engine: Engine, *options: str) -> None:
    """Run a program of PostgreSQL on a database; the password is nowhere in its command line."""
    url = engine.url.set(drivername="postgresql")
    command = [find_program(name), *options, "--dbname", url.set(password=None).render_as_string()]
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL with options of our own
        command, env=_environment(url.password), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotCopy(f"{name}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}")


def _environment(password: str | None) -> Mapping[str, str]:
    """Return the environment of a program of PostgreSQL."""
    return {**os.environ, **({"PGPASSWORD": password} if password else {})}
