"""Every timed job of every room, as the worker runs them."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from sqlalchemy.engine import Engine
from sqlmodel import Session

from webapp.accounts.jobs import erase_ended_sign_ins
from webapp.accounts.jobs import forget_old_tries as forget_old_sign_in_tries
from webapp.accounts.service_audit_check import seal_log
from webapp.applications.service_erasing import AT_ONCE, list_fact_work, note_facts_erased
from webapp.applications.service_inbox import catch_up, has_unplaced
from webapp.applications.service_vault import open_vault
from webapp.config import Settings
from webapp.drafts.jobs import (
    erase_decided_facts,
    erase_expired,
    erase_sent,
    erase_unclaimed,
    forget_old_tries,
    remind_of_ends,
    warn_of_erasing,
)
from webapp.drafts.service_hand_over import erase_expired_hand_overs
from webapp.drafts.service_stores import STORES
from webapp.facts.jobs import erase_expired_boxes
from webapp.facts.rules_keeping import list_keeps
from webapp.facts.service import load_dictionary
from webapp.kiosk.service import forget_old_calls, has_kiosks
from webapp.kiosk.service_kanji import prepare_soon
from webapp.kiosk.service_sittings import end_left
from webapp.kiosk.service_sittings import forget_old as forget_old_sittings
from webapp.kit.clock import now, today
from webapp.kit.database import open_session, wipe_traces
from webapp.kit.jobs import Job
from webapp.learning.service_lessons import erase_old_lessons, free_old_codes
from webapp.learning.service_tries import forget_code_tries
from webapp.notifications.jobs import erase_old_messages, tidy_lists
from webapp.procedures.service import load_catalogue
from webapp.procedures.service_content import load_closed_days
from webapp.reading.service import load_voices
from webapp.staff.jobs import tell_sections

CATCH_UP = 500
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

    sent = Job("tidy-applications", "7", lambda: tidy_applications(engine, settings))
    traces = Job("wipe-traces", "9", lambda: wipe_traces(engine))
    seals = Job("seal-log", "3", lambda: seal_log(engine, settings))  # each hour, so that midnight is met in any zone
    return [*(Job(name, minute, run(tidy)) for name, minute, tidy in TIMETABLE), sent, traces, seals]


def tidy_drafts(session: Session, settings: Settings) -> None:
    """Erase what expired, and what broken-off requests left behind."""
    for store in STORES.values():
        erase_expired(session, store, today(), settings.data_dir)
        erase_expired_hand_overs(session, store.hand_over, today())
        erase_unclaimed(session, store, now(), settings.data_dir)
    forget_old_tries(session, now())


def tidy_applications(engine: Engine, settings: Settings) -> None:
    """Warn of what is erased in thirty days; erase applications, and single answers, whose time is over.

    Each step takes some and lets others to the database before the next.
    """
    for step in (warn_of_erasing, erase_sent):
        found = 1
        while found:
            with open_session(engine) as session:
                found = step(session, now(), settings)
    with open_session(engine) as session:
        work = list_fact_work(session, read_keeps(settings.content_dir), now())
    for one in work:
        for start in range(0, len(one.application_ids), AT_ONCE):
            with open_session(engine) as session:
                erase_decided_facts(session, one.application_ids[start : start + AT_ONCE], one.facts, settings)
        with open_session(engine) as session:
            note_facts_erased(session, one, now())


@lru_cache(maxsize=1)
def read_keeps(content_dir: Path) -> Mapping[int, frozenset[str]]:
    """Return which answers are erased how many days after the decision; content stays as it is while a process runs."""
    return list_keeps(load_dictionary(content_dir, tuple(load_voices(content_dir))))


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


def tidy_outbox(session: Session, settings: Settings) -> None:
    """Erase messages that have long ended; tidy the lists of staff who call and write."""
    erase_old_messages(session, now())
    tidy_lists(session, now(), settings)


def tell_staff(session: Session, settings: Settings) -> None:
    """Tell the sections that have a mailbox how much waits this morning."""
    if settings.staff_mail:
        tell_sections(session, now(), settings, load_closed_days(settings.content_dir / "offices" / "closed.yaml"))


def tidy_kiosks(session: Session, settings: Settings) -> None:
    """End the time of whoever left a shared machine without ending it; forget what is long over."""
    end_left(session, now(), settings.data_dir)
    forget_old_sittings(session, now())
    forget_old_calls(session, now())


def prepare_kiosks(session: Session, settings: Settings) -> None:
    """Where the ward has kiosks, have what they look up ready before somebody waits for it."""
    if has_kiosks(session):
        prepare_soon(settings.data_dir)


def index_applications(session: Session, settings: Settings) -> None:
    """Give applications of an older version to their sections, a few hundred at a time."""
    if has_unplaced(session):
        catch_up(session, read_offices(settings.content_dir), open_vault(settings), CATCH_UP)


@lru_cache(maxsize=1)
def read_offices(content_dir: Path) -> Mapping[str, str]:
    """Return the section of each procedure; what is no procedure any more goes to the general office."""
    voices = tuple(load_voices(content_dir))
    catalogue = load_catalogue(content_dir, load_dictionary(content_dir, voices), voices)
    return {"": "general"} | {slug: one.define.office for slug, one in catalogue.procedures.items()}


TIMETABLE: tuple[tuple[str, str, Tidy], ...] = (
    ("tidy-drafts", "*/10", tidy_drafts), ("tidy-kept", "17", tidy_kept),
    ("tidy-sign-ins", "*/10", tidy_sign_ins), ("tidy-lessons", "*/10", tidy_lessons),
    ("tidy-kiosks", "*", tidy_kiosks), ("prepare-kiosks", "*/5", prepare_kiosks),
    ("index-applications", "*", index_applications), ("tidy-outbox", "27", tidy_outbox), ("remind-residents", "37", remind_residents),
    ("tell-staff", "33", tell_staff),
)  # fmt: skip
