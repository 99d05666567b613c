"""The first page of everybody who works behind the counter: what they can do, and how much of it waits. Numbers only."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app

from webapp.accounts.pages import SignedIn, current_account, needs, render_staff
from webapp.accounts.service_audit_seals import find_report
from webapp.accounts.service_today import count_invited
from webapp.applications.service_inbox_counts import WINDOW, count_erased_soon, count_open
from webapp.drafts.service_waiting import count_prepared
from webapp.kit.clock import now, today
from webapp.kit.database import get_session
from webapp.learning.service_lessons import list_lessons
from webapp.notifications.service_waiting import count_waiting
from webapp.staff.door import staff, ward
from webapp.staff.views_desk import get_desk

INBOX = (
    ("over", "?due=over"), ("confirm", "?show=confirm"), ("answered", "?label=answered"), ("mended", "?show=mended"),
    ("unmended", "?due=unmended"), ("nobody", "?who=nobody"), ("mine", "?who=mine"), ("open", ""),
)  # fmt: skip
"""What a section counts, with the part of the list where it stands; what presses most comes first."""


@dataclass(frozen=True, slots=True)
class Line:
    """One number of a card: a word for what it counts, how many, and where they are listed."""

    key: str
    number: int
    href: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One thing that somebody can do here: where, and how much of it waits. `state`: a word instead of a number."""

    key: str
    href: str
    lines: tuple[Line, ...] = ()
    state: str = ""


@staff.get("/<voice>/staff/")
@needs()
def show_today() -> Response:
    """Show what somebody with these roles can do today."""
    account = current_account()
    cards = [card for roles, make in CARDS if account and account.roles & roles for card in make(account)]
    return render_staff("staff/today.html", cards=cards, day=today(), most=WINDOW)


def _list_section(account: SignedIn) -> Iterator[Card]:
    """Yield what came to somebody's sections."""
    session, who = get_session(), account.clerk
    counts = count_open(session, who, "", today())
    soon = count_erased_soon(session, who, today())
    lines = [
        Line(key, counts[key].number, f"staff/inbox/{query}", counts[key].more)
        for key, query in INBOX
        if key != "confirm" or who.sections("head")
    ]
    lines.append(Line("erase", soon.number, "staff/inbox/?show=any&due=erase", soon.more))
    yield Card("inbox", "staff/inbox/", tuple(lines))
    yield Card("exports", "staff/exports/")


def _list_counter(_account: SignedIn) -> Iterator[Card]:
    """Yield the counter."""
    prepared = count_prepared(get_session(), today())
    yield Card("counter", "staff/counter/", (Line("prepared", prepared, "staff/counter/"),))


def _list_reception(_account: SignedIn) -> Iterator[Card]:
    """Yield calls, letters and the machines in the building."""
    session, calls, letters = get_session(), "staff/calls", "staff/letters"
    waiting = count_waiting(session, now(), ward().settings, ward().catalogue.closed_days)
    yield Card("calls", calls, (Line("due", waiting["due"], calls), Line("later", waiting["later"], calls)))
    yield Card("letters", letters, (Line("letters", waiting["letters"], letters),))
    count_calling: Callable[[Any], int] | None = current_app.extensions.get("machines_calling")
    lines = (Line("calling", count_calling(session), "staff/kiosks"),) if count_calling else ()
    yield Card("kiosks", "staff/kiosks", lines)


def _list_classes(account: SignedIn) -> Iterator[Card]:
    """Yield the classes that somebody teaches or helps with."""
    moment = now()
    ahead = [one for one in list_lessons(get_session(), account.id) if one.ends_at > moment and not one.closed_at]
    running = sum(one.starts_at <= moment for one in ahead)
    yield Card("classes", "teach/", (Line("running", running, "teach/"), Line("ahead", len(ahead) - running, "teach/")))


def _list_desk(_account: SignedIn) -> Iterator[Card]:
    """Yield the content desk."""
    yield Card("desk", "staff/desk/", (Line("tasks", len(get_desk().tasks), "staff/desk/"),))


def _list_log(_account: SignedIn) -> Iterator[Card]:
    """Yield the log, with what was found when it was last read."""
    settings = ward().settings
    report = find_report(settings.data_dir / "seals", settings.audit_keys)
    yield Card("log", "staff/log", state="unread" if report is None else "holds" if report.holds else "broken")


def _list_people(_account: SignedIn) -> Iterator[Card]:
    """Yield the people who work here, and the systems of sections that may read for them."""
    invited = count_invited(get_session(), now())
    yield Card("people", "staff/people/", (Line("invited", invited, "staff/people/"),))
    yield Card("systems", "staff/exports/tokens/")


def _list_keeping(_account: SignedIn) -> Iterator[Card]:
    """Yield what is kept how long."""
    yield Card("keeping", "staff/keeping/")


CARDS: tuple[tuple[frozenset[str], Callable[[SignedIn], Iterator[Card]]], ...] = (
    (frozenset({"officer", "head"}), _list_section),
    (frozenset({"reception", "officer", "head"}), _list_counter),
    (frozenset({"reception"}), _list_reception),
    (frozenset({"instructor"}), _list_classes),
    (frozenset({"editor"}), _list_desk),
    (frozenset({"auditor"}), _list_log),
    (frozenset({"administrator"}), _list_people),
    (frozenset({"head", "auditor", "administrator"}), _list_keeping),
)
"""What each role can do, in the order of the page."""
