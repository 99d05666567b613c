"""Pictures of real pages beside the steps of a tutorial, and the papers that learners take home.

What is shown once more on paper (certificate, review slip) is handed in by whoever holds the run; nothing is kept here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Response, current_app, g, request

from webapp.drafts import pages
from webapp.drafts.pages import Problem, ShownQuestion
from webapp.drafts.rules import Question
from webapp.drafts.service_slips import Slip
from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Gap, Typed
from webapp.facts.rules_messages import message_of
from webapp.kit.clock import today
from webapp.kit.ids import show_confirmation_code, show_receipt_number
from webapp.kit.qr import draw_qr
from webapp.learning.rules import Mistake, Step, Tutorial
from webapp.learning.rules_review import list_reviews
from webapp.learning.service_pictures import Picture, draw_pictures, find_gaps, is_at_page, type_mistake
from webapp.procedures.rules_book import Book
from webapp.reading.rules_texts import Text
from webapp.reading.service import current_speaker, render_private

Shown = tuple[ShownQuestion, ...]


@dataclass(frozen=True, slots=True)
class ShownMistake:
    """A typical mistake with the part of the real page that answers it; without one only in words."""

    mistake: Mistake
    questions: Shown


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step with a picture of its page (`title` is that page's heading), and where it is if it has none."""

    step: Step
    place: str
    title: Text | None
    questions: Shown
    mistakes: tuple[ShownMistake, ...]


def show_step(tutorial: Tutorial, step: Step) -> ShownStep:
    """Return a step as it is watched: the real page filled in, and each typical mistake as the real checks find it."""
    picture = _find_picture(tutorial, step)
    if picture is None:
        plain = tuple(ShownMistake(one, ()) for one in step.mistakes)
        return ShownStep(step, find_place(step), None, (), plain)
    titles = current_app.extensions["madoguchi"].dictionary.pages
    mistakes = tuple(_show_mistake(picture, n, one) for n, one in enumerate(step.mistakes, 1))
    alone = len(picture.page.questions) == 1
    title = None if alone else pages.page_question(picture.page, titles)
    return ShownStep(step, "", title, _show_questions(picture, "picture", picture.typed, ()), mistakes)


def find_place(step: Step) -> str:
    """Return which page that asks nothing a step is at: one of the places, the reading settings, or none."""
    if step.define.check.look is not None:
        return "reading"
    return "" if is_at_page(step) else step.define.at


def _find_picture(tutorial: Tutorial, step: Step) -> Picture | None:
    """Return the picture of a step's page; those of a tutorial are drawn once a day."""
    drawn: dict[str, tuple[date, Mapping[str, Picture]]]
    drawn = current_app.extensions.setdefault("tutorial_pictures", {})
    day, found = drawn.get(tutorial.slug, (None, {}))
    if day != today():
        book = find_scope(tutorial)
        samples = current_app.extensions["madoguchi"].samples
        found = draw_pictures(tutorial, book, samples, today()) if book else {}
        drawn[tutorial.slug] = (today(), found)
    return found.get(step.key)


def find_scope(tutorial: Tutorial) -> Book | None:
    """Return what a tutorial practises as a book over the whole dictionary, for planning only; None if it is not there."""
    ward = current_app.extensions["madoguchi"]
    kind, _, slug = tutorial.define.practice.partition("/")
    event = ward.catalogue.events.get(slug) if kind == "events" else None
    slugs = [member.procedure for member in event.define.members] if event else [slug] * (kind == "procedures")
    found = {key: ward.catalogue.procedures[key] for key in slugs if key in ward.catalogue.procedures}
    return Book(tutorial.define.practice, "", event, found, ward.dictionary) if event or found else None


