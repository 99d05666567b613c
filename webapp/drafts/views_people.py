"""People are asked about one person a page; somebody can be added or changed from anywhere without losing anything."""

from collections.abc import Sequence
from typing import Any

from flask import abort, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.drafts import pages
from webapp.drafts.door import Door, drafts, open_door
from webapp.drafts.door_people import ask_about, check_person, drop_person, find_entry, most_on
from webapp.drafts.pages_guide import Happened
from webapp.drafts.pages_rows import Row, list_about
from webapp.drafts.rules import Page, Question
from webapp.drafts.rules_people import NEW, find_attribute, name_person, people_of, tell_about
from webapp.drafts.service_samples import find_sample
from webapp.drafts.views import BACKS, PREFIX, back_query, leave, next_address, next_open
from webapp.facts.rules_answers import Gap
from webapp.facts.rules_kinds import handler_of
from webapp.kit.clock import today
from webapp.kit.ids import new_id
from webapp.kit.safety import guard
from webapp.reading.service import current_speaker, render_private


@drafts.get(f"{PREFIX}/<page_key>/<person_id>")
def show_person(space: str, draft_id: str, page_key: str, person_id: str) -> BaseResponse:
    """Show the questions about one person of a list, empty for a new one."""
    door = open_door(space, draft_id)
    page, question, person = _find_person(door, page_key, person_id)
    typed = door.draft.typed.get(_stash_key(page, person_id), {})
    asked = ask_about(door, question, person or NEW)
    return _render_list_person(door, page, question, person, asked, typed, (), 200)


@drafts.post(f"{PREFIX}/<page_key>/<person_id>")
@guard("token")
def answer_person(space: str, draft_id: str, page_key: str, person_id: str) -> BaseResponse:
    """Keep what was said about one person of a list and lead on: to what is still missing, or back to the list."""
    door = open_door(space, draft_id, write=True)
    then, _, value = request.form.get("then", "").partition(":")
    if door.came_before and (then or f"{page_key}/{person_id}" not in door.draft.typed):
        return _lead_again(door, page_key, person_id, then, value)
    page, question, person = _find_person(door, page_key, person_id)
    asked = ask_about(door, question, person or NEW)
    typed: dict[str, Any] = {q.fact.key: pages.read_typed(q.fact, request.form) for q in asked}
    if then == "drop" and person is not None:
        drop_person(door, question, person)
        door.draft.typed.pop(_stash_key(page, person_id), None)
        return _save_and_lead(door, page, door.address(page.key) + back_query())
    if then:
        door.draft.typed[_stash_key(page, person_id)] = pages.hide_numbers(_fill(door, asked, typed, then, value))
        door.save()
        return leave(door, door.address(page.key, person_id) + back_query(*_going()), then, value)
    gaps = check_person(door, question, person or new_id(), asked, typed)
    if gaps:
        if not door.came_before:
            door.draft.typed[_stash_key(page, person_id)] = pages.hide_numbers(typed)
            door.save()
            door.tell(Happened("refused", page.key, gaps=gaps))
        return _render_list_person(door, page, question, person, asked, typed, tuple(gaps), 422)
    if door.came_before:
        return _lead(door, page, None)
    door.draft.typed.pop(_stash_key(page, person_id), None)
    return _save_and_lead(door, page, None)


def _lead_again(door: Door, page_key: str, person_id: str, then: str, value: str) -> BaseResponse:
    """Lead on after a form about a person that came before; nothing is kept a second time."""
    page = door.made.find_page(page_key)
    if door.draft.is_sent or page is None or page.people is None:
        return redirect(door.address(""), 303)
    if then and then != "drop":
        return leave(door, door.address(page_key, person_id) + back_query(*_going()), then, value)
    return _lead(door, page, door.address(page_key) + back_query() if then else None)


def _fill(door: Door, asked: Sequence[Question], typed: dict[str, Any], then: str, value: str) -> dict[str, Any]:
    """Return what was typed after a button that fills something in."""
    if then == "postal":
        pages.fill_area(typed, value)
    if then == "sample" and door.is_practice:
        return {q.fact.key: find_sample(door.ward.samples, q.fact, today()) or typed[q.fact.key] for q in asked}
    return typed


def _save_and_lead(door: Door, page: Page, address: str | None) -> BaseResponse:
    """Save, and lead on."""
    door.replan()
    door.save()
    now_page = door.made.find_page(page.key)
    if now_page is None or door.made.is_answered(now_page):
        door.tell(Happened("answered", page.key))
    return _lead(door, page, address)


def _lead(door: Door, page: Page, address: str | None) -> BaseResponse:
    """Lead to whoever on the list something is missing about, on, or back to the list."""
    now_page = door.made.find_page(page.key)
    if address is None and now_page is not None and now_page.people is not None:
        if now_page.people.open:
            address = door.address(page.key, now_page.people.open[0]) + back_query(*_going())
        elif _going():
            address = next_address(door, page)
    return door.go(address or door.address(page.key) + back_query())


def _going() -> tuple[str, ...]:
    """Return the mark that says: the list itself is finished, go on when nothing about anybody is missing."""
    return ("go",) if request.values.get("go") == "on" else ()


def _find_person(door: Door, page_key: str, person_id: str) -> tuple[Page, Question, str | None]:
    """Return the page, its question about people, and the person (None for a new one); 404 for anybody else."""
    page = door.made.find_page(page_key)
    if door.draft.is_sent or page is None or page.people is None:
        abort(404)
    question = page.people
    entries = door.draft.answers.get(question.fact.key) or []
    if person_id == NEW:
        if len(entries) >= most_on(question.fact):
            abort(404)
        return page, question, None
    if find_entry(door.draft.answers, question.fact, person_id) is None:
        abort(404)
    return page, question, person_id


