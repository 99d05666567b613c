"""A draft in the browser: begin, answer page by page, check, send. POST answers 303; gaps answer 422 with the whole page."""

import re
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.drafts import pages
from webapp.drafts.door import Door, open_door, set_browser_cookie
from webapp.drafts.rules import Page, Question
from webapp.drafts.service import begin_draft, save_draft
from webapp.drafts.service_submit import NotReady, submit
from webapp.facts.rules_answers import Gap
from webapp.facts.rules_kinds import handler_of
from webapp.kit.clock import now, today
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.reading.rules import change_choice
from webapp.reading.service import current_speaker, render, render_private
from webapp.reading.service_look import keep_choice

drafts = Blueprint("drafts", __name__)
CHECK = "check"


@drafts.post("/<voice>/procedures/<slug>/start")
@guard("origin")
def start(slug: str) -> BaseResponse:
    """Begin a draft and lead to its first question."""
    ward = current_app.extensions["madoguchi"]
    procedure = ward.catalogue.procedures.get(slug)
    if procedure is None or procedure.define.form is None:
        abort(404)
    closes = procedure.define.form.closes_at
    if closes is not None and closes < today():
        return render("drafts/closed.html", 410, procedure=procedure)
    secret = g.browser_secret or set_browser_cookie()
    draft = begin_draft(get_session(), [slug], g.voice.code, secret, now(), ward.settings.draft_days)
    return redirect(f"/{g.voice.code}/drafts/{draft.row.id}/", 303)


@drafts.get("/<voice>/drafts/<draft_id>/")
def go_on(draft_id: str) -> BaseResponse:
    """Lead to the first page that is still open, the check page, or the state of what was sent."""
    door = open_door(draft_id)
    if door.draft.is_sent:
        return redirect(door.address("sent"), 303)
    page = door.made.first_open()
    return redirect(door.address(page.key if page else CHECK), 303)


@drafts.get("/<voice>/drafts/<draft_id>/<page_key>")
def show_page(draft_id: str, page_key: str) -> BaseResponse:
    """Show one page of questions as it was left."""
    door = open_door(draft_id)
    page = door.made.find_page(page_key)
    if door.draft.is_sent or page is None:
        return redirect(f"/{g.voice.code}/drafts/{draft_id}/", 303)
    stash = door.draft.typed.get(page.key, {})
    return _render_page(door, page, stash, (), 200)


@drafts.post("/<voice>/drafts/<draft_id>/<page_key>")
@guard("token")
def answer_page(draft_id: str, page_key: str) -> BaseResponse:
    """Take the answers of one page, or do what another of its buttons says without losing what was typed."""
    door = open_door(draft_id, write=True)
    page = door.made.find_page(page_key)
    if door.draft.is_sent or page is None:
        return redirect(f"/{g.voice.code}/drafts/{draft_id}/", 303)
    typed = {q.fact.key: pages.read_typed(q.fact, request.form) for q in page.questions}
    then = request.form.get("then", "")
    if then:
        return _keep_and_do(door, page, typed, then)
    return _check_and_go_on(door, page, typed)


def _check_and_go_on(door: Door, page: Page, typed: dict[str, Any]) -> BaseResponse:
    """Check a page; keep the answers and go on, or show what to mend with everything typed in its place."""
    gaps: list[Gap] = []
    for question in page.questions:
        gaps += _check_question(door, page, question, typed[question.fact.key])
    if gaps:
        door.draft.typed[page.key] = pages.hide_numbers(typed)
        save_draft(get_session(), door.draft, now(), door.ward.settings.draft_days)
        return _render_page(door, page, typed, tuple(gaps), 422)
    door.draft.typed.pop(page.key, None)
    door.replan()
    save_draft(get_session(), door.draft, now(), door.ward.settings.draft_days)
    return redirect(_next_address(door, page), 303)


def _check_question(door: Door, page: Page, question: Question, typed: dict[str, list[str]]) -> tuple[Gap, ...]:
    """Check one question and take its value up; files and people keep the list they have grown to.

    A file that was chosen but not added with its own button is taken all the same.
    """
    fact = question.fact
    if fact.define.kind in ("file", "people"):
        gap = door.take_files(page, fact.key)
        if gap is not None:
            return (gap,)
        kept = door.draft.answers.get(fact.key) or []
        if not kept and question.required:
            return (Gap(fact.key, "", f"{fact.define.kind}-missing"),)
        door.draft.answers[fact.key] = kept
        return ()
    outcome = handler_of(fact).check(fact, typed, today(), question.required)
    if not outcome.gaps:
        door.draft.answers[fact.key] = outcome.value
    return outcome.gaps


def _next_address(door: Door, page: Page) -> str:
    """Return where to go after a page: back to the check page if it was opened from there and all is answered."""
    from_check = request.form.get("back") == CHECK
    following = door.made.first_open() if from_check else door.made.after(page.key)
    return door.address(following.key if following else CHECK)


