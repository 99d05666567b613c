"""The catalogue's pages: front page, search, sheets with the best way for this person, life events, audiences."""

from flask import Blueprint, Response, g, request

from webapp.procedures.pages import get_shelf, search
from webapp.procedures.rules_router import choose_way
from webapp.procedures.service_shelf import Sheet, Shelf
from webapp.reading.service import render

procedures = Blueprint("procedures", __name__, url_prefix="/<voice>")


@procedures.get("/")
def home() -> Response:
    """Show the front page: search first."""
    shelf = get_shelf()
    return render("procedures/home.html", catalogue=shelf.catalogue, popular=shelf.popular, query="")


@procedures.get("/find")
def find() -> Response:
    """Show what fits the words in `q`; with nothing found, other ways on."""
    shelf, found = get_shelf(), search(request.args.get("q", ""), g.voice.code)
    return render(
        "procedures/find.html", catalogue=shelf.catalogue, query=found.query, found=found.procedures,
        nearest=found.nearest, events=found.events, office=shelf.general_office,
    )  # fmt: skip


@procedures.get("/procedures/")
def list_all() -> Response:
    """Show every procedure under its life event."""
    shelf = get_shelf()
    return render("procedures/all.html", groups=shelf.groups, count=len(shelf.catalogue.procedures), query="")


@procedures.get("/procedures/<slug>")
def show_sheet(slug: str) -> Response:
    """Show a procedure with the best way for the answers in the address."""
    shelf = get_shelf()
    sheet = shelf.find_sheet(slug)
    if sheet is None:
        return show_missing(shelf)
    answers = read_answers(sheet)
    way = choose_way(sheet.procedure, answers, shelf.catalogue.router)
    return render(
        "procedures/sheet.html", sheet=sheet, procedure=sheet.procedure, words=sheet.procedure.words, way=way,
        answers=answers, names=shelf.catalogue.router.names, preparation=shelf.catalogue.preparations.get(slug),
        can_write=any(other.channel == "own_form" and other.is_open for other in way.also),
    )  # fmt: skip


def read_answers(sheet: Sheet) -> dict[str, str]:
    """Return the answers in the address to the questions of this sheet; anything else in it is passed over."""
    given = ((question, request.args.get(question.name, "")) for question in sheet.questions)
    return {question.fact: answer for question, answer in given if answer in question.options}


@procedures.get("/events/")
def list_events() -> Response:
    """Show the life events."""
    return render("procedures/events.html", catalogue=get_shelf().catalogue)


@procedures.get("/events/<slug>")
def show_event(slug: str) -> Response:
    """Show what a life event brings with it."""
    shelf = get_shelf()
    event = shelf.catalogue.events.get(slug)
    if event is None:
        return show_missing(shelf)
    return render("procedures/event.html", event=event, members=shelf.catalogue.of_event(slug))


@procedures.get("/for/<key>")
def show_audience(key: str) -> Response:
    """Show what there is for an audience."""
    shelf = get_shelf()
    audience = shelf.catalogue.audiences.get(key)
    if audience is None:
        return show_missing(shelf)
    return render("procedures/audience.html", audience=audience, members=shelf.catalogue.of_audience(key))


def show_missing(shelf: Shelf) -> Response:
    """Show that an address leads to nothing here, with every way on."""
    return render("procedures/missing.html", 404, catalogue=shelf.catalogue, office=shelf.general_office, query="")
