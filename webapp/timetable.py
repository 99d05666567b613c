"""Every timed job of every room, as the worker runs them."""

from collections.abc import Callable

from sqlalchemy.engine import Engine
from sqlmodel import Session

from webapp.accounts.jobs import erase_ended_sign_ins
from webapp.accounts.jobs import forget_old_tries as forget_old_sign_in_tries
from webapp.applications.service import erase_old
from webapp.config import Settings
from webapp.drafts.jobs import erase_draft, erase_expired, erase_unclaimed, forget_old_tries, remind_of_ends
from webapp.drafts.service_hand_over import erase_expired_hand_overs
from webapp.drafts.service_stores import STORES
from webapp.facts.jobs import erase_expired_boxes
from webapp.kiosk.service import forget_old_calls, has_kiosks
from webapp.kiosk.service_kanji import prepare_soon
from webapp.kiosk.service_sittings import end_left
from webapp.kiosk.service_sittings import forget_old as forget_old_sittings
from webapp.kit.clock import now, today
from webapp.kit.database import open_session
from webapp.kit.jobs import Job
from webapp.learning.service_lessons import erase_old_lessons, free_old_codes
from webapp.learning.service_tries import forget_code_tries
from webapp.notifications.jobs import erase_old_messages

Tidy = Callable[[Session, Settings], None]


def list_jobs(settings: Settings, engine: Engine) -> list[Job]:
    """Return every timed job, each with a session of its own that is committed at its end."""

    def run(tidy: Tidy) -> Callable[[], None]:
        """Return a job that needs nothing any more."""

        def run_once() -> None:
            """Tidy up in one transaction."""
            with open_session(engine) as session:
                tidy(session, settings)

        return run_once

    return [Job(name, minute, run(tidy)) for name, minute, tidy in TIMETABLE]


def tidy_drafts(session: Session, settings: Settings) -> None:
    """Erase what expired, and what broken-off requests left behind."""
    for store in STORES.values():
        erase_expired(session, store, today(), settings.data_dir)
        erase_expired_hand_overs(session, store.hand_over, today())
        erase_unclaimed(session, store, now(), settings.data_dir)
    forget_old_tries(session, now())


def tidy_applications(session: Session, settings: Settings) -> None:
    """Erase applications whose time is over, with their files."""
    for store in STORES.values():
        for draft_id in erase_old(session, store.applications, today()):
            erase_draft(session, store, draft_id, settings.data_dir)


def tidy_kept(session: Session, _settings: Settings) -> None:
    """Erase what was kept for next time when its day is over."""
    erase_expired_boxes(session, today())


def tidy_sign_ins(session: Session, _settings: Settings) -> None:
    """Erase sign-ins that are over and wrong tries that nobody waits for."""
    erase_ended_sign_ins(session, now())
    forget_old_sign_in_tries(session, now())


def tidy_lessons(session: Session, _settings: Settings) -> None:
    """Erase classes when their day is over; let codes of ended ones be used again."""
    erase_old_lessons(session, today())
    free_old_codes(session, now())
    forget_code_tries(session, now())


def remind_residents(session: Session, settings: Settings) -> None:
    """Tell those who asked for it what ends in three days."""
    remind_of_ends(session, now(), settings)


def tidy_outbox(session: Session, _settings: Settings) -> None:
    """Erase messages that have long ended."""
    erase_old_messages(session, now())


def tidy_kiosks(session: Session, settings: Settings) -> None:
    """End the time of whoever left a shared machine without ending it; forget what is long over."""
    end_left(session, now(), settings.data_dir)
    forget_old_sittings(session, now())
    forget_old_calls(session, now())


def prepare_kiosks(session: Session, settings: Settings) -> None:
    """Where the ward has kiosks, have what they look up ready before somebody waits for it."""
    if has_kiosks(session):
        prepare_soon(settings.data_dir)


TIMETABLE: tuple[tuple[str, str, Tidy], ...] = (
    ("tidy-drafts", "*/10", tidy_drafts), ("tidy-applications", "7", tidy_applications), ("tidy-kept", "17", tidy_kept),
    ("tidy-sign-ins", "*/10", tidy_sign_ins), ("tidy-lessons", "*/10", tidy_lessons),
    ("tidy-kiosks", "*", tidy_kiosks), ("prepare-kiosks", "*/5", prepare_kiosks),
    ("tidy-outbox", "27", tidy_outbox), ("remind-residents", "37", remind_residents),
)  # fmt: skip