def _stash_key(page: Page, person_id: str) -> str:
    """Return where unfinished typing about a person is kept."""
    return f"{page.key}/{person_id}"


def _render_list_person(
    door: Door, page: Page, question: Question, person: str | None, asked: Sequence[Question], typed: dict[str, Any],
    gaps: tuple[Gap, ...], status: int,
) -> BaseResponse:  # fmt: skip
    """Return the page about one person of a list."""
    entry = find_entry(door.draft.answers, question.fact, person or "") or {}
    values = {q.fact.key: _value_of(door, q, person, entry) for q in asked}
    return _render(
        door, asked, values, typed, gaps, status, person=person, who=question.fact,
        action=door.address(page.key, person or NEW), back=door.address(page.key) + back_query(), topic=page.topic,
    )  # fmt: skip


def _value_of(door: Door, question: Question, person: str | None, entry: dict[str, Any]) -> Any:
    """Return what was said about a person, or None."""
    if question.fact.define.is_:
        return find_attribute(door.draft.answers, person, question.fact.define.is_)
    return entry.get(question.fact.key)


def _render(
    door: Door, asked: Sequence[Question], values: dict[str, Any], typed: dict[str, Any], gaps: tuple[Gap, ...],
    status: int, **more: Any,
) -> BaseResponse:  # fmt: skip
    """Return a page about one person, with what is known of them already."""
    shown = tuple(
        pages.show_question(
            q, typed.get(q.fact.key) or pages.spread_answer(q.fact, values[q.fact.key]), gaps, current_speaker(), False,
            door.address(),
        )
        for q in asked
    )  # fmt: skip
    person, keys = more["person"], {q.fact.define.is_ for q in asked}
    known = (
        [row for row in list_about(door.made, door.book.dictionary, person) if row.fact.define.is_ not in keys]
        if person
        else []
    )
    return render_private(
        "drafts/person.html", status, door=door, questions=shown, question_form=True, known=known,
        problems=[p for s in shown for p in s.gaps], error_count=len(gaps), going=_going(),
        back_to=request.values.get("back") if request.values.get("back") in BACKS else "",
        name=name_person(door.draft.answers, person) if person else "",
        used_for=tuple(dict.fromkeys(slug for q in asked for slug in q.used_for)),
        steps=pages.list_steps(door.made, more["topic"]), **more,
    )  # fmt: skip


@drafts.get(f"{PREFIX}/people/<person_id>")
def show_known(space: str, draft_id: str, person_id: str) -> BaseResponse:
    """Show everything that is known of a person wherever it was asked, to change it."""
    door = open_door(space, draft_id)
    rows = _find_known(door, person_id)
    typed = door.draft.typed.get(f"people/{person_id}", {})
    return _render_known(door, person_id, rows, typed, (), 200)


@drafts.post(f"{PREFIX}/people/<person_id>")
@guard("token")
def change_known(space: str, draft_id: str, person_id: str) -> BaseResponse:
    """Change what is known of a person, for every procedure at once."""
    door = open_door(space, draft_id, write=True)
    stash = f"people/{person_id}"
    if door.came_before and stash not in door.draft.typed:
        return redirect(next_open(door), 303)
    rows = _find_known(door, person_id)
    typed = {row.fact.key: pages.read_typed(row.fact, request.form) for row in rows}
    then, _, value = request.form.get("then", "").partition(":")
    if then:
        if not door.came_before:
            door.draft.typed[stash] = pages.hide_numbers(typed)
            door.save()
        return leave(door, door.address("people", person_id), then, value)
    outcomes = [(row.fact, handler_of(row.fact).check(row.fact, typed[row.fact.key], today(), True)) for row in rows]
    gaps = tuple(gap for _, outcome in outcomes for gap in outcome.gaps)
    if gaps:
        if not door.came_before:
            door.draft.typed[stash] = pages.hide_numbers(typed)
            door.save()
        return _render_known(door, person_id, rows, typed, gaps, 422)
    if door.came_before:
        return redirect(next_open(door), 303)
    for fact, outcome in outcomes:
        tell_about(door.draft.answers, person_id, fact, outcome.value)
    door.draft.typed.pop(stash, None)
    door.replan()
    door.save()
    return redirect(next_open(door), 303)


def _find_known(door: Door, person_id: str) -> list[Row]:
    """Return the lines about a person that are theirs wherever they stand; 404 for nobody."""
    if door.draft.keeps_questions or person_id not in people_of(door.draft.answers):
        abort(404)
    rows = [row for row in list_about(door.made, door.book.dictionary, person_id) if row.fact.define.is_]
    return rows or abort(404)


def _render_known(
    door: Door, person_id: str, rows: Sequence[Row], typed: dict[str, Any], gaps: tuple[Gap, ...], status: int
) -> BaseResponse:
    """Return the page on which everything known of a person is changed."""
    asked = [Question(row.fact, True, row.used_for) for row in rows]
    values = {row.fact.key: find_attribute(door.draft.answers, person_id, row.fact.define.is_) for row in rows}
    return _render(
        door, asked, values, typed, gaps, status, person=person_id, who=None, action=door.address("people", person_id),
        back=next_open(door), topic=rows[0].fact.topic,
    )  # fmt: skip
