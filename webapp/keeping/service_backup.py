"""Backups: database, uploaded files and seals in one archive, with a list of what is in it. The keys are not.

The list (`manifest.json`, first in the archive) is signed with a key that is derived from AUDIT_KEY: an archive that was
changed, or that belongs to another ward's keys, is not put back.
"""

import hashlib
import hmac
import io
import json
import os
import re
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from webapp.config import ROOT, Settings
from webapp.keeping.service_copies import copy_out
from webapp.keeping.service_rotation import write_keys
from webapp.kit.clock import now
from webapp.kit.crypto import derive_key

FORMAT = 1
MANIFEST, DATABASE, END = "manifest.json", "database", "end"
FOLDERS = ("uploads", "practice-uploads", "seals")
"""What of DATA_DIR belongs to a backup. Sounds and lists for kiosks are made anew, timed jobs know by themselves when to run."""
KEY_FILES = ("master_keys", "pepper", "audit_key", "vapid_key")
_NAME = re.compile(r"(database|(uploads|practice-uploads|seals)/[A-Za-z0-9][A-Za-z0-9._-]{0,120})")


class WrongBackup(Exception):
    """An archive that cannot be put back; the message says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What is in a backup: of which kind of database and which shape of it, rows by table, size and SHA-256 by file."""

    made_at: str
    database: str
    shape: str
    rows: dict[str, int]
    files: dict[str, list[Any]] = field(default_factory=dict)
    format: int = FORMAT


def make_backup(engine: Engine, settings: Settings, target: Path) -> Manifest:
    """Write a backup while the service runs. Raises CannotCopy, FileExistsError.

    The database comes first: a file is on the disk before the row that names it, so whatever the copy names is there, unless
    it is erased in that moment.
    """
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".backup-") as room:
        copy = Path(room) / DATABASE
        rows = copy_out(engine, copy)
        fresh = target.with_name(f".{target.name}.part")
        try:
            with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
                manifest = Manifest(now().isoformat(), engine.dialect.name, _read_shape(), rows)
                _write_archive(out, manifest, [(DATABASE, copy), *_list_files(settings.data_dir)], settings)
                out.flush()
                os.fsync(out.fileno())
            os.link(fresh, target)  # unlike a rename it never takes the place of an older backup
        finally:
            fresh.unlink(missing_ok=True)
    return manifest


def name_backup(folder: Path, moment: datetime) -> Path:
    """Return how a backup is called that is made at a moment."""
    return folder / f"madoguchi-{moment:%Y%m%d-%H%M%S}.tar"


def sign(content: bytes, key: bytes) -> str:
    """Return the signature of a list of contents."""
    return hmac.digest(derive_key(key, "backup"), content, "sha256").hex()


def read_manifest(archive: tarfile.TarFile, settings: Settings) -> Manifest:
    """Return the list at the beginning of an archive. Raises WrongBackup unless these keys signed it."""
    try:
        first, second = archive.next(), archive.next()
        if first is None or second is None or (first.name, second.name) != (MANIFEST, f"{MANIFEST}.mac"):
            raise WrongBackup("this is no backup of this service")
        content, mac = (_read(archive, one) for one in (first, second))
        said = mac.decode("ascii", "replace")
        known = any(hmac.compare_digest(said, sign(content, key)) for key in settings.audit_keys)
        plain = json.loads(content)
    except (tarfile.TarError, ValueError) as error:
        raise WrongBackup("this is no backup of this service, or it is not whole") from error
    if not known:
        raise WrongBackup(
            "the backup was made with another AUDIT_KEY, or was changed: put the keys of that time back first"
        )
    if plain.get("format") != FORMAT or not all(_NAME.fullmatch(name) for name in plain["files"]):
        raise WrongBackup("the backup was made by another version of this service")
    return Manifest(**plain)


def write_key_file(settings: Settings, target: Path) -> None:
    """Write all keys into one file for the service's own eyes, as lines that an environment is set from."""
    lines = [
        f"MASTER_KEYS={' '.join(key.hex() for key in settings.master_keys)}",
        f"AUDIT_KEY={' '.join(key.hex() for key in settings.audit_keys)}",
        *(f"{name.upper()}={getattr(settings, name).hex()}" for name in ("pepper", "vapid_key")),
    ]
    with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_key_file(source: Path, data_dir: Path) -> None:
    """Put the keys of a key file into DATA_DIR/keys. Raises WrongBackup where others are there already, or it is no such file."""
    lines = dict(line.split("=", 1) for line in source.read_text(encoding="utf-8").split("\n") if "=" in line)
    folder = data_dir / "keys"
    for name in KEY_FILES:
        words = lines.get(name.upper(), "").replace(",", " ").split()
        if not words or not all(re.fullmatch("[0-9a-fA-F]{64}", word) for word in words):
            raise WrongBackup(f"{source}: {name.upper()} is missing or no key")
        path = folder / name
        if path.exists() and path.read_text(encoding="utf-8").split() != words:
            raise WrongBackup(f"{path} holds another key already: take it away first if nothing needs it")
    folder.mkdir(mode=0o700, exist_ok=True)
    for name in KEY_FILES:
        write_keys(folder / name, [bytes.fromhex(word) for word in lines[name.upper()].replace(",", " ").split()])


def _read_shape() -> str:
    """Return the number of the newest migration."""
    return (ROOT / "migrations" / "HEAD").read_text(encoding="utf-8").strip()


def _list_files(data_dir: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files that belong to a backup with their names in it."""
    for folder in FOLDERS:
        for path in sorted((data_dir / folder).glob("*")) if (data_dir / folder).is_dir() else ():
            if path.is_file() and _NAME.fullmatch(f"{folder}/{path.name}"):
                yield f"{folder}/{path.name}", path


def _write_archive(out: Any, manifest: Manifest, files: list[tuple[str, Path]], settings: Settings) -> None:
    """Write list, signature and files; a file that is erased meanwhile is left out."""
    for name, path in files:
        try:
            manifest.files[name] = [path.stat().st_size, _digest(path)]
        except FileNotFoundError:
            continue
    content = json.dumps(asdict(manifest), sort_keys=True).encode()
    with tarfile.open(fileobj=out, mode="w") as archive:
        _add(archive, MANIFEST, io.BytesIO(content), len(content))
        mac = sign(content, settings.audit_keys[0]).encode()
        _add(archive, f"{MANIFEST}.mac", io.BytesIO(mac), len(mac))
        for name, path in files:
            if name in manifest.files:
                _add_file(archive, name, path, manifest.files[name][0])
        _add(archive, END, io.BytesIO(mac), len(mac))  # so that an archive that was cut off is known


def _add_file(archive: tarfile.TarFile, name: str, path: Path, size: int) -> None:
    """Add one file; one that is erased in this very moment is missing, and restoring tells so."""
    try:
        with path.open("rb") as file:
            _add(archive, name, file, size)
    except FileNotFoundError:
        return


def _add(archive: tarfile.TarFile, name: str, content: Any, size: int) -> None:
    """Add one member that belongs to nobody."""
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(now().timestamp())
    archive.addfile(member, content)


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    """Return a small member."""
    found = archive.extractfile(member)
    return found.read() if found is not None else b""