def _keep_and_do(door: Door, page: Page, typed: dict[str, Any], then: str) -> BaseResponse:
    """Keep what was typed as it is and do what the button says."""
    what, _, value = then.partition(":")
    address = door.address(page.key) + ("?back=check" if request.form.get("back") == CHECK else "")
    if what == "postal":
        pages.fill_area(typed, value)
    door.draft.typed[page.key] = pages.hide_numbers(typed)
    if what == "person":
        address = door.address(page.key, value or "new")
    if what == "file":
        gap = door.take_files(page, value)
        if gap is not None:
            save_draft(get_session(), door.draft, now(), door.ward.settings.draft_days)
            return _render_page(door, page, typed, (gap,), 422)
    if what == "remove-file":
        door.drop_file(value)
    if what == "remove-person":
        door.drop_person(page, value)
    save_draft(get_session(), door.draft, now(), door.ward.settings.draft_days)
    return leave(door, address, what, value)


def leave(door: Door, address: str, what: str, value: str) -> BaseResponse:
    """Answer a button that leads elsewhere: another voice, another look, or the slip to come back with."""
    if what == "save":
        return redirect(door.address("slip"), 303)
    if what == "reading":
        return redirect(f"/{g.voice.code}/reading?{urlencode({'back': address})}", 303)
    if what == "voice" and value in current_app.extensions["reading"].voices:
        return redirect(address.replace(f"/{g.voice.code}/", f"/{value}/", 1), 303)
    if what == "look":
        return keep_choice(redirect(address, 303), change_choice(g.kept_choice, value))
    return redirect(address, 303)


def _render_page(door: Door, page: Page, typed: dict[str, Any], gaps: tuple[Gap, ...], status: int) -> Response:
    """Return a page of questions; `typed` wins over kept answers where it holds a question."""
    speaker = current_speaker()
    alone = len(page.questions) == 1
    shown = tuple(
        pages.show_question(
            q, typed.get(q.fact.key) or pages.spread_answer(q.fact, door.made.answers.get(q.fact.key)), gaps, speaker,
            alone, door.address(), door.draft.answers.get(q.fact.key),
        )
        for q in page.questions
    )  # fmt: skip
    before = door.made.before(page.key)
    back = CHECK if request.values.get("back") == CHECK else (before.key if before else "")
    return render_private(
        "drafts/page.html", status, door=door, page=page, questions=shown, question_form=True, alone=alone,
        title=pages.page_question(page, door.ward.dictionary.pages), problems=[p for s in shown for p in s.gaps],
        error_count=len(gaps), steps=pages.list_steps(door.made, page.topic), back=back,
    )  # fmt: skip


@drafts.get("/<voice>/drafts/<draft_id>/check")
def show_check(draft_id: str) -> BaseResponse:
    """Show everything that was answered, each with a way to change it, and what must be declared."""
    door = open_door(draft_id)
    return _lead_away(door) or _render_check(door, (), False, 200)


def _lead_away(door: Door) -> BaseResponse | None:
    """Lead away from the check page while something is open, or after sending."""
    if door.draft.is_sent:
        return redirect(door.address("sent"), 303)
    page = door.made.first_open()
    return redirect(door.address(page.key), 303) if page else None


def _render_check(door: Door, missing: tuple[str, ...], changed: bool, status: int) -> Response:
    """Return the check page; `missing` are declarations (slug:key) that were not ticked."""
    groups = [(topic, pages.list_rows(door.made, topic)) for topic in door.made.topics]
    return render_private(
        "drafts/check.html", status, door=door, groups=groups, missing=missing, changed=changed,
        steps=pages.list_steps(door.made, None), error_count=len(missing) + changed,
        ticked=request.form.getlist("declare"), declarations=door.declarations(),
    )  # fmt: skip


@drafts.post("/<voice>/drafts/<draft_id>/check")
@guard("token")
def send(draft_id: str) -> BaseResponse:
    """Send once, however often it is pressed; without every declaration nothing is sent and everything stays."""
    door = open_door(draft_id, write=True)
    then = request.form.get("then", "").partition(":")
    if then[0] and not door.draft.is_sent:
        return leave(door, door.address(CHECK), then[0], then[2])
    ticked = request.form.getlist("declare")
    missing = tuple(name for name, _, _ in door.declarations() if name not in ticked)
    if missing and not door.draft.is_sent:
        return _render_check(door, missing, False, 422)
    version = request.form.get("version", "")
    result = submit(
        get_session(), door.draft, door.made, door.ward.catalogue.procedures,
        int(version) if re.fullmatch(r"[0-9]{1,9}", version) else -1, door.ward.settings, now(),
    )  # fmt: skip
    if isinstance(result, NotReady):
        return _lead_away(door) or _render_check(door, (), result.changed, 422)
    return redirect(door.address("sent"), 303)
