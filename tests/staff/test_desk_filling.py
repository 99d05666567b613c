"""Filling in for somebody at the desk or on the phone: the same pages, under a bar, and nothing stays in the clerk's browser."""

import re

import pytest
from sqlmodel import Session

from tests.accounts.helping import make_csrf, sign_in
from tests.drafts.browser import BrowserResident, words
from tests.drafts.test_journeys import CATALOGUE
from tests.notifications.helping import CALL, send_something
from tests.staff.counters import COUNTER, GOOD, SHELF, come_with, list_log, numbers_in, open_desk, rows
from webapp.applications.service_cases import list_happenings, open_with
from webapp.applications.service_vault import open_vault
from webapp.applications.tables import Application
from webapp.drafts.tables import Draft, HandOver, WayIn
from webapp.notifications.tables import Way

DOG = "procedures/dog-change-or-death"
BAR = "窓口で、ほかの人のために書いています"


def begin(desk, scope=DOG, at="desk"):
    """Begin to fill in; return the clerk as somebody who answers, and the draft's address."""
    answer = desk.post("fill", {"scope": scope, "at": at})
    assert answer.status_code == 303, words(answer.text)
    engine = desk.client.application.extensions["engine"]
    return BrowserResident(desk.client, engine, SHELF), "/".join(answer.headers["Location"].split("/")[:4])


def end_of(base):
    """Return the address at which filling in ends."""
    return f"{COUNTER}/end/{base.split('/')[3]}"


@pytest.mark.parametrize("at", ["desk", "phone"])
def test_what_is_filled_in_is_sent_in_the_clerks_name_and_the_resident_can_read_so(desk, app, settings, at):
    hands, base = begin(desk, at=at)
    state = hands.hurry(base)
    assert BAR in words(hands.see(f"{base}/check"))
    assert 'name="keep"' not in hands.see(f"{base}/check"), "nothing is kept for next time in a clerk's browser"
    key = state.draft.key
    assert hands.send(base).status_code == 303
    (row,) = rows(app, Application)
    assert row.filled_by == desk.account_id
    case = open_with(row, key)
    with Session(app.extensions["engine"]) as session:
        begun, told = sorted(list_happenings(session, case, shown_only=True), key=lambda one: one.kind != "received")
    assert (begun.kind, begun.account_id) == ("received", None)
    assert (told.kind, told.account_id, told.content) == ("filled-in", desk.account_id, {"by_phone": at == "phone"})
    assert open_vault(settings).unwrap(row) == key
    draft_id = base.split("/")[3]
    assert [one for one in list_log(app) if one[0].startswith("desk-")] == [
        ("desk-begun", draft_id, at),
        ("desk-sent", draft_id, at),
    ]
    own = open_desk(app, (f"officer:{row.section}",), "inu").client
    own.post(f"/ja/staff/inbox/{row.id}/why", data={"csrf": make_csrf(own), "why": "stands-in"})
    assert ("電話で聞いて書いた" in words(own.get(f"/ja/staff/inbox/{row.id}/").text)) == (at == "phone")


def test_slip_is_handed_over_and_the_browser_forgets(desk, app):
    hands, base = begin(desk)
    hands.hurry(base)
    hands.send(base)
    page = hands.see(end_of(base))
    assert hands.client.get(f"{base}/print/a4").status_code == 200
    answer = desk.post(f"end/{base.split('/')[3]}", {"then": "forget"})
    assert "渡した控えで、続きが開けます" in words(desk.client.get(answer.headers["Location"]).text)
    assert desk.client.get(f"{base}/sent").status_code == 404
    assert desk.client.get(end_of(base)).status_code == 404
    assert ("desk-forgotten", base.split("/")[3], "") in list_log(app)
    page = come_back(app, page).get(f"{base}/sent")
    assert page.status_code == 200
    assert BAR not in words(page.text), "at home it is the resident's own"


def come_back(app, page):
    """Return a resident's own browser that came back with the slip that a page shows."""
    number, code = numbers_in(page)[0], re.search(r"\d{4}-\d{4}-\d{4}", page)[0]
    client = app.test_client()
    assert client.post("/ja/slip", data={"number": number, "code": code}).status_code == 303
    return client


def test_unfinished_without_slip_is_erased_and_with_slip_goes_on_at_home(desk, app):
    hands, base = begin(desk)
    assert "元に戻せません" in words(hands.see(end_of(base)))
    desk.post(f"end/{base.split('/')[3]}", {"then": "forget"})
    assert rows(app, Draft) == []
    hands, base = begin(desk)
    assert desk.post(f"end/{base.split('/')[3]}", {"then": "slip"}).status_code == 303
    assert numbers_in(hands.see(end_of(base)))
    desk.post(f"end/{base.split('/')[3]}", {"then": "forget"})
    assert len(rows(app, Draft)) == 1
    assert {row.kind for row in rows(app, WayIn)} == {"qr", "code"}


