"""Attached files: cleaned before they get here, sealed under the draft's key, outside the web root under random names."""

import os
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from webapp.drafts.service import OpenDraft
from webapp.drafts.tables import Upload
from webapp.kit.crypto import CannotOpen, derive_key, seal, unseal
from webapp.kit.ids import is_id, new_id

MOST_BYTES_A_DRAFT = 20 * 1024 * 1024


def uploads_folder(data_dir: Path) -> Path:
    """Return the folder of sealed files, made for the service's own eyes."""
    folder = data_dir / "uploads"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def used_bytes(session: Session, draft: OpenDraft) -> int:
    """Return how much room the files of a draft take."""
    return sum(session.exec(select(Upload.size).where(Upload.draft_id == draft.row.id)))


def keep_upload(session: Session, draft: OpenDraft, fact: str, content: bytes, folder: Path, now: datetime) -> str:
    """Seal one cleaned file to disk and return its id; it is on disk before the request is acknowledged."""
    upload = Upload(id=new_id(), draft_id=draft.row.id, fact=fact, size=len(content), given_at=now)
    sealed = seal(_file_key(draft, upload.id), content, f"upload|{upload.id}|content")
    with os.fdopen(os.open(folder / upload.id, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    session.add(upload)
    return upload.id


def find_upload(session: Session, draft: OpenDraft, upload_id: str, folder: Path) -> bytes | None:
    """Return the content of one of the draft's files, or None if it is not there."""
    upload = session.get(Upload, upload_id) if is_id(upload_id) else None
    if upload is None or upload.draft_id != draft.row.id:
        return None
    try:
        return unseal(_file_key(draft, upload_id), (folder / upload_id).read_bytes(), f"upload|{upload_id}|content")
    except (OSError, CannotOpen):
        return None


def remove_upload(session: Session, draft: OpenDraft, upload_id: str, folder: Path) -> None:
    """Throw one file of the draft away."""
    upload = session.get(Upload, upload_id) if is_id(upload_id) else None
    if upload is not None and upload.draft_id == draft.row.id:
        session.delete(upload)
        (folder / upload_id).unlink(missing_ok=True)


def _file_key(draft: OpenDraft, upload_id: str) -> bytes:
    """Return the key of one file."""
    return derive_key(draft.key, f"upload|{upload_id}")
