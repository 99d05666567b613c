"""Mending what was sent: only the marked pages, as often begun as wanted, sent once, and never behind anybody's back."""

from datetime import timedelta

import pytest
import time_machine
from sqlmodel import select

from tests.drafts.browser import BrowserResident, words
from tests.drafts.mending import Sent, send_one
from webapp.app import create_app
from webapp.drafts.jobs import erase_expired
from webapp.drafts.service_slips import get_slip
from webapp.drafts.service_stores import REAL
from webapp.drafts.tables import Draft
from webapp.kit.clock import now, today
from webapp.kit.database import open_session

NAME = {"applicant.name:name": "鈴木 花子", "applicant.name:kana": "すずき はなこ"}
PHONE = {"applicant.phone": "03-4821-7736"}


@pytest.fixture
def sent_on_either(engine, settings, shelf) -> Sent:
    """Return the same on each database."""
    resident = BrowserResident(create_app(settings, engine).test_client(), engine, shelf)
    resident.choose |= {"situation.slip_reason": {"": "lost"}, "applicant.contact_way": {"": ["phone"]}}
    return send_one(resident, settings)


def test_resident_is_told_what_to_mend_by_when_by_whom_and_in_whose_words(sent):
    sent.ask("ほかは、だいじょうぶです。", applicant__name="漢字を確かめてください。")
    page = words(sent.resident.see(f"{sent.base}/sent"))
    assert "直してください" in page
    assert f"{sent.base}/mend/{sent.id}" in sent.resident.see(f"{sent.base}/sent")
    told = words(sent.resident.see(sent.mend))
    assert "漢字を確かめてください。" in told
    assert "ほかは、だいじょうぶです。" in told
    assert "まちがっているようです。" in told
    english = sent.resident.see(sent.mend.replace("/ja/", "/en/"))
    assert '<blockquote class="said" lang="ja"><p>漢字を確かめてください。</p>' in english


def test_only_the_marked_page_is_asked_with_the_note_above_it(sent):
    before = dict(sent.case().answers)
    sent.ask(applicant__name="漢字を確かめてください。")
    child = sent.begin()
    first = sent.resident.client.get(f"{child}/").headers["Location"]
    assert first == f"{child}/applicant.name"
    page = sent.resident.see(first)
    assert page.index("漢字を確かめてください。") < page.index('id="question"')
    assert before["applicant.name"]["name"] in page
    assert sent.resident.client.get(f"{child}/contact").status_code == 303
    assert sent.resident.client.get(f"{child}/check").headers["Location"] == first
    assert sent.resident.send_page(child, "applicant.name", NAME) == f"{child}/check"
    check = words(sent.resident.see(f"{child}/check"))
    assert "鈴木 花子" in check
    assert before["applicant.name"]["name"] in check
    assert "前にした約束は、そのまま" in check
    assert before["applicant.phone"] not in check


def test_answer_takes_the_place_of_the_old_one_and_both_are_kept(sent_on_either):
    sent = sent_on_either
    before, due = dict(sent.case().answers), sent.case().row.answer_by
    correction = sent.ask(applicant__name="")
    with time_machine.travel(now() + timedelta(days=3), tick=False):
        sent.begin()
        sent.resident.send_page(sent.child, "applicant.name", NAME)
        assert sent.send().headers["Location"] == f"{sent.base}/sent"
    after = sent.case()
    assert after.row.state == "checking"
    assert after.row.answer_by == due + timedelta(days=3)
    assert after.answers == {**before, "applicant.name": {"name": "鈴木 花子", "kana": "すずき はなこ"}}
    (asked,) = sent.corrections()
    assert (asked.state, asked.before, asked.after) == ("answered", before, after.answers)
    assert sent.history()[-1] == ("correction-answered", {"correction": correction, "changed": ["applicant.name"]})


def test_pressed_again_and_again_it_is_begun_once_and_answered_once(sent_on_either):
    sent = sent_on_either
    sent.ask(applicant__name="")
    assert len({sent.begin() for _ in range(3)}) == 1
    sent.resident.send_page(sent.child, "applicant.name", NAME)
    version = sent.version()
    for _ in range(3):
        answer = sent.send(version=version) if sent.corrections()[0].is_open else None
        answer = answer or sent.resident.post(f"{sent.child}/check", {"version": version})
        assert answer.headers["Location"] == f"{sent.base}/sent"
    assert [kind for kind, _ in sent.history()].count("correction-answered") == 1
    assert sent.resident.client.get(f"{sent.child}/applicant.name").headers["Location"] == f"{sent.base}/sent"
    assert sent.begin() == f"{sent.base}/sent"
    assert "今は、直すところがありません" in words(sent.resident.see(sent.mend))


def test_check_page_that_is_older_than_the_draft_sends_nothing(sent):
    sent.ask(applicant__name="")
    sent.begin()
    sent.resident.send_page(sent.child, "applicant.name", NAME)
    old = sent.version()
    sent.resident.send_page(sent.child, "applicant.name", NAME)
    assert sent.send(version=old).status_code == 422
    assert sent.send(version="x").status_code == 422
    assert sent.corrections()[0].is_open


