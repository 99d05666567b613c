"""The counter: what was prepared at home is read, its holder recognised, and taken or left."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Response, abort, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

import webapp.staff.views_counter_fill
import webapp.staff.views_counter_slip  # noqa: F401  # views join their blueprint when imported
from webapp.accounts.pages import needs, note_done, render_staff
from webapp.drafts.pages_desk import book_of, list_missing
from webapp.drafts.pages_sheet import make_sheet
from webapp.drafts.service_hand_over import Opened, find_hand_over
from webapp.drafts.service_stores import REAL
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.ids import is_id
from webapp.kit.safety import guard
from webapp.procedures.rules_book import Book
from webapp.staff.door import clerk, staff, ward
from webapp.staff.rules_counter import IDENTITIES, NOT_ACCEPTED, find_take_gaps, list_receivable, read_word
from webapp.staff.service_counter import Seen, accept, find_pause, list_receipts, look

COUNTER = "/<voice>/staff/counter"
ROLES = ("reception", "officer", "head")
DONE = ("refused", "forgotten", "erased")
PAPERS = ("a4", "80mm")


def counter_address(*parts: str) -> str:
    """Return the address of one of the counter's pages in this voice."""
    return "/".join((f"/{g.voice.code}/staff/counter", *parts))


def minutes_of(wait: timedelta | None) -> int:
    """Return a wait in whole minutes, rounded up."""
    return max(1, -(-int(wait.total_seconds()) // 60)) if wait else 0


@staff.get(f"{COUNTER}/")
@needs(*ROLES)
def show_counter() -> Response:
    """Show the one field for the spoken code and for the scanner, and what else is done at the counter."""
    return _ask((), 200)


def _ask(gaps: tuple[str, ...], status: int, wait: timedelta | None = None) -> Response:
    """Return the counter's first page with what is to mend; a code that was typed stays, for one wrong digit is mended."""
    done = request.args.get("done", "")
    return render_staff(
        "staff/counter.html", status, gaps=gaps, error_count=len(gaps), minutes=minutes_of(wait),
        typed=request.form.get("word", "")[:100], done=done if done in DONE else "",
    )  # fmt: skip


@staff.post(f"{COUNTER}/open")
@guard("staff")
@needs(*ROLES)
def open_prepared() -> BaseResponse:
    """Show what was prepared, to be read only. The code is in the form alone, never in an address."""
    found = _find_opened()
    if not isinstance(found, Opened):
        return found
    note_done("hand-over-opened", found.row.draft_id)
    return _render_opened(found, (), 200)


def _find_opened() -> Opened | BaseResponse:
    """Open what the code in the form stands for, or answer what is to mend."""
    session, settings = get_session(), ward().settings
    word = read_word(request.form.get("word", ""))
    if word is None:
        return _ask(("word",), 422)
    wait = find_pause(session, clerk(), now(), settings.pepper)
    if wait is not None:
        return _ask(("wait",), 429, wait)
    opened = look(session, clerk(), word, now(), settings.pepper)
    if opened is None:
        return _ask(("nothing",), 422)
    return opened if list_mine(opened.content.procedures) else _ask(("others",), 403)


def list_mine(slugs: Iterable[str]) -> tuple[str, ...]:
    """Return what whoever is signed in may receive of these procedures; one that is no more is the reception's."""
    known = ward().catalogue.procedures
    return list_receivable(clerk(), {slug: known[slug].define.office if slug in known else "" for slug in slugs})


def _render_opened(opened: Opened, gaps: tuple[str, ...], status: int) -> Response:
    """Return the sheets of what was prepared, and below them what to check before it is taken.

    A section sees its own procedures, and of others only how many there are.
    """
    mine, book, missing = list_mine(opened.content.procedures), _book_of(opened), _find_missing(opened)
    content = replace(opened.content, procedures=mine)
    chosen = _read_chosen(opened) if request.endpoint == "staff.take_prepared" else [s for s in mine if not missing[s]]
    return render_staff(
        "staff/counter_open.html", status, word=read_word(request.form.get("word", "")), opened=opened, content=content,
        sheets=make_sheet(content, book), gaps=gaps, error_count=len(gaps), identities=IDENTITIES, whys=NOT_ACCEPTED,
        missing=missing, chosen=chosen, others=len(opened.content.procedures) - len(mine), form=request.form,
        question_form=True,
    )  # fmt: skip


def _find_missing(opened: Opened) -> dict[str, list[Any]]:
    """Return by procedure what today's questions still want to know."""
    return {slug: list_missing(opened.content, slug) for slug in list_mine(opened.content.procedures)}


def _read_chosen(opened: Opened) -> list[str]:
    """Return which procedures are to be taken, of those that whoever is signed in may take."""
    ticked = request.form.getlist("take")
    return [slug for slug in list_mine(opened.content.procedures) if slug in ticked]


def _book_of(opened: Opened) -> Book:
    """Return the questions that something was prepared by; 404 where they are nowhere to be had."""
    return book_of(opened.content) or abort(404)


@staff.post(f"{COUNTER}/accept")
@guard("staff")
@needs(*ROLES)
def take_prepared() -> BaseResponse:
    """Make applications of what was chosen, once; or leave everything as it is, and note why."""
    draft_id = request.form.get("draft", "")
    if _is_taken(draft_id):
        return redirect(counter_address("received", draft_id), 303)
    found = _find_opened()
    if not isinstance(found, Opened):
        return found
    if request.form.get("then") == "refuse":
        return _leave(found)
    chosen = _read_chosen(found)
    gaps = find_take_gaps(chosen, _find_missing(found)) + _find_gaps()
    if gaps:
        return _render_opened(found, gaps, 422)
    seen = Seen(request.form["identity"], _read_papers(found))
    word, settings = read_word(request.form.get("word", "")) or "", ward().settings
    taken = accept(get_session(), clerk(), word, chosen, seen, _book_of(found), settings, now())
    return redirect(counter_address("received", taken), 303) if taken else _ask(("nothing",), 422)


def _is_taken(draft_id: str) -> bool:
    """Tell whether this clerk has taken all that the form chooses already: it came a second time."""
    ticked = set(request.form.getlist("take"))
    if not ticked or not is_id(draft_id) or request.form.get("then"):
        return False
    return ticked <= {one.procedure for one in list_receipts(get_session(), clerk(), draft_id)}


def _find_gaps() -> tuple[str, ...]:
    """Return what is still to be checked before something is taken."""
    identity = () if request.form.get("identity") in IDENTITIES else ("identity",)
    return identity + (() if request.form.get("checked") == "yes" else ("checked",))


def _read_papers(opened: Opened) -> dict[str, list[str]]:
    """Return by procedure which of the papers that are to be brought were seen, in the ward's own words."""
    ticked, procedures = request.form.getlist("paper"), _book_of(opened).procedures
    return {
        slug: [one.voices["ja"] for number, one in enumerate(procedures[slug].bring) if f"{slug}:{number}" in ticked]
        for slug in opened.content.procedures
        if slug in procedures
    }


def _leave(opened: Opened) -> BaseResponse:
    """Leave what was prepared as it is, and write into the log why."""
    why = request.form.get("why", "")
    if why not in NOT_ACCEPTED:
        return _render_opened(opened, ("why",), 422)
    note_done("hand-over-left", opened.row.draft_id, why)
    return redirect(counter_address("") + "?done=refused", 303)


@staff.get(f"{COUNTER}/received/<draft_id>")
@staff.get(f"{COUNTER}/received/<draft_id>/<paper>")
@needs(*ROLES)
def show_received(draft_id: str, paper: str = "") -> Response:
    """Show the receipts of what this clerk has just taken, on the screen or for paper; nobody else's."""
    receipts: list[Any] = list_receipts(get_session(), clerk(), draft_id) if is_id(draft_id) else []
    if not receipts or paper not in ("", *PAPERS):
        abort(404)
    template = "staff/counter_print.html" if paper else "staff/counter_received.html"
    row = find_hand_over(get_session(), REAL.hand_over, draft_id)
    rest = row.procedures.split() if row else []
    mine = [slug for slug in list_mine(rest) if slug in ward().catalogue.procedures]
    return render_staff(
        template, draft_id=draft_id, receipts=receipts, paper=paper, catalogue=ward().catalogue,
        counter=counter_address(""), rest=mine, others=len(rest) - len(mine), last_day=row.expires_on if row else None,
    )  # fmt: skip
