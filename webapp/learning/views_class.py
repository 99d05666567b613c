"""Coming into a class with six digits or a QR code, the class's own page, and the buttons of its strip."""

import re
from datetime import timedelta
from urllib.parse import urlencode

from flask import Response, abort, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.drafts.pages_practice import find_practice, set_browser_cookie
from webapp.kit.clock import now
from webapp.kit.database import get_session, open_session
from webapp.kit.safety import guard, safe_path
from webapp.learning.door import get_tutorial, learning, list_tutorials
from webapp.learning.door_runs import begin_run, follow_to, run_address
from webapp.learning.pages_class import MARK, press, rating_form, render_strip, show_strip, write_time_of
from webapp.learning.rules import Tutorial
from webapp.learning.rules_class import NICKNAME_LETTERS, SEAT_LETTERS, is_over, read_code, tidy_words
from webapp.learning.service_learners import find_learner, get_learner, join, set_about, set_name, set_rating
from webapp.learning.service_lessons import find_lesson, find_lesson_by_code
from webapp.learning.service_runs import find_learner_run
from webapp.learning.service_seen import note_seen
from webapp.learning.service_state import find_state
from webapp.learning.service_tries import find_code_wait, forget_browser_tries, note_wrong_code
from webapp.learning.tables import Learner, Lesson, Run
from webapp.reading.service import preferred_voice, render, render_private

CLASS = "/<voice>/class/<lesson_id>"
USUAL_LEVEL = "together"
MOST = {"seat": SEAT_LETTERS, "nickname": NICKNAME_LETTERS}


@learning.get("/k/<code>")
def lead_to_class(code: str) -> BaseResponse:
    """Lead from a QR code's short address to the page of its class, in the reader's voice."""
    found = read_code(code)
    query = f"?{urlencode({'code': found})}" if found else ""
    return redirect(f"/{preferred_voice()}/class/{query}", 303)


@learning.get("/<voice>/class/")
def ask_code() -> BaseResponse:
    """Ask for the six digits of a class; with them show what class it is, and what its instructor will see."""
    if "code" not in request.args:
        return render("learning/class_code.html", typed="", gap="", minutes=0)
    typed = request.args["code"]
    lesson = _find_by_code(typed, g.browser_secret or set_browser_cookie())
    if not isinstance(lesson, Lesson):
        return lesson
    if find_learner(get_session(), lesson.id, g.browser_secret) is not None:
        return redirect(_address(lesson.id), 303)
    return _render_join(lesson, {})


@learning.post("/<voice>/class/")
@guard("origin")
def join_class() -> BaseResponse:
    """Come into a class and begin; where there is more than one thing to do, choose first."""
    secret = g.browser_secret or set_browser_cookie()
    lesson = _find_by_code(request.form.get("code", ""), secret)
    if not isinstance(lesson, Lesson):
        return lesson
    gaps = _find_long()
    if gaps:
        return _render_join(lesson, gaps, 422)
    session = get_session()
    learner = join(session, lesson, secret, request.form.get("seat", ""), request.form.get("nickname", ""), now())
    forget_browser_tries(session, secret.hex(), _pepper())
    tutorials = _tutorials_of(lesson)
    return redirect(_go_on(learner, tutorials[0]) if len(tutorials) == 1 else _address(lesson.id), 303)


def _find_by_code(typed: str, secret: bytes) -> Lesson | BaseResponse:
    """Return the class of a typed code, or the page that asks for it again and says what to do."""
    code, address, session = read_code(typed), request.remote_addr or "", get_session()
    if code is None:
        return _render_ask(typed, "form", 422)
    wait = find_code_wait(session, secret.hex(), address, now(), _pepper())
    if wait is not None:
        return _render_ask(typed, "wait", 429, wait)
    lesson = find_lesson_by_code(session, code, now())
    if lesson is not None:
        return lesson
    if request.method == "POST":
        note_wrong_code(session, secret.hex(), address, code, now(), _pepper())
    else:
        with open_session(current_app.extensions["engine"]) as writing:
            note_wrong_code(writing, secret.hex(), address, code, now(), _pepper())
    return _render_ask(typed, "nothing", 422)


