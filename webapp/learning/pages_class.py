"""What a class shows on a learner's own pages: the strip with the hand and the instructor's words, and the faces to choose."""

from datetime import datetime
from urllib.parse import urlencode

from flask import current_app, g, request
from markupsafe import Markup
from sqlmodel import Session

from webapp.kit.clock import WARD_ZONE, now
from webapp.kit.database import get_session
from webapp.kit.safety import make_token
from webapp.learning.door import list_tutorials
from webapp.learning.rules_class import AGE_BANDS, RATINGS, VISITS, is_over, write_time
from webapp.learning.rules_pace import Advice, Pace, Where, advise, read_place
from webapp.learning.service_learners import (
    decline,
    find_queue_place,
    lower_hand,
    raise_hand,
    undecline,
)
from webapp.learning.service_seen import note_seen
from webapp.learning.service_state import make_rev
from webapp.learning.tables import Learner, Lesson
from webapp.reading.service import path_without_voice, render_part

MARK = "#class"
FOLLOW_SECONDS = 5


def show_strip(learner_id: str, form_id: str) -> Markup:
    """Return the strip of a learner's class, for pages with a form of questions (its id) or without one ("")."""
    session = get_session()
    learner = session.get(Learner, learner_id)
    lesson = session.get(Lesson, learner.lesson_id) if learner else None
    if learner is None or lesson is None:
        return Markup("")
    _note_here(learner)
    return render_strip(lesson, learner, form_id, f"/{g.voice.code}{path_without_voice()}")


def _note_here(learner: Learner) -> None:
    """Note that a learner's browser is here; a request that writes anyway does it by itself."""
    if request.method == "POST":
        learner.seen_at = now()
        get_session().add(learner)
    else:
        note_seen(current_app.extensions["engine"], learner.id, learner.seen_at, now())


def render_strip(lesson: Lesson, learner: Learner, form_id: str, back: str) -> Markup:
    """Return the strip as it stands now; its buttons lead back to the address `back`."""
    place = find_queue_place(get_session(), learner)
    over = is_over(lesson.closed_at, lesson.ends_at, now())
    home = f"/{g.voice.code}/class/{lesson.id}/"
    return render_part(
        "learning/_class.html", lesson=lesson, learner=learner, form_id=form_id, back=back, home=home, over=over,
        place=place, rev=make_rev(lesson.rev, learner.rev, place), advice=advice_for(lesson, learner, back),
        poll=f"{home}state?{urlencode({'form': form_id, 'back': back})}", ends=write_time_of(lesson.ends_at),
        follow_in=FOLLOW_SECONDS, csrf=make_token(g.browser_secret) if g.get("browser_secret") else "",
    )  # fmt: skip


def advice_for(lesson: Lesson, learner: Learner, path: str) -> Advice:
    """Return what the way a lesson is led means to a learner who looks at the page at a path."""
    where = Where(learner.tutorial, learner.step, read_place(path))
    return advise(pace_of(lesson), list_tutorials(), where, learner.declined)


def pace_of(lesson: Lesson) -> Pace:
    """Return how a lesson is led."""
    return Pace(lesson.mode, lesson.tutorial, lesson.step, lesson.paused, tuple(lesson.tutorials.split()))


def write_time_of(moment: datetime) -> str:
    """Return the ward's time of a moment in this voice's words."""
    return write_time(moment.astimezone(WARD_ZONE), g.voice.lang)


def rating_form(learner_id: str, when: str) -> Markup:
    """Return the form that asks how sure somebody is of doing it alone, "before" (with who they are) or "after"."""
    learner = get_session().get(Learner, learner_id)
    if learner is None:
        return Markup("")
    return render_part(
        "learning/_class_rating.html", learner=learner, when=when, chosen=getattr(learner, when), ratings=RATINGS,
        age_bands=AGE_BANDS, visits=VISITS, back=f"/{g.voice.code}{path_without_voice()}",
        csrf=make_token(g.browser_secret) if g.get("browser_secret") else "",
    )  # fmt: skip


def press(session: Session, learner_id: str, what: str, value: str, now: datetime) -> None:
    """Do what a button of the strip says, but for going where the instructor is: "hand" up or down, "follow" stay or on."""
    learner = session.get(Learner, learner_id)
    if learner is None:
        return
    if (what, value) == ("hand", "up"):
        raise_hand(session, learner, now)
    elif (what, value) == ("hand", "down"):
        lower_hand(session, learner)
    elif (what, value) == ("follow", "stay"):
        decline(session, learner)
    elif what == "follow" and value in ("on", "go"):
        undecline(session, learner)
