"""PostgreSQL with two roles, as docs/samples/postgresql-roles.sql makes them: the service fills tables and changes nothing else."""

import secrets
import shutil
import subprocess

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session

from tests.accounts.helping import sign_in
from tests.conftest import make_postgres
from tests.postgres import find_programs
from webapp.accounts.service_audit_check import verify
from webapp.app import create_app
from webapp.config import ROOT
from webapp.kit.database import make_engine, sign_with
from webapp.kit.migrations import migrate

SQL = ROOT / "docs" / "samples" / "postgresql-roles.sql"


@pytest.fixture
def limited(postgres_address, settings):
    """Return the service's engine on a database that its owner migrated."""
    host = postgres_address.partition("app@/%s?host=")[2]
    if not host:
        pytest.skip("a server of somebody else's: making roles there is not ours")
    name, word = f"r{secrets.token_hex(6)}", secrets.token_hex(4)
    owner, service = f"owner_{word}", f"service_{word}"
    make_postgres(postgres_address, f"CREATE DATABASE {name}")
    run = [shutil.which("psql") or str((find_programs() or ROOT) / "psql"), "-h", host, "-U", "app", "-q", "-v", "ON_ERROR_STOP=1",
           "-v", f"owner={owner}", "-v", f"service={service}", "-f", str(SQL), name]  # fmt: skip
    subprocess.run(run, check=True, capture_output=True)
    engines = [make_engine((postgres_address % name).replace("app@", f"{user}@")) for user in (owner, service)]
    migrate(engines[0], ROOT / "migrations")
    subprocess.run(run, check=True, capture_output=True)
    yield sign_with(engines[1], settings.audit_keys)
    for engine in engines:
        engine.dispose()
    make_postgres(postgres_address, f"DROP DATABASE {name}")


def test_service_works_and_can_change_neither_tables_nor_the_log(limited, settings):
    app = create_app(settings, limited)
    client = app.test_client()
    sign_in(client, app, ("administrator",), "kanri")
    assert client.post("/ja/procedures/dog-registration/start").status_code == 303
    assert client.get("/readyz").status_code == 200
    with Session(limited) as session:
        assert verify(session, {}).entries > 2
    migrate(limited, ROOT / "migrations")  # nothing to do, so nothing is refused
    for statement in (
        "UPDATE audit_entry SET what = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL", "DROP TRIGGER audit_entry_stays ON audit_entry",
        "DROP TABLE account", "CREATE TABLE mine (a int)", "ALTER TABLE account ADD COLUMN b int",
        "UPDATE alembic_version SET version_num = 'x'",
    ):  # fmt: skip
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), limited.begin() as connection:
            connection.execute(text(statement))
