"""Writing to the resident about one application: a template in the language they used, with its Japanese beside it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Response, current_app, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import needs, render_staff
from webapp.applications.service_cases import Stale, change, write_down
from webapp.kit.clock import now, today
from webapp.kit.database import get_session
from webapp.kit.ids import show_receipt_number
from webapp.kit.safety import guard
from webapp.outbox.service import News, enqueue
from webapp.reading.rules_texts import MAIN_VOICE, Text
from webapp.staff.door import clerk, staff, ward
from webapp.staff.door_case import CASE, Desk, expect, list_unseen, open_desk, read_version, read_words, write_look
from webapp.staff.pages_case import list_entries, read_day
from webapp.staff.service_replies import Reply, load_replies, say_reply
from webapp.staff.views_case_work import find_word_gaps

OWN = "own"
FARTHEST = timedelta(days=366)
OWN_WORDS = Reply(OWN, Text({MAIN_VOICE: OWN}), Text({MAIN_VOICE: ""}))
"""No template: staff write everything."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that is being written: by which template, with which new day, in which words and which voice."""

    reply: Reply
    day: date | None
    ready: str
    japanese: str
    words: str
    voice: str


def get_replies() -> dict[str, Reply]:
    """Return the templates, read once for each app."""
    kept: dict[str, Reply] | None = current_app.extensions.get("replies")
    if kept is None:
        voices = list(current_app.extensions["reading"].voices)
        kept = current_app.extensions["replies"] = load_replies(ward().settings.content_dir, voices)
    return kept


@staff.get(f"{CASE}/message")
@needs("officer", "head")
def choose_message(application_id: str) -> BaseResponse:
    """Show the templates; or, once one is chosen, what it says in the resident's language and in Japanese."""
    desk, key = open_desk(application_id, "opened"), request.args.get("template")
    if key is None:
        return _render_choice(desk)
    draft, gaps = read_draft(desk, key, request.args.get("day", ""))
    if draft is not None and _asks_in_vain(desk, draft.reply):
        draft, gaps = None, ("template",)
    return _render_choice(desk, 422, gaps) if draft is None else _render_draft(desk, draft)


def read_draft(desk: Desk, key: str, day_typed: str) -> tuple[Draft | None, tuple[str, ...]]:
    """Return the message that a template makes, or what is to mend: "template" or "day"."""
    reply = OWN_WORDS if key == OWN else get_replies().get(key)
    if reply is None:
        return None, ("template",)
    day = read_day(day_typed) if reply.needs_day else None
    if reply.needs_day and not (day and today() < day <= today() + FARTHEST):
        return None, ("day",)
    row, values = desk.case.row, _list_values(desk)
    voice = row.voice if row.voice in reply.body.voices or reply is OWN_WORDS else MAIN_VOICE
    ready = say_reply(reply, voice, values, day)
    return Draft(reply, day, ready, say_reply(reply, MAIN_VOICE, values, day), ready, voice), ()


def _asks_in_vain(desk: Desk, reply: Reply) -> bool:
    """Tell whether a template asks to be answered on a page where nothing can be answered any more."""
    return reply.asks and desk.case.row.state == "finished"


def _list_values(desk: Desk) -> dict[str, Any]:
    """Return what the places of a template are filled with."""
    office = ward().catalogue.offices.get(desk.case.row.section)
    known = {"office": office.words["name"], "phone": office.define.phone} if office else {}
    return {"procedure": desk.title, "receipt": show_receipt_number(desk.case.row.receipt), **known}


def _render_choice(desk: Desk, status: int = 200, gaps: tuple[str, ...] = ()) -> Response:
    """Return the page on which a template is chosen."""
    typed = {"template": request.values.get("template", ""), "day": request.values.get("day", "")}
    replies = [one for one in get_replies().values() if not _asks_in_vain(desk, one)]
    return render_staff(
        "staff/case_choose.html", status, gaps=gaps, error_count=len(gaps), replies=replies, own=OWN,
        typed=typed, **_describe(desk),
    )  # fmt: skip


def _render_draft(
    desk: Desk, draft: Draft, status: int = 200, gaps: tuple[str, ...] = (), stale: Any = None
) -> Response:
    """Return the page on which a message is read over, changed and sent."""
    return render_staff(
        "staff/case_message.html", status, gaps=gaps, error_count=len(gaps), draft=draft, stale=stale, own=OWN,
        **_describe(desk),
    )  # fmt: skip


def _describe(desk: Desk) -> dict[str, Any]:
    """Return what both pages say of the application."""
    row = desk.case.row
    voices = current_app.extensions["reading"].voices
    return {"desk": desk, "row": row, "receipt": show_receipt_number(row.receipt), "spoken": voices.get(row.voice),
            "all_voices": voices}  # fmt: skip


@staff.post(f"{CASE}/message")
@guard("staff")
@needs("officer", "head")
def send_message(application_id: str) -> BaseResponse:
    """Leave a message on the resident's page, tell them that there is one, and keep a new day where one was promised."""
    desk = open_desk(application_id, write=True)
    made, gaps = read_draft(desk, request.form.get("template", ""), request.form.get("day", ""))
    if made is None:
        write_look(desk.case, "opened", desk.why)
        return _render_choice(desk, 422, gaps)
    draft = _read_changes(made, read_words(), request.form.get("voice", ""))
    gaps = find_word_gaps(draft.words)
    if draft.words == draft.ready and _asks_in_vain(desk, draft.reply):
        gaps = (*gaps, "ended")
    try:
        expect(desk, "message")
    except Stale:
        write_look(desk.case, "opened", desk.why)
        return _render_draft(desk, draft, 409, stale=list_entries(get_session(), list_unseen(desk)))
    if gaps:
        write_look(desk.case, "opened", desk.why)
        return _render_draft(desk, draft, 422, gaps)
    _keep_message(desk, draft)
    return redirect(desk.address("?done=sent"), 303)


def _read_changes(made: Draft, words: str, voice: str) -> Draft:
    """Return a message with the words that staff made of it, and the language that they say these are in."""
    changed = words != made.ready
    chosen = voice if changed and voice in (made.voice, MAIN_VOICE) else made.voice
    return Draft(made.reply, made.day, made.ready, made.japanese, words, chosen)


def _keep_message(desk: Desk, draft: Draft) -> None:
    """Write a message down, with the new day, and have the resident told, saying nothing of what it says."""
    row, session, moment = desk.case.row, get_session(), now()
    changes = {"answer_by": draft.day} if draft.day else {}
    change(session, row, moment, read_version(), **changes)
    made = write_down(
        session, desk.case, "message", moment, clerk().id, words=draft.words, voice=draft.voice,
        template="" if draft.reply is OWN_WORDS else draft.reply.key, by_staff=draft.words != draft.ready,
        answer_by=draft.day.isoformat() if draft.day else "",
    )  # fmt: skip
    news = News("message-left", row.draft_id, row.voice, f"message|{made.id}")
    enqueue(session, news, ward().settings.master_keys[0], moment)
