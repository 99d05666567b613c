"""Of several procedures that were prepared together, the counter takes those that are complete; the others stay prepared."""

from dataclasses import replace

import pytest
from sqlmodel import Session, select

from tests.drafts.browser import BrowserResident, plain, words
from tests.drafts.test_journeys import CATALOGUE, DICTIONARY
from tests.staff.counters import (
    COUNTER,
    SHELF,
    address_of,
    codes_of,
    list_log,
    numbers_in,
    open_desk,
    prepare,
    rows,
    spoken,
)
from webapp.applications.tables import Application
from webapp.drafts.service_hand_over import _lock_up, _place, read_own
from webapp.drafts.tables import HandOver
from webapp.kit.database import open_session
from webapp.outbox.tables import Message

SLUGS = ["moving-in", "mynumber-card-continue", "care-need-after-move"]
CHOOSE = {
    "event.mynumber_card": {"": "yes"},
    "event.care_certified": {"": "yes"},
    "event.insurance_now": {"": "company"},
    "event.asked_for_record": {"": "no"},
}


@pytest.fixture
def three(app):
    """Return a resident who prepared three procedures, two of them of one section, and the draft's address."""
    return prepare(app, "events/moving-in", CHOOSE, SLUGS)


def title_of(slug):
    """Return what a procedure is called."""
    return plain(CATALOGUE.procedures[slug].words["title"].voices["ja"])


def list_taken(app):
    """Return the procedures that became applications."""
    return sorted(row.procedure for row in rows(app, Application))


def test_what_is_chosen_is_taken_and_the_rest_waits_under_the_same_code(desk, three, app):
    resident, base = three
    word, draft_id = spoken(resident, base), base.split("/")[3]
    before = read_hand_over(resident, base)
    assert desk.open(word).text.count('name="take"') == 3
    page = desk.client.get(address_of(desk.accept(word, take=SLUGS[:2], draft=draft_id)))
    assert list_taken(app) == sorted(SLUGS[:2])
    assert "まだ受け取っていないもの" in words(page.text)
    assert title_of(SLUGS[2]) in words(page.text)
    after = read_hand_over(resident, base)
    assert after.procedures == (SLUGS[2],)
    assert set(after.answers) == set(before.uses[SLUGS[2]]), "what only the others used is erased"
    again = desk.accept(word, take=SLUGS[:2], draft=draft_id)
    assert address_of(again) == f"{COUNTER}/received/{draft_id}", "the same form again takes nothing"
    assert desk.accept(codes_of(resident, base).token, take=SLUGS[2], draft=draft_id).status_code == 303
    assert list_taken(app) == sorted(SLUGS)
    assert len(set(numbers_in(desk.client.get(f"{COUNTER}/received/{draft_id}").text))) == 3
    assert rows(app, HandOver) == []
    assert len([one for one in rows(app, Message) if one.kind == "received"]) == 2, "told of each taking"


def read_hand_over(resident, base):
    """Return what is still prepared."""
    with Session(resident.engine) as session:
        row = session.exec(select(HandOver).where(HandOver.draft_id == base.split("/")[3])).one()
    return read_own(row, resident.look(base).draft.key)[1]


def test_resident_reads_what_was_received_and_what_is_still_to_be_brought(desk, three):
    resident, base = three
    desk.accept(spoken(resident, base), take=SLUGS[:2])
    sent = words(resident.see(f"{base}/sent"))
    assert "受け付けました" in sent
    assert "これは、まだ出していません" in sent
    page = words(resident.see(f"{base}/counter"))
    assert "ほかの手続きは、窓口で受け取りました" in page
    assert title_of(SLUGS[2]) in page
    assert title_of(SLUGS[0]) not in page
    assert [plain(one.voices["ja"]) in page for one in CATALOGUE.procedures[SLUGS[2]].bring]


def test_nothing_chosen_and_something_incomplete_are_told_and_take_nothing(desk, three, app, settings):
    resident, base = three
    word = spoken(resident, base)
    nothing = desk.accept(word, take=[])
    assert nothing.status_code == 422
    assert "受け取る手続きを、1つ以上選んでください。" in words(nothing.text)
    fact, slug = cut(resident, base, settings)
    page = desk.open(word).text
    assert f'value="{slug}" checked' not in page, "off by default where something is missing"
    answer = desk.accept(word)
    assert answer.status_code == 422
    assert "足りないことがある手続きは、受け取れません。" in words(answer.text)
    assert list_taken(app) == []
    assert plain(DICTIONARY.facts[fact].words["question"].voices["ja"]) in words(resident.see(f"{base}/counter"))
    others = [one for one in SLUGS if one != slug]
    assert desk.accept(word, take=others).status_code == 303
    assert list_taken(app) == sorted(others)


def cut(resident, base, settings):
    """Take an answer out that one procedure alone uses, as a newer question's would be missing; return it and the procedure."""
    key = resident.look(base).draft.key
    with open_session(resident.engine) as session:
        row = session.exec(select(HandOver)).one()
        codes, content = read_own(row, key)
        slug, fact = "moving-in", "applicant.previous_address"
        answers = {one: value for one, value in content.answers.items() if one != fact}
        less = _lock_up(_place(HandOver, row.id), codes, key, replace(content, answers=answers), settings.pepper)
        row.sqlmodel_update(less)
        session.add(row)
    return fact, slug


def test_section_sees_and_takes_its_own_and_only_how_many_others_there_are(three, app):
    resident, base = three
    own = open_desk(app, ("officer:care-insurance",), "kaigo")
    page = own.open(spoken(resident, base))
    assert page.status_code == 200
    assert page.text.count('class="counter-sheet"') == page.text.count('name="take"') == 1
    assert title_of("moving-in") not in words(page.text)
    assert "ほかの課の手続きが、あと2件あります" in words(page.text)
    taken = own.client.get(address_of(own.accept(spoken(resident, base))))
    assert list_taken(app) == ["care-need-after-move"], "what is not theirs is not taken, whatever the form says"
    assert title_of("moving-in") not in words(taken.text)
    assert open_desk(app, ("officer:tax",), "zei").open(spoken(resident, base)).status_code == 403


def test_incomplete_one_is_written_together_and_then_waits_no_longer(desk, three, app, settings):
    resident, base = three
    word = spoken(resident, base)
    cut(resident, base, settings)
    begun = address_of(desk.post("fill", {"word": word, "at": "desk", "scope": "procedures/moving-in"}))
    opened = [one for one in list_log(app) if one[0] == "hand-over-opened"]
    assert opened == [("hand-over-opened", base.split("/")[3], "")], "what was copied is an entry of the log"
    assert set(read_hand_over(resident, base).procedures) == set(SLUGS), "it stays prepared until the other is sent"
    hands = BrowserResident(desk.client, app.extensions["engine"], SHELF)
    anew = "/".join(begun.split("/")[:4])
    hands.hurry(anew)
    assert hands.send(anew).status_code == 303
    assert set(read_hand_over(resident, base).procedures) == set(SLUGS[1:])
    assert ("hand-over-rewritten", base.split("/")[3], "") in list_log(app)
    assert desk.open(word).text.count('name="take"') == 2


def test_section_copies_nothing_of_what_is_not_its_own(three, app):
    resident, base = three
    own = open_desk(app, ("officer:care-insurance",), "kaigo")
    fill = {"word": spoken(resident, base), "at": "desk", "scope": "procedures/moving-in"}
    assert own.post("fill", fill).status_code == 404
    assert not [one for one in list_log(app) if one[0] == "hand-over-opened"]
