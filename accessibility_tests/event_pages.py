"""The pages of life events, of practice and of what is kept, each in the states in which residents meet it.

A state that a later answer would undo has a draft of its own, so that the pages can be looked at in any order.
"""

from accessibility_tests.dealing import remember
from accessibility_tests.residents import Resident
from accessibility_tests.site import Site, Visit

BIG, SHORT, QUIET = "events/moving-in", "events/moving-within", "events/bereavement"
NOTHING = {
    "event.insurance_now": "company", "event.has_children": "no", "event.left_job": "no", "event.still_kokuho": "no",
    "event.health_state": ["none"], "pension.kind": "employees",
}  # fmt: skip
"""Somebody with an income and no illness, for whom the event of that name has nothing to do."""


@remember
def list_event_states(site: Site) -> list[Visit]:
    """Return the pages that only life events, people, practice and keeping have: each template in each of its states."""
    return [
        *walk_questions(site), *walk_people(site), *walk_news(site), *walk_check(site), *walk_sent(site), *walk_kept(site),
        *walk_practice(site),
    ]  # fmt: skip


def walk_event(site: Site, slug: str, door: str = "start") -> list[Visit]:
    """Return all pages of one life event: each question, everybody on lists, the list of things to do, and the check page."""
    one = Resident(site, slug, door=door)
    check = one.walk(f"events/{slug}")
    return [one.see(address) for address in [*one.list_seen(), check]]


def walk_event_badly(site: Site, slug: str) -> list[Visit]:
    """Return all pages of one life event after they were sent empty, the last first: an emptied list opens others."""
    return [Visit(f"{one.name}, sent empty", one.path, one.secret, True) for one in reversed(walk_event(site, slug))]


def walk_event_sent(site: Site, slug: str, door: str = "start") -> list[Visit]:
    """Return all pages of a life event after it was sent."""
    one = Resident(site, slug, door=door)
    base = one.send(one.walk(f"events/{slug}"))
    pages = ["sent", "todo", "print/list", "print/a4", "print/80mm"]
    html = one.read(f"{base}/sent")
    pages += ["counter", "sheet"] if f"{base}/counter" in html else []
    pages += ["answers"] if f"{base}/answers" in html else []
    return [one.see(f"{base}/{page}", f"{page} after sending") for page in pages]


@remember
def walk_questions(site: Site) -> list[Visit]:
    """Return the first question of a life event and the list of things to do, each fresh and sent empty."""
    one, nothing = Resident(site, "event"), Resident(site, "nothing to do", NOTHING)
    todo = one.walk(BIG, lambda where, html: where.endswith("/todo"))
    none = nothing.walk("events/illness-income", lambda where, html: where.endswith("/todo"))
    base = todo.rsplit("/", 1)[0]
    return [
        *one.see_both(one.pilot.seen[0], "first question"), *one.see_both(todo), one.see(f"{base}/print/list"),
        one.see(f"{base}/slip"), one.see("/slip", "what this browser holds"), nothing.see(none),
    ]  # fmt: skip


@remember
def walk_people(site: Site) -> list[Visit]:
    """Return an empty list of people and a new person; a list with ticks, people on it, who somebody is."""
    first, whole, who = Resident(site, "first person"), Resident(site, "people"), Resident(site, "who")
    empty = first.walk(BIG, lambda where, html: "person:new" in html)
    whole.walk(BIG)
    asked = who.walk(BIG, lambda where, html: name_shape(where, html) == "who")
    shapes: dict[str, str] = {}
    for address in whole.list_seen():
        html = whole.read(address)
        shapes.setdefault(name_shape(address, html), address)
    shapes.pop("", None)
    return [
        *first.see_both(empty, "empty list"), *first.see_both(f"{empty}/new", "new person"), *who.see_both(asked, "who"),
        *(whole.see(address, name) for name, address in shapes.items()),
        whole.see(shapes["everything about somebody"], "everything about somebody", True),
    ]  # fmt: skip


def name_shape(address: str, html: str) -> str:
    """Return what a page about people shows, or "" for a page about nobody."""
    last = address.split("?", maxsplit=1)[0].split("/")[4:]
    if not last:
        return ""
    is_known = '<dl class="answers">' in html
    if last[0] == "people":
        return "everything about somebody"
    if len(last) == 2:
        what = "somebody new" if last[1] == "new" else "somebody on a list"
        return f"{what}, known in part" if is_known else what
    if "person:new" in html:
        return "list with ticks" if 'type="checkbox"' in html else "list without ticks"
    return "who" if 'value="new"' in html else ""


@remember
def walk_news(site: Site) -> list[Visit]:
    """Return the page on which a procedure comes in and another goes by an answer, and the check page after it."""
    one = Resident(site, "news")
    return [one.see(one.walk(BIG, lambda where, html: 'id="news"' in html))]


@remember
def walk_check(site: Site) -> list[Visit]:
    """Return the check page of a large and of a quiet life event, with the offer to keep, and sent without a promise."""
    one, quiet = Resident(site, "check"), Resident(site, "check, quiet")
    return [*one.see_both(one.walk(BIG)), quiet.see(quiet.walk(QUIET))]


@remember
def walk_sent(site: Site) -> list[Visit]:
    """Return what is to be seen after sending: receipts, the list, the counter's codes (and without), sheet and prints."""
    gone = Resident(site, "taken back")
    base = gone.send(gone.walk(SHORT))
    gone.post(f"{base}/counter", then="revoke")
    return [*walk_event_sent(site, BIG.rpartition("/")[2]), gone.see(f"{base}/counter"), gone.see(f"{base}/sent")]


@remember
def walk_kept(site: Site) -> list[Visit]:
    """Return what is kept for next time, before and after something was erased; its offer, and a question filled by it."""
    one = Resident(site, "kept")
    base = one.send(one.walk(SHORT), keep="yes")
    begin = one.pilot.start(BIG)
    filled = Resident(site, "filled in")
    filled.send(filled.walk(SHORT), keep="yes")
    offer = filled.pilot.start(BIG)
    assert begin.endswith("/begin")
    assert offer.endswith("/begin")
    where = filled.pilot.follow(filled.post(offer))
    while "-before" not in filled.read(where):
        where = filled.pilot.step(where)
    return [
        one.see("/kept"), one.see("/kept?gone=yes", "after erasing"), one.see(begin), one.see(f"{base}/sent", "sent, kept"),
        filled.see(where, "question"), Resident(site, "nothing").see("/kept"),
    ]  # fmt: skip


@remember
def walk_practice(site: Site) -> list[Visit]:
    """Return the pages of practice that differ from real ones, and what a QR code for the counter says."""
    one, short = Resident(site, "practice", door="practice"), Resident(site, "practice", door="practice")
    begin = one.pilot.start(SHORT)
    todo = one.walk(SHORT, lambda where, html: where.endswith("/todo"))
    sent = short.send(short.walk(SHORT))
    return [
        one.see(begin), one.see(one.pilot.seen[0], "question"), one.see(todo),
        *(short.see(f"{sent}/{page}", f"{page} after sending") for page in ("sent", "counter", "sheet", "print/80mm")),
        Visit("QR code for the counter", "/c/" + "0" * 32), Visit("QR code of practice", "/practice/c/" + "0" * 32),
    ]  # fmt: skip
