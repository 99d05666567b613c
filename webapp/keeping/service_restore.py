"""Putting a backup back: checked whole before anything is touched, what was there set aside, and checked again afterwards."""

import hashlib
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import Engine
from sqlmodel import Session, select

from webapp.accounts.service_audit_check import check_log
from webapp.config import ROOT, Settings
from webapp.drafts.service_stores import STORES
from webapp.keeping.service_backup import DATABASE, END, FOLDERS, Manifest, WrongBackup, read_manifest
from webapp.keeping.service_copies import SQLITE, copy_in, count_rows, is_empty
from webapp.kit.clock import now
from webapp.kit.migrations import migrate

CHUNK = 1 << 20


@dataclass(frozen=True)
class Restored:
    """What came of it: the list of the backup, where what was there lies now, files that rows name and that are missing.

    `log_findings` says how many breaks the log of the ward has, `log_entries` how many entries it has.
    """

    manifest: Manifest
    set_aside: Path | None
    missing_files: int
    log_entries: int
    log_findings: int


def restore(engine: Engine, settings: Settings, source: Path, over: bool = False) -> Restored:
    """Put a backup back. Raises WrongBackup, CannotCopy; nothing is changed unless the whole archive is sound.

    Where something is there already it is refused, unless `over` is given: then it is set aside in DATA_DIR, not erased (a
    PostgreSQL database is overwritten, so make a backup of it first).
    """
    data_dir = settings.data_dir
    with _open(source) as archive, tempfile.TemporaryDirectory(dir=data_dir, prefix=".restore-") as name:
        room = Path(name)
        manifest = read_manifest(archive, settings)
        if manifest.database != engine.dialect.name:
            raise WrongBackup(f"the backup is of {manifest.database}, the service is set to {engine.dialect.name}")
        if not over and (not is_empty(engine) or _list_there(data_dir, engine)):
            raise WrongBackup("there is something already: say OVER=1 to set it aside and put the backup in its place")
        _unpack(archive, manifest, room)
        aside = _set_aside(data_dir, engine)
        for folder in FOLDERS:
            if (room / folder).is_dir():
                (room / folder).rename(data_dir / folder)
        copy_in(engine, room / DATABASE)
    with engine.connect() as connection:
        _compare(manifest.rows, count_rows(connection))
    migrate(engine, ROOT / "migrations")
    report = check_log(engine, settings)
    missing = count_missing_files(engine, settings)
    return Restored(manifest, aside, missing, report.entries, len(report.findings) + report.more)


def _open(source: Path) -> tarfile.TarFile:
    """Open an archive. Raises WrongBackup for any other file."""
    try:
        return tarfile.open(source)
    except tarfile.TarError as error:
        raise WrongBackup("this is no backup of this service, or it is not whole") from error


def count_missing_files(engine: Engine, settings: Settings) -> int:
    """Return how many files rows name that are not on the disk."""
    missing = 0
    with Session(engine) as session:
        for store in STORES.values():
            folder = store.uploads_folder(settings.data_dir)
            missing += sum(not (folder / one).is_file() for one in session.exec(select(store.upload.id)))
    return missing


def _list_there(data_dir: Path, engine: Engine) -> list[Path]:
    """Return what a backup would take the place of: folders that hold something, and the SQLite database."""
    found = [data_dir / folder for folder in FOLDERS if any((data_dir / folder).glob("*"))]
    if engine.dialect.name == SQLITE:
        own = Path(str(engine.url.database))
        found += [path for path in (own, *(own.with_name(own.name + end) for end in ("-wal", "-shm"))) if path.exists()]
    return found


def _set_aside(data_dir: Path, engine: Engine) -> Path | None:
    """Move what is there into a folder of its own; return that, or None where nothing was there."""
    engine.dispose()
    there = _list_there(data_dir, engine)
    for folder in FOLDERS:  # empty ones would be in the way
        if (data_dir / folder) not in there and (data_dir / folder).is_dir():
            (data_dir / folder).rmdir()
    if not there:
        return None
    aside = data_dir / f"before-restore-{now():%Y%m%d-%H%M%S}"
    aside.mkdir(mode=0o700)
    for path in there:
        path.rename(aside / path.name)
    return aside


def _unpack(archive: tarfile.TarFile, manifest: Manifest, room: Path) -> None:
    """Write every file that the list names into a room of its own. Raises WrongBackup for any that is not as listed."""
    left = dict(manifest.files)
    try:
        while (member := archive.next()) is not None and member.name != END:
            size, digest = left.pop(member.name, (None, None))
            if size is None or not member.isreg() or member.size != size:
                raise WrongBackup(f"{member.name} is not as the backup's list says")
            target = room / member.name
            target.parent.mkdir(mode=0o700, exist_ok=True)
            if _write(archive, member, target) != digest:
                raise WrongBackup(f"{member.name} was changed or is broken")
    except tarfile.TarError as error:
        raise WrongBackup("the archive is broken") from error
    if member is None:
        raise WrongBackup("the archive was cut off")
    if DATABASE in left:
        raise WrongBackup("there is no database in the archive")


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> str:
    """Write one member to the disk and return its SHA-256."""
    content, digest = archive.extractfile(member), hashlib.sha256()
    with target.open("wb") as out:
        while content is not None and (part := content.read(CHUNK)):
            digest.update(part)
            out.write(part)
    target.chmod(0o600)
    return digest.hexdigest()


def _compare(wanted: dict[str, int], found: dict[str, int]) -> None:
    """Raise WrongBackup unless every table has as many rows as the list says."""
    wrong = sorted(name for name in wanted if wanted[name] != found.get(name))
    if wrong:
        raise WrongBackup(f"other numbers of rows than the backup's list says: {', '.join(wrong)}")
