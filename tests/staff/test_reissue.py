"""Another slip for somebody who lost theirs: the old one is dead, the reason stands in the log, the resident can read who looked."""

import re

import pytest
from sqlmodel import Session

from tests.drafts.browser import words
from tests.drafts.test_helpers import give
from tests.staff.counters import COUNTER, GOOD, come_with, list_log, open_desk, rows
from webapp.applications.service_cases import open_with
from webapp.applications.service_looks import list_looks
from webapp.applications.tables import Application
from webapp.drafts.service_slips import get_slip

DOG = "procedures/dog-change-or-death"
NAME = {"applicant.name": {"name": "山﨑 花子", "kana": "やまざき はなこ"}}


@pytest.fixture
def sent(app):
    """Return a resident who sent something, and the draft's address."""
    return come_with(app, DOG, **NAME)


def slip_of(html):
    """Return the two numbers of the slip that a page shows last."""
    return re.findall(r'<dd translate="no">([^<]+)</dd>', html)[-2:]


def ask(desk, number, **more):
    """Ask for another slip."""
    return desk.post("slip", {"number": number, "name": "山﨑花子", "why": "lost-slip", **GOOD, **more})


def come_back(app, numbers):
    """Try to open a draft with a slip; return the status."""
    return app.test_client().post("/ja/slip", data=dict(zip(("number", "code"), numbers, strict=True))).status_code


def test_new_slip_opens_the_same_draft_and_the_old_one_nothing(desk, sent, app):
    resident, base = sent
    old, old_token = slip_of(resident.see(f"{base}/sent")), token_of(resident, base)
    (row,) = rows(app, Application)
    answer = ask(desk, row.receipt)
    assert answer.status_code == 200, words(answer.text)
    new = slip_of(answer.text)
    assert new[0] == old[0]
    assert new[1] != old[1]
    assert come_back(app, old) == 422
    assert app.test_client().get(f"/ja/slip/{old_token}").status_code == 404
    assert come_back(app, new) == 303
    assert app.test_client().get(f"/ja/slip/{token_of(resident, base)}").status_code == 200
    assert slip_of(resident.see(f"{base}/sent")) == new, "the resident's own browser shows the new one"


def token_of(resident, base):
    """Return the token of the slip as it is now."""
    draft = resident.look(base).draft
    return get_slip(None, draft, b"").token


def test_lost_phone_is_shut_out_and_helpers_stay(desk, sent, app):
    resident, base = sent
    helper = give(resident, app, base, "look")
    (row,) = rows(app, Application)
    answer = ask(desk, row.receipt, phone="yes")
    assert resident.client.get(f"{base}/sent").status_code == 404
    assert come_back(app, slip_of(answer.text)) == 303
    assert helper.come() == 303


def test_reason_and_identity_are_logged_and_the_resident_reads_that_somebody_looked(desk, sent, app):
    resident, base = sent
    key = resident.look(base).draft.key
    (row,) = rows(app, Application)
    ask(desk, row.receipt)
    log = list_log(app)
    for entry in (
        ("slip-reissued", row.id, "lost-slip"),
        ("slip-identity", row.id, "driving-licence"),
        ("application-opened", row.id, "resident-asked"),
    ):
        assert entry in log
    with Session(app.extensions["engine"]) as session:
        (look,) = list_looks(session, open_with(row, key))
    assert (look.account_id, look.what, look.why) == (desk.account_id, "opened", "resident-asked")


@pytest.mark.parametrize("name", ["山﨑 花子", "やまざきはなこ", "ヤマザキ　ハナコ"])
def test_name_is_checked_in_signs_or_kana(desk, sent, app, name):
    (row,) = rows(app, Application)
    assert ask(desk, row.receipt, name=name).status_code == 200


def test_other_name_wrong_number_and_other_section_get_one_answer_and_change_nothing(desk, sent, app):
    resident, base = sent
    old = slip_of(resident.see(f"{base}/sent"))
    (row,) = rows(app, Application)
    other = open_desk(app, ("officer:tax",), "zei")
    for answer in (
        ask(desk, row.receipt, name="山﨑"),
        ask(desk, row.receipt, name="杉並 梅"),
        ask(other, row.receipt),
        ask(desk, "00000-00000-0000"),
    ):
        assert answer.status_code == 422
        assert "見つかりませんでした" in words(answer.text) or "受付番号を、もう一度" in words(answer.text)
    assert come_back(app, old) == 303
    own = open_desk(app, (f"officer:{row.section}",), "inu")
    assert ask(own, row.receipt).status_code == 200


def test_nothing_is_made_before_everything_is_checked(desk, sent, app):
    (row,) = rows(app, Application)
    answer = desk.post("slip", {"number": row.receipt, "name": "山﨑花子"})
    assert answer.status_code == 422
    for told in ("本人を確かめたものを、1つ選んで", "本人だと確かめたら、四角に", "理由を、1つ選んで"):
        assert told in words(answer.text)
    assert 'value="山﨑花子"' in answer.text
    assert not [one for one in list_log(app) if one[0] == "slip-reissued"]


def test_many_wrong_tries_wait(desk, sent, app):
    (row,) = rows(app, Application)
    for _ in range(10):
        assert ask(desk, row.receipt, name="違う人").status_code == 422
    assert ask(desk, row.receipt).status_code == 429


def test_form_is_for_the_counter_only(app):
    desk = open_desk(app, ("instructor",), "sensei")
    assert desk.client.get(f"{COUNTER}/slip").status_code == 404
