"""The board, the helper's list and the big screen, as an instructor sees and uses them."""

import re

import pytest
from sqlmodel import select

from tests.accounts.helping import sign_in
from tests.learning.classroom import LOOKS, ago, look_up, open_class, poll, press, seat, token_of, use_tutorials
from tests.page_checks import check_page, read_text
from webapp.accounts.tables import AuditEntry
from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.learning.service_learners import lower_hand, raise_hand
from webapp.learning.tables import Learner, Lesson


@pytest.fixture
def lesson(app, client):
    """Return a class whose instructor is signed in."""
    use_tutorials(app)
    return open_class(app, sign_in(client, app))


def board_of(lesson, page=""):
    """Return the address of one of a class's pages."""
    return f"/ja/teach/{lesson.id}/{page}"


def rev_of(html):
    """Return the mark of a board."""
    return re.search(r'data-rev="([^"]+)"', html)[1]


def read_rows(html):
    """Return the words of each row of the board."""
    return [read_text(row) for row in check_page(html).findall(".//tbody/tr")]


def test_the_board_says_who_is_where_in_a_table_with_headings(app, client, lesson):
    seat(app, lesson, seat="3", nickname="さくら", step="two", last_error="one:empty")
    seat(app, lesson, step="", finished="names", level="alone")
    seat(app, lesson, seat="2", tutorial="", step="", seen_at=ago(5), simulated=True)
    seat(app, lesson, seat="1", hand_at=ago(1), stepped_at=ago(4), last_error="refused")
    page = client.get(board_of(lesson)).text
    tree = check_page(page)
    table = tree.find(".//table")
    assert read_text(table.find("caption"))
    assert all(th.get("scope") == "col" for th in table.findall("thead/tr/th"))
    assert all(row.find("th").get("scope") == "row" for row in table.findall("tbody/tr"))
    hand, second, third, nameless = read_rows(page)
    assert hand.startswith("席 1")
    assert "手をあげています（1番目）" in hand
    assert "3分より長く、とまっています" in hand
    assert "書き直しています" in hand
    assert second.startswith("席 2 （見本）最後の通信：5分前 まだ始めていません")
    assert third.startswith("席 3 さくらさん 2 / 3 住所を書くいっしょに")
    assert LOOKS in third
    assert "次の文です" not in third
    assert nameless.startswith("名前なし")
    assert "終わりました" in nameless
    assert "終わった人：1人" in read_text(tree)


def test_rows_are_filtered_by_links_that_say_how_many(app, client, lesson):
    seat(app, lesson, seat="1", hand_at=ago(1))
    seat(app, lesson, seat="2", stepped_at=ago(4))
    seat(app, lesson, seat="3")
    page = client.get(board_of(lesson)).text
    for words in ("全員：3人", "手をあげている人：1人", "とまっている人：1人"):
        assert words in read_text(check_page(page))
    assert len(read_rows(client.get(board_of(lesson, "?show=hands")).text)) == 1
    assert "席 2" in read_rows(client.get(board_of(lesson, "?show=stuck")).text)[0]
    assert len(read_rows(client.get(board_of(lesson, "?show=nonsense")).text)) == 3


def test_names_that_people_type_are_shown_as_they_are(app, client, lesson):
    seat(app, lesson, nickname="<b>《x》%(a)s")
    assert "&lt;b&gt;《x》%(a)s" in client.get(board_of(lesson)).text


def test_nothing_comes_while_nothing_changes_and_the_part_when_something_does(app, client, lesson, monkeypatch):
    learner = seat(app, lesson, seat="1")
    moment = now()
    monkeypatch.setattr("webapp.learning.views_board.now", lambda: moment)
    rev = rev_of(client.get(board_of(lesson)).text)
    quiet = poll(client, board_of(lesson, f"board?rev={rev}"))
    assert (quiet.status_code, quiet.data) == (204, b"")
    with open_session(app.extensions["engine"]) as session:
        raise_hand(session, session.get(Learner, learner), moment)
    told = poll(client, board_of(lesson, f"board?rev={rev}&show=all"))
    assert told.status_code == 200
    assert told.headers["Cache-Control"] == "no-store"
    assert rev_of(told.text) != rev
    assert "<html" not in told.text
    assert 'data-say="1人が手をあげました。"' in told.text
    assert poll(client, board_of(lesson, f"board?rev={rev_of(told.text)}")).status_code == 204
    with open_session(app.extensions["engine"]) as session:
        lower_hand(session, session.get(Learner, learner))
    lowered = poll(client, board_of(lesson, f"board?rev={rev_of(told.text)}"))
    assert lowered.status_code == 200
    assert "data-say" not in lowered.text


def test_the_board_is_told_anew_each_minute_and_for_strange_marks(app, client, lesson, monkeypatch):
    rev = rev_of(client.get(board_of(lesson)).text)
    later = ago(-1.1)
    monkeypatch.setattr("webapp.learning.views_board.now", lambda: later)
    assert poll(client, board_of(lesson, f"board?rev={rev}")).status_code == 200
    assert poll(client, board_of(lesson, "board?rev=x'--&show=%00")).status_code == 200
    assert poll(client, board_of(lesson, "board?view=other")).status_code == 404


def test_buttons_and_links_of_the_part_keep_their_ids(app, client, lesson):
    learner = seat(app, lesson, hand_at=ago(1))
    part = poll(client, board_of(lesson, "board")).text
    buttons = re.findall(r"<(?:button|a) [^>]*>", part)
    assert all(" id=" in button for button in buttons)
    assert f'id="come-{learner}"' in part


