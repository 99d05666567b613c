"""From a life event to the counter: what the law wants there in person is handed over once, the rest is sent, all at one time."""

import io
from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from PIL import Image
from sqlalchemy import text
from sqlmodel import Session, select

from tests.autopilot import read_form
from tests.drafts.browser import BrowserResident, State, plain
from tests.drafts.household import JIRO, MEMBERS, SORA
from tests.page_checks import read_text
from webapp.applications.tables import Application
from webapp.drafts.rules import split_answers
from webapp.drafts.service_hand_over import Content, exchange, exchange_by_code, look, look_by_code, read_own
from webapp.drafts.service_stores import REAL
from webapp.drafts.tables import Draft, HandOver, PracticeHandOver
from webapp.kit.clock import today
from webapp.kit.crypto import unseal
from webapp.kit.database import open_session
from webapp.kit.qr import draw_qr
from webapp.timetable import list_jobs

SENT = {"child-allowance-claim", "child-medical-card"}
TO_COUNTER = "窓口で見せるか、窓口で書きます。"
Moved = tuple[BrowserResident, str, State]


@pytest.fixture
def moved(family) -> Moved:
    """Return a resident before the check page, the address of the draft, and how it stands."""
    resident, base = family
    return resident, base, resident.hurry(base)


@pytest.fixture
def sent(moved) -> Moved:
    """Return a resident who has sent, the address of the draft, and how it stood before."""
    moved[0].send(moved[1])
    return moved


def rows(resident: BrowserResident, table: Any = HandOver) -> list[Any]:
    """Return all rows of a table."""
    with Session(resident.engine) as session:
        return list(session.exec(select(table)))


def tree(resident: BrowserResident, address: str) -> Element:
    """Return a page as a tree."""
    return html5lib.parse(resident.see(address), namespaceHTMLElements=False)


def says(resident: BrowserResident, address: str) -> str:
    """Return the words of a page."""
    return read_text(tree(resident, address))


def codes_of(resident: BrowserResident, base: str) -> Any:
    """Return the codes of the one hand-over."""
    (row,) = rows(resident)
    return read_own(row, resident.look(base).draft.key)[0]


def open_with(resident: BrowserResident, settings, codes: Any) -> list[Content | None]:
    """Return what the counter sees with the token and with the spoken code."""
    with open_session(resident.engine) as session:
        both = (
            look(session, HandOver, codes.token, settings.pepper, today()),
            look_by_code(session, HandOver, codes.spoken, settings.pepper, today()),
        )
        return [one and one.content for one in both]


def test_event_ends_in_one_hand_over_and_an_application_for_each_of_the_others(sent):
    resident, base, state = sent
    assert set(state.active) == {"moving-in"} | SENT
    assert [row.procedures for row in rows(resident)] == ["moving-in"]
    assert {one.procedure for one in rows(resident, Application)} == SENT
    page = says(resident, f"{base}/sent")
    assert "これは、まだ出していません。" in page
    assert page.count("受け付けました") == len(SENT)


def test_sending_twice_makes_one_hand_over_that_stays_as_it_is(moved):
    resident, base, _ = moved
    form = read_form(resident.see(f"{base}/check"))
    data = dict(form.hidden) | {"declare": form.boxes}
    answers = [resident.client.post(f"{base}/check", data=data) for _ in range(2)]
    assert [one.headers["Location"] for one in answers] == [f"{base}/sent"] * 2
    (row,) = rows(resident)
    resident.client.post(f"{base}/check", data=data)
    assert rows(resident) == [row]
    assert len(rows(resident, Application)) == len(SENT)


def test_nothing_is_sent_where_the_hand_over_fails_and_everything_can_be_sent_again(moved):
    resident, base, state = moved
    with resident.engine.begin() as connection:
        connection.execute(
            text("CREATE TRIGGER broken BEFORE INSERT ON hand_over BEGIN SELECT RAISE(ABORT, 'no'); END")
        )
    assert resident.send(base, keep="yes").status_code == 500
    assert (rows(resident), rows(resident, Application)) == ([], [])
    assert not resident.look(base).draft.is_sent
    assert resident.look(base).draft.answers == state.draft.answers
    with resident.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER broken"))
    assert resident.send(base).headers["Location"] == f"{base}/sent"
    assert (len(rows(resident)), len(rows(resident, Application))) == (1, len(SENT))


