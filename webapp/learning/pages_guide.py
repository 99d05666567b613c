"""The guide beside practised drafts: what to do now, why, and what went wrong, in the page's own flow and never over it."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import g
from markupsafe import Markup

from webapp.drafts.pages_guide import Happened
from webapp.drafts.pages_practice import Door, Page, find_practice, find_words
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.learning.door import list_tutorials
from webapp.learning.door_runs import GUIDE, Running, find_running, follow_to
from webapp.learning.pages_class import press, show_strip
from webapp.learning.pages_pace import find_goal, is_held, let_in_again
from webapp.learning.rules import Happening, Mistake, Step, next_guided
from webapp.reading.rules import Choice, change_choice, look_of
from webapp.reading.service import render_part

FORM = "question"
FORMLESS = ("find", "return", "slip", "sent", "begin", "answers", "counter", "changes")
"""Places whose page has no form of questions that a button of the guide could send along."""


class TutorialGuide:
    """Stands beside the drafts of runs; drafts without a run are left alone."""

    def is_with(self, door: Door) -> bool:
        """Tell whether a run goes with this draft."""
        return find_running(door) is not None

    def list_assets(self, door: Door, kind: str) -> tuple[str, ...]:
        """Return the files that the guide's words need; those of a class only in a class."""
        running = find_running(door)
        in_class = running is not None and running.row.learner_id is not None
        files = {
            "css": ("css/guide.css", *(("css/class.css",) if in_class else ())),
            "js": ("js/class.js",) if in_class else (),
        }
        return files[kind]

    def stand_by(self, door: Door, place: str) -> Markup | None:
        """Return the guide's words for a place."""
        running = find_running(door)
        return show_guide(running, place) if running else None

    def take_note(self, door: Door, happened: Happened) -> None:
        """Bring the run forward."""
        running = find_running(door)
        if running is None:
            return
        codes = tuple((gap.fact, gap.code) for gap in happened.gaps)
        what, _, change = happened.word.partition(":")
        look = describe_look(change_choice(g.kept_choice, change)) if what == "look" else {}
        if happened.what == "returned" and running.row.learner_id:
            let_in_again(get_session(), running.row.learner_id, g.browser_secret)
        running.note(
            Happening(
                happened.what, happened.place, happened.word, codes, happened.before, dict(door.made.answers),
                door.made.first_open() is None, look,
            )
        )  # fmt: skip

    def fill(self, door: Door, page: Page, word: str) -> Mapping[str, Any] | None:
        """Type a mistake, or this step's sample, into a page."""
        running = find_running(door)
        step = find_sample_step(running, page.key) if running else None
        if running is None or not word:
            return None
        if word == "sample" and step:
            return {q.fact.key: find_words(door, q.fact, step.define.typed) for q in page.questions}
        mistake = find_named(running, word)
        if mistake is None or mistake.define.typed is None:
            return None
        typed = {**(step.define.typed if step else {}), **mistake.define.typed}
        return {q.fact.key: find_words(door, q.fact, typed) for q in page.questions}

    def press(self, door: Door, what: str, value: str) -> str | None:
        """Raise a hand, or follow the instructor; what was typed is kept by then."""
        running = find_running(door)
        if running is None or what not in ("hand", "follow") or running.row.learner_id is None:
            return None
        return press_class(running, what, value)

    def lead(self, door: Door, place: str) -> str | None:
        """Lead to the run's own page where the class waits for the instructor before a step."""
        running = find_running(door)
        if running is None or running.row.learner_id is None:
            return None
        step = find_step_at(running, place)
        held = step is not None and is_held(get_session(), running.row.learner_id, running.tutorial, step, now())
        return running.address("") if held else None


def press_class(running: Running, what: str, value: str) -> str:
    """Do what a button of the class strip says; return where to go, or "" to stay on the page."""
    session, learner_id = get_session(), str(running.row.learner_id)
    if what == "follow" and value == "back":
        came_from, running.row.came_from = running.row.came_from, ""
        session.add(running.row)
        return f"/{g.voice.code}{came_from}" if came_from else ""
    press(session, learner_id, what, value, now())
    goal = find_goal(session, learner_id, now()) if (what, value) == ("follow", "go") else None
    tutorial = list_tutorials().get(goal[0]) if goal else None
    return follow_to(learner_id, tutorial, goal[1], running.next_address) if goal and tutorial else ""


def find_sample_step(running: Running, place: str) -> Step | None:
    """Return the step whose sample fits a page: the one that is next, else the first at this page that has one."""
    here = [one for one in running.tutorial.steps if one.define.at == place and one.define.typed]
    return next((one for one in here if one is running.step), here[0] if here else None)


def find_named(running: Running, word: str) -> Mistake | None:
    """Return the mistake that a button names ("mistake:step:key"), or None."""
    parts = word.split(":")
    step = running.tutorial.find_step(parts[1]) if len(parts) == 3 and parts[0] == "mistake" else None
    return step.find_mistake(parts[2]) if step else None


def find_step_at(running: Running, place: str) -> Step | None:
    """Return the step to speak about at a place: the next one, or one that is to be done right here."""
    step = running.step
    if step is None or step.define.at == place or step.define.check.changed:
        return step
    done = running.progress.done
    return next((one for one in running.tutorial.steps if one.define.at == place and one.key not in done), None)


def show_guide(running: Running, place: str) -> Markup:
    """Return the guide for a place in the reader's words."""
    step, progress = find_step_at(running, place), running.progress
    guided = next_guided(step, progress) if step and running.row.level == "together" else None
    kind, _, named = progress.last.partition(":")
    said = running.tutorial.find_step(named.partition(":")[0])
    made = said.find_mistake(named.partition(":")[2]) if said and kind == "mistake" else None
    form_id = "" if place in FORMLESS else FORM
    strip = show_strip(running.row.learner_id, form_id) if running.row.learner_id else ""
    return render_part(
        "learning/_guide.html", running=running, step=step, next_step=running.step, level=running.row.level,
        count=len(running.tutorial.steps), guided=guided if guided and _can_lead(guided, place) else None,
        done_step=said if kind == "done" else None, made=made, refused=kind == "refused" and place not in FORMLESS,
        filled=kind == "filled", place=place,
        form_id=form_id, strip=strip, came_from=running.row.came_from,
        all_done=running.step is None, tutorial=running.tutorial, mark=GUIDE,
    )  # fmt: skip


def _can_lead(mistake: Mistake, place: str) -> bool:
    """Tell whether the guide can lead to a mistake here."""
    return mistake.define.typed is None or place not in FORMLESS


def describe_look(choice: Choice) -> dict[str, Any]:
    """Return reading settings in the words that a tutorial's check uses."""
    look = asdict(look_of(choice, g.voice))
    return {**look, "furigana": "on" if look["furigana"] else "off"}


def watch_look(back: str, choice: Choice) -> None:
    """Take note of reading settings that a learner changed on the way back to a practised draft."""
    found = re.match(r"/[a-z-]+/practice/([0-9a-f]{24})/([^/?#]*)", back)
    door = find_practice(found[1]) if found and g.get("browser_secret") else None
    running = find_running(door) if door else None
    if running is not None and found is not None:
        running.note(Happening("looked", found[2], look=describe_look(choice)))
