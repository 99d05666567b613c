"""Two questions for machines: does the process answer (/healthz), and could it serve residents (/readyz)?"""

from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask, Response, current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError


def answer_health(app: Flask, migrations: Path) -> None:
    """Add both routes."""
    head = find_head(migrations)

    def healthz() -> Response:
        """Say that the process answers; no database is asked."""
        return _plain("ok", 200)

    def readyz() -> Response:
        """Say whether the database answers and every migration was made."""
        try:
            with current_app.extensions["engine"].connect() as connection:
                current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        except SQLAlchemyError:
            return _plain("the database does not answer, or was never migrated", 503)
        return _plain("ok", 200) if current == head else _plain("migrations are missing", 503)

    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)


def find_head(migrations: Path) -> str | None:
    """Return the newest migration's name."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    return ScriptDirectory.from_config(config).get_current_head()


def _plain(words: str, status: int) -> Response:
    """Return a short answer for machines."""
    response = Response(f"{words}\n", status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
