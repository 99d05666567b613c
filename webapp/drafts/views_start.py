"""Beginning: one procedure or a life event, really or in practice; and what was kept is offered first."""

from typing import Any

from flask import Response, abort, current_app, g, redirect
from werkzeug.wrappers import Response as BaseResponse

from webapp.drafts.door import drafts, get_books, make_door, open_door, set_browser_cookie
from webapp.drafts.rules_events import is_over
from webapp.drafts.service import begin_draft
from webapp.drafts.service_books import keep_book
from webapp.drafts.service_kept import find_own_box, offer_kept
from webapp.drafts.service_samples import make_household
from webapp.drafts.service_stores import PRACTICE, REAL, Store
from webapp.drafts.views import next_open
from webapp.kit.clock import now, today
from webapp.kit.database import get_session
from webapp.kit.limits import limit_starts
from webapp.kit.safety import guard
from webapp.procedures.rules_book import Book
from webapp.reading.service import render, render_private

SAMPLE_TITLE = "見本"


@drafts.post("/<voice>/procedures/<slug>/start")
@guard("origin")
@limit_starts
def start(slug: str) -> BaseResponse:
    """Begin a draft of a procedure and lead to its first question."""
    return _begin_procedure(slug, REAL)


@drafts.post("/<voice>/procedures/<slug>/practice")
@guard("origin")
@limit_starts
def practise(slug: str) -> BaseResponse:
    """Begin to practise a procedure: the same pages, nothing is sent."""
    return _begin_procedure(slug, PRACTICE)


@drafts.post("/<voice>/events/<slug>/start")
@guard("origin")
@limit_starts
def start_event(slug: str) -> BaseResponse:
    """Begin the guide of a life event."""
    return _begin_event(slug, REAL)


@drafts.post("/<voice>/events/<slug>/practice")
@guard("origin")
@limit_starts
def practise_event(slug: str) -> BaseResponse:
    """Begin to practise the guide of a life event."""
    return _begin_event(slug, PRACTICE)


@drafts.get("/<voice>/practice/")
def list_practice() -> Response:
    """Show what can be practised: everything that can be filled in here."""
    catalogue = current_app.extensions["madoguchi"].catalogue
    events = [event for event in catalogue.events.values() if event.has_guide]
    forms = [one for one in catalogue.procedures.values() if not is_over(one, today())]
    return render("drafts/practice.html", events=events, procedures=forms)


def _begin_procedure(slug: str, store: Store) -> BaseResponse:
    """Begin a draft of one procedure in a store; 404 for what cannot be filled in, 410 with the reason for what is over."""
    procedure = current_app.extensions["madoguchi"].catalogue.procedures.get(slug)
    if procedure is None or procedure.define.form is None:
        abort(404)
    if is_over(procedure, today()):
        return render("drafts/closed.html", 410, procedure=procedure)
    return _begin(f"procedures/{slug}", store)


def _begin_event(slug: str, store: Store) -> BaseResponse:
    """Begin a draft of a life event in a store; 404 for an event that asks nothing."""
    event = current_app.extensions["madoguchi"].catalogue.events.get(slug)
    if event is None or not event.has_guide:
        abort(404)
    return _begin(f"events/{slug}", store)


def _begin(scope: str, store: Store) -> BaseResponse:
    """Begin a draft over a scope and lead to its first page, or to what can be used from before."""
    ward, book = current_app.extensions["madoguchi"], get_books().find(scope)
    if book is None:
        abort(404)
    session = get_session()
    box = None if store.is_practice else find_own_box(session, g.browser_secret)
    if not store.is_practice:
        keep_book(session, get_books(), scope, now())
    secret = g.browser_secret or set_browser_cookie()
    draft = begin_draft(session, store, book, g.voice.code, secret, now(), ward.settings)
    door = make_door(draft)
    has_offer = store.is_practice or (box is not None and _is_of_use(box.content, book))
    return redirect(door.address("begin") if has_offer else next_open(door), 303)


def _is_of_use(content: Any, book: Book) -> bool:
    """Tell whether anything that was kept could be asked here."""
    return bool(content.people) or any(key in book.dictionary.facts for key in content.facts)


@drafts.get("/<voice>/<any(drafts,practice):space>/<draft_id>/begin")
def show_begin(space: str, draft_id: str) -> BaseResponse:
    """Offer the sample household in practice, or what was kept from before."""
    door = open_door(space, draft_id)
    if door.draft.is_sent:
        return redirect(next_open(door), 303)
    if door.is_practice:
        return render_private("drafts/begin_practice.html", door=door, samples=door.ward.samples)
    box = None if door.bar else find_own_box(get_session(), g.browser_secret)
    if box is None:
        return redirect(next_open(door), 303)
    return render_private("drafts/begin_kept.html", door=door, content=box.content)


@drafts.post("/<voice>/<any(drafts,practice):space>/<draft_id>/begin")
@guard("token")
def begin_with(space: str, draft_id: str) -> BaseResponse:
    """Use the sample household, or what was kept from before, and lead to the first question."""
    door = open_door(space, draft_id, write=True)
    if not door.draft.is_sent:
        if door.is_practice:
            content = make_household(door.ward.samples, door.book.dictionary, today(), SAMPLE_TITLE)
            offer_kept(door.draft, content, door.book.dictionary)
        elif not door.bar and (box := find_own_box(get_session(), g.browser_secret)) is not None:
            offer_kept(door.draft, box.content, door.book.dictionary)
        door.draft.fit(door.book, today())
        door.replan()
        door.save()
    return redirect(next_open(door), 303)
