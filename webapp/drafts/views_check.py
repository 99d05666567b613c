"""The check page: everything by person and topic, each procedure's own promises, and sending it all at once."""

import re
from collections.abc import Sequence
from dataclasses import replace

from flask import Response, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.drafts import pages
from webapp.drafts.door import Door, drafts, get_books, open_door
from webapp.drafts.door_mend import render_mended, send_mended
from webapp.drafts.door_ways import hides
from webapp.drafts.pages_guide import Happened
from webapp.drafts.pages_rows import Group, group_rows
from webapp.drafts.rules import split_answers
from webapp.drafts.service_again import find_replaced, name_replacing, replace_sent
from webapp.drafts.service_books import keep_written
from webapp.drafts.service_desk import note_filled
from webapp.drafts.service_kept import keep_for_next_time, list_to_keep, write_down_uses
from webapp.drafts.service_submit import NotReady, Sending, ends, submit
from webapp.drafts.service_uploads import drop_unused
from webapp.drafts.views import CHECK, PREFIX, TODO, leave, must_be_told
from webapp.kit.clock import now, today
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.procedures.rules import Procedure
from webapp.reading.service import render_private


@drafts.get(f"{PREFIX}/{CHECK}")
def show_check(space: str, draft_id: str) -> BaseResponse:
    """Show everything that was answered, each with a way to change it, and what must be declared."""
    door = open_door(space, draft_id)
    led = door.guide.lead(door, CHECK) if door.guide else None
    if led:
        return redirect(led, 303)
    return _lead_away(door) or _render_check(door, (), False, 200)


def _lead_away(door: Door) -> BaseResponse | None:
    """Lead away from the check page while something is open or must be told, or after sending."""
    if door.draft.is_sent:
        return redirect(door.address("sent"), 303)
    if must_be_told(door):
        return redirect(door.address("changes"), 303)
    page = door.made.first_open()
    if page is None and door.event_plan is not None and not (door.draft.choice.listed and door.procedures):
        return redirect(door.address(TODO), 303)
    return redirect(door.address(page.key), 303) if page else None


def list_promises(door: Door) -> list[tuple[Procedure, list[str]]]:
    """Return the procedures of a pass, each with the names of the tick boxes that it needs.

    Consent is never merged: each procedure has its own, and each that is paid into an account confirms that account.
    """
    names = [(name, owner.slug) for name, owner, _ in door.declarations()]
    return [
        (
            one,
            [name for name, slug in names if slug == one.slug]
            + ([f"{one.slug}:@account"] if find_accounts(door, one) else []),
        )
        for one in door.procedures
    ]


def find_accounts(door: Door, procedure: Procedure) -> list[tuple[str, str]]:
    """Return the accounts that a procedure is paid into, as (holder, bank); empty unless several use accounts."""
    users = [one for one in door.procedures if _accounts_of(door, one)]
    return _accounts_of(door, procedure) if len(users) > 1 else []


def _accounts_of(door: Door, procedure: Procedure) -> list[tuple[str, str]]:
    """Return the accounts among the answers that one procedure uses."""
    used = split_answers(procedure, door.made, today())
    facts = door.book.dictionary.facts
    values = [value for key, value in used.items() if value and facts[key].define.kind == "bank"]
    return [(value["holder"], value["institution"]) for value in values]


def _render_check(door: Door, missing: Sequence[str], changed: bool, status: int) -> Response:
    """Return the check page; `missing` are promises (slug:key) that were not ticked."""
    if door.draft.mend is not None:
        return render_mended(door, changed, status)
    promises, replaces = list_promises(door), name_replacing(find_replaced(get_session(), door.draft), door.procedures)
    return render_private(
        "drafts/check.html", status, door=door, groups=_list_groups(door), missing=missing,
        changed=changed, steps=pages.list_steps(door.made, None), error_count=len(missing) + changed, replaces=replaces,
        ticked=request.form.getlist("declare"), promises=promises,
        accounts={one.slug: find_accounts(door, one) for one, _ in promises},
        words={name: text for name, _, text in door.declarations()}, ends=ends,
        to_keep=None if door.is_practice or door.bar else list_to_keep(door.book, door.made, today()),
        keeping=request.form.get("keep") == "yes",
    )  # fmt: skip


def _list_groups(door: Door) -> list[Group]:
    """Return everything that was answered, as far as whoever looks on may see it."""
    groups = group_rows(door.made, door.book.dictionary)
    shown = (replace(one, rows=tuple(row for row in one.rows if not hides(door.draft, row.fact))) for one in groups)
    return [one for one in shown if one.rows]


@drafts.post(f"{PREFIX}/{CHECK}")
@guard("token")
def send(space: str, draft_id: str) -> BaseResponse:
    """Send once, however often it is pressed; without every promise nothing is sent and everything stays."""
    door = open_door(space, draft_id, write=True)
    then = request.form.get("then", "").partition(":")
    if then[0] and not door.draft.is_sent:
        return _press(door, then[0], then[2])
    if door.draft.is_sent:
        return redirect(door.address("sent"), 303)
    away = _lead_away(door)
    if away is not None:
        return away
    if door.draft.mend is not None:
        return send_mended(door)
    ticked = request.form.getlist("declare")
    missing = [name for _, names in list_promises(door) for name in names if name not in ticked]
    if missing:
        door.tell(Happened("refused", CHECK))
        return _render_check(door, missing, False, 422)
    return _submit(door)


def _press(door: Door, what: str, value: str) -> BaseResponse:
    """Do what another button of the check page says; nothing is sent."""
    own = door.guide.press(door, what, value) if door.guide else None
    if own is not None:
        return door.go(own or door.address(CHECK))
    door.tell(Happened("pressed", CHECK, f"{what}:{value}" if value else what))
    return leave(door, door.address(CHECK), what, value)


def _submit(door: Door) -> BaseResponse:
    """Send, keep what may be kept if the resident agreed, and write down what was used, all in one transaction."""
    version = request.form.get("version", "")
    number = int(version) if re.fullmatch(r"[0-9]{1,9}", version) else -1
    session, made, settings = get_session(), door.made, door.ward.settings
    before, old = (dict(door.draft.prefill), door.procedures), find_replaced(session, door.draft, write=True)
    if name_replacing(old, before[1]) == "late":
        return _render_check(door, (), False, 422)
    result = submit(session, door.draft, Sending(door.book, made, before[1], number), settings, now())
    if isinstance(result, NotReady):
        return _lead_away(door) or _render_check(door, (), result.changed, 422)
    drop_unused(session, door.draft, made)
    keep_written(session, get_books(), door.draft, door.book, now())
    if old is not None and any(one.procedure == old.row.procedure for one in result):
        replace_sent(session, door.draft, old, settings, now())
    if door.draft.row.filled_by:
        note_filled(session, door.draft, now(), settings.pepper)
    if not door.is_practice and not door.bar:
        write_down_uses(session, door.draft, before[0], door.book, made, g.browser_secret, now())
        if request.form.get("keep") == "yes":
            keep_for_next_time(session, door.draft, door.book, made, g.browser_secret, settings, now())
    door.tell(Happened("sent", CHECK))
    return door.go(door.address("sent"))
