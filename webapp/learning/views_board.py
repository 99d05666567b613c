"""The board of a class, the helper's list, the big screen; how the class goes on, and raised hands."""

from typing import Any

from flask import Response, abort, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import needs, note_done, render_staff
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.qr import draw_qr
from webapp.kit.safety import guard
from webapp.learning.door import learning, list_tutorials
from webapp.learning.door_teach import (
    EXTENDED_MINUTES,
    join_address,
    later_end,
    open_lesson,
    teach_address,
    times_of,
    tutorials_of,
)
from webapp.learning.rules_board import SHOWS, group_code, spell_code
from webapp.learning.rules_class import is_over
from webapp.learning.service_board import answer, find_member, lead, load_board, move_on, pause, read_mark
from webapp.learning.service_rehearsal import play_rehearsal
from webapp.learning.tables import Lesson

TEACH = "/<voice>/teach/<lesson_id>"
PARTS = {"board": "_teach_board", "roam": "_teach_roam", "projector": "_teach_projector"}
"""The part of each page that is asked for again and again."""
BACK = {"board": "", "roam": "roam"}


def describe_lesson(lesson: Lesson) -> dict[str, Any]:
    """Return what the pages of a lesson show of it besides its people: code, QR code, times, tutorials."""
    moment = now()
    address = "" if is_over(lesson.closed_at, lesson.ends_at, moment) else join_address(lesson)
    return {
        "lesson": lesson, "times": times_of(lesson), "address": address, "qr": draw_qr(address) if address else "",
        "code": group_code(lesson.code or ""), "spoken": spell_code(lesson.code or "", g.voice.lang),
        "tutorials": tutorials_of(lesson),
        "minutes": EXTENDED_MINUTES, "can_extend": later_end(lesson, moment) is not None,
    }  # fmt: skip


def _show(lesson_id: str, template: str) -> Response:
    """Show one of the pages of a lesson's people; that it was looked at is noted."""
    lesson = open_lesson(lesson_id)
    if lesson.rehearsal:
        play_rehearsal(lesson.id, now())
    board = load_board(get_session(), lesson, list_tutorials(), now(), request.args.get("show", ""))
    response = render_staff(template, board=board, **describe_lesson(lesson))
    note_done("lesson-opened", lesson.id)
    return response


@learning.get(f"{TEACH}/")
@needs("instructor")
def show_board(lesson_id: str) -> Response:
    """Show the code, how the class goes on, and who is where."""
    return _show(lesson_id, "learning/teach_board.html")


@learning.get(f"{TEACH}/roam")
@needs("instructor")
def show_roam(lesson_id: str) -> Response:
    """Show whom a helper who walks around goes to next."""
    return _show(lesson_id, "learning/teach_roam.html")


@learning.get(f"{TEACH}/projector")
@needs("instructor")
def show_projector(lesson_id: str) -> Response:
    """Show the code and the step in large type for all to see, without anybody's name."""
    return _show(lesson_id, "learning/teach_projector.html")


@learning.get(f"{TEACH}/board")
@needs("instructor")
def poll_board(lesson_id: str) -> Response:
    """Answer what is on the board now, or nothing (204) while it is what the page has already."""
    lesson = open_lesson(lesson_id)
    known, view = request.args.get("rev", ""), request.args.get("view", "board")
    if view not in PARTS:
        abort(404)
    if lesson.rehearsal:
        play_rehearsal(lesson.id, now())
    if known and known == read_mark(get_session(), lesson, now()):
        return Response(status=204, headers={"Cache-Control": "no-store"})
    show = request.args.get("show", "")
    board = load_board(get_session(), lesson, list_tutorials(), now(), show, known)
    return render_staff(f"learning/{PARTS[view]}.html", board=board, **describe_lesson(lesson))


@learning.post(f"{TEACH}/pace")
@guard("staff")
@needs("instructor")
def change_pace(lesson_id: str) -> BaseResponse:
    """Lead the class: a mode and a step, the next or the former step, listening or practising."""
    lesson, then = open_lesson(lesson_id), request.form.get("then", "")
    session, tutorials, moment = get_session(), list_tutorials(), now()
    if is_over(lesson.closed_at, lesson.ends_at, moment):
        return _back(lesson)
    if then in ("next", "back"):
        move_on(session, lesson, tutorials, then)
    elif then in ("pause", "resume"):
        pause(session, lesson, then == "pause", moment)
    elif not lead(session, lesson, tutorials, request.form.get("mode", ""), request.form.get("place", "")):
        abort(400)
    return _back(lesson)


@learning.post(f"{TEACH}/hands")
@guard("staff")
@needs("instructor")
def answer_hands(lesson_id: str) -> BaseResponse:
    """Tell somebody that help is on the way, or that they were helped; who has left meanwhile changes nothing."""
    lesson = open_lesson(lesson_id)
    learner = find_member(get_session(), lesson, request.form.get("learner", ""))
    if learner is not None:
        answer(get_session(), learner, request.form.get("then", ""), now())
    return _back(lesson, f"#who-{learner.id}" if learner is not None else "")


def _back(lesson: Lesson, place: str = "") -> BaseResponse:
    """Lead back to the page that a button was on, with the same rows shown, to the row it was in."""
    show, page = request.form.get("show", ""), BACK.get(request.form.get("view", ""), "")
    query = f"?show={show}" if show in SHOWS[1:] else ""
    return redirect(teach_address(lesson, page) + query + place, 303)
