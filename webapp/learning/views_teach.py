"""An instructor's classes: the list, a new one, changes, its end, the second instructor's code, the sheet to hand out."""

from typing import Any

from flask import Response, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import needs, note_done, render_staff
from webapp.kit.clock import WARD_ZONE, now
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.learning.door import learning, list_tutorials
from webapp.learning.door_teach import (
    EXTENDED_MINUTES,
    account_id,
    later_end,
    open_lesson,
    teach_address,
    times_of,
    tutorials_of,
)
from webapp.learning.rules_board import group_code, spell_code
from webapp.learning.rules_class import HELPER_DIGITS, is_over, read_code
from webapp.learning.rules_lesson_form import (
    FIELDS,
    GROUPS,
    Filled,
    Problem,
    Wish,
    fill_known,
    fill_new,
    group_lesson,
    read_wish,
)
from webapp.learning.service_lessons import (
    close_lesson,
    edit_lesson,
    extend_lesson,
    join_as_helper,
    list_lessons,
    make_lesson,
)  # fmt: skip
from webapp.learning.service_tries import find_code_wait, forget_browser_tries, note_wrong_code
from webapp.learning.views_board import TEACH, describe_lesson

KINDS = ("first", "procedure", "event")


def _list_context() -> dict[str, Any]:
    """Return somebody's classes: today's and those that go on now, those to come, those that are over."""
    moment, zone = now(), WARD_ZONE
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in GROUPS}
    for lesson in list_lessons(get_session(), account_id()):
        over = is_over(lesson.closed_at, lesson.ends_at, moment)
        shown = {"lesson": lesson, "times": times_of(lesson), "tutorials": tutorials_of(lesson), "is_over": over}
        groups[group_lesson(lesson.starts_at, over, moment, zone)].append(shown)
    groups["coming"].reverse()
    return {"groups": groups}


@learning.get("/<voice>/teach/")
@needs("instructor")
def list_classes() -> Response:
    """Show somebody's classes, and the ways to another one."""
    return render_staff("learning/teach_list.html", typed="", problems=[], minutes=0, **_list_context())


