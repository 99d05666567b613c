"""Keeping a ward: backup, putting it back, a new master key, and erasing, for 10,000 applications with a file each."""

import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine

from tests.postgres import run_cluster
from webapp.applications.service import Applications, Parcel, receive
from webapp.applications.service_erasing import AT_ONCE
from webapp.applications.service_vault import open_vault
from webapp.config import ROOT, Settings, load_settings
from webapp.drafts.jobs import erase_sent
from webapp.drafts.service_stores import REAL
from webapp.keeping.service_backup import make_backup
from webapp.keeping.service_restore import restore
from webapp.keeping.service_rotation import begin_new_key, take_over
from webapp.kit.clock import now
from webapp.kit.crypto import new_key
from webapp.kit.database import make_engine, open_session, sign_with
from webapp.kit.ids import new_id
from webapp.kit.migrations import migrate

COUNT = int(os.environ.get("COUNT", "10000"))
FILE = 20_000
ANSWERS = {
    "applicant.name": {"name": "杉並 花子", "kana": "すぎなみ はなこ"},
    "applicant.address": {"postal": "1670051", "lines": "東京都杉並区荻窪1-2-3 みどり荘201"},
    "bank.account": {"bank": "0005", "branch": "123", "kind": "ordinary", "number": "1234567", "holder": "スギナミ"},
    **{f"fact.{number}": "答え" * 10 for number in range(30)},
}


def main() -> None:
    """Measure on both databases and print a table."""
    print(f"{COUNT} applications, {COUNT} files of {FILE // 1000} kB\n\n| | SQLite | PostgreSQL |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second, run_cluster() as address:
        found = [measure(Path(first), None), measure(Path(second), address)]
    for name in found[0]:
        print(f"| {name} | {found[0][name]} | {found[1][name]} |")


def measure(room: Path, address: str | None) -> dict[str, str]:
    """Fill a ward, back it up, put it back elsewhere, give it a new key, erase a part of it."""
    here, there = (open_ward(room / name, address) for name in ("here", "there"))
    engine, settings = here
    migrate(engine, ROOT / "migrations")
    fill(engine, settings)
    found: dict[str, str] = {}
    archive = room / "b.tar"
    with clock(found, "backup, s"):
        make_backup(engine, settings, archive)
    found["archive, MB"] = f"{archive.stat().st_size / 1e6:.0f}"
    there[1].data_dir.joinpath("keys", "audit_key").write_text(settings.audit_keys[0].hex())
    elsewhere = load_settings({"DATA_DIR": str(there[1].data_dir)})
    target = sign_with(there[0], elsewhere.audit_keys)
    with clock(found, "putting it back with all checks, s"):
        restore(target, elsewhere, archive)
    begin_new_key(settings.data_dir / "keys" / "master_keys")
    with clock(found, "a new master key, s"):
        take_over(engine, settings.master_keys)
    longest = 0.0
    with clock(found, "erasing 2,000 with their files, s"):
        for _ in range(2_000 // AT_ONCE):
            begun = time.perf_counter()
            with open_session(engine) as session:
                erase_sent(session, now() + timedelta(days=500), settings)
            longest = max(longest, time.perf_counter() - begun)
    found[f"the longest of these steps ({AT_ONCE} at once), s"] = f"{longest:.2f}"
    engine.dispose()
    target.dispose()
    return found


def open_ward(folder: Path, address: str | None) -> tuple[Engine, Settings]:
    """Return an empty database with settings of its own."""
    folder.mkdir()
    settings = load_settings({"DATA_DIR": str(folder)})
    url = settings.database_url
    if address:
        name = f"b{secrets.token_hex(6)}"
        admin = create_engine(address % "postgres", isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        url = address % name
    return sign_with(make_engine(url), settings.audit_keys), settings


def fill(engine: Engine, settings: Settings) -> None:
    """Send applications, each with a file of its own."""
    folder, vault = REAL.uploads_folder(settings.data_dir), open_vault(settings)
    for start in range(0, COUNT, 500):
        with open_session(engine) as session:
            for _ in range(min(500, COUNT - start)):
                send_one(session, vault, folder)


def send_one(session: Any, vault: Any, folder: Path) -> None:
    """Send one application past its draft."""
    draft, moment = new_id(), now()
    session.add(
        REAL.draft(id=draft, procedures="p", voice="ja", started_at=moment, saved_at=moment,
                   expires_on=moment.date() + timedelta(days=400), sent_at=moment)
    )  # fmt: skip
    session.flush()
    upload = REAL.upload(id=new_id(), draft_id=draft, fact="bank.passbook", size=FILE, given_at=moment)
    session.add(upload)
    (folder / upload.id).write_bytes(secrets.token_bytes(FILE))
    answers = {**ANSWERS, "bank.passbook": [{"id": upload.id, "name": "a.png", "size": FILE}]}
    parcel = Parcel(draft, "p", "0" * 32, "ja", answers, 14, new_key(), "tax")
    receive(session, Applications.REAL, parcel, vault, moment, 400)


@contextmanager
def clock(found: dict[str, str], name: str) -> Iterator[None]:
    """Note how long something takes."""
    begun = time.perf_counter()
    yield
    found[name] = f"{time.perf_counter() - begun:.1f}"


if __name__ == "__main__":
    main()
