"""Staff who call and write for the ward: the list of calls, one call, what came of it, the letters. Every look is logged."""

from datetime import date
from typing import Any

from flask import Response, abort, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import current_account, needs, note_done, render_staff
from webapp.kit.clock import day_of, now, today
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.notifications.door import notifications
from webapp.notifications.rules_ways import MOST_TRIES
from webapp.notifications.service_letters import (
    MOST_LETTERS,
    OpenLetter,
    list_letters,
    list_printed,
    note_printed,
    print_again,
    read_letters,
)
from webapp.notifications.service_lists import (
    ASKED_TWICE,
    OUTCOMES,
    find_call,
    find_holder,
    find_time,
    is_pausing,
    is_unfinished,
    list_calls,
    list_unreached,
    note_outcome,
    read_call,
    take_call,
)
from webapp.reading.service_speaker import Speaker

CALLS, LETTERS = "/<voice>/staff/calls", "/<voice>/staff/letters"
DONE = (*OUTCOMES, "taken", "again", "printed", "print-again")


def _ward() -> Any:
    """Return the ward's settings and texts."""
    return current_app.extensions["madoguchi"]


def _closed() -> frozenset[date]:
    """Return the ward's own days off, beside weekends and holidays."""
    days: frozenset[date] = _ward().catalogue.closed_days
    return days


def _account_id() -> str:
    """Return who is signed in."""
    account = current_account()
    return account.id if account else ""


def _names() -> dict[str, Any]:
    """Return the names of the voices."""
    return {code: voice.name for code, voice in current_app.extensions["reading"].voices.items()}


def _done() -> str:
    """Return what was just done, if it is something that a page has words for."""
    done = request.args.get("done", "")
    return done if done in DONE else ""


@notifications.get(CALLS)
@needs("reception")
def show_calls() -> Response:
    """Show whom to call, without number and name."""
    note_done("calls-listed")
    session = get_session()
    rows = list_calls(session, _ward().settings, now(), _closed())
    return render_staff(
        "notifications/calls.html", rows=rows, unreached=list_unreached(session), names=_names(), done=_done(),
        most_tries=MOST_TRIES,
    )  # fmt: skip


@notifications.get(f"{CALLS}/<call_id>")
@needs("reception")
def show_call(call_id: str) -> BaseResponse:
    """Show number, name and what to say to whoever took the call; to others that it can be taken, or not now."""
    session, moment = get_session(), now()
    call = find_call(session, call_id)
    if call is None:
        return redirect(f"/{g.voice.code}/staff/calls", 303)
    holder = find_holder(session, call_id, moment)
    mine = holder is not None and holder == _account_id()
    opened = read_call(session, call, _ward().messages, _ward().settings, day_of(moment)) if mine else None
    note_done("call-seen" if opened else "call-listed", call_id)
    sure = request.args.get("sure", "")
    if sure in ASKED_TWICE and is_unfinished(session, call_id, _account_id()):  # also after its quarter of an hour
        return render_staff("notifications/call_sure.html", call=call, opened=opened, sure=sure)
    at = find_time(session, call, _ward().settings, moment, _closed())
    return render_staff(
        "notifications/call.html", call=call, opened=opened, mine=mine, due=at <= moment, held=holder is not None,
        pausing=is_pausing(session, call, _ward().settings, moment, _closed()), when=at, names=_names(),
    )  # fmt: skip


@notifications.post(f"{CALLS}/<call_id>/take")
@guard("staff")
@needs("reception")
def take(call_id: str) -> BaseResponse:
    """Take a call for a quarter of an hour, so that nobody is called twice at once."""
    if not take_call(get_session(), call_id, _account_id(), now(), _ward().settings, _closed()):
        return redirect(f"/{g.voice.code}/staff/calls?done=taken", 303)
    note_done("call-taken", call_id)
    return redirect(f"/{g.voice.code}/staff/calls/{call_id}", 303)


@notifications.post(f"{CALLS}/<call_id>/outcome")
@guard("staff")
@needs("reception")
def end_call(call_id: str) -> BaseResponse:
    """Write down what came of a call; what takes a number away is asked about once more."""
    outcome = request.form.get("outcome", "")
    if outcome not in OUTCOMES:
        abort(400)
    if outcome in ASKED_TWICE and request.form.get("sure") != "yes":
        return redirect(f"/{g.voice.code}/staff/calls/{call_id}?sure={outcome}", 303)
    if not note_outcome(get_session(), call_id, _account_id(), outcome, now(), _ward().settings, _closed()):
        return redirect(f"/{g.voice.code}/staff/calls?done=taken", 303)
    note_done(f"call-{outcome}", call_id)
    return redirect(f"/{g.voice.code}/staff/calls?done={outcome}", 303)


@notifications.get(LETTERS)
@needs("reception")
def show_letters() -> Response:
    """Show which letters wait, and which were printed today, without names and addresses."""
    note_done("letters-listed")
    letters, printed = list_letters(get_session()), list_printed(get_session(), now())
    return render_staff(
        "notifications/letters.html", letters=letters, printed=printed, names=_names(), done=_done(), most=MOST_LETTERS
    )


@notifications.get(f"{LETTERS}/print")
@needs("reception")
def print_letters() -> BaseResponse:
    """Show the letters that wait, or those that were ticked, a page each."""
    session = get_session()
    waiting = [letter.id for letter in list_letters(session)]
    wanted = request.args.getlist("letter")[:MOST_LETTERS] or waiting
    letters = read_letters(session, wanted, _ward().messages, _ward().settings, today())
    if not letters:
        return redirect(f"/{g.voice.code}/staff/letters", 303)
    for letter in letters:
        note_done("letter-seen", letter.id)
    return render_staff("notifications/print_letters.html", letters=[_set(one) for one in letters], paper="a4")


def _set(letter: OpenLetter) -> dict[str, Any]:
    """Return a letter in its reader's voice, with furigana in easy Japanese."""
    reading = current_app.extensions["reading"]
    ruby = reading.voices[letter.voice].furigana
    speaker: Speaker = reading.environments[letter.voice, ruby].globals["speaker"]
    return {
        "to": letter, "lang": speaker.voice.lang, "ruby": ruby, "day": speaker.day(today()),
        "subject": speaker.own(letter.words.subject), "sender": speaker.own(letter.words.sender),
        "paragraphs": [speaker.own(paragraph) for paragraph in letter.words.paragraphs],
    }  # fmt: skip


@notifications.post(f"{LETTERS}/printed")
@guard("staff")
@needs("reception")
def end_letters() -> BaseResponse:
    """Note that letters were printed; the same again changes nothing."""
    for letter_id in note_printed(get_session(), request.form.getlist("letter"), _account_id(), now()):
        note_done("letter-printed", letter_id)
    return redirect(f"/{g.voice.code}/staff/letters?done=printed", 303)


@notifications.post(f"{LETTERS}/again")
@guard("staff")
@needs("reception")
def bring_letters_back() -> BaseResponse:
    """Put letters back on the list that a printer did not print after all: some, or all of today."""
    session, moment = get_session(), now()
    everything = [letter.id for letter in list_printed(session, moment)] if "all" in request.form else []
    back = print_again(session, everything or request.form.getlist("letter"), moment)
    for letter_id in back:
        note_done("letter-again", letter_id)
    return redirect(f"/{g.voice.code}/staff/letters{'?done=print-again' if back else ''}", 303)