def test_new_answer_opens_the_pages_that_it_asks_for_and_no_others(sent):
    sent.ask(situation__slip_reason="")
    sent.begin()
    data = {"situation.slip_reason": "moved-in"}
    opened = sent.resident.send_page(sent.child, "situation.slip_reason", data)
    state = sent.resident.look(sent.child)
    assert set(state.asked) == {"situation.slip_reason", "applicant.moved_on", "applicant.previous_address"}
    assert opened.removeprefix(f"{sent.child}/") in {page.key for page in state.made.pages}
    assert sent.send().headers["Location"].startswith(f"{sent.child}/applicant.")
    sent.resident.hurry(sent.child)
    assert sent.send().headers["Location"] == f"{sent.base}/sent"
    assert {"applicant.moved_on", "applicant.previous_address"} <= sent.case().answers.keys()


def test_going_back_to_the_old_answer_leaves_everything_as_it_was(sent):
    before = dict(sent.case().answers)
    sent.ask(situation__slip_reason="")
    sent.begin()
    sent.resident.send_page(sent.child, "situation.slip_reason", {"situation.slip_reason": "moved-in"})
    assert sent.resident.send_page(sent.child, "situation.slip_reason", {"situation.slip_reason": "lost"}) == (
        f"{sent.child}/check"
    )
    assert "前に送ったものと、同じです" in words(sent.resident.see(f"{sent.child}/check"))
    sent.send()
    assert sent.case().answers == before


def test_faults_are_refused_as_everywhere_and_typing_stays(sent):
    sent.ask(applicant__phone="")
    sent.begin()
    answer = sent.resident.post(f"{sent.child}/contact", {"applicant.phone": "03-48"})
    assert answer.status_code == 422
    assert 'value="03-48"' in answer.text
    sent.resident.send_page(sent.child, "contact", PHONE)
    sent.send()
    assert sent.case().answers["applicant.phone"] == "0348217736"


def test_later_leads_to_the_page_that_says_what_is_asked(sent):
    sent.ask(applicant__phone="")
    sent.begin()
    assert sent.resident.send_page(sent.child, "contact", {**PHONE, "then": "save"}) == sent.mend
    assert 'value="03-4821-7736"' in sent.resident.see(f"{sent.child}/contact")


def test_taken_back_while_mending_leads_to_how_things_stand_and_changes_nothing(sent):
    before = dict(sent.case().answers)
    correction = sent.ask(applicant__name="")
    sent.begin()
    sent.resident.send_page(sent.child, "applicant.name", NAME)
    version = sent.version()
    sent.take_back(correction)
    for answer in (
        sent.resident.post(f"{sent.child}/applicant.name", NAME),
        sent.resident.post(f"{sent.child}/check", {"version": version}),
        sent.resident.client.get(f"{sent.child}/"),
    ):
        assert answer.headers["Location"] == f"{sent.base}/sent"
    assert sent.case().answers == before
    assert sent.case().row.state == "checking"
    assert "直さなくてよいことになりました" in words(sent.resident.see(f"{sent.base}/sent"))


def test_draft_that_expired_is_begun_anew(sent, settings):
    sent.ask(applicant__name="")
    first = sent.begin()
    later = today() + timedelta(days=settings.draft_days + 1)
    with open_session(sent.resident.engine) as session:
        assert erase_expired(session, REAL, later, settings.data_dir) == 1
    assert sent.resident.client.get(f"{first}/").status_code == 404
    assert sent.begin() != first
    sent.resident.send_page(sent.child, "applicant.name", NAME)
    assert sent.send().headers["Location"] == f"{sent.base}/sent"


def test_somebody_else_neither_sees_nor_mends_it(sent, app, shelf):
    sent.ask(applicant__name="")
    sent.begin()
    stranger = BrowserResident(app.test_client(), sent.resident.engine, shelf)
    other = stranger.begin("procedures/vaccination-slip-reissue")
    for address in (sent.mend, f"{sent.child}/applicant.name", f"{sent.base}/withdraw/{sent.id}"):
        assert stranger.client.get(address).status_code == 404
        assert stranger.post(address).status_code == 404
    assert stranger.client.get(f"{other}/mend/{sent.id}").status_code == 404
    mine = send_one(stranger, sent.settings)
    assert stranger.client.get(f"{mine.base}/mend/{sent.id}").status_code == 404


def test_other_device_with_the_slip_goes_on_where_the_first_one_stopped(sent, app, shelf):
    sent.ask(applicant__name="", applicant__phone="")
    sent.begin()
    sent.resident.send_page(sent.child, "applicant.name", NAME)
    other = BrowserResident(app.test_client(), sent.resident.engine, shelf)
    with open_session(sent.resident.engine) as session:
        slip = get_slip(session, sent.resident.look(sent.base).draft, sent.settings.pepper)
    other.see(f"/ja/slip/{slip.token}")
    assert other.client.post(f"/ja/slip/{slip.token}").status_code == 303
    there = Sent(other, sent.base, sent.settings, sent.slug, sent.id)
    assert there.begin() == sent.child
    assert "鈴木 花子" in other.see(f"{sent.child}/applicant.name")
    assert other.client.get(f"{sent.child}/").headers["Location"] == f"{sent.child}/contact"


def test_draft_that_mends_is_no_draft_of_its_own_among_those_of_a_browser(sent):
    sent.ask(applicant__name="")
    sent.begin()
    with open_session(sent.resident.engine) as session:
        assert len(session.exec(select(Draft)).all()) == 2
    assert sent.child.split("/")[3] not in sent.resident.see("/ja/slip")
