"""The public pages of tutorials: the list, one tutorial, its steps to watch, and the same words on paper and as text."""

import hashlib

from flask import Response, abort, g, request

from webapp.learning.door import get_tutorial, learning, list_tutorials
from webapp.learning.pages_tutorial import address_of, link_words, show_step
from webapp.learning.service_kana import write_edition
from webapp.reading.service import current_speaker, render

KINDS = ("first", "procedure", "event")
PAPERS = ("a4", "large")


@learning.get("/<voice>/learn/")
def show_tutorials() -> Response:
    """Show all tutorials, the first steps before those of procedures and life events."""
    tutorials = list_tutorials().values()
    groups = [(kind, [one for one in tutorials if one.define.kind == kind]) for kind in KINDS]
    return render("learning/list.html", groups=[(kind, some) for kind, some in groups if some])


@learning.get("/<voice>/learn/<slug>")
def show_tutorial(slug: str) -> Response:
    """Show what a tutorial is about and the four ways to go through it."""
    return render("learning/tutorial.html", tutorial=get_tutorial(slug))


@learning.get("/<voice>/learn/<slug>/watch/<int:number>")
def watch_step(slug: str, number: int) -> Response:
    """Show one step with a picture of the real page; nothing is to be done."""
    tutorial = get_tutorial(slug)
    if not 1 <= number <= len(tutorial.steps):
        abort(404)
    shown = show_step(tutorial, tutorial.steps[number - 1])
    return render("learning/watch.html", tutorial=tutorial, shown=shown, count=len(tutorial.steps))


@learning.get("/<voice>/learn/<slug>/print/<paper>")
def print_tutorial(slug: str, paper: str) -> Response:
    """Show a tutorial as a handout, in the usual size or in large print."""
    tutorial = get_tutorial(slug)
    if paper not in PAPERS:
        abort(404)
    return render("learning/handout.html", tutorial=tutorial, paper=paper, practice=True, **link_words(tutorial))


@learning.get("/<voice>/learn/<slug>/text.txt")
def send_text(slug: str) -> Response:
    """Send a tutorial as text alone, for speech and braille: in Japanese in kana."""
    tutorial = get_tutorial(slug)
    body = write_edition(tutorial, current_speaker(), address_of(tutorial)).encode()
    response = Response(body, mimetype="text/plain")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-{g.voice.code}.txt"'
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(hashlib.blake2b(body, digest_size=12).hexdigest())
    return response.make_conditional(request)  # type: ignore[return-value]  # the same response