def test_a_raised_hand_is_answered_and_settled(app, client, lesson):
    learner = seat(app, lesson, hand_at=ago(1))
    page = board_of(lesson)
    answer = press(client, page, f"{page}hands", learner=learner, then="come", show="hands", view="board")
    assert answer.location == f"{page}?show=hands#who-{learner}"
    assert look_up(app, Learner, learner).coming_at is not None
    shown = client.get(page).text
    assert "と、知らせました" in shown
    assert f"come-{learner}" not in shown
    answer = press(client, page, f"{page}hands", learner=learner, then="done", view="roam")
    assert answer.location == f"{page}roam#who-{learner}"
    assert look_up(app, Learner, learner).hand_at is None


def test_somebody_of_another_class_is_out_of_reach(app, client, lesson):
    other = open_class(app, lesson.owner_id)
    stranger = seat(app, other, hand_at=ago(1))
    page = board_of(lesson)
    assert press(client, page, f"{page}hands", learner=stranger, then="done").status_code == 303
    assert press(client, page, f"{page}hands", learner="\x00", then="done").status_code == 303
    assert look_up(app, Learner, stranger).hand_at is not None


def test_the_class_is_led_step_by_step(app, client, lesson):
    page = board_of(lesson)
    assert press(client, page, f"{page}pace", then="set", mode="follow", place="names:one").location == page
    assert "ステップ1「名前を書く」をします" in client.get(page).text
    assert 'id="pace-back"' not in client.get(page).text
    for step in ("two", "three", "three"):
        press(client, page, f"{page}pace", then="next")
        assert look_up(app, Lesson, lesson.id).step == step
    assert 'id="pace-next"' not in client.get(page).text
    press(client, page, f"{page}pace", then="back")
    assert look_up(app, Lesson, lesson.id).step == "two"
    press(client, page, f"{page}pace", then="set", mode="cap", place="names:two")
    assert "まで、自分のペースで進みます" in client.get(page).text
    press(client, page, f"{page}pace", then="set", mode="free", place="names:two")
    assert look_up(app, Lesson, lesson.id).mode == "free"


@pytest.mark.parametrize("fields", [
    {"mode": "follow", "place": "moving:one"}, {"mode": "follow", "place": "names:gone"}, {"mode": "cap"},
    {"mode": "x", "place": "names:one"}, {},
])  # fmt: skip
def test_the_class_cannot_be_led_to_where_it_is_not(client, lesson, fields):
    page = board_of(lesson)
    assert press(client, page, f"{page}pace", then="set", **fields).status_code == 400


def test_while_all_listen_nobody_is_stuck_nor_right_after(app, client, lesson):
    seat(app, lesson, stepped_at=ago(9))
    page = board_of(lesson)
    assert "とまっています" in client.get(page).text
    press(client, page, f"{page}pace", then="pause")
    assert "お話を聞く時間です" in client.get(page).text
    assert "とまっています" not in client.get(page).text
    press(client, page, f"{page}pace", then="resume")
    assert "とまっています" not in client.get(page).text


def test_a_helper_who_walks_sees_whom_to_go_to_and_nobody_else(app, client, lesson):
    seat(app, lesson, seat="1")
    seat(app, lesson, seat="2", stepped_at=ago(5))
    seat(app, lesson, seat="3", hand_at=ago(1))
    page = client.get(board_of(lesson, "roam")).text
    assert re.findall(r"席 \d", read_text(check_page(page).find(".//ol[@class='cards visits']"))) == [
        "席 3", "席 3", "席 3", "席 2",
    ]  # fmt: skip
    part = poll(client, board_of(lesson, "board?view=roam")).text
    assert "席 3" in re.sub("<[^>]+>", "", part)
    assert poll(client, board_of(lesson, f"board?view=roam&rev={rev_of(part)}")).status_code == 204


def test_the_big_screen_has_no_names(app, client, lesson):
    for number in range(3):
        seat(app, lesson, seat=f"XYZ{number}", nickname="ひみつ", step="two", hand_at=ago(1))
    page = board_of(lesson)
    press(client, page, f"{page}pace", then="set", mode="follow", place="names:two")
    for address in ("projector", "board?view=projector"):
        screen = poll(client, board_of(lesson, address)).text
        assert "ひみつ" not in screen
        assert "XYZ" not in screen
        assert "sensei" not in screen
        assert "ステップ2「住所を書く」：3人" in re.sub("<[^>]+>", "", screen)
        assert "住所を書く。次へ進むを押します。" in re.sub("<[^>]+>", "", screen)
        assert f"/k/{lesson.code}" in screen


def test_opening_the_pages_is_noted_and_asking_again_is_not(app, client, lesson):
    for page in ("", "roam", "projector", "board"):
        poll(client, board_of(lesson, page))
    with open_session(app.extensions["engine"]) as session:
        rows = session.exec(select(AuditEntry).where(AuditEntry.what == "lesson-opened")).all()
    assert [row.about for row in rows] == [lesson.id] * 3


def test_a_class_of_forty_is_one_look(app, client, lesson):
    for number in range(40):
        seat(app, lesson, seat=str(number + 1), stepped_at=ago(number % 7), hand_at=ago(1) if number % 5 == 0 else None)
    page = client.get(board_of(lesson)).text
    assert len(read_rows(page)) == 40
    assert len(page) < 90_000


def test_forms_of_others_change_nothing(app, client, lesson):
    learner = seat(app, lesson, hand_at=ago(1))
    page = board_of(lesson)
    assert client.post(f"{page}hands", data={"learner": learner, "then": "done"}).status_code == 403
    token = token_of(client.get(page).text)
    strange = {"Sec-Fetch-Site": "cross-site"}
    answer = client.post(f"{page}hands", data={"csrf": token, "learner": learner, "then": "done"}, headers=strange)
    assert answer.status_code == 403
    assert look_up(app, Learner, learner).hand_at is not None
