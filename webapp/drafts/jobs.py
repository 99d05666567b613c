"""What happens to drafts by themselves: they expire on the day that their slip names, and leave nothing behind."""

from datetime import date, datetime, timedelta
from pathlib import Path

from sqlmodel import Session, delete, select

from webapp.drafts.service_uploads import uploads_folder
from webapp.drafts.tables import Draft, Tries, Upload, WayIn

UNCLAIMED = timedelta(days=1)


def erase_expired(session: Session, today: date, data_dir: Path) -> int:
    """Erase drafts past their day with their ways in and files; return how many."""
    gone = list(session.exec(select(Draft.id).where(Draft.expires_on < today)))
    for draft_id in gone:
        erase_draft(session, draft_id, data_dir)
    return len(gone)


def erase_draft(session: Session, draft_id: str, data_dir: Path) -> None:
    """Erase one draft, every way into it, and its files."""
    for upload in session.exec(select(Upload).where(Upload.draft_id == draft_id)):
        (uploads_folder(data_dir) / upload.id).unlink(missing_ok=True)
        session.delete(upload)
    session.exec(delete(WayIn).where(WayIn.draft_id == draft_id))  # type: ignore[arg-type]  # SQLModel types columns as values
    session.exec(delete(Draft).where(Draft.id == draft_id))  # type: ignore[arg-type]  # as above


def erase_unclaimed(session: Session, now: datetime, data_dir: Path) -> int:
    """Erase files on disk that no row names (a request broke off between the two); return how many."""
    known = set(session.exec(select(Upload.id)))
    old = (now - UNCLAIMED).timestamp()
    orphans = [p for p in uploads_folder(data_dir).iterdir() if p.name not in known and p.stat().st_mtime < old]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def forget_old_tries(session: Session, now: datetime) -> None:
    """Forget wrong tries whose wait ended a day ago."""
    session.exec(delete(Tries).where(Tries.wait_until < now - UNCLAIMED))  # type: ignore[arg-type]  # as above