def _show_mistake(picture: Picture, number: int, mistake: Mistake) -> ShownMistake:
    """Return a mistake with the questions of the page that it leaves to be mended."""
    if mistake.define.typed is None:
        return ShownMistake(mistake, ())
    gaps = find_gaps(picture, mistake, today())
    questions = _show_questions(picture, f"mistake{number}", type_mistake(picture, mistake), gaps)
    return ShownMistake(mistake, tuple(one for one in questions if one.gaps))


def _show_questions(picture: Picture, prefix: str, typed: Mapping[str, Typed], gaps: Sequence[Gap]) -> Shown:
    """Return the questions of a page under names that no other picture on the same page has."""
    alone = len(picture.page.questions) == 1
    return tuple(_show(picture, one, prefix, typed[one.fact.key], gaps, alone) for one in picture.page.questions)


def _show(
    picture: Picture, question: Question, prefix: str, typed: Typed, gaps: Sequence[Gap], alone: bool
) -> ShownQuestion:
    """Return one question of a picture. Alone on its page it is asked in the words of the page's heading."""
    fact, speaker = question.fact, current_speaker()
    words = {**fact.words, "label": fact.words["question"]} if alone else fact.words
    shown = replace(fact, key=f"{prefix}.{fact.key}", words=words)
    problems = tuple(_show_gap(gap, fact, shown) for gap in gaps if gap.fact == fact.key)
    one = pages.show_question(replace(question, fact=shown), typed, (), speaker, False, "")
    people = pages.list_people(question, picture.answers, typed)
    return replace(one, gaps=problems, people=people)


def _show_gap(gap: Gap, fact: Fact, shown: Fact) -> Problem:
    """Return what the real page says about a gap, beside the input of the picture."""
    message, values = message_of(gap, fact)
    return Problem(gap.part, current_speaker().say(message, **values), pages.input_id(shown, gap.part))


def address_of(tutorial: Tutorial) -> str:
    """Return the whole address of a tutorial's page in this voice, as it is printed."""
    return f"{base_address()}/{g.voice.code}/learn/{tutorial.slug}"


def base_address() -> str:
    """Return the address of this service without a path, as it is printed."""
    base: str | None = current_app.extensions["madoguchi"].settings.public_url
    return base or request.host_url.rstrip("/")


def link_words(tutorial: Tutorial) -> dict[str, Any]:
    """Return a tutorial's address with its QR code, for paper."""
    address = address_of(tutorial)
    return {"address": address, "address_qr": draw_qr(address)}


def render_certificate(tutorial: Tutorial, place: str, day: date, nickname: str, back: str = "") -> Response:
    """Return the certificate of attendance to print; without a nickname there is a line to write a name on.

    It has no number, and nothing of it is kept. `back` is the address to go back to, else the tutorial's.
    """
    return render_private(
        "learning/certificate.html", paper="a4", practice=True, tutorial=tutorial, place=place, day=day,
        nickname=nickname, back_to=back or f"/{g.voice.code}/learn/{tutorial.slug}",
    )  # fmt: skip


def render_review(
    tutorial: Tutorial, day: date, slip: Slip | None = None, until: date | None = None, back: str = ""
) -> Response:
    """Return the review slip to print: when to try again after `day`, and what.

    With a slip of the practised draft it shows its numbers as well; `until` is the last day on which that slip opens.
    """
    return render_private(
        "learning/review.html", paper="a4", practice=True, tutorial=tutorial, day=day, reviews=list_reviews(day),
        until=until, back_to=back or f"/{g.voice.code}/learn/{tutorial.slug}", **link_words(tutorial), **_slip_words(slip),
    )  # fmt: skip


def _slip_words(slip: Slip | None) -> dict[str, Any]:
    """Return a slip's numbers as they are read, and its QR code; nothing without a slip."""
    if slip is None:
        return {"number": "", "code": "", "qr": ""}
    return {
        "number": show_receipt_number(slip.number),
        "code": show_confirmation_code(slip.code),
        "qr": draw_qr(f"{base_address()}/{g.voice.code}/slip/{slip.token}"),
    }