def test_after_signing_out_nobody_at_this_machine_sees_what_was_filled_in_and_nothing_typed_is_lost(desk, app):
    hands, base = begin(desk)
    page = hands.look(base).made.first_open().key
    desk.client.post("/ja/staff/sign-out", data={"csrf": ""})
    desk.client.delete_cookie("staff")
    for place in (page, "check", "slip", "sent"):
        answer = desk.client.get(f"{base}/{place}")
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/ja/staff/sign-in")
    state = hands.look(base)
    typed = {}
    for question in state.made.find_page(page).questions:
        typed |= hands.pilot.fill(question.fact)
    assert hands.post(f"{base}/{page}", typed).status_code == 303
    assert hands.look(base).made.is_answered(hands.look(base).made.find_page(page))
    hands.hurry(base)
    answer = hands.post(f"{base}/check", {"declare": ["x"]})
    assert answer.headers["Location"].startswith("/ja/staff/sign-in"), "nobody sends in the clerk's name"
    assert rows(app, Application) == []


def test_somebody_else_who_signs_in_at_the_same_machine_opens_nothing_of_it(desk, app):
    _, base = begin(desk)
    desk.client.delete_cookie("staff")
    sign_in(desk.client, app, ("reception",), "tonari")
    assert desk.client.get(f"{base}/").status_code == 404
    assert desk.client.get(end_of(base)).status_code == 404


def test_what_the_law_wants_at_the_counter_is_taken_there_in_the_same_sitting(desk, app):
    hands, base = begin(desk, "procedures/moving-in")
    hands.hurry(base)
    hands.send(base)
    assert len(rows(app, HandOver)) == 1
    page = hands.see(end_of(base))
    assert "窓口で受け取るものがあります" in words(page)
    word = re.search(r'name="word" value="([0-9-]+)"', page)[1]
    assert desk.open(word).status_code == 200
    assert desk.post("accept", {"word": word, "take": "moving-in", **GOOD}).status_code == 303
    assert [row.filled_by for row in rows(app, Application)] == [desk.account_id]
    end = hands.see(end_of(base))
    assert rows(app, Application)[0].receipt in {one.replace("-", "") for one in numbers_in(end)}
    page = words(come_back(app, end).get(f"{base}/sent").text)
    assert "受け付けました" in page
    assert "持ってくるもの" not in page, "whoever was there has brought it"
    assert "今、することはありません" in page


def test_nothing_that_a_resident_of_this_browser_kept_is_offered_to_the_next(desk, app):
    resident = BrowserResident(desk.client, app.extensions["engine"], SHELF)
    own = resident.begin("events/moving-within")
    resident.hurry(own)
    resident.send(own, keep="yes")
    hands, base = begin(desk, "events/moving-within")
    assert hands.look(base).draft.prefill == {}
    assert desk.client.get(f"{base}/begin").status_code == 303


def test_page_finds_procedures_and_asks_where_the_resident_is(desk):
    page = words(desk.client.get(f"{COUNTER}/fill").text)
    assert "くらしのできごと" in page
    found = desk.client.get(f"{COUNTER}/fill?q=犬").text
    assert 'value="procedures/dog-change-or-death"' in found
    answer = desk.post("fill", {"scope": DOG, "q": "犬"})
    assert answer.status_code == 422
    assert "窓口か電話か、選んでください。" in words(answer.text)
    assert 'value="procedures/dog-change-or-death"' in answer.text
    assert desk.post("fill", {"scope": "procedures/no-such", "at": "desk"}).status_code == 404
    assert desk.post("fill", {"scope": "../x", "at": "desk"}).status_code == 404


def test_section_fills_in_its_own_procedures_only(app):
    office = CATALOGUE.procedures["dog-change-or-death"].define.office
    own = open_desk(app, (f"officer:{office}",), "inu")
    assert own.post("fill", {"scope": DOG, "at": "desk"}).status_code == 303
    assert own.post("fill", {"scope": "procedures/moving-in", "at": "desk"}).status_code == 404
    assert own.post("fill", {"scope": "events/moving-in", "at": "desk"}).status_code == 404
    assert "procedures/moving-in" not in own.client.get(f"{COUNTER}/fill").text


def test_what_a_resident_began_at_home_shows_no_bar_to_them(app):
    resident, base = come_with(app, DOG)
    assert BAR not in words(resident.see(f"{base}/sent"))


def test_nothing_of_one_resident_of_this_desk_is_offered_to_another(desk, app, settings):
    first, theirs = begin(desk)
    first.hurry(theirs)
    first.send(theirs)
    first.post(f"{theirs}/notices/call", CALL)
    hands, base = begin(desk)
    hands.hurry(base)
    hands.send(base)
    assert "前と同じ受け取り方" not in words(hands.see(f"{base}/notices"))
    hands.post(f"{base}/notices/same")
    clerk = BrowserResident(desk.client, app.extensions["engine"], SHELF)  # who writes something of their own besides
    own = send_something(clerk)
    assert "前と同じ受け取り方" not in words(clerk.see(f"{own}/notices"))
    clerk.post(f"{own}/notices/same")
    assert [row.about for row in rows(app, Way)] == [theirs.split("/")[3]]
    desk.client.delete_cookie("staff")
    page = desk.client.get("/ja/slip").text
    assert own in page
    assert theirs not in page, "whoever sits down at this machine reads of nobody's papers"
    assert base not in page