def test_counter_page_and_sheet_show_the_code_that_is_spoken_and_the_one_that_is_read(sent, settings):
    resident, base, _ = sent
    codes = codes_of(resident, base)
    spoken = "-".join((codes.spoken[:3], codes.spoken[3:7], codes.spoken[7:]))
    drawn = draw_qr(f"{settings.public_url}/c/{codes.token}")
    for page in (resident.see(f"{base}/counter"), resident.see(f"{base}/sheet")):
        assert f">{spoken}<" in page
        assert str(drawn) in page
    assert codes.token not in resident.see(f"{base}/counter").replace(str(drawn), "")


def test_sheet_has_every_official_item_in_its_order_with_the_answers(sent):
    resident, base, state = sent
    (section,) = [one for one in tree(resident, f"{base}/sheet").iter("section") if one.get("class") == "sheet"]
    shown = [(read_text(row.find("th")), read_text(row.find("td"))) for row in section.find("table/tbody")]
    form = state.book.procedures["moving-in"].define.form
    answers = split_answers(state.book.procedures["moving-in"], state.made, today())
    told = {key for key, value in answers.items() if value is not None}
    told |= {key for one in answers[MEMBERS] for key, value in one.items() if value is not None}
    expected = [one for one in form.items if one.at_counter or told & set(one.facts)]
    assert [name for name, _ in shown] == [one.name for one in expected]
    assert [name for name, words in shown if words == TO_COUNTER] == [one.name for one in expected if one.at_counter]
    words = dict(shown)
    assert all(name in words["氏名・ふりがな"] for name in (JIRO, SORA))
    assert "阿佐谷南1-15-1" in words["新しい住所"]
    assert words["新しい世帯主の氏名"].endswith(f"{JIRO}やまだ")
    assert "在留資格（外国人）" not in words, "what nobody was asked is not there"


def test_sheet_has_a_part_for_each_procedure_of_the_counter(resident):
    resident.choose |= {
        "event.mynumber_card": {"": "yes"},
        "event.care_certified": {"": "yes"},
        "event.insurance_now": {"": "company"},
        "event.asked_for_record": {"": "no"},
    }
    base = resident.begin("events/moving-in")
    resident.hurry(base, todo=lambda state: ["moving-in", "mynumber-card-continue", "care-need-after-move"])
    resident.send(base)
    procedures = ["moving-in", "mynumber-card-continue", "care-need-after-move"]
    assert [row.procedures.split() for row in rows(resident)] == [procedures]
    assert rows(resident, Application) == []
    page = tree(resident, f"{base}/sheet")
    sections = [one for one in page.iter("section") if one.get("class") == "sheet"]
    facts = resident.shelf.catalogue.procedures
    titles = [facts[one].words.get("official", facts[one].words["title"]).voices["ja"] for one in procedures]
    assert [read_text(one.find("h2")).replace(" ", "") for one in sections] == [
        plain(one).replace(" ", "") for one in titles
    ]
    firsts = [next(read_text(th) for th in one.iter("th") if th.get("scope") == "row") for one in sections]
    assert firsts == [facts[one].define.form.items[0].name for one in procedures]


def test_counter_gets_what_the_resident_gave_once_and_the_resident_is_told(sent, settings):
    resident, base, state = sent
    codes = codes_of(resident, base)
    seen = open_with(resident, settings, codes)
    assert seen[0] == seen[1]
    expected = split_answers(state.book.procedures["moving-in"], state.made, today())
    assert seen[0].answers == expected
    assert "spouse.name" not in expected, "what only the other procedures asked is not handed over"
    assert (seen[0].procedures, seen[0].event) == (("moving-in",), "moving-in")
    with open_session(resident.engine) as session:
        assert exchange(session, HandOver, codes.token, settings.pepper, today()).answers == expected
    with open_session(resident.engine) as session:
        assert exchange_by_code(session, HandOver, codes.spoken, settings.pepper, today()) is None
    assert open_with(resident, settings, codes) == [None, None]
    assert "窓口に出す用意は、もうありません。" in says(resident, f"{base}/counter")
    assert resident.client.get(f"{base}/sheet").status_code == 404
    assert "窓口に来て出すもの" not in says(resident, f"{base}/sent")
    for page in ("sent", "answers", "todo", "deadlines.ics", "print/a4", "print/list"):
        assert resident.client.get(f"{base}/{page}").status_code == 200, page
    assert resident.post(f"{base}/counter", {"then": "renew"}).status_code == 303
    assert rows(resident) == []


def test_renewed_codes_work_and_the_old_ones_do_not(sent, settings):
    resident, base, _ = sent
    old = codes_of(resident, base)
    before = open_with(resident, settings, old)[0]
    assert resident.post(f"{base}/counter", {"then": "renew"}).headers["Location"] == f"{base}/counter"
    new = codes_of(resident, base)
    assert {old.token, old.spoken}.isdisjoint({new.token, new.spoken})
    assert open_with(resident, settings, old) == [None, None]
    assert open_with(resident, settings, new) == [before, before]


