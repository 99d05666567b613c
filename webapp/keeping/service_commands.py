"""What the verbs `rotate`, `drop-old-keys`, `rotate-audit-key`, `backup`, `backup-keys` and `restore` do and say."""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.engine import Engine
from sqlmodel import Session

from webapp.accounts.rules_audit import CHANGED, OF_KEYS, name_key
from webapp.accounts.service_audit import find_key, note
from webapp.accounts.service_audit_check import check_log
from webapp.accounts.service_audit_last import BACKUP_MADE
from webapp.accounts.service_audit_seals import describe_report
from webapp.config import ROOT, Settings, find_key_file
from webapp.keeping.service_backup import WrongBackup, make_backup, name_backup, read_key_file, write_key_file
from webapp.keeping.service_copies import CannotCopy
from webapp.keeping.service_restore import Restored, restore
from webapp.keeping.service_rotation import OldKeyNeeded, begin_new_key, drop_old, take_over, write_keys
from webapp.kit.clock import now
from webapp.kit.crypto import new_key
from webapp.kit.database import open_session

FROM_OUTSIDE = """MASTER_KEYS is set from outside, so this command cannot put a new key there. To change the key:
1. make one (openssl rand -hex 32) and put it in front: MASTER_KEYS="new old"; start both processes again
2. run this command once more; it seals everything with the first key
3. set MASTER_KEYS to the new one alone and start both processes again"""


def rotate(engine: Engine, settings: Settings) -> int:
    """Give the ward a new master key and seal everything with it, while the service runs."""
    path = find_key_file(os.environ, settings.data_dir)
    own = path is not None and path.parent == settings.data_dir / "keys"
    if own and path is not None:
        fresh = begin_new_key(path)
        print(f"{path}: {'a new key is in front' if fresh else 'a change of keys was begun before and goes on'}")
    elif len(settings.master_keys) == 1:
        print(FROM_OUTSIDE)
        return 1
    begun = time.perf_counter()
    found = take_over(engine, settings.master_keys)
    for name, count in found.items():
        print(f"  {name}: {count.seen} values, {count.moved} taken over, {count.lost} that no key opens")
    print(f"done in {time.perf_counter() - begun:.1f} s; everything that opens lies under the first key now")
    print("drop the old key by `make drop-old-keys`" if own else FROM_OUTSIDE.splitlines()[-1].removeprefix("3. "))
    return 0


AUDIT_FROM_OUTSIDE = """AUDIT_KEY is set from outside, so this command cannot put a new key there. To change the key:
1. make one (openssl rand -hex 32) and put it in front: AUDIT_KEY="new old"; start both processes again
2. run this command once more; from then on the first key signs
3. keep the older ones behind it: they are needed to check the older entries, and can sign nothing new"""


def rotate_audit_key(engine: Engine, settings: Settings) -> int:
    """Have the log signed with a new key from now on, while the service runs; read the whole log afterwards."""
    path = find_key_file(os.environ, settings.data_dir, "AUDIT_KEY")
    own = path is not None and path.parent == settings.data_dir / "keys"
    if is_newest_key_in_use(engine, settings.audit_keys):
        if not own or path is None:
            print(AUDIT_FROM_OUTSIDE)
            return 1
        write_keys(path, [new_key(), *settings.audit_keys])
    with open_session(engine) as session:
        note(session, now(), None, CHANGED, OF_KEYS, name_key(settings.audit_keys[0]))
    print(
        f"the log is signed with a new key, {name_key(settings.audit_keys[0])}; {len(settings.audit_keys) - 1} older ones stay to check it"
    )
    print("write all keys anew by `make backup-keys`: backups made from now on are signed with the new key")
    report = check_log(engine, settings)
    print("\n".join(describe_report(report)))
    return 0 if report.holds else 1


def is_newest_key_in_use(engine: Engine, keys: Sequence[bytes]) -> bool:
    """Tell whether the log is signed with the newest key already, so that a change begins with another one."""
    with Session(engine) as session:
        return find_key(session, keys) == keys[0]


def drop_old_keys(engine: Engine, settings: Settings) -> int:
    """Take old master keys out of the key file once nothing needs them; older backups cannot be read then."""
    path = find_key_file(os.environ, settings.data_dir)
    if path is None or path.parent != settings.data_dir / "keys":
        print(
            "MASTER_KEYS is set from outside: take the old key away there, after `make rotate` has said that all is done"
        )
        return 1
    try:
        count = drop_old(engine, path)
    except OldKeyNeeded as error:
        print(f"madoguchi: the old key is still needed for {error}", file=sys.stderr)
        return 1
    print(f"{count} old keys dropped. What was sent cannot be read any more from backups made before the change.")
    return 0


def backup(engine: Engine, settings: Settings, folder: str) -> int:
    """Write a backup into a folder, under a name with the time."""
    target, begun = name_backup(Path(folder or ".").resolve(), now()), time.perf_counter()
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        manifest = make_backup(engine, settings, target)
    except (CannotCopy, OSError) as error:
        return _fail(error)
    rows, size = sum(manifest.rows.values()), target.stat().st_size / 1e6
    with open_session(engine) as session:
        note(session, now(), None, BACKUP_MADE, f"{rows} rows")
    print(f"{target}: {rows} rows, {len(manifest.files) - 1} files, {size:.1f} MB, {time.perf_counter() - begun:.1f} s")
    print("The keys are not in it: `make backup-keys TO=file` writes them; keep that file somewhere else.")
    return 0


def backup_keys(_engine: Engine, settings: Settings, target: str) -> int:
    """Write all keys into one file, mode 600, to be kept apart from every backup."""
    try:
        write_key_file(settings, Path(target).resolve())
    except OSError as error:
        return _fail(error)
    print(f"{target}: all keys, readable for you alone (mode 600).")
    print("Whoever has this file and a backup can read everything that was sent: never keep the two together.")
    return 0


def bring_keys_back() -> int:
    """Put keys from the file that KEYS names back, before settings are read: those would make new ones."""
    source, data_dir = os.environ.get("KEYS"), Path(os.environ.get("DATA_DIR") or ROOT / "data").resolve()
    if not source:
        return 0
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        read_key_file(Path(source), data_dir)
    except (WrongBackup, OSError) as error:
        return _fail(error)
    return 0


def bring_back(engine: Engine, settings: Settings, source: str) -> int:
    """Put a backup back; OVER=1 sets aside what is there."""
    begun = time.perf_counter()
    try:
        done = restore(engine, settings, Path(source), over=os.environ.get("OVER") == "1")
    except (WrongBackup, CannotCopy, OSError) as error:
        return _fail(error)
    _tell(done, time.perf_counter() - begun)
    return 1 if done.log_findings else 0


def _tell(done: Restored, seconds: float) -> None:
    """Say what came of putting a backup back."""
    rows = sum(done.manifest.rows.values())
    print(f"back as of {done.manifest.made_at}: {rows} rows, {len(done.manifest.files) - 1} files, {seconds:.1f} s")
    if done.set_aside:
        print(f"what was there lies in {done.set_aside}; erase it when you do not need it")
    if done.missing_files:
        print(f"{done.missing_files} files are missing that were being erased while the backup was made")
    print(f"log: {done.log_entries} entries, {done.log_findings} breaks found")
    print("Start the worker: its first run erases again what had been due since the backup was made.")


def _fail(error: Exception) -> int:
    """Say what went wrong in one line."""
    print(f"madoguchi: {error}", file=sys.stderr)
    return 1
