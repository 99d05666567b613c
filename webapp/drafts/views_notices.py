"""How the ward shall tell somebody: ways are offered once something was sent (or a slip made), shown masked, stopped in one press."""

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.drafts.door import Door, drafts, open_door
from webapp.drafts.service_contacts import find_contact
from webapp.drafts.service_held import list_held
from webapp.drafts.service_stores import REAL
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.limits import find_mail_wait
from webapp.kit.safety import guard
from webapp.kit.surface import current_surface
from webapp.notifications.pages import find_former, list_lost, show_former, show_lost, show_ways
from webapp.notifications.rules_push import are_push_keys, is_allowed_endpoint, public_key
from webapp.notifications.rules_ways import (
    CHANNELS,
    HOURS,
    LONGEST,
    find_call_gaps,
    find_letter_gaps,
    find_mail_gap,
)
from webapp.notifications.service_ways import add_way, name_mail, stop_way
from webapp.outbox.service import News, enqueue
from webapp.reading.service import render_private

NOTICES = "/<voice>/drafts/<draft_id>/notices"
CHANNEL = f"{NOTICES}/<any(push,mail,call,letter):channel>"
DONE = ("added", "stopped", "test", "same", "wait")
FIELDS = {
    "push": ("endpoint", "p256dh", "auth"), "mail": ("address",), "call": ("number", "name", "hours"),
    "letter": ("to", "postal", "lines"),
}  # fmt: skip
MOST_TYPED = 1500


def _open(draft_id: str, write: bool = False) -> Door:
    """Open a draft that somebody may be told about: one that was sent, or that a slip opens again."""
    door = open_door(REAL.name, draft_id, write)
    if not door.draft.is_sent and not door.draft.row.sealed_slip:
        abort(redirect(door.address("slip"), 303))
    return door


def _offered(door: Door) -> tuple[str, ...]:
    """Return the channels to choose from: no mail without a server, no device on a shared machine or before sending."""
    has_mail = door.ward.settings.smtp_url is not None
    has_push = door.draft.is_sent and current_surface() is None
    return tuple(one for one in CHANNELS if {"push": has_push, "mail": has_mail}.get(one, True))


def _others(door: Door) -> list[str]:
    """Return the other real drafts of the resident who holds this browser, the latest first; none at the desk."""
    if door.bar:
        return []
    held = list_held(get_session(), g.browser_secret)
    return [row.id for row in held if isinstance(row, REAL.draft) and row.id != door.draft.row.id]


@drafts.get(NOTICES)
def show_notices(draft_id: str) -> Response:
    """Show how the ward tells somebody now, and the ways to choose from."""
    door = _open(draft_id)
    session, settings, others = get_session(), door.ward.settings, _others(door)
    ways = show_ways(session, draft_id, others, settings)
    former = [] if ways else show_former(find_former(session, others, settings, _offered(door)))
    done = request.args.get("done", "")
    return render_private(
        "drafts/notices.html", door=door, ways=ways, offered=_offered(door), former=former,
        done=done if done in DONE else "", may_subscribe="push" in _offered(door), public_key=public_key(settings.vapid_key),
        lost=list_lost(session, draft_id, settings), gone=show_lost(session, draft_id, settings),
    )  # fmt: skip


@drafts.get(CHANNEL)
def ask_way(draft_id: str, channel: str) -> BaseResponse:
    """Ask for what one channel needs, with what the draft already says filled in."""
    door = _open(draft_id)
    if channel not in _offered(door):
        return redirect(door.address("notices"), 303)
    known = {} if channel == "push" else find_contact(get_session(), door.draft, door.made.answers)
    return _render_way(door, channel, known, {})


def _render_way(door: Door, channel: str, typed: Mapping[str, str], gaps: Mapping[str, str]) -> Response:
    """Return the page of one channel with what to mend."""
    known = "known" if not gaps and any(typed.get(field) for field in FIELDS[channel]) else ""
    return render_private(
        f"drafts/notices_{channel}.html", 422 if gaps else 200, door=door, typed=typed, gaps=gaps, known=known,
        error_count=len(gaps), hours=tuple(HOURS), longest=LONGEST, public_key=public_key(door.ward.settings.vapid_key),
    )  # fmt: skip


