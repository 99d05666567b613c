"""An instructor's classes: the list, a new one, changes, its end, helpers, the sheet."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from tests.accounts.helping import sign_in
from tests.learning.classroom import ago, look_up, open_class, press, seat, token_of, use_tutorials
from tests.page_checks import check_page, read_text
from webapp.accounts.tables import AuditEntry
from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.learning.tables import Lesson, LessonStaff

NEW, LIST = "/ja/teach/new", "/ja/teach/"


@pytest.fixture
def teacher(app, client):
    """Return the id of an instructor who is signed in."""
    use_tutorials(app)
    return sign_in(client, app)


def list_done(app):
    """Return what the log says was done."""
    with open_session(app.extensions["engine"]) as session:
        return [(row.what, row.about) for row in session.exec(select(AuditEntry).order_by(AuditEntry.number))]


def find_only_lesson(app):
    """Return the one class that there is."""
    with open_session(app.extensions["engine"]) as session:
        return session.exec(select(Lesson)).one()


def test_who_is_not_signed_in_is_led_to_sign_in_and_back(client):
    answer = client.get(NEW)
    assert answer.status_code == 303
    assert "/ja/staff/sign-in?back=%2Fja%2Fteach%2Fnew" in answer.location


def test_a_class_is_made_by_choosing_a_tutorial_and_pressing_once(app, client, teacher):
    page = client.get(NEW)
    shown = dict(re.findall(r'name="(end_day|end_time|start_day|start_time|place)" value="([^"]*)"', page.text))
    answer = client.post(NEW, data={"csrf": token_of(page.text), "tutorials": "names", **shown})
    lesson = find_only_lesson(app)
    assert answer.location == f"/ja/teach/{lesson.id}/"
    assert timedelta(minutes=60) < lesson.ends_at - lesson.starts_at <= timedelta(minutes=120)
    assert lesson.owner_id == teacher
    board = client.get(answer.location).text
    assert f"{lesson.code[:3]} {lesson.code[3:]}" in board
    assert ("lesson-made", lesson.id) in list_done(app)


def test_nothing_typed_is_lost_when_something_is_to_be_mended(app, client, teacher):
    fields = {"place": "区役所<3階>", "end_day": "2026-02-30", "end_time": "10:00", "start": "at", "start_day": "x"}
    answer = press(client, NEW, NEW, tutorials="moving", **fields)
    assert answer.status_code == 422
    assert "区役所&lt;3階&gt;" in answer.text
    assert 'value="2026-02-30"' in answer.text
    assert re.search(r'value="moving" checked', answer.text)
    assert 'href="#end-day"' in answer.text
    assert 'href="#start-day"' in answer.text
    assert "<details open>" in answer.text
    assert press(client, NEW, NEW).status_code == 422
    assert "練習を1つ選んでください。" in press(client, NEW, NEW).text


def test_hostile_fields_are_never_a_failure(client, teacher):
    for bad in ("\x00", "９" * 2000, "0001-01-01", "9999-12-31"):
        fields = dict.fromkeys(("end_day", "end_time", "place", "start_day", "start_time", "tutorials"), bad)
        assert press(client, NEW, NEW, start="at", **fields).status_code == 422


def test_the_list_has_todays_coming_and_past_classes(app, client, teacher):
    open_class(app, teacher, place="今日の場所")
    later = now() + timedelta(days=3)
    open_class(app, teacher, place="あとの場所", starts_at=later, ends_at=later + timedelta(hours=1))
    open_class(app, teacher, place="前の場所", starts_at=ago(4000), ends_at=ago(3900), code=None, helper_code=None)
    page = read_text(check_page(client.get(LIST).text))
    places = [
        page.index(words)
        for words in ("今日の教室", "今日の場所", "これからの教室", "あとの場所", "終わった教室", "前の場所")
    ]
    assert places == sorted(places)


def test_another_instructor_sees_nothing_until_the_code_for_helpers_is_given(app, client, teacher):
    lesson = open_class(app, teacher)
    other = app.test_client()
    other_id = sign_in(other, app, name="tetsudai")
    board = f"/ja/teach/{lesson.id}/"
    for page in ("", "roam", "projector", "board", "sheet", "edit", "close", "helpers"):
        assert other.get(board + page).status_code == 404
    token = token_of(other.get(LIST).text)
    for action in ("pace", "hands", "edit", "extend", "close"):
        assert other.post(board + action, data={"csrf": token}).status_code == 404
    wrong = "11223344" if lesson.helper_code != "11223344" else "11223355"
    answer = other.post(LIST, data={"csrf": token, "code": wrong})
    assert answer.status_code == 422
    assert wrong in answer.text
    assert other.post(LIST, data={"csrf": token, "code": "12"}).status_code == 422
    spaced = f"{lesson.helper_code[:4]} {lesson.helper_code[4:]}"
    assert other.post(LIST, data={"csrf": token, "code": spaced}).location == board
    assert other.get(board).status_code == 200
    assert look_up(app, LessonStaff, (lesson.id, other_id)) is not None
    assert "3階" in other.get(LIST).text


def test_wrong_codes_for_helpers_are_slowed_down(app, client, teacher):
    token = token_of(client.get(LIST).text)
    for number in range(10):
        assert client.post(LIST, data={"csrf": token, "code": f"1234567{number}"}).status_code == 422
    lesson = open_class(app, teacher)
    answer = client.post(LIST, data={"csrf": token, "code": lesson.helper_code})
    assert answer.status_code == 422
    assert "待ってから" in answer.text


def test_changes_keep_the_code(app, client, teacher):
    lesson = open_class(app, teacher, mode="cap", tutorial="names", step="two")
    page = f"/ja/teach/{lesson.id}/edit"
    shown = dict(re.findall(r'name="(end_day|end_time)" value="([^"]*)"', client.get(page).text))
    assert press(client, page, page, tutorials="moving", place="2階", **shown).status_code == 303
    changed = look_up(app, Lesson, lesson.id)
    assert (changed.code, changed.place, changed.tutorials, changed.mode) == (lesson.code, "2階", "moving", "free")
    assert changed.rev > lesson.rev
    assert press(client, page, page, place="1階", **shown).status_code == 422


def test_a_class_goes_on_for_half_an_hour_more_up_to_twelve_hours(app, client, teacher):
    lesson = open_class(app, teacher)
    board = f"/ja/teach/{lesson.id}/"
    press(client, board, f"{board}extend")
    assert look_up(app, Lesson, lesson.id).ends_at == lesson.ends_at + timedelta(minutes=30)
    long = open_class(app, teacher, starts_at=ago(11 * 60), ends_at=now() + timedelta(minutes=45))
    press(client, board, f"/ja/teach/{long.id}/extend")
    assert look_up(app, Lesson, long.id).ends_at == long.ends_at
    assert "30分あとにする" not in client.get(f"/ja/teach/{long.id}/").text


def test_closing_says_what_happens_first(app, client, teacher):
    lesson = open_class(app, teacher)
    seat(app, lesson, seat="7")
    page, board = f"/ja/teach/{lesson.id}/close", f"/ja/teach/{lesson.id}/"
    assert "使えなくなります" in client.get(page).text
    assert press(client, page, page).location == board
    assert look_up(app, Lesson, lesson.id).code is None
    assert ("lesson-closed", lesson.id) in list_done(app)
    over = read_text(check_page(client.get(board).text))
    assert "この教室は終わりました" in over
    assert lesson.code not in over.replace(" ", "")
    assert "席 7" in over
    for rest in ("close", "helpers", "sheet", "edit", "projector", "roam"):
        assert client.get(board + rest).status_code == 200
    token = token_of(client.get(board + "").text + client.get(LIST).text)
    for action in ("close", "extend", "pace"):
        assert client.post(board + action, data={"csrf": token}).status_code == 303


def test_helpers_page_and_sheet_say_how(app, client, teacher):
    lesson = open_class(app, teacher)
    helpers = client.get(f"/ja/teach/{lesson.id}/helpers").text
    assert f"{lesson.helper_code[:4]} {lesson.helper_code[4:]}" in helpers
    sheet = client.get(f"/ja/teach/{lesson.id}/sheet").text
    assert f"http://localhost/k/{lesson.code}" in sheet
    assert "先生にも見えません。" in sheet
    assert "<svg" in sheet


@pytest.mark.parametrize("voice", ["ja", "ja-easy", "en"])
def test_every_page_is_a_sound_page_in_every_voice(app, client, teacher, voice):
    lesson = open_class(app, teacher)
    for page in (
        "",
        "new",
        *(f"{lesson.id}/{one}" for one in ("", "edit", "close", "helpers", "sheet", "roam", "projector")),
    ):
        assert client.get(f"/{voice}/teach/{page}").status_code == 200