def test_what_was_renewed_late_lasts_as_long_as_its_page_says(sent, settings):
    resident, base, _ = sent
    with open_session(resident.engine) as session:
        session.exec(select(Draft)).one().expires_on = today() + timedelta(days=2)
    resident.post(f"{base}/counter", {"then": "renew"})
    (row,) = rows(resident)
    assert rows(resident, Draft)[0].expires_on >= row.expires_on > today() + timedelta(days=2)


def test_revoked_hand_over_is_erased_and_opens_nothing(sent, settings):
    resident, base, _ = sent
    codes = codes_of(resident, base)
    assert resident.post(f"{base}/counter", {"then": "revoke"}).headers["Location"] == f"{base}/counter"
    assert rows(resident) == []
    assert open_with(resident, settings, codes) == [None, None]
    assert "もうありません" in says(resident, f"{base}/counter")
    assert {one.procedure for one in rows(resident, Application)} == SENT, "what was sent stays"


def test_hand_over_past_its_day_is_erased_by_the_job_and_the_rest_stays(sent, settings):
    resident, base, _ = sent
    (tidy,) = [job for job in list_jobs(settings, resident.engine) if job.name == "tidy-drafts"]
    tidy.run()
    assert len(rows(resident)) == 1
    with open_session(resident.engine) as session:
        session.exec(select(HandOver)).one().expires_on = today() - timedelta(days=1)
    tidy.run()
    assert rows(resident) == []
    assert "もうありません" in says(resident, f"{base}/counter")
    assert "受け付けました" in says(resident, f"{base}/sent")


def test_code_that_is_read_by_anybody_opens_nothing(sent, app, settings):
    resident, base, _ = sent
    codes = codes_of(resident, base)
    for client in (resident.client, app.test_client()):
        page = client.get(f"/c/{codes.token}", follow_redirects=True)
        assert page.status_code == 200
        assert "これは、窓口の人が読むものです" in read_text(html5lib.parse(page.text, namespaceHTMLElements=False))
        assert not [secret for secret in (JIRO, "転入", codes.spoken, base) if secret in page.text]
    assert app.test_client().get(f"{base}/counter").status_code == 404
    assert None not in open_with(resident, settings, codes), "looking uses nothing up"


def test_one_procedure_of_the_counter_alone_ends_without_an_application(resident, settings):
    base = resident.begin("procedures/moving-in")
    state = resident.hurry(base)
    assert "窓口に来て出します" in says(resident, f"{base}/check")
    resident.send(base)
    assert rows(resident, Application) == []
    answers = split_answers(state.book.procedures["moving-in"], state.made, today())
    assert open_with(resident, settings, codes_of(resident, base))[0].answers == answers
    page = says(resident, f"{base}/sent")
    assert "窓口に出す用意ができました" in page
    assert "受け付けました" not in page
    for place in ("counter", "sheet", "answers", "print/a4"):
        assert resident.client.get(f"{base}/{place}").status_code == 200, place


def test_files_for_the_counter_open_with_the_keys_that_are_handed_over(resident, settings):
    resident.choose |= {"papers.funeral_receipt": {}, "deceased.organiser_is_applicant": {"": "yes"}}
    base = resident.begin("procedures/late-elderly-insurance-funeral")
    resident.hurry(base)
    resident.send(base)
    codes = codes_of(resident, base)
    with open_session(resident.engine) as session:
        content = exchange(session, HandOver, codes.token, settings.pepper, today())
    (file,) = content.answers["papers.funeral_receipt"]
    assert set(content.files) == {file["id"]}
    sealed = (REAL.uploads_folder(settings.data_dir) / file["id"]).read_bytes()
    picture = unseal(bytes.fromhex(content.files[file["id"]]), sealed, f"upload|{file['id']}|content")
    assert len(picture) == file["size"]
    assert Image.open(io.BytesIO(picture)).size == (40, 30)


def test_practised_hand_over_lies_in_no_real_table_and_no_counter_opens_it(resident, settings):
    base = resident.begin("procedures/moving-in", "practice")
    resident.hurry(base)
    resident.send(base)
    assert rows(resident) == []
    (row,) = rows(resident, PracticeHandOver)
    codes = read_own(row, resident.look(base).draft.key)[0]
    assert open_with(resident, settings, codes) == [None, None]
    assert str(draw_qr(f"{settings.public_url}/practice/c/{codes.token}")) in resident.see(f"{base}/counter")
