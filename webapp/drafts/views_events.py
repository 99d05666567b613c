"""What a life event comes to: the list of things to do, to choose from, to print and to put into a calendar."""

from datetime import date

from flask import Response, abort, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.drafts.door import Door, drafts, get_books, open_door
from webapp.drafts.pages_guide import Happened
from webapp.drafts.rules_events import Choice
from webapp.drafts.rules_todo import TodoList, list_dues, list_todos
from webapp.drafts.service_books import find_changes, may_stay_old, stay_old, take_newest
from webapp.drafts.views import PREFIX, TODO, is_closed_draft, leave, next_open
from webapp.kit.clock import now, today
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.procedures.rules import Procedure
from webapp.procedures.rules_calendar import Entry, write_calendar
from webapp.reading.service import current_speaker, render_private


def find_todos(door: Door) -> TodoList | None:
    """Return the list of things to do of a life event's draft; None for a draft of one procedure."""
    if door.book.event is None or door.event_plan is None:
        return None
    return list_todos(door.book.event, door.event_plan, door.book.dictionary, today(), door.is_closed_day)


@drafts.get(f"{PREFIX}/{TODO}")
def show_todo(space: str, draft_id: str) -> BaseResponse:
    """Show what to do, in order, and what can be done here now."""
    door = open_door(space, draft_id)
    return _lead_back(door) or _render_todo(door, (), 200)


def _lead_back(door: Door) -> BaseResponse | None:
    """Lead to the first questions while any is open; drafts of one procedure have no list."""
    if door.book.event is None:
        return redirect(door.address(""), 303)
    page = next((one for one in door.made.front if not door.made.is_answered(one)), None)
    return redirect(door.address(page.key), 303) if page else None


def _render_todo(door: Door, problems: tuple[str, ...], status: int) -> Response:
    """Return the page with the list."""
    todos = find_todos(door)
    chosen = {one.slug for one in door.procedures}
    if request.method == "POST":
        chosen = set(request.form.getlist("procedure"))
    return render_private(
        "drafts/todo.html", status, door=door, todos=todos, chosen=chosen, problems=problems, error_count=len(problems),
        question_form=not door.draft.is_sent, last_front=door.made.front[-1].key if door.made.front else "",
    )  # fmt: skip


@drafts.post(f"{PREFIX}/{TODO}")
@guard("token")
def choose(space: str, draft_id: str) -> BaseResponse:
    """Take up which procedures are written now, all together; what was answered for others stays."""
    door = open_door(space, draft_id, write=True)
    away = _lead_back(door)
    if away is not None or door.draft.is_sent or door.event_plan is None:
        return away or redirect(next_open(door), 303)
    chosen = request.form.getlist("procedure")
    writable = [one for one in door.event_plan.standings if one.can_be_written]
    skipped = tuple(one.slug for one in writable if one.need == "needed" and one.slug not in chosen)
    extra = tuple(one.slug for one in writable if one.need == "maybe" and one.slug in chosen)
    then, _, value = request.form.get("then", "").partition(":")
    if then:
        door.draft.choice = Choice(door.draft.choice.listed, skipped, extra)
        door.save()
        door.tell(Happened("pressed", TODO, request.form["then"]))
        return leave(door, door.address(TODO), then, value)
    if not any(one.slug in chosen and one.need != "not" for one in writable):
        return _render_todo(door, ("choose",), 422)
    door.draft.choice = Choice(True, skipped, extra)
    door.replan()
    door.draft.news = []
    door.save()
    door.tell(Happened("chosen", TODO))
    return door.go(next_open(door))


@drafts.get(f"{PREFIX}/deadlines.ics")
def send_calendar(space: str, draft_id: str) -> Response:
    """Send the last days as a calendar file."""
    door = open_door(space, draft_id)
    entries = [_make_entry(door, one) for one in list_due(door)]
    if not entries:
        abort(404)
    response = Response(write_calendar(entries, now()), mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="deadlines.ics"'
    response.headers["Cache-Control"] = "no-store"
    return response


def list_due(door: Door) -> list[tuple[Procedure, date]]:
    """Return the procedures of a draft whose last day is known, each with it, the earliest first."""
    todos = find_todos(door)
    if todos is not None:
        found = [(one.procedure, one.due) for one in todos.needed if one.due]
    else:
        dues = list_dues(door.procedures, door.made.answers, door.book, today(), door.is_closed_day)
        found = [(one, dues[one.slug]) for one in door.procedures if one.slug in dues]
    return sorted(found, key=lambda pair: pair[1])


def _make_entry(door: Door, pair: tuple[Procedure, date]) -> Entry:
    """Return one day of the calendar in the reader's voice, with nothing of what was answered."""
    procedure, due = pair
    speaker = current_speaker()
    words = [speaker.plain(procedure.words[key]) for key in ("when", "where") if key in procedure.words]
    return Entry(
        f"{door.draft.row.id}-{procedure.slug}", due, speaker.plain(procedure.words["title"]), "\n".join(words)
    )


@drafts.get(f"{PREFIX}/changes")
def show_changes(space: str, draft_id: str) -> BaseResponse:
    """Show exactly which questions have changed since the draft was begun, and what can be chosen."""
    door = open_door(space, draft_id)
    slugs = tuple(one.slug for one in door.procedures)
    if is_closed_draft(door):
        return render_private("drafts/over.html", 410, door=door, live=get_books().find(door.draft.scope))
    changes = None if door.draft.keeps_questions else find_changes(get_books(), door.draft, door.book, slugs, today())
    if changes is None:
        return redirect(next_open(door), 303)
    return render_private(
        "drafts/changes.html", door=door, changes=changes, live=get_books().find(door.draft.scope),
        may_stay=may_stay_old(get_books(), door.draft, slugs, today()),
    )  # fmt: skip


@drafts.post(f"{PREFIX}/changes")
@guard("token")
def decide_changes(space: str, draft_id: str) -> BaseResponse:
    """Go on with the new questions, or stay with those that the draft was begun with."""
    door = open_door(space, draft_id, write=True)
    slugs = tuple(one.slug for one in door.procedures)
    then, _, value = request.form.get("then", "").partition(":")
    if then:
        return leave(door, door.address("changes"), then, value)
    if door.draft.keeps_questions:
        return redirect(next_open(door), 303)
    if request.form.get("choice") == "old" and may_stay_old(get_books(), door.draft, slugs, today()):
        stay_old(get_books(), door.draft)
    else:
        take_newest(get_session(), get_books(), door.draft, now())
        door = open_again(door)
        door.replan()
    door.save()
    return redirect(next_open(door), 303)


def open_again(door: Door) -> Door:
    """Return the door to the same draft by the book that it is written by now."""
    book = get_books().find(door.draft.scope)
    if book is None:
        return door
    door.draft.fit(book, today(), door.book)
    made, planned = door.draft.plan(book, today())
    return Door(door.ward, door.draft, book, made, planned, door.voice)