@learning.post("/<voice>/teach/")
@guard("staff")
@needs("instructor")
def join_as_second() -> BaseResponse:
    """Let a second instructor or a helper into somebody else's class by its code for helpers."""
    typed, session, who, moment = _clean("code")[:40], get_session(), f"account|{account_id()}", now()
    pepper = current_app.extensions["madoguchi"].settings.pepper
    wait = find_code_wait(session, who, who, moment, pepper)
    code = read_code(typed, HELPER_DIGITS)
    staff = join_as_helper(session, code, account_id(), moment) if code and wait is None else None
    if staff is not None:
        forget_browser_tries(session, who, pepper)
        note_done("lesson-helped", staff.lesson_id)
        return redirect(f"/{g.voice.code}/teach/{staff.lesson_id}/", 303)
    minutes = 0 if wait is None else int(wait.total_seconds() // 60) + 1
    if code and wait is None:
        note_wrong_code(session, who, who, code, moment, pepper)
    problem = "wait" if minutes else "unknown" if code else "digits"
    return render_staff(
        "learning/teach_list.html", 422, typed=typed, problems=[problem], error_count=1, minutes=minutes,
        **_list_context(),
    )  # fmt: skip


def _clean(name: str) -> str:
    """Return what was sent in a field, without what no page can show again."""
    return "".join(c for c in request.form.get(name, "")[:200] if c.isprintable())


def _read_form() -> Filled:
    """Return what was filled in, right or wrong, without what no field could hold."""
    values = {name: _clean(name) for name in FIELDS}
    return Filled(tuple(request.form.getlist("tutorials")[:100]), {**values, "start": values["start"] or "now"})


def _form_context(filled: Filled, problems: list[Problem]) -> dict[str, Any]:
    """Return what the form of a class shows."""
    kinds = {kind: [one for one in list_tutorials().values() if one.define.kind == kind] for kind in KINDS}
    others = [one for one in list_tutorials().values() if one.define.kind not in KINDS]
    return {
        "filled": filled, "problems": problems, "error_count": len(problems), "bad": {one.id for one in problems},
        "kinds": {**kinds, "other": others},
    }  # fmt: skip


@learning.get("/<voice>/teach/new")
@needs("instructor")
def ask_new() -> Response:
    """Ask what a new class is about; everything but the tutorials is filled in."""
    return render_staff("learning/teach_new.html", **_form_context(fill_new(now(), WARD_ZONE), []))


@learning.post("/<voice>/teach/new")
@guard("staff")
@needs("instructor")
def make_new() -> BaseResponse:
    """Make a class and lead to its board."""
    filled, moment = _read_form(), now()
    wish = read_wish(filled, list_tutorials(), moment, WARD_ZONE)
    if not isinstance(wish, Wish):
        return render_staff("learning/teach_new.html", 422, **_form_context(filled, wish))
    lesson = make_lesson(
        get_session(), account_id(), wish.tutorials, wish.place, wish.starts_at, wish.ends_at, moment
    )  # fmt: skip
    note_done("lesson-made", lesson.id)
    return redirect(teach_address(lesson), 303)


@learning.get(f"{TEACH}/edit")
@needs("instructor")
def ask_changes(lesson_id: str) -> Response:
    """Ask what is to change about a class; its code never does."""
    lesson = open_lesson(lesson_id)
    known = Wish(tuple(lesson.tutorials.split()), lesson.place, lesson.starts_at, lesson.ends_at)
    context = _form_context(fill_known(known, WARD_ZONE), [])
    return render_staff("learning/teach_edit.html", **context, **describe_lesson(lesson))


@learning.post(f"{TEACH}/edit")
@guard("staff")
@needs("instructor")
def make_changes(lesson_id: str) -> BaseResponse:
    """Change a class and lead back to its board."""
    lesson, filled = open_lesson(lesson_id), _read_form()
    wish = read_wish(filled, list_tutorials(), now(), WARD_ZONE, lesson.starts_at)
    if not isinstance(wish, Wish):
        context = {**_form_context(filled, wish), **describe_lesson(lesson)}
        return render_staff("learning/teach_edit.html", 422, **context)
    if lesson.closed_at is None:
        edit_lesson(get_session(), lesson, wish.tutorials, wish.place, wish.ends_at)
    return redirect(teach_address(lesson), 303)


@learning.post(f"{TEACH}/extend")
@guard("staff")
@needs("instructor")
def extend(lesson_id: str) -> BaseResponse:
    """Let a class go on for half an hour more, up to the longest that one may be."""
    lesson, moment = open_lesson(lesson_id), now()
    if later_end(lesson, moment) is not None:
        extend_lesson(get_session(), lesson, EXTENDED_MINUTES, moment)
    return redirect(teach_address(lesson), 303)


@learning.get(f"{TEACH}/close")
@needs("instructor")
def ask_close(lesson_id: str) -> Response:
    """Say what happens when a class is closed, and ask whether to."""
    lesson = open_lesson(lesson_id)
    return render_staff("learning/teach_close.html", **describe_lesson(lesson))


@learning.post(f"{TEACH}/close")
@guard("staff")
@needs("instructor")
def close(lesson_id: str) -> BaseResponse:
    """End a class."""
    lesson = open_lesson(lesson_id)
    if lesson.closed_at is None:
        close_lesson(get_session(), lesson, now())
        note_done("lesson-closed", lesson.id)
    return redirect(teach_address(lesson), 303)


@learning.get(f"{TEACH}/helpers")
@needs("instructor")
def show_helpers(lesson_id: str) -> Response:
    """Show the code by which a second instructor or a helper comes in, and how to use it."""
    lesson = open_lesson(lesson_id)
    code = lesson.helper_code or ""
    context = describe_lesson(lesson)
    return render_staff(
        "learning/teach_helpers.html",
        helper_code=group_code(code),
        helper_spoken=spell_code(code, g.voice.lang),
        **context,
    )


@learning.get(f"{TEACH}/sheet")
@needs("instructor")
def print_sheet(lesson_id: str) -> Response:
    """Show the sheet to hand out: how to join, and what the instructor sees."""
    return render_staff("learning/teach_sheet.html", paper="a4", **describe_lesson(open_lesson(lesson_id)))
