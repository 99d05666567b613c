"""What happens to drafts by themselves: they expire on the day that their slip names, and leave nothing behind."""

from datetime import date, datetime, timedelta
from pathlib import Path

from sqlmodel import Session, delete, select

from webapp.drafts.service_stores import Store
from webapp.drafts.tables import Tries

UNCLAIMED = timedelta(days=1)


def erase_expired(session: Session, store: Store, today: date, data_dir: Path) -> int:
    """Erase drafts past their day with their ways in, hand-overs and files; return how many."""
    gone = list(session.exec(select(store.draft.id).where(store.draft.expires_on < today)))
    for draft_id in gone:
        erase_draft(session, store, draft_id, data_dir)
    return len(gone)


def erase_draft(session: Session, store: Store, draft_id: str, data_dir: Path) -> None:
    """Erase one draft, every way into it, what it would hand over, and its files."""
    for upload in session.exec(select(store.upload).where(store.upload.draft_id == draft_id)):
        (store.uploads_folder(data_dir) / upload.id).unlink(missing_ok=True)
        session.delete(upload)
    session.flush()
    for table in (store.way_in, store.hand_over):
        session.exec(delete(table).where(table.draft_id == draft_id))  # type: ignore[arg-type]  # SQLModel types columns as values
    session.exec(delete(store.draft).where(store.draft.id == draft_id))  # type: ignore[arg-type]  # as above


def erase_unclaimed(session: Session, store: Store, now: datetime, data_dir: Path) -> int:
    """Erase files on disk that no row names (a request broke off between the two); return how many."""
    known = set(session.exec(select(store.upload.id)))
    old = (now - UNCLAIMED).timestamp()
    folder = store.uploads_folder(data_dir)
    orphans = [path for path in folder.iterdir() if path.name not in known and path.stat().st_mtime < old]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def forget_old_tries(session: Session, now: datetime) -> None:
    """Forget wrong tries whose wait ended a day ago."""
    session.exec(delete(Tries).where(Tries.wait_until < now - UNCLAIMED))  # type: ignore[arg-type]  # as above