def _pepper() -> bytes:
    """Return the secret that is not in the database."""
    pepper: bytes = current_app.extensions["madoguchi"].settings.pepper
    return pepper


def _render_ask(typed: str, gap: str, status: int, wait: timedelta | None = None) -> Response:
    """Return the page that asks for the digits, with what is to mend; what was typed stays."""
    minutes = max(1, -(-int(wait.total_seconds()) // 60)) if wait else 0
    return render_private(
        "learning/class_code.html", status, typed=_keep_visible(typed, 40), gap=gap, minutes=minutes, error_count=1
    )


def _keep_visible(typed: str, most: int) -> str:
    """Return what was typed to be shown again, without what no page may hold."""
    return "".join(letter for letter in typed[:most] if letter.isprintable())


def _find_long(most: dict[str, int] = MOST) -> dict[str, int]:
    """Return the fields in which more was written than there is room for, with the room."""
    return {name: room for name, room in most.items() if len(tidy_words(request.form.get(name, ""))) > room}


def _render_join(lesson: Lesson, gaps: dict[str, int], status: int = 200) -> Response:
    """Return the page of one class, before coming in."""
    return render_private(
        "learning/class_join.html", status, lesson=lesson, tutorials=_tutorials_of(lesson), gaps=gaps, most=MOST,
        error_count=len(gaps), ends=write_time_of(lesson.ends_at),
        typed={name: _keep_visible(request.form.get(name, ""), 100) for name in MOST},
    )  # fmt: skip


def _tutorials_of(lesson: Lesson) -> list[Tutorial]:
    """Return the tutorials of a lesson that there still are."""
    known = list_tutorials()
    return [known[slug] for slug in lesson.tutorials.split() if slug in known]


def _find_own_run(learner: Learner, slug: str) -> Run | None:
    """Return a learner's run through a tutorial, if this browser is one that can open it."""
    run = find_learner_run(get_session(), learner.id, slug)
    return run if run is not None and find_practice(run.draft_id) is not None else None


def _go_on(learner: Learner, tutorial: Tutorial) -> str:
    """Return where a learner goes on with a tutorial, or begins it."""
    run = _find_own_run(learner, tutorial.slug)
    return run_address(run) if run is not None else begin_run(tutorial, USUAL_LEVEL, learner.id)


def _address(lesson_id: str) -> str:
    """Return the address of a class's own page in this voice."""
    return f"/{g.voice.code}/class/{lesson_id}/"


def _open_class(lesson_id: str) -> tuple[Lesson, Learner]:
    """Return the class and who this browser is in it, or answer 404."""
    lesson = find_lesson(get_session(), lesson_id)
    learner = find_learner(get_session(), lesson_id, g.browser_secret)
    return (lesson, learner) if lesson is not None and learner is not None else abort(404)


@learning.get(f"{CLASS}/")
def show_class(lesson_id: str) -> BaseResponse:
    """Show the class's own page: what there is to do, the strip, who one is here; whoever is not in it is asked in."""
    if find_learner(get_session(), lesson_id, g.browser_secret) is None:
        return redirect(f"/{g.voice.code}/class/", 303)
    return _render_class(*_open_class(lesson_id), {})


def _render_class(lesson: Lesson, learner: Learner, gaps: dict[str, int]) -> Response:
    """Return the class's own page."""
    runs = {one.slug: _find_own_run(learner, one.slug) for one in _tutorials_of(lesson)}
    typed = {
        name: (_keep_visible(request.form.get(name, ""), 100) if gaps else getattr(learner, name)) for name in MOST
    }
    return render_private(
        "learning/class_home.html", 422 if gaps else 200, lesson=lesson, learner=learner, tutorials=_tutorials_of(lesson),
        runs={slug: (run, run_address(run)) for slug, run in runs.items() if run is not None}, gaps=gaps, most=MOST,
        typed=typed, strip=show_strip(learner.id, ""), rating=rating_form(learner.id, "before"), error_count=len(gaps),
        over=is_over(lesson.closed_at, lesson.ends_at, now()),
    )  # fmt: skip


@learning.post(f"{CLASS}/start")
@guard("token")
def start_in_class(lesson_id: str) -> BaseResponse:
    """Begin one of the class's tutorials, or go on with it."""
    lesson, learner = _open_class(lesson_id)
    slug = request.form.get("tutorial", "")
    if slug not in lesson.tutorials.split():
        abort(404)
    return redirect(_go_on(learner, get_tutorial(slug)), 303)


@learning.post(f"{CLASS}/name")
@guard("token")
def rename_in_class(lesson_id: str) -> BaseResponse:
    """Change the seat or nickname by which the instructor knows somebody."""
    lesson, learner = _open_class(lesson_id)
    gaps = _find_long()
    if gaps:
        return _render_class(lesson, learner, gaps)
    set_name(get_session(), learner, request.form.get("seat", ""), request.form.get("nickname", ""))
    return redirect(_address(lesson_id), 303)


@learning.post(f"{CLASS}/about")
@guard("token")
def tell_about(lesson_id: str) -> BaseResponse:
    """Keep what a learner tells for the report; what is not among the answers is passed over."""
    _, learner = _open_class(lesson_id)
    form, session = request.form, get_session()
    try:
        for when in ("before", "after"):
            if when in form:
                set_rating(session, learner, when, form[when])
        if "age_band" in form or "visits" in form:
            set_about(session, learner, form.get("age_band", ""), form.get("visits", ""))
    except ValueError:
        abort(400)
    return redirect(safe_path(form.get("back")), 303)


@learning.post(f"{CLASS}/hand")
@guard("token")
def press_hand(lesson_id: str) -> BaseResponse:
    """Raise or lower a hand, from a page without a form of questions."""
    _, learner = _open_class(lesson_id)
    press(get_session(), learner.id, "hand", request.form.get("value", ""), now())
    return _go_back()


@learning.post(f"{CLASS}/follow")
@guard("token")
def press_follow(lesson_id: str) -> BaseResponse:
    """Go where the instructor is, stay, or come along again, from a page without a form of questions."""
    lesson, learner = _open_class(lesson_id)
    value = request.form.get("value", "")
    press(get_session(), learner.id, "follow", value, now())
    tutorial = list_tutorials().get(lesson.tutorial)
    if value != "go" or lesson.mode != "follow" or tutorial is None or is_over(lesson.closed_at, lesson.ends_at, now()):
        return _go_back()
    back = safe_path(request.form.get("back")).partition("#")[0]
    return redirect(follow_to(learner.id, tutorial, lesson.step, back), 303)


def _go_back() -> BaseResponse:
    """Lead back to the page that a button of the strip was on, to the strip."""
    back = safe_path(request.form.get("back")).partition("#")[0]
    return redirect(back + MARK, 303)


@learning.get(f"{CLASS}/state")
def show_state(lesson_id: str) -> Response:
    """Answer a poll: nothing where nothing changed, else the strip; hundreds of browsers ask this every two seconds."""
    engine = current_app.extensions["engine"]
    with engine.connect() as connection:
        state = find_state(connection, lesson_id, g.browser_secret)
    if state is None:
        return _answer_poll("", 404)
    note_seen(engine, state.learner_id, state.seen_at, now())
    if request.args.get("rev") == state.rev and not state.is_over(now()):
        return _answer_poll("", 204)
    session, form_id = get_session(), request.args.get("form", "")
    lesson = find_lesson(session, lesson_id)
    if lesson is None or not re.fullmatch(r"[a-z-]{0,20}", form_id):
        return _answer_poll("", 404)
    learner = get_learner(get_session(), state.learner_id)
    return _answer_poll(render_strip(lesson, learner, form_id, safe_path(request.args.get("back"))), 200)


def _answer_poll(text: str, status: int) -> Response:
    """Return a part of a page that is never kept."""
    response = Response(text, status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
