"""Helpers' slips: family and carers look or fill in as far as the resident lets them, until the day, and no further."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from tests.autopilot import read_form
from tests.conftest import CheckedClient
from tests.drafts.browser import BrowserResident, words
from webapp.drafts.rules_helpers import FILLED, SEEN, Way, find_last_day, may
from webapp.drafts.tables import WayIn
from webapp.kit.clock import now, today
from webapp.kit.database import open_session
from webapp.kit.safety import make_token
from webapp.timetable import list_jobs

DOG = "procedures/dog-change-or-death"


@dataclass
class Helper:
    """Somebody who was given a helper's slip."""

    client: FlaskClient
    number: str
    code: str
    token: str

    def come(self) -> int:
        """Open the draft with the slip's two numbers."""
        return self.client.post("/ja/slip", data={"number": self.number, "code": self.code}).status_code

    def post(self, address: str, **data) -> int:
        """Send a form with its token."""
        cookie = self.client.get_cookie("browser")
        return self.client.post(address, data={"csrf": make_token(bytes.fromhex(cookie.value)), **data}).status_code


def give(
    resident: BrowserResident, app: Flask, base: str, scope: str, days: str = "30", name: str = "むすめ"
) -> Helper:
    """Make a helper's slip on the page and hand it to somebody with a browser of their own."""
    answer = resident.post(f"{base}/helpers", {"name": name, "scope": scope, "days": days})
    assert answer.status_code == 303, words(answer.text)
    page = resident.see(answer.headers["Location"])
    number, code = re.findall(r'<dd translate="no">([^<]+)</dd>', page)
    draft = resident.look(base).draft
    token = next(one["slip"]["token"] for one in draft.helpers.values() if one["name"] == name)
    app.test_client_class = CheckedClient
    return Helper(app.test_client(), number, code, token)


@pytest.fixture
def base(resident: BrowserResident) -> str:
    """Return the address of a draft that was begun."""
    return resident.begin(DOG)


@pytest.fixture
def sent(resident: BrowserResident, base: str) -> str:
    """Return the address of a draft that was sent."""
    resident.hurry(base)
    assert resident.send(base).status_code == 303
    return base


def test_helper_who_may_look_sees_state_and_answers_and_whose_help_it_is(resident, app, sent):
    helper = give(resident, app, sent, "look")
    assert helper.come() == 303
    page = helper.client.get(f"{sent}/sent")
    assert page.status_code == 200
    assert "受け付けました" in words(page.text)
    assert "手伝う人として開いています：むすめ" in words(page.text)
    assert helper.client.get(f"{sent}/answers").status_code == 200


def test_nothing_a_helper_sees_opens_more_than_the_helpers_slip(resident, app, sent):
    own = re.findall(r'<dd translate="no">([^<]+)</dd>', resident.see(f"{sent}/sent"))[-2:]
    for scope in ("look", "fill"):
        helper = give(resident, app, sent, scope, name=scope)
        helper.come()
        for page in ("slip", "phone", "print/a4", "counter", "sheet", "notices", "helpers", "begin"):
            assert helper.client.get(f"{sent}/{page}").status_code == 403, page
        for page in ("sent", "answers"):
            html = helper.client.get(f"{sent}/{page}").text
            assert not [one for one in own if one in html], page
        for page in ("slip", "counter", "helpers", "check", "notices/push"):
            assert helper.post(f"{sent}/{page}", then="renew") in (403, 404), page


def test_helper_who_may_look_cannot_answer_and_one_who_may_fill_can_but_never_sends(resident, app, base):
    looker, filler = give(resident, app, base, "look", name="a"), give(resident, app, base, "fill", name="b")
    looker.come()
    filler.come()
    page = resident.look(base).made.first_open().key
    before = resident.look(base).draft.answers
    assert looker.client.get(f"{base}/{page}").status_code == 200
    assert looker.post(f"{base}/{page}", **{"dog.what": "died"}) == 403
    assert resident.look(base).draft.answers == before
    someone = BrowserResident(filler.client, resident.engine, resident.shelf)
    someone.hurry(base)
    check = filler.client.get(f"{base}/check")
    assert check.status_code == 200
    assert "送るのは、本人です。" in words(check.text)
    assert filler.post(f"{base}/check", declare=read_form(resident.see(f"{base}/check")).boxes) == 403
    assert not resident.look(base).draft.is_sent
    assert resident.send(base).status_code == 303


def test_helper_sees_no_bank_account_and_cannot_change_one(resident, app):
    base = resident.begin("procedures/care-high-cost")
    state = resident.hurry(base)
    (page,) = [one.key for one in state.made.pages if any(q.fact.define.kind == "bank" for q in one.questions)]
    account = next(value for value in state.made.answers.values() if isinstance(value, dict) and "institution" in value)
    assert account["number"] in resident.see(f"{base}/check")
    helper = give(resident, app, base, "fill")
    helper.come()
    assert account["number"] not in helper.client.get(f"{base}/check").text
    assert helper.client.get(f"{base}/{page}").status_code == 403
    assert helper.post(f"{base}/{page}") == 403
    resident.send(base)
    assert account["number"] in resident.see(f"{base}/answers")
    assert account["number"] not in helper.client.get(f"{base}/answers").text


