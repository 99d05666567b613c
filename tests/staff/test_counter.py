"""The counter: what was prepared at home is read, its holder recognised, and it is taken once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from sqlmodel import Session, select

import webapp.app
from tests.accounts.helping import make_csrf
from tests.drafts.browser import BrowserResident, plain, words
from tests.drafts.test_journeys import CATALOGUE, DICTIONARY
from tests.staff.counters import (
    COUNTER,
    SHELF,
    address_of,
    codes_of,
    come_with,
    list_log,
    numbers_in,
    open_desk,
    prepare,
    rows,
    spoken,
)
from webapp.applications.service_cases import list_happenings, open_with
from webapp.applications.tables import Application, NameToken
from webapp.drafts.rules import split_answers
from webapp.drafts.service_hand_over import _lock_up, _place, read_own
from webapp.drafts.tables import Draft, HandOver
from webapp.kit.clock import now, today
from webapp.kit.database import open_session
from webapp.timetable import list_jobs

NOTHING = "今は開けません。番号が違うか、期限が過ぎたか、もう受け取ったかです。"


def test_code_opens_what_was_prepared_however_it_is_grouped_and_uses_nothing_up(desk, moved, app):
    resident, base = moved
    codes = codes_of(resident, base)
    for word in (
        spoken(resident, base),
        codes.spoken,
        " ".join(codes.spoken),
        f"http://localhost/c/{codes.token}",
        codes.token.upper(),
    ):
        answer = desk.open(word)
        assert answer.status_code == 200, word
        assert "氏名・ふりがな" in words(answer.text)
        assert "まだ受け取っていません" in words(answer.text)
    assert rows(app, Application) == []
    assert len(rows(app, HandOver)) == 1
    assert [one for one in list_log(app) if one[0] == "hand-over-opened"] == [
        ("hand-over-opened", base.split("/")[3], "")
    ] * 5


def test_code_is_never_in_an_address(desk, moved):
    resident, base = moved
    answer = desk.open(spoken(resident, base))
    assert f'action="{COUNTER}/accept"' in answer.text
    codes = codes_of(resident, base)
    assert not [
        part
        for part in answer.text.split('"')
        if part.startswith("/") and (codes.spoken in part or codes.token in part)
    ]


def test_accepting_makes_the_application_under_the_residents_key_and_erases_what_was_prepared(desk, moved, app):
    resident, base = moved
    state = resident.look(base)
    key = state.draft.key
    answer = desk.accept(spoken(resident, base), paper="moving-in:0")
    page = desk.client.get(address_of(answer))
    (row,) = rows(app, Application)
    assert row.receipt in numbers_in(page.text)[0].replace("-", "")
    assert (row.section, row.filled_by, row.procedure, row.state) == (
        "residents",
        "",
        "moving-in",
        "received",
    )
    assert rows(app, NameToken)
    case = open_with(row, key)
    assert case.answers["applicant.name"]["name"]
    with Session(app.extensions["engine"]) as session:
        (told,) = list_happenings(session, case)
    assert (told.kind, told.account_id) == ("received", desk.account_id)
    assert told.content == {
        "at": "counter",
        "identity": "driving-licence",
        "papers": [CATALOGUE.procedures["moving-in"].bring[0].voices["ja"]],
    }
    assert rows(app, HandOver) == []
    assert rows(app, Draft)[0].expires_on > today() + timedelta(days=200), "the slip opens it as long as it is kept"
    assert ("hand-over-accepted", base.split("/")[3], "driving-licence") in list_log(app)


def test_application_of_the_counter_holds_exactly_what_its_procedure_uses(desk, app):
    resident, base = come_with(app, **{"event.mynumber_card": {"": "yes"}, "event.care_certified": {"": "no"}})
    state_book = SHELF.find("procedures/moving-in")
    made = resident.look(base)
    desk.accept(spoken(resident, base))
    (row,) = rows(app, Application)
    answers = open_with(row, made.draft.key).answers
    asked = {ask.fact for ask in state_book.procedures["moving-in"].define.form.asks}
    assert answers.keys() <= asked
    assert answers.keys() >= {"applicant.name", "applicant.birth"}


def test_resident_whose_browser_holds_the_draft_reads_that_it_was_received(desk, moved):
    resident, base = moved
    desk.accept(spoken(resident, base))
    page = resident.see(f"{base}/sent")
    assert "受け付けました" in words(page)
    assert "これは、まだ出していません" not in words(page)
    assert resident.client.get(f"{base}/answers").status_code == 200
    assert "もうありません" in words(resident.see(f"{base}/counter"))


def test_several_procedures_of_different_sections_come_to_each_its_own(desk, app):
    choose = {
        "event.mynumber_card": {"": "yes"},
        "event.care_certified": {"": "yes"},
        "event.insurance_now": {"": "company"},
        "event.asked_for_record": {"": "no"},
    }
    resident, base = prepare(
        app, "events/moving-in", choose, ["moving-in", "mynumber-card-continue", "care-need-after-move"]
    )
    before = resident.look(base)
    answer = desk.open(spoken(resident, base))
    assert answer.text.count('class="counter-sheet"') == 3
    page = desk.client.get(address_of(desk.accept(spoken(resident, base))))
    found = {row.procedure: row for row in rows(app, Application)}
    assert {slug: row.section for slug, row in found.items()} == {
        "moving-in": "residents",
        "mynumber-card-continue": "residents",
        "care-need-after-move": "care-insurance",
    }
    assert len(set(numbers_in(page.text))) == 3
    assert {row.receipt for row in found.values()} == {one.replace("-", "") for one in numbers_in(page.text)}
    keys = {slug: set(open_with(row, before.draft.key).answers) for slug, row in found.items()}
    assert keys["moving-in"] != keys["care-need-after-move"]


def test_answers_that_are_handed_over_are_split_as_sending_would_split_them(desk, app):
    choose = {
        "event.mynumber_card": {"": "yes"},
        "event.care_certified": {"": "yes"},
        "event.insurance_now": {"": "company"},
        "event.asked_for_record": {"": "no"},
    }
    slugs = ["moving-in", "care-need-after-move"]
    resident = BrowserResident(app.test_client(), app.extensions["engine"], SHELF, choose)
    base = resident.begin("events/moving-in")
    state = resident.hurry(base, todo=lambda state: slugs)
    expected = {slug: split_answers(state.book.procedures[slug], state.made, today()) for slug in slugs}
    resident.send(base)
    desk.accept(spoken(resident, base))
    key = resident.look(base).draft.key
    assert {row.procedure: open_with(row, key).answers for row in rows(app, Application)} == expected


def test_pressing_twice_leads_to_the_same_receipts(desk, moved, app):
    resident, base = moved
    word = spoken(resident, base)
    first, second = (desk.accept(word, take="moving-in", draft=base.split("/")[3]) for _ in range(2))
    assert address_of(first) == address_of(second)
    assert len(rows(app, Application)) == 1


@pytest.mark.parametrize("_", range(2))
def test_two_counters_at_once_make_one_application(engine, settings, _):
    app = webapp.app.create_app(settings, engine)
    resident, base = come_with(app)
    codes = codes_of(resident, base)
    desks = [open_desk(app, name=f"mado{number}") for number in range(4)]
    start = Barrier(len(desks))

    def race(pair):
        desk, word = pair
        start.wait()
        return desk.accept(word).status_code

    with ThreadPoolExecutor(len(desks)) as pool:
        got = list(pool.map(race, zip(desks, [codes.spoken, codes.token] * 2, strict=True)))
    assert sorted(got) == [303, 422, 422, 422]
    assert len(rows(app, Application)) == 1
    assert rows(app, HandOver) == []


def test_files_stay_with_the_application_and_open_for_the_resident(desk, app, settings):
    choose = {"papers.funeral_receipt": {}, "deceased.organiser_is_applicant": {"": "yes"}}
    resident, base = come_with(app, "procedures/late-elderly-insurance-funeral", **choose)
    desk.accept(spoken(resident, base))
    (row,) = rows(app, Application)
    (file,) = open_with(row, resident.look(base).draft.key).answers["papers.funeral_receipt"]
    with time_machine.travel(now() + timedelta(days=60), tick=True):
        for job in list_jobs(settings, app.extensions["engine"]):
            job.run() if job.name.startswith("tidy-") else None
        assert resident.client.get(f"{base}/files/{file['id']}").status_code == 200


def test_titles_on_the_receipts_are_the_wards_own_and_paper_shows_no_names(desk, moved, app):
    resident, base = moved
    key = resident.look(base).draft.key
    page = address_of(desk.accept(spoken(resident, base)))
    (row,) = rows(app, Application)
    name = open_with(row, key).answers["applicant.name"]["name"]
    for paper in ("a4", "80mm"):
        html = desk.client.get(f"{page}/{paper}").text
        assert plain(CATALOGUE.procedures["moving-in"].words["title"].voices["ja"]) in words(html)
        assert name not in html


def test_something_missing_is_named_and_can_be_filled_in_together(desk, moved, app, settings):
    resident, base = moved
    assert "足りないこと" not in words(desk.open(spoken(resident, base)).text)
    fact = _cut(resident.engine, resident.look(base).draft.key, settings)
    answer = desk.open(spoken(resident, base))
    assert "足りないこと" in words(answer.text)
    assert plain(DICTIONARY.facts[fact].words["question"].voices["ja"]) in words(answer.text)
    begun = desk.post("fill", {"word": spoken(resident, base), "at": "desk", "scope": "procedures/moving-in"})
    asked = address_of(begun)
    assert asked.rsplit("/", 1)[1] == DICTIONARY.facts[fact].page, "only what is missing is asked"
    assert desk.client.get(asked).status_code == 200
    with Session(resident.engine) as session:
        assert session.get(Draft, asked.split("/")[3]).filled_by == desk.account_id
    assert len(rows(app, HandOver)) == 1, "what was prepared stays until it is taken or taken back"


def _cut(engine, draft_key, settings):
    """Take one answer out of what was prepared, as that to a question which came later would be missing; return its fact."""
    with open_session(engine) as session:
        row = session.exec(select(HandOver)).one()
        codes, content = read_own(row, draft_key)
        fact = next(
            key
            for key in content.answers
            if DICTIONARY.facts[key].define.kind == "date" and not DICTIONARY.facts[key].define.of
        )
        answers = {key: value for key, value in content.answers.items() if key != fact}
        row.sqlmodel_update(
            _lock_up(_place(HandOver, row.id), codes, draft_key, replace(content, answers=answers), settings.pepper)
        )
        session.add(row)
    return fact


@pytest.mark.parametrize("paper", ["moving-in:0", ""])
def test_section_reads_what_the_counter_saw_on_the_page_and_on_paper(desk, moved, app, paper):
    resident, base = moved
    desk.accept(spoken(resident, base), paper=paper)
    (row,) = rows(app, Application)
    own = open_desk(app, ("officer:residents",), "koseki").client
    case = f"/ja/staff/inbox/{row.id}"
    own.post(f"{case}/why", data={"csrf": make_csrf(own), "why": "stands-in"})
    for page in (words(own.get(f"{case}/").text), words(own.get(f"{case}/print").text)):
        assert "本人を確かめたもの：運転免許証" in page
        seen = plain(CATALOGUE.procedures["moving-in"].bring[0].voices["ja"])
        assert (f"見た書類：{seen}" in page) == bool(paper)
        assert ("見た書類は、ない" in page) != bool(paper)


def test_what_the_counter_took_is_not_written_again_by_what_would_only_be_prepared(desk, app, monkeypatch):
    resident, base = come_with(app)
    desk.accept(spoken(resident, base))
    (row,) = rows(app, Application)
    again, ask = f"{base}/again/{row.id}", "直したいところは、電話か窓口で言ってください"
    for place in ("sent", "answers", f"withdraw/{row.id}"):
        page = resident.see(f"{base}/{place}")
        assert again not in page, place
        assert ask in words(page), place
    assert resident.client.get(again).headers["Location"] == f"{base}/sent"
    assert resident.post(again).headers["Location"] == f"{base}/sent"
    with monkeypatch.context() as before:  # it was begun while the procedure was still sent from home
        before.setattr("webapp.drafts.views_again.may_begin_again", lambda *_: True)
        new = resident.post(again).headers["Location"].rstrip("/")
    resident.hurry(new)
    assert "前に送ったものは取り下げます" not in words(resident.see(f"{new}/check"))
    assert resident.send(new).status_code == 303
    (row,) = rows(app, Application)
    assert (row.state, row.outcome) == ("received", "")
