"""The database: one session and one commit per request, SQLite or PostgreSQL by the same code."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy import MetaData, event
from sqlalchemy.engine import Connection, Engine
from sqlmodel import Session, SQLModel, create_engine

SQLModel.metadata.naming_convention = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
).naming_convention
BUSY_MILLISECONDS = 10_000
_writing: ContextVar[bool] = ContextVar("writing", default=False)


class Record(SQLModel):
    """Base of every table: constraints get names by one rule, so that migrations can change them on both databases."""


def sign_with(engine: Engine, keys: Sequence[bytes]) -> Engine:
    """Give an engine the keys that its logs are and were signed with, newest first; they are nowhere in the database."""
    engine.update_execution_options(signing_keys=keys)
    return engine


def signing_keys(session: Session) -> Sequence[bytes]:
    """Return the keys that logs are signed with, newest first. Raises KeyError where an engine was given none."""
    keys: Sequence[bytes] = session.get_bind().get_execution_options()["signing_keys"]
    return keys


def make_engine(url: str) -> Engine:
    """Return an engine; SQLite gets WAL, a sync before every answer, foreign keys and honest BEGINs; PostgreSQL plans for one."""
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_size=10, max_overflow=40, pool_pre_ping=True, hide_parameters=True)
        event.listen(engine, "connect", _prepare_postgresql)
        return engine
    waits = {"timeout": BUSY_MILLISECONDS / 1000}
    engine = create_engine(url, connect_args=waits, pool_size=10, max_overflow=120, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """Have each query run in its own process: a page takes milliseconds, starting helpers for it or compiling it takes longer."""
    connection.autocommit = True  # what is set in a transaction goes when that is rolled back
    connection.execute("SET max_parallel_workers_per_gather = 0; SET jit = off")
    connection.autocommit = False


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Set what SQLite forgets with every connection.

    `FULL` keeps what was acknowledged through a power cut; `secure_delete` writes zeros over what is erased.
    """
    connection.isolation_level = None
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
    for pragma in (*pragmas, f"busy_timeout={BUSY_MILLISECONDS}"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once where a request may write, so that two writers queue instead of failing."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def connect_app(app: Flask, engine: Engine) -> None:
    """Give each request a session that is committed once, after its view and before its answer leaves."""
    app.extensions["engine"] = engine
    app.before_request_funcs.setdefault(None, []).insert(0, _note_writing)  # before whoever looks something up first
    app.after_request(_commit_request)
    app.teardown_request(_close_request)


def get_session() -> Session:
    """Return the session of this request, opening it at its first use."""
    if "session" not in g:
        g.session = Session(current_app.extensions["engine"], expire_on_commit=False)
    session: Session = g.session
    return session


@contextmanager
def open_session(engine: Engine) -> Iterator[Session]:
    """Yield a writing session outside requests (jobs, commands), committed at the end."""
    token = _writing.set(True)
    try:
        with Session(engine, expire_on_commit=False) as session:
            yield session
            session.commit()
    finally:
        _writing.reset(token)


def wipe_traces(engine: Engine) -> None:
    """Have SQLite empty its journal, which still holds older pages of what was erased; PostgreSQL tidies up by itself."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.close()


def _note_writing() -> None:
    """Requests that may write take SQLite's write lock from their first statement on."""
    _writing.set(request.method in ("POST", "PUT"))


def _commit_request(response: Response) -> Response:
    """Commit what the request did; an answer that is a failure of ours keeps nothing."""
    session = g.get("session")
    if session is not None:
        session.rollback() if response.status_code >= 500 else session.commit()
    return response


def _close_request(_error: BaseException | None) -> None:
    """Give the connection back whatever happened."""
    session = g.pop("session", None) if has_request_context() else None
    if session is not None:
        session.close()
