"""The strip of a class on a learner's pages: hand, queue, the instructor's words."""

import re

import pytest

from tests.conftest import CheckedClient
from tests.learning.classes import come_in
from tests.learning.strip_fixtures import home, sample, taught
from tests.learning.strips import VOICES, lead, person, press, strip_of
from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.learning.service_learners import answer_hand, settle_hand
from webapp.learning.service_lessons import close_lesson
from webapp.learning.tables import Learner, Lesson

__all__ = ["home", "sample", "taught"]


def test_hand_goes_up_and_down_without_script(client, taught, home):
    assert 'aria-pressed="false"' in strip_of(client.get(home).text)
    answer = press(client, taught, "hand", "up")
    assert answer.location == f"{home}#class"
    strip = strip_of(client.get(home).text)
    assert 'aria-pressed="true"' in strip
    assert "あなたは1番目です" in strip
    assert 'id="hand-hand"' in strip, "the button keeps its id, so that focus stays on it"
    press(client, taught, "hand", "down")
    assert person(taught).hand_at is None
    assert person(taught).hands == 1


def test_queue_is_in_the_order_of_hands(client, taught, home, app):
    others = [CheckedClient(app, app.response_class) for _ in range(2)]
    for one in (*others, client):
        if one is not client:
            come_in(one, taught)
        press(one, taught, "hand", "up")
    assert "あなたは3番目です" in strip_of(client.get(home).text)
    press(others[0], taught, "hand", "down")
    assert "あなたは2番目です" in strip_of(client.get(home).text)


def test_learner_reads_that_the_instructor_is_on_the_way(client, taught, home):
    press(client, taught, "hand", "up")
    with open_session(taught.engine) as session:
        answer_hand(session, session.get_one(Learner, person(taught).id), now())
    assert "向かっています" in strip_of(client.get(home).text)
    with open_session(taught.engine) as session:
        settle_hand(session, session.get_one(Learner, person(taught).id))
    strip = strip_of(client.get(home).text)
    assert "向かっています" not in strip
    assert 'aria-pressed="false"' in strip


def test_strange_values_change_nothing(client, taught, home):
    before = person(taught).rev
    for what, value in (("hand", "wave"), ("hand", ""), ("follow", "fly")):
        assert press(client, taught, what, value).status_code == 303
    assert person(taught).rev == before
    assert press(client, taught, "hand", "up", back="https://elsewhere.example/").location == "/#class"


def test_instructor_is_where_the_strip_says(client, taught, home):
    lead(taught, "follow", "place")
    strip = strip_of(client.get(home).text)
    assert "先生は今、ステップ3「3番目の題」です" in strip
    assert 'data-follow="sample/place" data-follow-in="5"' in strip
    assert "いっしょに行く" in strip
    assert "data-moves hidden" in strip, "without a script nothing moves, so nothing is said of it"


def test_going_along_leads_to_the_step_with_a_way_back(client, taught, home):
    lead(taught, "follow", "place")
    answer = press(client, taught, "follow", "go")
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert page.request.path.endswith("/place.where")
    assert "先生と同じところにいます" in strip_of(page.text)
    assert "data-follow-in" not in strip_of(page.text)
    assert "follow:back" in page.text


def test_declining_is_respected_until_one_comes_along_again(client, taught, home):
    lead(taught, "follow", "place")
    press(client, taught, "follow", "stay")
    lead(taught, "follow", "seen")
    strip = strip_of(client.get(home).text)
    assert "data-follow-in" not in strip
    assert "先生は今、ステップ4" in strip
    assert "いっしょに行く" not in strip
    press(client, taught, "follow", "on")
    assert "いっしょに行く" in strip_of(client.get(home).text)


def test_going_when_nobody_leads_any_more_leads_back(client, taught, home):
    assert press(client, taught, "follow", "go").location == f"{home}#class"


def test_buttons_on_a_page_of_questions_keep_what_is_typed(client, taught, home):
    lead(taught, "follow", "seen")
    where = press(client, taught, "follow", "go").location
    lead(taught, "follow", "send")
    strip = strip_of(client.get(where).text)
    assert strip.count('form="question" formnovalidate name="then"') == 3
    assert 'value="hand:up"' in strip
    assert "<form" not in strip
    assert f'href="{home}"' not in strip, "a link would lose what is typed"


def test_the_last_step_for_now_is_told(client, taught, home):
    lead(taught, "cap", "name")
    assert "今は、ステップ2「2番目の題」まで進みます" in strip_of(client.get(home).text)
    with open_session(taught.engine) as session:
        session.get_one(Learner, person(taught).id).step = "place"
    assert "ここまで、できました" in strip_of(client.get(home).text)


def test_pause_asks_to_listen_and_moves_nobody(client, taught, home):
    lead(taught, "follow", "place", paused=True)
    strip = strip_of(client.get(home).text)
    assert "先生の話を聞く時間です" in strip
    assert "data-follow-in" not in strip


def test_end_of_the_class_is_told_beforehand_and_all_goes_on_after_it(client, taught, home):
    strip = strip_of(client.get(home).text)
    assert re.search(r"この教室は、午[前後]\d+時(\d+分)?までです", strip)
    with open_session(taught.engine) as session:
        close_lesson(session, session.get_one(Lesson, taught.id), now())
    page = client.get(home)
    assert "この教室は終わりました" in strip_of(page.text)
    assert "data-poll" not in page.text
    assert "/ja/learn/runs/" in page.text, "the page still leads on with what was begun"


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize(("mode", "paused"), [("free", False), ("cap", True), ("follow", False)])
def test_strip_is_a_good_part_of_a_page_in_every_voice(client, taught, home, voice, mode, paused):
    lead(taught, mode, "place", paused)
    for look in ("", "?look=furigana-on"):
        assert client.get(home.replace("/ja/", f"/{voice}/") + look).status_code == 200


def test_strip_never_shows_what_was_typed(client, taught, home):
    lead(taught, "follow", "name")
    where = press(client, taught, "follow", "go").location
    page = client.get(where).text
    csrf = re.search(r'name="csrf" value="([0-9a-f]{128})"', page)[1]
    sent = {"csrf": csrf, "applicant.name:name": "秘密の名前", "then": "hand:up"}
    answer = client.post(where.partition("#")[0], data=sent)
    assert answer.status_code == 303
    seen = person(taught)
    assert seen.hand_at is not None
    assert "秘密" not in str(seen.model_dump())
    assert "秘密の名前" in client.get(where).text, "what was typed is kept where it was typed"
