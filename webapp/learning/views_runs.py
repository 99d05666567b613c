"""A learner's own way through a tutorial: begun, gone on with, more or less help, searching, finished, on paper."""

from flask import Response, abort, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.drafts.pages_practice import slip_of
from webapp.kit.clock import day_of, now
from webapp.kit.database import get_session
from webapp.kit.limits import limit_starts
from webapp.kit.safety import guard
from webapp.learning.door import get_tutorial, learning
from webapp.learning.door_runs import begin_run, open_running
from webapp.learning.pages_class import rating_form, show_strip
from webapp.learning.pages_guide import press_class, show_guide
from webapp.learning.pages_pace import find_place
from webapp.learning.pages_tutorial import render_certificate, render_review
from webapp.learning.rules import LEVELS, Happening
from webapp.learning.service_runs import change_level
from webapp.procedures.pages import search
from webapp.reading.service import render_private

RUN = "/<voice>/learn/runs/<draft_id>"
OWN_LEVELS = LEVELS[1:]


@learning.post("/<voice>/learn/<slug>/start")
@guard("origin")
@limit_starts
def start_run(slug: str) -> BaseResponse:
    """Begin a tutorial at a level and lead to its first step."""
    level = request.form.get("level", "")
    return redirect(begin_run(get_tutorial(slug), level if level in OWN_LEVELS else "together"), 303)


@learning.get(f"{RUN}/")
def show_run(draft_id: str) -> Response:
    """Show what is done and what is next, and let the learner choose more or less help."""
    running = open_running(draft_id)
    strip = show_strip(running.row.learner_id, "") if running.row.learner_id else ""
    return render_private("learning/run.html", running=running, strip=strip, levels=OWN_LEVELS)


@learning.post(f"{RUN}/level")
@guard("token")
def choose_level(draft_id: str) -> BaseResponse:
    """Go on with more or less help."""
    running = open_running(draft_id, write=True)
    level = request.form.get("level", "")
    if level in OWN_LEVELS:
        change_level(get_session(), running.row, running.tutorial, level, now())
    return redirect(running.next_address, 303)


@learning.post(f"{RUN}/press")
@guard("token")
def press_strip(draft_id: str) -> BaseResponse:
    """Do what a button of the class strip says, on pages without a form of questions."""
    running = open_running(draft_id, write=True)
    what, _, value = request.form.get("then", "").partition(":")
    if running.row.learner_id is None or what not in ("hand", "follow"):
        abort(404)
    address = press_class(running, what, value)
    return redirect(address or running.next_address, 303)


@learning.get(f"{RUN}/find")
def show_find(draft_id: str) -> Response:
    """Show the real search beside the guide; what is found can be practised from here."""
    running = open_running(draft_id)
    found = search(request.args.get("q", ""), g.voice.code)
    return render_private("learning/find.html", running=running, found=found, guide=show_guide(running, "find"))


@learning.post(f"{RUN}/find")
@guard("token")
def try_find(draft_id: str) -> BaseResponse:
    """Search as the learner typed it, or take up a procedure that was found; what was tried counts as done."""
    running = open_running(draft_id, write=True)
    slug = request.form.get("procedure", "")
    if slug:
        running.note(Happening("found", "find", slug))
        return redirect(running.next_address, 303)
    found = search(request.form.get("q", ""), g.voice.code)
    if found.query and (not found.procedures or found.nearest):
        running.note(Happening("searched", "find", found.query))
    if not found.query:
        running.note(Happening("refused", "find"))
    return render_private(
        "learning/find.html", running=running, found=found, guide=show_guide(running, "find"), tried=True
    )


@learning.get(f"{RUN}/finish")
def show_finish(draft_id: str) -> BaseResponse:
    """Show what the learner can do now, and what can be taken home."""
    running = open_running(draft_id)
    if running.step is not None:
        return redirect(running.address(""), 303)
    rating = rating_form(running.row.learner_id, "after") if running.row.learner_id else ""
    return render_private("learning/finish.html", running=running, rating=rating)


@learning.get(f"{RUN}/certificate")
def show_certificate(draft_id: str) -> BaseResponse:
    """Show the certificate of attendance, laid out for paper."""
    running = open_running(draft_id)
    if running.row.finished_at is None:
        return redirect(running.address(""), 303)
    place, nickname = find_place(get_session(), running.row.learner_id)
    finished = day_of(running.row.finished_at)
    return render_certificate(running.tutorial, place, finished, nickname, running.address("finish"))


@learning.get(f"{RUN}/review")
def show_review(draft_id: str) -> BaseResponse:
    """Show the slip for trying again later, laid out for paper, with the numbers to go on if they were made."""
    running = open_running(draft_id)
    back = running.address("finish" if running.step is None else "")
    until = running.door.draft.row.expires_on
    return render_review(running.tutorial, day_of(running.row.stepped_at), slip_of(running.door), until, back)
