"""A draft's pages in the browser: answered one by one. POST answers 303; gaps answer 422 with the whole page.

The same views serve real drafts and those of practice: `space` is the store's word in the address.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.drafts import pages
from webapp.drafts.door import Door, drafts, get_books, open_door
from webapp.drafts.door_mend import mend_address
from webapp.drafts.door_people import check_list, check_room, check_who, find_entry
from webapp.drafts.pages_guide import Happened
from webapp.drafts.rules import Page, Question
from webapp.drafts.rules_people import NEW, find_person, give_role, tell_about
from webapp.drafts.service_books import find_changes, find_over
from webapp.drafts.service_samples import find_sample
from webapp.facts.rules_answers import Gap, Outcome
from webapp.facts.rules_kinds import handler_of
from webapp.kit.clock import today
from webapp.kit.ids import new_id
from webapp.kit.safety import guard
from webapp.reading.rules import change_choice
from webapp.reading.service import current_speaker, render_private
from webapp.reading.service_look import keep_choice

PREFIX = "/<voice>/<any(drafts,practice):space>/<draft_id>"
CHECK, TODO = "check", "todo"
BACKS = (CHECK, TODO)


@drafts.get(f"{PREFIX}/")
def go_on(space: str, draft_id: str) -> BaseResponse:
    """Lead to the first page that is still open, the list of things to do, the check page, or what was sent."""
    door = open_door(space, draft_id)
    return redirect(door.address("changes") if must_be_told(door) else next_open(door), 303)


def must_be_told(door: Door) -> bool:
    """Tell whether the resident has to be shown something before going on: changed questions, or that it is over."""
    if door.draft.keeps_questions:
        return False
    slugs = tuple(one.slug for one in door.procedures)
    return is_closed_draft(door) or find_changes(get_books(), door.draft, door.book, slugs, today()) is not None


def is_closed_draft(door: Door) -> bool:
    """Tell whether a draft of one procedure can no longer be sent because its form is over; practice always can."""
    if door.draft.keeps_questions or door.book.event is not None or door.is_practice:
        return False
    return bool(find_over(get_books(), door.draft, tuple(door.draft.slugs), today()))


def next_open(door: Door) -> str:
    """Return the address of what comes next in a draft."""
    if door.draft.is_sent:
        return door.address("sent")
    page = door.made.first_open()
    if page is not None:
        return door.address(page.key)
    if door.event_plan is not None and not (door.draft.choice.listed and door.procedures):
        return door.address(TODO)
    return door.address(CHECK)


@drafts.get(f"{PREFIX}/<page_key>")
def show_page(space: str, draft_id: str, page_key: str) -> BaseResponse:
    """Show one page of questions as it was left."""
    door = open_door(space, draft_id)
    page = door.made.find_page(page_key)
    if door.draft.is_sent or page is None:
        return redirect(door.address(""), 303)
    away = door.guide.lead(door, page.key) if door.guide else None
    if away:
        return redirect(away, 303)
    stash = door.draft.typed.get(page.key, {})
    return render_page(door, page, stash, (), 200)


@drafts.post(f"{PREFIX}/<page_key>")
@guard("token")
def answer_page(space: str, draft_id: str, page_key: str) -> BaseResponse:
    """Take the answers of one page, or do what another of its buttons says without losing what was typed."""
    door = open_door(space, draft_id, write=True)
    page = door.made.find_page(page_key)
    if door.draft.is_sent or page is None:
        return redirect(door.address(""), 303)
    typed = {q.fact.key: pages.read_typed(q.fact, request.form) for q in page.questions}
    then = request.form.get("then", "")
    if door.came_before:
        return _answer_again(door, page, typed, then)
    if then:
        return _keep_and_do(door, page, typed, then)
    return _check_and_go_on(door, page, typed)


def _answer_again(door: Door, page: Page, typed: dict[str, Any], then: str) -> BaseResponse:
    """Answer a form that came before: lead on, or show again what is to be mended. Nothing is kept a second time."""
    if then:
        what, _, value = then.partition(":")
        return leave(door, door.address(page.key) + back_query(), what, value)
    gaps = check_answers(door, page, typed) if page.key in door.draft.typed else []
    return render_page(door, page, typed, tuple(gaps), 422) if gaps else door.go(next_address(door, page))


def _check_and_go_on(door: Door, page: Page, typed: dict[str, Any]) -> BaseResponse:
    """Check a page; keep the answers and go on, or show what to mend with everything typed in its place."""
    before = dict(door.made.answers)
    gaps = check_answers(door, page, typed)
    if gaps:
        door.draft.typed[page.key] = pages.hide_numbers(typed)
        door.save()
        door.tell(Happened("refused", page.key, gaps=gaps))
        return render_page(door, page, typed, tuple(gaps), 422)
    door.draft.typed.pop(page.key, None)
    door.draft.mend = door.draft.mend and door.draft.mend.look_at(page)
    door.replan()
    door.save()
    door.tell(Happened("answered", page.key, before=before))
    return door.go(next_address(door, page))


def check_answers(door: Door, page: Page, typed: dict[str, Any]) -> list[Gap]:
    """Check every question of a page and take up the values that are right; return what is to be mended."""
    gaps: list[Gap] = []
    for question in page.questions:
        gaps += _check_question(door, page, question, typed[question.fact.key])
    return gaps


def _check_question(door: Door, page: Page, question: Question, typed: dict[str, list[str]]) -> tuple[Gap, ...]:
    """Check one question and take its value up; a file that was chosen but not added with its own button is taken too."""
    fact = question.fact
    if fact.define.kind == "file":
        gap = door.take_files(page, fact.key)
        if gap is not None:
            return (gap,)
        kept = door.draft.answers.get(fact.key) or []
        if not kept and question.required:
            return (Gap(fact.key, "", "file-missing"),)
        door.draft.answers[fact.key] = kept
        return ()
    if fact.define.kind == "people":
        return check_list(door, question, typed)
    if fact.define.kind == "person":
        return check_who(door, question, typed)
    outcome = handler_of(fact).check(fact, typed, today(), question.required)
    if not outcome.gaps:
        keep_value(door, question, outcome)
    return outcome.gaps


def keep_value(door: Door, question: Question, outcome: Outcome) -> None:
    """Keep a checked answer: about a person where it is about one, else by itself."""
    fact, answers = question.fact, door.draft.answers
    if not fact.define.of:
        answers[fact.key] = outcome.value
        return
    person = find_person(answers, fact.define.of)
    if person is None:
        person = new_id()
        give_role(answers, fact.define.of, person)
    tell_about(answers, person, fact, outcome.value)


def next_address(door: Door, page: Page) -> str:
    """Return where to go after a page: to somebody about whom something is missing, back to where it was opened, or on."""
    now_page = door.made.find_page(page.key)
    if now_page is not None and now_page.people is not None and now_page.people.open:
        return door.address(page.key, now_page.people.open[0]) + back_query("go")
    if request.form.get("back") in BACKS:
        return next_open(door) if door.made.first_open() else door.address(str(request.form["back"]))
    if door.event_plan is not None and page.front and not _is_front(door, door.made.after(page.key)):
        return (
            door.address(TODO)
            if not any(not door.made.is_answered(one) for one in door.made.front)
            else next_open(door)
        )
    following = door.made.after(page.key)
    return door.address(following.key) if following else next_open(door)


def _is_front(door: Door, page: Page | None) -> bool:
    """Tell whether a page belongs to what a life event asks first."""
    return page is not None and page.front


def back_query(*more: str) -> str:
    """Carry on where the reader wants to return to, and any `more` marks."""
    marks = {"back": str(request.values.get("back"))} if request.values.get("back") in BACKS else {}
    marks |= {one: "on" for one in more}
    return f"?{urlencode(marks)}" if marks else ""


def _keep_and_do(door: Door, page: Page, typed: dict[str, Any], then: str) -> BaseResponse:
    """Keep what was typed as it is and do what the button says."""
    what, _, value = then.partition(":")
    address = door.address(page.key) + back_query()
    typed = _fill_in(door, page, typed, then)
    door.draft.typed[page.key] = pages.hide_numbers(typed)
    if what == "person" and page.people is not None:
        gaps = check_room(door, page.people, typed[page.people.fact.key], value or NEW)
        if gaps:
            door.save()
            return render_page(door, page, typed, gaps, 422)
        del door.draft.typed[page.key][page.people.fact.key]
        known = find_entry(door.draft.answers, page.people.fact, value) is not None
        address = door.address(page.key, value if known else NEW) + back_query()
    if what == "file":
        gap = door.take_files(page, value)
        if gap is not None:
            door.save()
            return render_page(door, page, typed, (gap,), 422)
    if what == "remove-file":
        door.drop_file(value)
    door.save()
    return _press(door, page, address, then)


def _fill_in(door: Door, page: Page, typed: dict[str, Any], then: str) -> dict[str, Any]:
    """Return what was typed with what a button fills in: the area of a postal code, samples, or what a guide types."""
    what, _, value = then.partition(":")
    if what == "postal":
        pages.fill_area(typed, value)
    if what == "sample" and door.is_practice:
        samples = {q.fact.key: find_sample(door.ward.samples, q.fact, today()) for q in page.questions}
        typed = typed | {key: words for key, words in samples.items() if words}
    if door.guide is not None:
        typed = typed | {key: w for key, w in (door.guide.fill(door, page, then) or {}).items() if key in typed}
    return typed


def _press(door: Door, page: Page, address: str, then: str) -> BaseResponse:
    """Go where a button leads: one of a guide's own, or one of every page's."""
    what, _, value = then.partition(":")
    own = door.guide.press(door, what, value) if door.guide else None
    if own is not None:
        return door.go(own or address)
    door.tell(Happened("pressed", page.key, then))
    return leave(door, address, what, value)


def leave(door: Door, address: str, what: str, value: str) -> BaseResponse:
    """Answer a button that leads elsewhere: another voice, another look, or the slip to come back with."""
    if what == "save":
        return door.go(mend_address(door) or door.address("slip"))
    if what == "reading":
        return redirect(f"/{g.voice.code}/reading?{urlencode({'back': address})}", 303)
    if what == "voice" and value in current_app.extensions["reading"].voices:
        return door.go(address.replace(f"/{g.voice.code}/", f"/{value}/", 1))
    if what == "look":
        return keep_choice(door.go(address), change_choice(g.kept_choice, value))
    return door.go(address)


def render_page(door: Door, page: Page, typed: dict[str, Any], gaps: tuple[Gap, ...], status: int) -> Response:
    """Return a page of questions; `typed` wins over kept answers where it holds a question."""
    alone = len(page.questions) == 1
    shown = tuple(_show(door, question, typed, gaps, alone) for question in page.questions)
    before = door.made.before(page.key)
    asked_back = request.values.get("back") if request.values.get("back") in BACKS else None
    back = asked_back or (before.key if before else "")
    if before is not None and before.front and not page.front and not asked_back:
        back = TODO
    return render_private(
        "drafts/page.html", status, door=door, page=page, questions=shown, question_form=True, alone=alone,
        title=pages.page_question(page, door.book.dictionary.pages), problems=[p for s in shown for p in s.gaps],
        error_count=len(gaps), steps=pages.list_steps(door.made, page.topic), back=back, back_to=asked_back or "",
        used_for=tuple(dict.fromkeys(slug for q in page.questions for slug in q.used_for)),
    )  # fmt: skip


def _show(
    door: Door, question: Question, typed: dict[str, Any], gaps: tuple[Gap, ...], alone: bool
) -> pages.ShownQuestion:
    """Return one question as it stands: as typed, as answered, or as it was kept from an earlier time."""
    fact, prefilled = question.fact, None
    words = typed.get(fact.key)
    if not words:
        words = pages.spread_kept(question, door.made.answers.get(fact.key))
        if fact.key not in door.made.answers and fact.key in door.draft.prefill:
            words, prefilled = pages.read_prefill(fact, door.draft.prefill[fact.key])
    people = pages.list_people(question, door.draft.answers, typed.get(fact.key) or {})
    answer = door.draft.answers.get(fact.key)
    shown = pages.show_question(question, words, gaps, current_speaker(), alone, door.address(), answer)
    return replace(shown, people=people, prefilled=prefilled)
