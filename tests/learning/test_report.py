"""The report of a class as its instructor gets it: page, paper and file, without anybody who could be known."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlmodel import select

from tests.accounts.helping import sign_in
from tests.learning.small_tutorials import give_tutorials, make_tutorial
from webapp.accounts.tables import AuditEntry
from webapp.kit.clock import day_of, now
from webapp.kit.database import open_session
from webapp.kit.ids import new_id
from webapp.kit.sheets import neutralise, write_csv
from webapp.learning.service_lessons import close_lesson, find_lesson, make_lesson
from webapp.learning.tables import Learner, Lesson

HIDDEN = "5人より少ないグループがあるため、出しません"


def make_class(
    app: Flask, owner: str, place: str = "高円寺図書館", closed: bool = True, rehearsal: bool = False
) -> str:
    """Make a class that began an hour ago; return its id."""
    with open_session(app.extensions["engine"]) as session:
        moment = now()
        lesson = make_lesson(
            session, owner, ["names", "moving"], place, moment - timedelta(hours=1), moment, moment, rehearsal
        )
        if closed:
            close_lesson(session, lesson, moment)
        return lesson.id


def add_learners(app: Flask, lesson_id: str, number: int, **about: object) -> None:
    """Put some people of a kind into a class."""
    with open_session(app.extensions["engine"]) as session:
        for _ in range(number):
            moment: datetime = now()
            session.add(Learner(id=new_id(), lesson_id=lesson_id, joined_at=moment, seen_at=moment, stepped_at=moment,
                                nickname="はなちゃん", **about))  # fmt: skip


def read_rows(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


@pytest.fixture
def teacher(app: Flask, client) -> str:
    """Sign the client in as an instructor; return the account's id."""
    give_tutorials(app, make_tutorial("names"), make_tutorial("moving", 2))
    return sign_in(client, app)


@pytest.fixture
def lesson_id(app: Flask, teacher: str) -> str:
    """Return a class that is over, to which 20 people came."""
    made = make_class(app, teacher)
    add_learners(
        app, made, 9, age_band="60-69", visits="first", before="unsure", after="sure", finished="names", hands=2
    )
    add_learners(
        app, made, 8, age_band="70-79", visits="again", before="middle", after="middle", tutorial="names", steps_done=1
    )
    add_learners(app, made, 3, age_band="80-", visits="first", before="middle", after="sure", finished="names")
    return made


def test_a_report_tells_groups_of_five_and_more_and_hides_the_rest(client, lesson_id):
    page = client.get(f"/ja/teach/{lesson_id}/report").text
    assert "高円寺図書館" in page
    assert "20人" in page
    assert "はなちゃん" not in page
    rows = read_rows(client.get(f"/ja/teach/{lesson_id}/report.csv").data)
    assert ["年齢", "60歳から69歳", "9"] in rows
    assert ["年齢", "70歳から79歳", HIDDEN] in rows, "else the three people of 80 were a subtraction away"
    assert ["年齢", "80歳から上", HIDDEN] in rows
    assert ["前とあとの違い", "前より、できそうになった人", "12"] in rows
    assert ["前とあとの違い", "前と同じ人", "8"] in rows
    assert ["練習「練習 names」", "終えた人", "12"] in rows


@pytest.mark.parametrize("voice", ["ja", "ja-easy", "en"])
@pytest.mark.parametrize("page", ["report", "report/print"])
def test_the_report_stands_in_every_voice(client, lesson_id, voice, page):
    assert client.get(f"/{voice}/teach/{lesson_id}/{page}").status_code == 200


def test_while_a_class_goes_on_there_are_no_numbers(app, client, teacher):
    going_on = make_class(app, teacher, closed=False)
    add_learners(app, going_on, 7, age_band="60-69")
    page = client.get(f"/ja/teach/{going_on}/report")
    assert "教室が終わると、ここに人数が出ます" in page.text
    assert "7人" not in page.text
    assert client.get(f"/ja/teach/{going_on}/report.csv").status_code == 303
    assert "7人" not in client.get(f"/ja/teach/{going_on}/report/print").text


def test_of_fewer_than_five_people_not_even_their_number_is_told(app, client, teacher):
    small = make_class(app, teacher)
    add_learners(app, small, 4, age_band="60-69")
    assert "4人" not in client.get(f"/ja/teach/{small}/report").text
    rows = read_rows(client.get(f"/ja/teach/{small}/report.csv").data)
    assert rows[-1] == ["来た人", "全員", "来た人が5人より少ないため、出しません"]


