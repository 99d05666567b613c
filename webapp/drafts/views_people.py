"""People are asked about one person a page; a person can be changed later, and the list never loses anybody."""

from typing import Any

from flask import abort, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.drafts import pages
from webapp.drafts.door import Door, open_door
from webapp.drafts.rules import Page, Question
from webapp.drafts.service import save_draft
from webapp.drafts.views import drafts, leave
from webapp.facts.rules_answers import Gap
from webapp.facts.rules_kinds import handler_of
from webapp.kit.clock import now, today
from webapp.kit.database import get_session
from webapp.kit.ids import new_id
from webapp.kit.safety import guard
from webapp.reading.service import current_speaker, render_private

NEW = "new"


@drafts.get("/<voice>/drafts/<draft_id>/<page_key>/<person_id>")
def show_person(draft_id: str, page_key: str, person_id: str) -> BaseResponse:
    """Show the questions about one person, empty for a new one."""
    door = open_door(draft_id)
    page, person = _find_person(door, page_key, person_id)
    typed = door.draft.typed.get(_stash_key(page, person_id), {})
    return _render_person(door, page, person, typed, (), 200)


@drafts.post("/<voice>/drafts/<draft_id>/<page_key>/<person_id>")
@guard("token")
def answer_person(draft_id: str, page_key: str, person_id: str) -> BaseResponse:
    """Keep what was said about one person and lead back to the list."""
    door = open_door(draft_id, write=True)
    page, person = _find_person(door, page_key, person_id)
    typed = {q.fact.key: pages.read_typed(q.fact, request.form) for q in _list_questions(door, page)}
    then, _, value = request.form.get("then", "").partition(":")
    gaps: list[Gap] = []
    if not then:
        gaps = _check_person(door, page, person, typed)
    if gaps or then:
        pages.fill_area(typed, value) if then == "postal" else None
        door.draft.typed[_stash_key(page, person_id)] = pages.hide_numbers(typed)
    else:
        door.draft.typed.pop(_stash_key(page, person_id), None)
        door.replan()
    save_draft(get_session(), door.draft, now(), door.ward.settings.draft_days)
    if gaps:
        return _render_person(door, page, person, typed, tuple(gaps), 422)
    here = door.address(page.key, person_id)
    return leave(door, here if then else door.address(page.key) + _back_query(), then, value)


def _back_query() -> str:
    """Carry on that the check page is where the reader wants to return to."""
    return "?back=check" if request.values.get("back") == "check" else ""


def _find_person(door: Door, page_key: str, person_id: str) -> tuple[Page, dict[str, Any]]:
    """Return the page and the person, an empty one for `new`; 404 for anybody else."""
    page = door.made.find_page(page_key)
    if door.draft.is_sent or page is None or page.people is None:
        abort(404)
    people = door.draft.answers.get(page.people.fact.key) or []
    if person_id == NEW:
        if len(people) >= (page.people.fact.define.at_most or 20):
            abort(404)
        return page, {}
    found = next((one for one in people if one["id"] == person_id), None)
    if found is None:
        abort(404)
    return page, found


def _stash_key(page: Page, person_id: str) -> str:
    """Return where unfinished typing about a person is kept."""
    return f"{page.key}/{person_id}"


def _list_questions(door: Door, page: Page) -> list[Question]:
    """Return what is asked about each person of a page."""
    if page.people is None:
        return []
    return [Question(item, True, page.people.used_for) for item in door.ward.dictionary.items_of(page.people.fact)]


def _check_person(door: Door, page: Page, person: dict[str, Any], typed: dict[str, Any]) -> list[Gap]:
    """Check all that was said about a person; put the person on the list when nothing is to mend."""
    gaps: list[Gap] = []
    values: dict[str, Any] = {"id": person.get("id") or new_id()}
    for question in _list_questions(door, page):
        outcome = handler_of(question.fact).check(question.fact, typed[question.fact.key], today(), True)
        gaps += outcome.gaps
        values[question.fact.key] = outcome.value
    if not gaps and page.people is not None:
        key = page.people.fact.key
        people = list(door.draft.answers.get(key) or [])
        places = [n for n, one in enumerate(people) if one["id"] == values["id"]]
        if places:
            people[places[0]] = values
        else:
            people.append(values)
        door.draft.answers[key] = people
    return gaps


def _render_person(
    door: Door, page: Page, person: dict[str, Any], typed: dict[str, Any], gaps: tuple[Gap, ...], status: int
) -> BaseResponse:
    """Return the page about one person."""
    shown = tuple(
        pages.show_question(
            q, typed.get(q.fact.key) or pages.spread_answer(q.fact, person.get(q.fact.key)), gaps, current_speaker(),
            False, door.address(),
        )
        for q in _list_questions(door, page)
    )  # fmt: skip
    return render_private(
        "drafts/person.html", status, door=door, page=page, person=person, questions=shown, question_form=True,
        problems=[p for s in shown for p in s.gaps], error_count=len(gaps), back=_back_query(),
        steps=pages.list_steps(door.made, page.topic),
    )  # fmt: skip