@drafts.post(CHANNEL)
@guard("token")
def take_way(draft_id: str, channel: str) -> BaseResponse:
    """Note a way; what is not good is shown again as it was typed."""
    door = _open(draft_id, write=True)
    if channel not in _offered(door):
        return redirect(door.address("notices"), 303)
    typed = {field: request.form.get(field, "")[:MOST_TYPED] for field in FIELDS[channel]}
    details, gaps = _check(channel, typed, door.ward.settings)
    if gaps:
        return _render_way(door, channel, typed, gaps)
    session, settings = get_session(), door.ward.settings
    if channel == "mail" and find_mail_wait(draft_id, name_mail(details["address"], settings)):
        return _render_way(door, channel, typed, {"address": "often"})  # it is written to at once, whoever's it is
    if channel == "push":
        _let_go_of(draft_id, request.form.get("before", ""), settings)
    add_way(session, draft_id, channel, door.voice, details, settings, now())
    return redirect(f"{door.address('notices')}?done=added", 303)


def _check(channel: str, typed: Mapping[str, str], settings: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Return the details of a way, and what to mend by field."""
    if channel == "mail":
        return find_mail_gap(typed["address"])
    if channel == "call":
        return find_call_gaps(typed)
    if channel == "letter":
        return find_letter_gaps(typed)
    allowed = is_allowed_endpoint(typed["endpoint"], settings.push_hosts)
    if not (allowed and are_push_keys(typed["p256dh"], typed["auth"])):
        return {}, {"press": "wrong"}
    return dict(typed), {}


def _let_go_of(draft_id: str, mark: str, settings: Any) -> None:
    """Stop the way that a browser had before its push service gave it a new one."""
    for way in show_ways(get_session(), draft_id, (), settings):
        if mark and way.mark == mark:
            stop_way(get_session(), draft_id, way.id, now())


@drafts.post(f"{NOTICES}/stop")
@guard("token")
def stop_notices(draft_id: str) -> BaseResponse:
    """Stop one way at once; pressed twice it stays stopped."""
    door = _open(draft_id, write=True)
    stop_way(get_session(), draft_id, request.form.get("way", ""), now())
    return redirect(f"{door.address('notices')}?done=stopped", 303)


@drafts.post(f"{NOTICES}/test")
@guard("token")
def send_test(draft_id: str) -> BaseResponse:
    """Send a test over the first way that a machine delivers on, at most one a minute."""
    door = _open(draft_id, write=True)
    moment, settings = now(), door.ward.settings
    ways = show_ways(get_session(), draft_id, (), settings)
    if any(way.channel in ("push", "mail") for way in ways):
        if find_mail_wait(draft_id):
            return redirect(f"{door.address('notices')}?done=wait", 303)
        news = News("test", draft_id, door.voice, f"test|{draft_id}|{moment:%Y%m%d%H%M}")
        enqueue(get_session(), news, settings.master_keys[0], moment)
        return redirect(f"{door.address('notices')}?done=test", 303)
    return redirect(door.address("notices"), 303)


@drafts.post(f"{NOTICES}/same")
@guard("token")
def take_former(draft_id: str) -> BaseResponse:
    """Be told about this as about what was written before in this browser."""
    door = _open(draft_id, write=True)
    session, settings = get_session(), door.ward.settings
    former = find_former(session, _others(door), settings, _offered(door))
    mails = [name_mail(way.details["address"], settings) for way in former if way.channel == "mail"]
    if mails and find_mail_wait(draft_id, *mails):
        return redirect(f"{door.address('notices')}?done=wait", 303)
    for way in former:
        details = {name: words for name, words in way.details.items() if name != "stop"}
        add_way(session, draft_id, way.channel, door.voice, details, settings, now())
    return redirect(f"{door.address('notices')}?done=same", 303)