def test_qr_code_of_a_helper_reaches_no_further_than_the_numbers(resident, app, sent):
    helper = give(resident, app, sent, "look")
    assert helper.client.get(f"/ja/slip/{helper.token}").status_code == 200
    assert helper.client.post(f"/ja/slip/{helper.token}").status_code == 303
    assert helper.client.get(f"{sent}/sent").status_code == 200
    assert helper.client.get(f"{sent}/print/a4").status_code == 403


def test_ended_slip_opens_nothing_in_no_browser(resident, app, sent):
    helper = give(resident, app, sent, "look")
    helper.come()
    (helper_id,) = resident.look(sent).draft.helpers
    assert resident.post(f"{sent}/helpers", {"then": f"end:{helper_id}"}).status_code == 303
    assert "もう開けません" in words(resident.see(f"{sent}/helpers?done=ended"))
    assert helper.client.get(f"{sent}/sent").status_code == 404
    assert helper.come() == 422
    assert helper.client.get(f"/ja/slip/{helper.token}").status_code == 404
    assert resident.client.get(f"{sent}/sent").status_code == 200


def test_slip_past_its_day_opens_nothing_and_the_job_erases_its_ways(resident, app, sent, settings):
    helper = give(resident, app, sent, "fill", days="1")
    helper.come()
    with time_machine.travel(now() + timedelta(days=1), tick=True):
        assert helper.client.get(f"{sent}/sent").status_code == 200
    with time_machine.travel(now() + timedelta(days=2, hours=1), tick=True):
        assert helper.client.get(f"{sent}/sent").status_code == 404
        assert helper.come() == 422
        assert helper.client.get(f"/ja/slip/{helper.token}").status_code == 404
        (tidy,) = [job for job in list_jobs(settings, resident.engine) if job.name == "tidy-drafts"]
        tidy.run()
        with open_session(resident.engine) as session:
            assert {row.scope for row in session.exec(select(WayIn))} == {"whole"}
        assert "今は、だれもいません" in words(resident.see(f"{sent}/helpers"))


def test_form_says_what_to_mend_and_keeps_what_was_typed(resident, base):
    answer = resident.post(f"{base}/helpers", {"name": "", "scope": "all", "days": "400"})
    assert answer.status_code == 422
    assert 'value="400"' in answer.text
    for words_ in ("手伝う人の呼び名を、20文字まで", "できることを、1つ選んで", "1から366までの数字"):
        assert words_ in words(answer.text)
    assert resident.look(base).draft.helpers == {}


def test_resident_who_tries_the_helpers_slip_in_the_own_browser_stays_the_resident(resident, app, sent):
    helper = give(resident, app, sent, "look")
    assert resident.client.post("/ja/slip", data={"number": helper.number, "code": helper.code}).status_code == 303
    assert resident.client.get(f"{sent}/print/a4").status_code == 200


def test_helper_who_is_given_the_residents_own_slip_later_gets_the_whole_draft(resident, app, sent):
    helper = give(resident, app, sent, "look")
    helper.come()
    number, code = re.findall(r'<dd translate="no">([^<]+)</dd>', resident.see(f"{sent}/sent"))[-2:]
    assert helper.client.post("/ja/slip", data={"number": number, "code": code}).status_code == 303
    assert helper.client.get(f"{sent}/print/a4").status_code == 200


def test_helper_sees_nothing_that_the_resident_kept_for_next_time(resident, app):
    base = resident.begin("events/moving-within")
    resident.hurry(base)
    resident.send(base, keep="yes")
    helper = give(resident, app, base, "fill")
    helper.come()
    assert "山﨑" in resident.see("/ja/kept")
    assert "山﨑" not in helper.client.get("/ja/kept").text


def test_practice_has_no_helpers(resident):
    base = resident.begin(DOG, "practice")
    assert resident.client.get(base.replace("practice", "drafts") + "/helpers").status_code == 404


def test_every_page_of_a_draft_is_closed_to_helpers_unless_it_is_named(app):
    """Whatever is added later is the resident's alone, until somebody writes it down here."""
    endpoints = {rule.endpoint: rule.methods for rule in app.url_map.iter_rules() if "<draft_id>" in rule.rule}
    assert endpoints.keys() >= (SEEN | FILLED)
    for endpoint in endpoints.keys() - SEEN - FILLED:
        if not endpoint.removeprefix("drafts.").startswith(("mend", "show_mend", "reply", "show_reply")):
            for scope in ("look", "fill"):
                assert not may(Way("browser", scope), endpoint, "POST"), endpoint
                assert not may(Way("browser", scope), endpoint, "GET"), endpoint


@pytest.mark.parametrize(
    ("typed", "days"), [("1", 1), ("366", 366), ("0", None), ("367", None), ("", None), ("３０", 30), ("1.5", None)]
)
def test_last_day_is_counted_in_days(typed, days):
    assert find_last_day(typed, today()) == (today() + timedelta(days=days) if days else None)