def test_a_class_nobody_came_to_says_so(app, client, teacher):
    assert "参加した人はいません" in client.get(f"/ja/teach/{make_class(app, teacher)}/report").text


def test_simulated_learners_count_in_a_rehearsal_alone(app, client, teacher, lesson_id):
    add_learners(app, lesson_id, 12, age_band="80-", simulated=True)
    assert ["来た人", "全員", "20"] in read_rows(client.get(f"/ja/teach/{lesson_id}/report.csv").data)
    rehearsal = make_class(app, teacher, closed=False, rehearsal=True)
    add_learners(app, rehearsal, 12, simulated=True)
    rows = read_rows(client.get(f"/ja/teach/{rehearsal}/report.csv").data)
    assert ["来た人", "全員", "12"] in rows
    assert rows[1][0] == "練習の教室です。来た人は、見本の人です。"
    assert "本当の報告には使えません" in client.get(f"/ja/teach/{rehearsal}/report/print").text


def test_the_instructor_chooses_what_stands_in_the_report(app, client, lesson_id):
    address = f"/ja/teach/{lesson_id}/report"
    answer = client.post(address, data={**token(client, address), "then": "columns", "columns": ["hands", "visits"]})
    assert answer.status_code == 303
    assert "まとめに出すものを変えました" in client.get(answer.location).text
    measures = {row[0] for row in read_rows(client.get(f"{address}.csv").data)}
    assert {"手をあげた人", "はじめての人と、前にも来た人"} <= measures
    assert "年齢" not in measures
    client.post(address, data={**token(client, address), "then": "columns"})
    assert read_rows(client.get(f"{address}.csv").data)[-1][0] == "来た人"


def token(client, address: str) -> dict[str, str]:
    """Return the token of a page's forms, and where it is."""
    page = client.get(address).text
    return {"csrf": page.split('name="csrf" value="')[1].split('"')[0]}


def test_the_day_of_erasing_is_shown_and_changed(app, client, lesson_id):
    address, wanted = f"/ja/teach/{lesson_id}/report", day_of(now()) + timedelta(days=90)
    answer = client.post(address, data={**token(client, address), "then": "delete", "delete_on": wanted.isoformat()})
    assert answer.status_code == 303
    with open_session(app.extensions["engine"]) as session:
        assert find_lesson(session, lesson_id).delete_on == wanted
    assert wanted.isoformat() in client.get(answer.location).text


@pytest.mark.parametrize("typed", ["", "きのう", "2026-13-40", "2020-01-01", "2999-01-01", "\x00"])
def test_a_day_that_cannot_be_is_answered_with_what_can_and_keeps_what_was_typed(app, client, lesson_id, typed):
    address = f"/ja/teach/{lesson_id}/report"
    with open_session(app.extensions["engine"]) as session:
        before = find_lesson(session, lesson_id).delete_on
    answer = client.post(address, data={**token(client, address), "then": "delete", "delete_on": typed})
    assert answer.status_code == 422
    assert "までの日を選んでください" in answer.text
    with open_session(app.extensions["engine"]) as session:
        assert find_lesson(session, lesson_id).delete_on == before


def test_the_file_is_one_that_spreadsheets_open_and_never_run(app, client, teacher):
    made = make_class(app, teacher, place="=HYPERLINK(1)")
    add_learners(app, made, 6)
    answer = client.get(f"/ja/teach/{made}/report.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Cache-Control"] == "no-store"
    assert ["場所", "'=HYPERLINK(1)", ""] in read_rows(answer.data)
    with open_session(app.extensions["engine"]) as session:
        done = session.exec(select(AuditEntry).where(AuditEntry.what == "report-exported")).all()
        assert [(entry.account_id, entry.about) for entry in done] == [(teacher, made)]


@pytest.mark.parametrize("words", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", "\n@a", "＝1"])
def test_no_text_is_taken_for_a_formula(words):
    assert neutralise(words) == f"'{words}"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in read_rows(write_csv([[words]])) for cell in row)


def test_only_who_teaches_a_class_sees_its_report(app, client, lesson_id):
    other = app.test_client()
    sign_in(other, app, name="other")
    for page in ("report", "report/print", "report.csv"):
        assert other.get(f"/ja/teach/{lesson_id}/{page}").status_code == 404
        assert app.test_client().get(f"/ja/teach/{lesson_id}/{page}").status_code == 303


def test_a_form_without_its_token_changes_nothing(app, client, lesson_id):
    assert client.post(f"/ja/teach/{lesson_id}/report", data={"then": "columns"}).status_code == 403
    with open_session(app.extensions["engine"]) as session:
        assert session.get(Lesson, lesson_id).columns == ""
