"""The verbs behind the Makefile: run everything, serve, work, migrate, accounts, check content, messages, a new language."""

import argparse
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from webapp.config import ROOT, SettingError, Settings, load_settings
from webapp.kit.content import ContentError

RESTART_PAUSE = 1.0


def main(arguments: Sequence[str]) -> int:
    """Run one verb; a wrong setting or content fault is told in one line."""
    parser = argparse.ArgumentParser(prog="python -m webapp", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, what in VERBS.items():
        one = verbs.add_parser(name, help=what.__doc__)
        if name in ("language", "revision", "instructor"):
            one.add_argument("value")
    chosen = parser.parse_args(arguments)
    try:
        return VERBS[chosen.verb](*([chosen.value] if hasattr(chosen, "value") else []))
    except (SettingError, ContentError) as error:
        print(f"madoguchi: {error}", file=sys.stderr)
        return 2


def run() -> int:
    """Migrate, then run the web server and the worker together, starting each again if it dies."""
    settings = load_settings()
    migrate_database()
    print(f"\n  まどぐち: http://{settings.host}:{settings.port}/\n", flush=True)
    tell_first_sign_in(settings)
    return supervise([serve_command(settings), [sys.executable, "-m", "webapp", "worker"]])


def tell_first_sign_in(settings: Settings) -> None:
    """Make the first instructor where nobody has an account yet, and say once how to sign in."""
    from webapp.accounts.service import FIRST_FILE, FIRST_NAME, make_first_instructor
    from webapp.kit.clock import now
    from webapp.kit.database import make_engine, open_session

    with open_session(make_engine(settings.database_url)) as session:
        password = make_first_instructor(session, settings.data_dir, now())
    if password:
        print(f"  instructor sign-in, told once: http://{settings.host}:{settings.port}/ja/staff/sign-in")
        print(f"  name {FIRST_NAME}   password {password}   (also in {settings.data_dir / FIRST_FILE})\n", flush=True)


def make_instructor(name: str) -> int:
    """Make an instructor, or give one who exists a new password; print the password once."""
    from webapp.accounts.service import WrongName, let_instructor_in
    from webapp.kit.clock import now
    from webapp.kit.database import make_engine, open_session

    settings = load_settings()
    migrate_database()
    try:
        with open_session(make_engine(settings.database_url)) as session:
            name, password, made = let_instructor_in(session, name, now(), settings.pepper)
    except WrongName as error:
        print(f"madoguchi: {error}", file=sys.stderr)
        return 2
    print(
        "A new instructor. The password is told once:" if made else "A new password, told once; older sign-ins ended:"
    )
    print(f"  name {name}\n  password {password}")
    return 0


def serve_command(settings: Settings) -> list[str]:
    """Return how the web server is started: threads enough for slow clients, see docs/decisions."""
    return [
        sys.executable, "-m", "gunicorn", "--bind", f"{settings.host}:{settings.port}", "--worker-class", "webapp.kit.server.QuietWorker",
        "--workers", str(settings.workers), "--threads", str(settings.threads), "--preload", "--no-control-socket",
        "--keep-alive", "5", "--max-requests", "200000", "--max-requests-jitter", "200000",
        "--graceful-timeout", "20", "--timeout", "60",
        "--forwarded-allow-ips", "", "--limit-request-field_size", "8190", "--log-level", "warning",
        "--logger-class", "webapp.kit.server.QuietLogger",
        "webapp.wsgi:app",
    ]  # fmt: skip


def supervise(commands: Sequence[Sequence[str]]) -> int:
    """Keep processes running until this one is told to stop, then stop them gently."""
    stopping = False

    def stop(_signal: int, _frame: object) -> None:
        """Note that it is time to stop."""
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    running = [subprocess.Popen(command, cwd=ROOT) for command in commands]
    while not stopping:
        time.sleep(0.2)
        for place, process in enumerate(running):
            if process.poll() is not None and not stopping:
                time.sleep(RESTART_PAUSE)
                running[place] = subprocess.Popen(commands[place], cwd=ROOT)
    for process in running:
        process.terminate()
    for process in running:
        process.wait(timeout=30)
    return 0


def serve() -> int:
    """Run the web server alone (a supervisor such as systemd restarts it)."""
    return subprocess.call(serve_command(load_settings()), cwd=ROOT)


def work() -> int:
    """Run the worker: expiry, erasure and other timed jobs."""
    from webapp.kit.database import make_engine
    from webapp.kit.jobs import make_worker_queue
    from webapp.timetable import list_jobs

    settings = load_settings()
    jobs = list_jobs(settings, make_engine(settings.database_url))
    for job in jobs:
        job.run()
    make_worker_queue(settings.data_dir, jobs).create_consumer(workers=1, periodic=True).run()
    return 0


def migrate_database() -> int:
    """Bring the database to the newest shape."""
    from webapp.kit.database import make_engine
    from webapp.kit.migrations import migrate

    migrate(make_engine(load_settings().database_url), ROOT / "migrations")
    return 0


def write_revision(message: str) -> int:
    """Write a new migration from the tables as they are."""
    from webapp.kit.database import make_engine
    from webapp.kit.migrations import write_revision as write

    number = f"{len(list((ROOT / 'migrations' / 'versions').glob('*.py'))) + 1:04d}"
    write(make_engine(load_settings().database_url), ROOT / "migrations", message, number)
    return 0


def check_content() -> int:
    """Check everything the town says; print each fault with its place."""
    from webapp.content_check import find_content_faults

    faults = find_content_faults(load_settings())
    for fault in faults:
        print(fault)
    print(f"content: {len(faults)} faults")
    return 1 if faults else 0


def update_messages() -> int:
    """Take the interface texts out of the code and templates and bring every catalogue up to date."""
    from webapp.kit.messages import update_catalogues

    return update_catalogues(ROOT)


def add_language(code: str) -> int:
    """Begin a language: its catalogue and its row in content/voices.yaml, hidden until a task is complete."""
    from webapp.kit.messages import begin_language

    return begin_language(ROOT, code)


VERBS: dict[str, Callable[..., int]] = {
    "run": run, "serve": serve, "worker": work, "migrate": migrate_database, "revision": write_revision,
    "content": check_content, "messages": update_messages, "language": add_language,
    "instructor": make_instructor,
}  # fmt: skip
