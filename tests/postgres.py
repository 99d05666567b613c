"""A real PostgreSQL for the tests: TEST_DATABASE_URL, or a throw-away cluster from the programs on this machine."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def find_programs() -> Path | None:
    """Return the folder of initdb and pg_ctl, or None."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql@*/bin")]
    return max(folders, default=None)


@contextmanager
def run_cluster() -> Iterator[str]:
    """Yield the address of a fresh server's template database (without its name); stop and remove it at the end."""
    programs = find_programs()
    if programs is None:
        raise RuntimeError("PostgreSQL's server programs are missing: run `make system`")
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-pg-"))
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    _run([*as_user, str(programs / "initdb"), "-A", "trust", "-U", "app", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
          "-D", str(data)])  # fmt: skip
    options = f"-k {folder} -c listen_addresses='' {QUICK}"
    control = [*as_user, str(programs / "pg_ctl"), "-D", str(data), "-w"]
    _run([*control, "-o", options, "-l", str(folder / "log"), "start"])
    try:
        yield f"postgresql+psycopg://app@/%s?host={folder}"
    finally:
        _run([*control, "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str]) -> None:
    """Run one program quietly; its words are shown if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")
