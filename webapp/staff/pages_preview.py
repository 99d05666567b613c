"""A draft of a procedure on the pages that residents will see, by their own templates, where nothing can be sent."""

from dataclasses import replace
from typing import Any

from flask import Response, abort, current_app

from webapp.accounts.pages import render_staff
from webapp.drafts import pages
from webapp.drafts.pages import ShownQuestion
from webapp.procedures.rules import Procedure
from webapp.procedures.rules_router import choose_way
from webapp.procedures.service_shelf import Shelf
from webapp.reading.service import current_speaker
from webapp.staff.service_previews import Preview, Previews, QuestionPage, list_question_pages, try_to_show


def render_sheet(previews: Previews, preview: Preview) -> Response | None:
    """Return the public page of a draft; None where it lacks something that the page needs."""
    procedure = preview.procedure
    if procedure is None:
        return None
    found: Response | None = try_to_show(lambda: _render_sheet(previews, preview, procedure))
    return found


def _render_sheet(previews: Previews, preview: Preview, procedure: Procedure) -> Response:
    """Return the public page of a draft that can be read."""
    catalogue = previews.catalogue_with(procedure)
    sheet = Shelf(catalogue).find_sheet(preview.slug)
    way = choose_way(procedure, {}, catalogue.router)
    return render_staff(
        "staff/desk_sheet.html", sheet=sheet, procedure=procedure, words=procedure.words, way=way, answers={},
        names=catalogue.router.names, preparation=catalogue.preparations.get(preview.slug), preview=preview,
        can_write=any(other.channel == "own_form" and other.is_open for other in way.also),
        pages=_list_pages(previews, procedure),
    )  # fmt: skip


def _list_pages(previews: Previews, procedure: Procedure) -> list[tuple[QuestionPage, Any]]:
    """Return the pages of questions of a draft, each with its heading."""
    pages_ = list_question_pages(procedure, previews.dictionary)
    return [(one, _heading(previews, one)) for one in pages_]


def _heading(previews: Previews, page: QuestionPage) -> Any:
    """Return the heading of a page of questions: its only question's, or its own."""
    if page.about_each:
        return page.questions[0].fact.words["question"] if page.questions else ""
    own = previews.dictionary.pages.get(page.key, {})
    first = page.questions[0].fact.words["question"]
    return first if len(page.questions) == 1 else own.get("question", first)


def render_question(previews: Previews, preview: Preview, number: int) -> Response | None:
    """Return one page of questions of a draft, the first is 1; None where it cannot be shown, 404 where there is none."""
    procedure = preview.procedure
    if procedure is None:
        return None
    found = try_to_show(lambda: _list_pages(previews, procedure))
    if found is None:
        return None
    if not 1 <= number <= len(found):
        abort(404)
    page, heading = found[number - 1]
    shown: Response | None = try_to_show(
        lambda: render_staff(
            "staff/desk_question.html",
            preview=preview,
            page=page,
            title=heading,
            number=number,
            count=len(found),
            questions=[_show(one, len(page.questions) == 1) for one in page.questions],
            topics=current_app.extensions["madoguchi"].dictionary.topics,
            words=procedure.words,
        )
    )
    return shown


def _show(question: Any, alone: bool) -> ShownQuestion:
    """Return one question as its component shows it. Alone on its page it is asked in the words of the page's heading."""
    fact = question.fact
    words = {**fact.words, "label": fact.words["question"]} if alone else fact.words
    return pages.show_question(replace(question, fact=replace(fact, words=words)), {}, (), current_speaker(), False, "")
