"""What happens to drafts by themselves: they expire on the day that their slip names, and leave nothing behind."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, delete, select

from webapp.applications.service_corrections import Ending, list_ending
from webapp.applications.service_erasing import Leftovers, erase_due, erase_facts, warn_due
from webapp.applications.service_telling import name_ending
from webapp.applications.service_vault import open_vault
from webapp.config import Settings
from webapp.drafts.service_stores import REAL, STORES, Store
from webapp.drafts.tables import Draft, HandOver, Tries
from webapp.kit.clock import day_of
from webapp.notifications.service_ways import find_reachable, forget_ways
from webapp.outbox.service import News, enqueue, forget_about

UNCLAIMED = timedelta(days=1)
WARNED_BEFORE = timedelta(days=3)


def erase_expired(session: Session, store: Store, today: date, data_dir: Path) -> int:
    """Erase drafts past their day with their ways in, hand-overs and files, and helpers' ways; return how many drafts."""
    ways = store.way_in
    session.exec(delete(ways).where(ways.ends_on < today))  # type: ignore[arg-type,operator]  # SQLModel types columns as values
    gone = list(session.exec(select(store.draft.id).where(store.draft.expires_on < today)))
    for draft_id in gone:
        erase_draft(session, store, draft_id, data_dir)
    return len(gone)


def erase_draft(session: Session, store: Store, draft_id: str, data_dir: Path) -> None:
    """Erase one draft, every way into it, what it would hand over, its files, and how its writer is told about it."""
    for upload in session.exec(select(store.upload).where(store.upload.draft_id == draft_id)):
        (store.uploads_folder(data_dir) / upload.id).unlink(missing_ok=True)
        session.delete(upload)
    session.flush()
    for table in (store.way_in, store.hand_over):
        session.exec(delete(table).where(table.draft_id == draft_id))  # type: ignore[arg-type]  # SQLModel types columns as values
    session.exec(delete(store.draft).where(store.draft.id == draft_id))  # type: ignore[arg-type]  # as above
    if not store.is_practice:
        forget_ways(session, draft_id)
        forget_about(session, draft_id)


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


def remind_of_ends(session: Session, now: datetime, settings: Settings) -> int:
    """Tell those who asked for it that a draft, what is prepared for the counter, or the time to mend something ends in three
    days; return how many.

    Telling again about the same day is telling once; an end that moved on is told about anew.
    """
    first, last = day_of(now), day_of(now) + WARNED_BEFORE
    unsent = select(col(Draft.id), col(Draft.voice), col(Draft.expires_on)).where(
        col(Draft.sent_at).is_(None), Draft.expires_on >= first, Draft.expires_on <= last
    )  # fmt: skip
    prepared = select(col(Draft.id), col(Draft.voice), col(HandOver.expires_on)).where(
        HandOver.draft_id == Draft.id, HandOver.expires_on >= first, HandOver.expires_on <= last
    )
    found = [("draft-ending", *row) for row in session.exec(unsent)]
    found += [("hand-over-ending", *row) for row in session.exec(prepared)]
    ends = [News(kind, id_, voice, f"{kind}|{id_}|{day}", {"day": day.isoformat()}) for kind, id_, voice, day in found]
    ends += [_tell_of_mending(one) for one in list_ending(session, first, last)]
    reachable = find_reachable(session, {news.about for news in ends})
    told = [news for news in ends if news.about in reachable]
    for news in told:
        enqueue(session, news, settings.master_keys[0], now)
    return len(told)


def _tell_of_mending(ending: Ending) -> News:
    """Return what a resident is told once who has not sent yet what a section asked them to mend."""
    params = {"day": ending.answer_by.isoformat()}
    return News("correction-ending", ending.draft_id, ending.voice, name_ending(ending.id), params)


def erase_sent(session: Session, now: datetime, settings: Settings) -> int:
    """Erase some applications whose time is over, with all that hangs on them, files on the disk among it; return how many."""
    count = 0
    for store in STORES.values():
        gone = erase_due(session, store.applications, open_vault(settings), now)
        erase_leftovers(session, store, gone, settings)
        count += gone.count
    return count


def erase_decided_facts(session: Session, ids: Collection[str], facts: Collection[str], settings: Settings) -> None:
    """Erase single answers (a bank account, a picture of a card) of some applications that were decided long enough ago."""
    erase_leftovers(session, REAL, erase_facts(session, open_vault(settings), ids, facts), settings)


def erase_leftovers(session: Session, store: Store, gone: Leftovers, settings: Settings) -> None:
    """Erase drafts of which nothing is left, and files that no application names any more."""
    for upload_id in sorted(gone.files):
        (store.uploads_folder(settings.data_dir) / upload_id).unlink(missing_ok=True)
        session.exec(delete(store.upload).where(store.upload.id == upload_id))  # type: ignore[arg-type]  # as above
    for draft_id in sorted(gone.drafts):
        erase_draft(session, store, draft_id, settings.data_dir)


def warn_of_erasing(session: Session, now: datetime, settings: Settings) -> int:
    """Tell those who asked to be told that what they sent is erased in thirty days; return how many applications were looked at."""
    rows = warn_due(session, now)
    reachable = find_reachable(session, {row.draft_id for row in rows})
    for row in (one for one in rows if one.draft_id in reachable):
        day = row.erase_after.isoformat()
        once = f"erasing-soon|{row.draft_id}|{day}"
        params = {"day": day_of(row.sent_at).isoformat(), "last": day}
        enqueue(session, News("erasing-soon", row.draft_id, row.voice, once, params), settings.master_keys[0], now)
    return len(rows)
