"""The inbox with 1,000, 10,000 and 100,000 applications in one section, on SQLite and PostgreSQL: each whole page at the server.

A page is asked for as a browser does (sign-in, queries, opening the names shown, the log, the template), without a network.
Goal: 100 ms. "Opened" is how many names a page decrypts; it shows 50 at the most.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging import ERROR, getLogger
from pathlib import Path
from typing import Any

from flask import Flask, g
from sqlalchemy import text
from sqlalchemy.engine import Engine

from bench.inbox_rows import RARE, fill
from bench.ward import make_call
from tests.postgres import run_cluster
from webapp.accounts.service import make_account
from webapp.accounts.service_sign_in import Tried, begin_sign_in
from webapp.app import create_app
from webapp.applications import service_inbox
from webapp.applications.rules_inbox import write_place
from webapp.applications.service_vault import open_vault
from webapp.config import ROOT, Settings, load_settings
from webapp.kit.clock import now
from webapp.kit.database import make_engine, open_session
from webapp.kit.ids import new_id
from webapp.kit.migrations import migrate
from webapp.staff.pages_inbox import seal_words

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 25
GOAL_MS = 100.0
SECTION, PROCEDURES = "environment-dogs", ("dog-change-or-death", "dog-registration")
COLLEAGUES = 9
Opened = list[int]


def main() -> None:
    """Print a table for each database."""
    print(f"goal {GOAL_MS:.0f} ms; half of {ROUNDS} pages / 95 in 100 under, CPU of our process, ms (names opened)")
    with run_cluster() as address:
        for name, url in (("SQLite", ""), ("PostgreSQL", address % "postgres")):
            with open_inbox(url) as (app, engine, settings):
                measure(name, app, engine, settings)


@contextmanager
def open_inbox(url: str) -> Iterator[tuple[Flask, Engine, Settings]]:
    """Yield the app on a fresh database: of SQLite in a temporary folder unless an address is given."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({"DATA_DIR": str(Path(folder) / "data")})
        engine = make_engine(url or settings.database_url)
        migrate(engine, ROOT / "migrations")
        app = create_app(settings, engine)
        getLogger("madoguchi").setLevel(ERROR)
        yield app, engine, settings
        engine.dispose()


def measure(name: str, app: Flask, engine: Engine, settings: Settings) -> None:
    """Fill one database step by step and print how long pages take at each size."""
    secret, people = sign_in(engine)
    opened = count_openings()
    columns: list[dict[str, str]] = []
    before = 0
    for size in SIZES:
        fill(engine, open_vault(settings), size - before, (SECTION, PROCEDURES), people, now(), first=not before)
        before = size
        columns.append({
            said: time_page(make_call(app, path, f"staff={secret.hex()}"), opened)
            for said, path in list_paths(app, engine, secret, people).items()
        })  # fmt: skip
    print(f"\n| {name} | " + " | ".join(f"{size:,}" for size in SIZES) + " |")
    print("|---" * (len(SIZES) + 1) + "|")
    for said in columns[0]:
        print(f"| {said} | " + " | ".join(column[said] for column in columns) + " |", flush=True)


def sign_in(engine: Engine) -> tuple[bytes, list[str]]:
    """Make people of the section and sign the first in, who is its head; return the secret and everybody's ids."""
    with open_session(engine) as session:
        people = [
            make_account(session, f"kakari-{new_id()[:8]}", "gorogoro-kaminari-7", (f"{role}:{SECTION}",), now()).id
            for role in ("head", *["officer"] * COLLEAGUES)
        ]
        return begin_sign_in(session, Tried(people[0]), "Firefox, Linux", now()), people


def count_openings() -> Opened:
    """Return a number that grows with each name that a list opens."""
    opened, unseal = [0], service_inbox.unseal

    def count(key: bytes, sealed: bytes, place: str) -> bytes:
        """Open, and count."""
        opened[0] += 1
        return unseal(key, sealed, place)

    service_inbox.unseal = count  # type: ignore[attr-defined]  # only here
    return opened


def list_paths(app: Flask, engine: Engine, secret: bytes, people: list[str]) -> dict[str, str]:
    """Return the pages that are measured."""
    work = "/ja/staff/inbox/"
    with engine.connect() as connection:
        half = connection.execute(text("SELECT count(*) FROM application WHERE is_open")).scalar_one() // 2
        query = "SELECT answer_by, id FROM application WHERE is_open ORDER BY answer_by, id LIMIT 1 OFFSET :half"
        day, id_ = connection.execute(text(query), {"half": half}).one()
        receipt = connection.execute(text("SELECT receipt FROM application ORDER BY id LIMIT 1")).scalar_one()
    with app.test_request_context(work):
        g.staff_secret = secret
        find = {
            said: f"{work}?show=any&find={seal_words(said)}"
            for said in ("す", "すぎ", "すぎや", RARE[1], "さとう はなこ", receipt)
        }
    place = write_place(day, id_) if not isinstance(day, str) else f"{day}~{id_}"
    return {
        "list": work, "page in the middle": f"{work}?after={place}", "by the day sent": f"{work}?sort=sent_at",
        "mine": f"{work}?who=mine", "nobody's": f"{work}?who=nobody", "a colleague's": f"{work}?who={people[3]}",
        "one label": f"{work}?label=interpreter", "state and procedure": f"{work}?state=decided&procedure={PROCEDURES[1]}",
        "overdue": f"{work}?due=over", "not mended in time": f"{work}?due=unmended", "mended": f"{work}?show=mended", "to be confirmed": f"{work}?show=confirm",
        "nothing fits": f"{work}?who={'f' * 24}", "1 kana": find["す"], "2 kana": find["すぎ"], "3 kana": find["すぎや"],
        "surname of 500": find[RARE[1]], "surname and given name": find["さとう はなこ"], "receipt number": find[receipt],
        "1 kana and one label": f"{find['す']}&label=interpreter",
    }  # fmt: skip


def time_page(call: Callable[[], Any], opened: Opened) -> str:
    """Return how long a page takes, and how many names it opens."""
    call()
    opened[0], spent, cpu = 0, [], time.process_time()
    for _ in range(ROUNDS):
        began = time.perf_counter()
        call()
        spent.append((time.perf_counter() - began) * 1000)
    spent.sort()
    cpu = (time.process_time() - cpu) / ROUNDS * 1000
    return f"{spent[ROUNDS // 2]:.0f} / {spent[ROUNDS * 95 // 100]:.0f}, {cpu:.0f} ({opened[0] // ROUNDS})"


if __name__ == "__main__":
    main()
