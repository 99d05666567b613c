"""Sending: one pass becomes an application for each procedure and a hand-over for the counter, all at once, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from webapp.applications.rules import Status
from webapp.applications.service import Parcel, list_statuses, receive
from webapp.applications.service_cases import write_received
from webapp.applications.service_vault import open_vault
from webapp.config import Settings
from webapp.drafts.rules import Plan, split_answers
from webapp.drafts.rules_people import PEOPLE, ROLES, find_attribute, find_person
from webapp.drafts.service import OpenDraft, save_draft
from webapp.drafts.service_hand_over import Content, lock_draft_key, prepare
from webapp.drafts.service_slips import get_slip
from webapp.drafts.service_uploads import file_key
from webapp.kit.clock import day_of
from webapp.outbox.service import News, enqueue, withdraw_kinds
from webapp.procedures.rules import Procedure
from webapp.procedures.rules_book import Book


@dataclass(frozen=True, slots=True)
class NotReady:
    """Why a draft cannot be sent yet: the keys of pages still open, and whether it changed since it was checked."""

    open_pages: tuple[str, ...] = ()
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Sending:
    """What is to be sent: the book it is written by, the plan, the procedures of the pass, and the version that was checked."""

    book: Book
    made: Plan
    procedures: Sequence[Procedure]
    version: int


def submit(
    session: Session, draft: OpenDraft, sending: Sending, settings: Settings, now: datetime
) -> list[Status] | NotReady:
    """Send a draft in the request's one transaction. A draft that was sent gives the same applications again."""
    if draft.is_sent:
        return list_statuses(session, draft.store.applications, draft.row.id)
    made = sending.made
    still_open = tuple(page.key for page in made.pages if not made.is_answered(page))
    if still_open or sending.version != draft.row.version:
        return NotReady(still_open, sending.version != draft.row.version)
    sent = [_send_one(session, draft, sending, one, settings, now) for one in sending.procedures if ends(one) == "send"]
    _hand_over(session, draft, sending, settings, now)
    get_slip(session, draft, settings.pepper)
    draft.row.procedures = " ".join(one.slug for one in sending.procedures)
    draft.row.sent_at = now
    draft.answers = _keep_of_event(sending)
    draft.typed, draft.shelf, draft.prefill, draft.news = {}, {}, {}, []
    save_draft(session, draft, now, settings)
    draft.row.expires_on = max(draft.row.expires_on, _last_day(draft, sending, settings, now))
    withdraw_kinds(session, draft.row.id, ("draft-ending",), now)
    if sent and not draft.store.is_practice:
        news = News(
            "received", draft.row.id, draft.row.voice, f"received|{draft.row.id}", {"day": day_of(now).isoformat()}
        )
        enqueue(session, news, settings.master_keys[0], now)
    return sent


def ends(procedure: Procedure) -> str | None:
    """Return how a procedure ends here: "send", "counter", or None if it cannot be filled in here."""
    return procedure.define.form.ends if procedure.define.form else None


def keep_days(draft: OpenDraft, procedure: Procedure, settings: Settings) -> int:
    """Return how many days an application is kept: as its procedure says, else as everything is; in practice a few."""
    own = None if draft.store.is_practice else procedure.define.keep_days
    return own if own is not None else draft.store.keep_days(settings)


def _last_day(draft: OpenDraft, sending: Sending, settings: Settings, now: datetime) -> Any:
    """Return until when the slip opens what was sent: as long as any is kept; a hand-over alone as long as a draft."""
    kept = [keep_days(draft, one, settings) for one in sending.procedures if ends(one) == "send"]
    days = max(kept, default=draft.store.draft_days(settings))
    return day_of(now).fromordinal(day_of(now).toordinal() + days)


def _send_one(
    session: Session, draft: OpenDraft, sending: Sending, procedure: Procedure, settings: Settings, now: datetime
) -> Status:
    """Record one application with what its procedure uses."""
    form = procedure.define.form
    parcel = Parcel(
        draft_id=draft.row.id,
        procedure=procedure.slug,
        definition=sending.book.hash,
        voice=draft.row.voice,
        answers=split_answers(procedure, sending.made, day_of(now)),
        answer_days=form.answer_days if form else 0,
        data_key=draft.key,
        section=procedure.define.office,
        filled_by=draft.row.filled_by,
    )
    days = keep_days(draft, procedure, settings)
    status = receive(session, draft.store.applications, parcel, open_vault(settings), now, days)
    if not draft.store.is_practice:
        confirmed = {
            k: v["kept_on"] for k, v in draft.prefill.items() if k in parcel.answers and parcel.answers[k] == v["value"]
        }
        write_received(session, draft.row.id, procedure.slug, draft.key, now, confirmed)
    return status


def _hand_over(session: Session, draft: OpenDraft, sending: Sending, settings: Settings, now: datetime) -> None:
    """Prepare what ends at the counter, if anything does."""
    counter = [one for one in sending.procedures if ends(one) == "counter"]
    if not counter:
        return
    answers: dict[str, Any] = {}
    used = {one.slug: split_answers(one, sending.made, day_of(now)) for one in counter}
    for key, value in (pair for mine in used.values() for pair in mine.items()):
        answers[key] = merge_lists(answers.get(key), value)
    content = Content(
        procedures=tuple(one.slug for one in counter), definition=sending.book.hash, voice=draft.row.voice,
        event=draft.row.event, answers=answers, prepared_on=day_of(now).isoformat(),
        files={one: file_key(draft, one).hex() for one in list_files(answers)},
        draft_key=lock_draft_key(draft.key, draft.row.id, settings.pepper),
        uses={slug: tuple(mine) for slug, mine in used.items()},
    )  # fmt: skip
    days = draft.store.hand_over_days(settings)
    prepare(session, draft.store.hand_over, draft.row.id, draft.key, content, settings.pepper, now, days)


def list_files(answers: Mapping[str, Any]) -> list[str]:
    """Return the ids of the files that answers name."""
    lists = (value for value in answers.values() if isinstance(value, list))
    return [one["id"] for value in lists for one in value if isinstance(one, Mapping) and "size" in one]


def merge_lists(old: Any, new: Any) -> Any:
    """Return a list of people with what several procedures need about each; of anything else the newer."""
    if (
        not isinstance(old, list)
        or not isinstance(new, list)
        or not all(isinstance(one, Mapping) for one in (*old, *new))
    ):
        return new
    known = {one["id"]: one for one in old}
    return [{**known.get(one["id"], {}), **one} for one in new]


def _keep_of_event(sending: Sending) -> dict[str, Any]:
    """Return what the list of things to do is worked out from: the event's own answers and the days that count."""
    if sending.book.event is None:
        return {}
    define = sending.book.event.define
    keys = {*(ask.fact for ask in define.asks), *define.since.values(), *(m.since for m in define.members if m.since)}
    stored = sending.made.stored
    kept: dict[str, Any] = {key: stored[key] for key in keys if key in stored}
    people: dict[str, dict[str, Any]] = {}
    roles: dict[str, str] = {}
    for fact in (sending.book.dictionary.facts[key] for key in sorted(keys) if key in sending.book.dictionary.facts):
        person = find_person(stored, fact.define.of)
        if person is not None and fact.define.of and fact.define.is_:
            roles[fact.define.of] = person
            mine = people.setdefault(person, {"via": {}})
            mine[fact.define.is_] = find_attribute(stored, person, fact.define.is_)
            mine["via"][fact.define.is_] = fact.key
    return {**kept, **({PEOPLE: people, ROLES: roles} if people else {})}
