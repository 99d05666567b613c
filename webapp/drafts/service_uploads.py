"""Attached files: cleaned before they get here, sealed under the draft's key, outside the web root under random names."""

import os
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from webapp.drafts.rules import Plan
from webapp.drafts.service import OpenDraft
from webapp.kit.crypto import CannotOpen, derive_key, seal, unseal
from webapp.kit.ids import is_id, new_id

MOST_BYTES_A_DRAFT = 20 * 1024 * 1024


def used_bytes(session: Session, draft: OpenDraft) -> int:
    """Return how much room the files of a draft take."""
    table = draft.store.upload
    return sum(session.exec(select(table.size).where(table.draft_id == draft.row.id)))


def keep_upload(session: Session, draft: OpenDraft, fact: str, content: bytes, folder: Path, now: datetime) -> str:
    """Seal one cleaned file to disk and return its id; it is on disk before the request is acknowledged."""
    upload = draft.store.upload(id=new_id(), draft_id=draft.row.id, fact=fact, size=len(content), given_at=now)
    sealed = seal(file_key(draft, upload.id), content, f"upload|{upload.id}|content")
    with os.fdopen(os.open(folder / upload.id, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    session.add(upload)
    return upload.id


def find_upload(session: Session, draft: OpenDraft, upload_id: str, folder: Path) -> bytes | None:
    """Return the content of one of the draft's files, or None if it is not there."""
    upload = session.get(draft.store.upload, upload_id) if is_id(upload_id) else None
    if upload is None or upload.draft_id not in draft.owners:
        return None
    return open_file(draft.key, upload_id, folder)


def open_file(data_key: bytes, upload_id: str, folder: Path) -> bytes | None:
    """Return the content of a file that is sealed under a data key, or None if it is not there or of another draft."""
    if not is_id(upload_id):
        return None
    try:
        sealed = (folder / upload_id).read_bytes()
        return unseal(derive_key(data_key, f"upload|{upload_id}"), sealed, f"upload|{upload_id}|content")
    except (OSError, CannotOpen):
        return None


def remove_upload(session: Session, draft: OpenDraft, upload_id: str, folder: Path) -> None:
    """Throw one file of the draft away."""
    upload = session.get(draft.store.upload, upload_id) if is_id(upload_id) else None
    if upload is not None and upload.draft_id == draft.row.id:
        session.delete(upload)
        (folder / upload_id).unlink(missing_ok=True)


def file_key(draft: OpenDraft, upload_id: str) -> bytes:
    """Return the key of one file."""
    return derive_key(draft.key, f"upload|{upload_id}")


def drop_unused(session: Session, draft: OpenDraft, made: Plan) -> None:
    """Forget the files of a draft that is being sent which no answer names; the tidying job takes them off the disk.

    The disk is left alone here: if sending fails after all, nothing may be missing.
    """
    lists = (value for value in made.answers.values() if isinstance(value, list))
    used = {one["id"] for value in lists for one in value if isinstance(one, dict) and "size" in one}
    table = draft.store.upload
    for upload in session.exec(select(table).where(table.draft_id == draft.row.id)):
        if upload.id not in used:
            session.delete(upload)
