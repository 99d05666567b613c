"""The verbs behind the Makefile: run everything, serve, work, migrate, accounts, check content, messages, a new language."""

import argparse
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from webapp.config import ROOT, SettingError, Settings, load_settings
from webapp.kit.content import ContentError

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

RESTART_PAUSE = 1.0


def main(arguments: Sequence[str]) -> int:
    """Run one verb; a wrong setting or content fault is told in one line."""
    parser = argparse.ArgumentParser(prog="python -m webapp", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, what in VERBS.items():
        one = verbs.add_parser(name, help=what.__doc__)
        if name in ("language", "revision", "instructor", "administrator", "backup-keys", "restore"):
            one.add_argument("value")
        if name == "backup":
            one.add_argument("value", nargs="?", default="")
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


def open_engine(settings: Settings) -> "Engine":
    """Return the ward's database, with the key that its log is signed with."""
    from webapp.kit.database import make_engine, sign_with

    return sign_with(make_engine(settings.database_url), settings.audit_keys)


def tell_first_sign_in(settings: Settings) -> None:
    """Make the first account where nobody has an account yet, and say once how to sign in."""
    from webapp.accounts.service import FIRST_FILE, FIRST_NAME, make_first_account
    from webapp.kit.clock import now
    from webapp.kit.database import open_session

    with open_session(open_engine(settings)) as session:
        password = make_first_account(session, settings.data_dir, now())
    if password:
        print(f"  staff sign-in, told once: http://{settings.host}:{settings.port}/ja/staff/sign-in")
        print(f"  name {FIRST_NAME}   password {password}   (also in {settings.data_dir / FIRST_FILE})")
        print("  whoever invites the ward's staff begins with: make administrator NAME=hanako\n", flush=True)


def make_instructor(name: str) -> int:
    """Make an instructor, or give one who exists a new password; print the password once."""
    from webapp.accounts.service import WrongName, let_in
    from webapp.kit.clock import now
    from webapp.kit.database import open_session

    settings = load_settings()
    migrate_database()
    try:
        with open_session(open_engine(settings)) as session:
            name, password, made = let_in(session, name, "instructor", now(), settings.pepper)
    except WrongName as error:
        print(f"madoguchi: {error}", file=sys.stderr)
        return 2
    print(
        "A new instructor. The password is told once:" if made else "A new password, told once; older sign-ins ended:"
    )
    print(f"  name {name}\n  password {password}")
    return 0


def make_administrator(name: str) -> int:
    """Make an administrator, or help one back in; print once the link that sets password and second factor."""
    from webapp.accounts.rules import LINK_LASTS
    from webapp.accounts.service import WrongName
    from webapp.accounts.service_people import make_administrator as make
    from webapp.kit.clock import now
    from webapp.kit.database import open_session

    settings = load_settings()
    migrate_database()
    try:
        with open_session(open_engine(settings)) as session:
            name, token, made = make(session, name, now(), settings.pepper)
    except WrongName as error:
        print(f"madoguchi: {error}", file=sys.stderr)
        return 2
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    hours = int(LINK_LASTS.total_seconds()) // 3600
    anew = f"{name} starts anew: password, second factor and sign-ins are gone."
    print(f"A new administrator, {name}." if made else anew)
    print(f"This link is told once and works once, for {hours} hours:\n  {base}/ja/staff/welcome/{token}")
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
    """Run the worker: delivery of messages; expiry, erasure and other timed jobs."""
    from webapp.kit.jobs import make_worker_queue
    from webapp.kit.logs import open_log
    from webapp.notifications.service_delivery import DeliveryLines, make_deliverer
    from webapp.timetable import list_jobs

    open_log()
    settings = load_settings()
    engine = open_engine(settings)
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(0))  # until the consumer has its own
    delivery = DeliveryLines(make_deliverer(settings, engine))
    delivery.start()
    try:
        jobs = list_jobs(settings, engine)
        for job in jobs:
            job.run()
        make_worker_queue(settings.data_dir, jobs).create_consumer(workers=1, periodic=True).run()
    finally:
        delivery.stop()
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


def check_log() -> int:
    """Check that no entry of the log was changed, removed, added or moved; print what was found."""
    from webapp.accounts.service_audit_check import check_log as check
    from webapp.accounts.service_audit_seals import describe_report

    settings = load_settings()
    report = check(open_engine(settings), settings)
    print("\n".join(describe_report(report)))
    return 0 if report.holds else 1


def add_language(code: str) -> int:
    """Begin a language: its catalogue and its row in content/voices.yaml, hidden until a task is complete."""
    from webapp.kit.messages import begin_language

    return begin_language(ROOT, code)


def prepare_speech() -> int:
    """Make the sounds of the kiosks' fixed texts (buttons, keys, short words) ahead; needs the voice to be installed."""
    from webapp.app import create_app
    from webapp.kiosk.rules_speech import PACES
    from webapp.kiosk.service_speech import FOLDER, list_voices, prepare
    from webapp.kiosk.service_speech_fixed import list_fixed_texts

    settings, have = load_settings(), list_voices()
    texts = list_fixed_texts(create_app(settings).extensions["reading"])
    count, size = prepare(texts, next(pace for pace in PACES if PACES[pace] == 1), settings.data_dir / FOLDER)
    print(f"speech: {count} fixed texts, {size / 1e6:.0f} MB in {settings.data_dir / FOLDER}")
    for lang in (one for one, found in have.items() if not found):
        print(f"speech: no voice for {lang}; docs/how-to says what to install", file=sys.stderr)
    return 0 if have["ja"] else 1


def keep(deed: str, *values: str) -> int:
    """Do one of the deeds that keep the ward: new keys, backups."""
    from webapp.keeping import service_commands

    settings = load_settings()
    done: int = getattr(service_commands, deed)(open_engine(settings), settings, *values)
    return done


def rotate_keys() -> int:
    """Give the ward a new master key and seal everything with it, while the service runs."""
    return keep("rotate")


def drop_old_keys() -> int:
    """Take old master keys out of the key file once nothing needs them."""
    return keep("drop_old_keys")


def rotate_audit_key() -> int:
    """Have the log signed with a new key from now on, while the service runs."""
    return keep("rotate_audit_key")


def make_backup(folder: str) -> int:
    """Write database, uploaded files and seals into one archive, while the service runs; the keys are not in it."""
    return keep("backup", folder)


def write_keys(target: str) -> int:
    """Write all keys into one file, to be kept apart from every backup."""
    return keep("backup_keys", target)


def restore_backup(source: str) -> int:
    """Put a backup back; KEYS names a file of keys to put back first, OVER=1 sets aside what is there."""
    from webapp.keeping.service_commands import bring_keys_back

    return bring_keys_back() or keep("bring_back", source)


VERBS: dict[str, Callable[..., int]] = {
    "run": run, "serve": serve, "worker": work, "migrate": migrate_database, "revision": write_revision,
    "content": check_content, "messages": update_messages, "language": add_language,
    "rotate": rotate_keys, "drop-old-keys": drop_old_keys, "rotate-audit-key": rotate_audit_key,
    "backup": make_backup, "backup-keys": write_keys, "restore": restore_backup,
    "speech": prepare_speech, "audit": check_log,
    "instructor": make_instructor, "administrator": make_administrator,
}  # fmt: skip
