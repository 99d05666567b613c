"""What is filled in at the desk is the clerk's for filling in, on that day, while they work there; what was sent is the resident's."""

from datetime import timedelta

import pytest
import time_machine

from tests.accounts.helping import PASSWORD, code_of, make_csrf
from tests.drafts.browser import words
from tests.staff.counters import COUNTER, list_log, rows
from tests.staff.test_desk_filling import begin, come_back, end_of
from tests.staff.test_reissue import slip_of
from webapp.accounts.rules import Grant
from webapp.accounts.service import set_grants
from webapp.applications.tables import Application
from webapp.drafts.tables import WayIn
from webapp.kit.clock import now
from webapp.kit.database import open_session

SENT = ("", "sent", "answers", "looks", "todo", "check", "slip", "phone")


@pytest.fixture
def done(desk):
    """Return what a clerk filled in and sent and has not forgotten: their hands, and the draft's address."""
    hands, base = begin(desk)
    hands.hurry(base)
    hands.send(base)
    return hands, base


def test_what_was_sent_is_not_read_at_the_desk_but_handed_over(desk, done, app):
    hands, base = done
    (row,) = rows(app, Application)
    for place in (*SENT, f"withdraw/{row.id}", f"mend/{row.id}", f"files/{'0' * 24}"):
        answer = desk.client.get(f"{base}/{place}")
        assert (answer.status_code, answer.headers["Location"]) == (303, end_of(base)), place
    for place in (f"withdraw/{row.id}", f"mend/{row.id}", "check", "counter", "identity"):
        assert hands.post(f"{base}/{place}", {"then": "revoke"}).headers["Location"] == end_of(base), place
    assert rows(app, Application)[0].state == "received"
    page = words(desk.client.get(end_of(base)).text)
    assert "ここでは、もう開けません" in page
    for place in ("print/a4", "print/large", "helpers", "notices"):
        assert desk.client.get(f"{base}/{place}").status_code == 200, place
    resident = come_back(app, desk.client.get(end_of(base)).text)
    for place in ("sent", "answers", "looks"):
        assert resident.get(f"{base}/{place}").status_code == 200, place


def test_helpers_slip_of_the_desk_is_an_entry_of_the_log(done, app):
    hands, base = done
    made = hands.post(f"{base}/helpers", {"name": "むすめ", "scope": "look", "days": "30"})
    assert made.status_code == 303
    assert ("desk-helper", base.split("/")[3], "") in list_log(app)


def test_sheet_with_the_answers_is_an_entry_of_the_log_each_time(desk, app):
    hands, base = begin(desk, "procedures/moving-in")
    hands.hurry(base)
    hands.send(base)
    page = desk.client.get(f"{base}/counter").text
    assert f"{base}/sheet" in page
    assert 'name="then"' not in page, "changing and erasing it are the resident's own"
    for _ in range(2):
        assert desk.client.get(f"{base}/sheet").status_code == 200
    assert list_log(app).count(("hand-over-opened", base.split("/")[3], "")) == 2


@pytest.mark.parametrize("is_sent", [True, False])
def test_desk_opens_nothing_the_next_day(desk, is_sent):
    hands, base = begin(desk)
    if is_sent:
        hands.hurry(base)
        hands.send(base)
    with time_machine.travel(now() + timedelta(days=1), tick=True):
        sign_in_again(desk.client)
        assert desk.client.get(f"{COUNTER}/").status_code == 200
        for place in (f"{base}/", f"{base}/sent", f"{base}/check", f"{base}/print/a4", end_of(base)):
            assert desk.client.get(place).status_code == 404, place


def sign_in_again(client, name="uketsuke"):
    """Sign somebody in who has an account, in a browser that was left."""
    client.delete_cookie("staff")
    answer = client.post("/ja/staff/sign-in", data={"name": name, "password": PASSWORD})
    client.post(answer.headers["Location"], data={"csrf": make_csrf(client), "code": code_of(now())})


def test_residents_slip_opens_in_a_browser_whose_day_at_the_desk_is_over(desk, done, app):
    _, base = done
    page = desk.client.get(end_of(base)).text
    with time_machine.travel(now() + timedelta(days=1), tick=True):
        desk.client.delete_cookie("staff")
        slip = dict(zip(("number", "code"), slip_of(page)[-2:], strict=True))
        assert desk.client.post("/ja/slip", data=slip).status_code == 303
        assert desk.client.get(f"{base}/sent").status_code == 200


def test_way_without_a_last_day_of_an_older_version_is_over(desk, done, app):
    _, base = done
    with open_session(app.extensions["engine"]) as session:
        session.connection().exec_driver_sql("UPDATE way_in SET ends_on = NULL WHERE kind = 'desk'")
    assert desk.client.get(f"{base}/print/a4").status_code == 404
    assert desk.client.get(end_of(base)).status_code == 404


@pytest.mark.parametrize("grant", [Grant("instructor"), Grant("officer", "tax")])
def test_who_no_longer_works_where_it_was_begun_opens_nothing(desk, app, grant):
    hands, base = begin(desk)
    page = hands.look(base).made.first_open().key
    with open_session(app.extensions["engine"]) as session:
        set_grants(session, desk.account_id, frozenset({grant}), now())
    for answer in (desk.client.get(f"{base}/{page}"), hands.post(f"{base}/{page}", {}), desk.client.get(end_of(base))):
        assert answer.status_code == 404


def test_without_a_sign_in_answers_are_kept_and_nothing_else_is_done_or_shown(desk, app):
    hands, base = begin(desk)
    page = hands.look(base).made.first_open().key
    name = hands.look(base).made.find_page(page).questions[0].fact.key
    desk.client.delete_cookie("staff")
    before = hands.look(base).draft
    for place in ("slip", "helpers", "counter", "check", "begin"):
        answer = hands.post(f"{base}/{place}", {"name": "x", "scope": "look", "days": "30", "then": "save"})
        assert answer.status_code == 303, place
        assert answer.headers["Location"].startswith("/ja/staff/sign-in"), place
    assert rows(app, WayIn)[0].kind == "desk"
    assert len(rows(app, WayIn)) == 1
    hands.post(f"{base}/{page}", {"then": "save"})
    assert hands.look(base).draft.row.version == before.row.version + 1
    answer = hands.post(f"{base}/{page}", {name: ""})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/ja/staff/sign-in"), "what is to mend is shown after signing in"
    assert page in hands.look(base).draft.typed


def test_same_clerk_goes_on_after_signing_in_again_with_all_that_was_typed(desk):
    hands, base = begin(desk)
    page = hands.look(base).made.first_open().key
    desk.client.delete_cookie("staff")
    state, typed = hands.look(base), {}
    for question in state.made.find_page(page).questions:
        typed |= hands.pilot.fill(question.fact)
    assert hands.post(f"{base}/{page}", typed).status_code == 303
    with time_machine.travel(now() + timedelta(minutes=1), tick=True):
        sign_in_again(desk.client)
        hands.hurry(base)
        assert hands.send(base).headers["Location"] == f"{base}/sent"
