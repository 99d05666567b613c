"""The guide beside the real page: words in the page's flow, mistakes on purpose, other devices, and being led."""

import re

import pytest
from sqlmodel import Session, SQLModel, select

from tests.learning.classes import come_in, teach
from webapp.app import create_app
from webapp.content_play import Player
from webapp.kit.database import open_session
from webapp.learning.service_lessons import find_lesson, set_pace
from webapp.learning.tables import Learner, Run

SLUG = "road-damage"


@pytest.fixture
def app(settings, sqlite_engine):
    return create_app(settings, sqlite_engine)


def start(app, level="together", voice="ja", client=None):
    player = Player(app, app.extensions["madoguchi"].tutorials[SLUG], voice, client)
    player.start(level)
    return player


def guide_of(html: str) -> str:
    return html[html.index('id="guide"') : html.index('id="question"')]


def join(app, taught, voice="ja"):
    """Return a player who came in by the code and stands at the first step."""
    client = app.test_client()
    where = come_in(client, taught, voice=voice)
    player = Player(app, app.extensions["madoguchi"].tutorials[SLUG], voice, client)
    player.draft_id = re.search(r"[0-9a-f]{24}", where)[0]
    return player


def lead(app, taught, mode, step, tutorial=SLUG):
    with open_session(app.extensions["engine"]) as session:
        set_pace(session, find_lesson(session, taught.id), mode, tutorial, step, False)


def test_guide_stands_before_the_question_in_the_same_page(app):
    player = start(app)
    page = player.client.get(player.address("applicant.name")).text
    assert page.index('id="guide"') < page.index('id="question"')
    assert "ステップ1" in guide_of(page)


def test_draft_without_a_tutorial_has_no_guide(app):
    client = app.test_client()
    where = client.post("/ja/procedures/road-damage-report/practice").headers["Location"].rsplit("/", 1)[0]
    assert 'id="guide"' not in client.get(f"{where}/applicant.name").text


def test_mistake_on_purpose_is_typed_by_a_button_seen_and_mended(app):
    player = start(app)
    where = player.address("applicant.name")
    button = re.search(r'name="then" value="(mistake:[^"]+)"', player.client.get(where).text)[1]
    assert player.post(where, {"then": button}) == 303
    filled = re.findall(r'name="(applicant\.name:\w+)" id="[^"]+" value="([^"]*)"', player.client.get(where).text)
    assert player.post(where, dict(filled)) == 422
    page = player.client.get(where).text
    assert "直し方" in guide_of(page)
    assert "mistake:" not in page, "once it was met, nobody is led to it again"
    player.do(player.tutorial.steps[0])


@pytest.mark.parametrize("level", ["alone", "again"])
def test_with_less_help_what_to_do_is_a_hint_that_is_asked_for(app, level):
    player = start(app, level)
    guide = guide_of(player.client.get(player.address("applicant.name")).text)
    assert "<summary>" in guide
    assert 'class="action"' not in guide


def test_amount_of_help_changes_without_losing_what_was_done(app):
    player = start(app)
    player.do(player.tutorial.steps[0])
    where = f"/ja/learn/runs/{player.draft_id}/"
    csrf = player.token(where)
    assert player.client.post(f"{where}level", data={"csrf": csrf, "level": "alone"}).status_code == 303
    assert player.tutorial.steps[0].key in player.progress().done


def test_nobody_else_sees_a_run(app):
    player = start(app)
    for page in ("", "find", "finish", "certificate", "review"):
        assert app.test_client().get(f"/ja/learn/runs/{player.draft_id}/{page}").status_code == 404


def test_slip_brings_steps_answers_and_the_class_to_another_device(app):
    taught = teach(app.extensions["engine"], (SLUG,))
    player = join(app, taught)
    for step in player.tutorial.steps[:2]:
        player.do(step)
    player.post(player.address("slip"), {})
    number, code = re.findall(r'<dd translate="no">([^<]+)</dd>', player.client.get(player.address("slip")).text)[:2]
    other = app.test_client()
    answer = other.post("/ja/slip", data={"number": number, "code": code})
    assert answer.status_code == 303
    page = other.get(answer.headers["Location"], follow_redirects=True).text
    assert "ステップ3" in guide_of(page)
    assert "見本 花子" in other.get(player.address("applicant.name")).text
    assert other.get(f"/ja/class/{taught.id}/").status_code == 200
    with Session(app.extensions["engine"]) as session:
        assert len(session.exec(select(Learner)).all()) == 1


def test_what_was_typed_is_in_no_row_of_runs_and_classes(app):
    taught = teach(app.extensions["engine"], (SLUG,))
    player = join(app, taught)
    secret = "竹馬の友という名前"
    player.post(player.address("applicant.name"), {"applicant.name:name": secret, "applicant.name:kana": "ちくば"})
    with Session(app.extensions["engine"]) as session:
        for table in SQLModel.metadata.tables.values():
            for row in session.connection().execute(table.select()).all():
                assert secret not in str(tuple(row))
                assert secret.encode() not in b"".join(one for one in row if isinstance(one, bytes))


def test_hand_goes_up_without_losing_what_is_typed(app):
    player = join(app, teach(app.extensions["engine"], (SLUG,)))
    where = player.address("applicant.name")
    player.post(where, {"then": "hand:up", "applicant.name:name": "まだ途中"})
    page = player.client.get(where).text
    assert 'value="まだ途中"' in page
    assert 'aria-pressed="true"' in page


def test_class_goes_up_to_a_step_and_no_further_until_it_is_led_on(app):
    taught = teach(app.extensions["engine"], (SLUG,))
    player = join(app, taught)
    first, second = player.tutorial.steps[:2]
    lead(app, taught, "cap", first.key)
    player.do(first)
    held = player.client.get(player.address(second.define.at))
    assert held.headers["Location"] == f"/ja/learn/runs/{player.draft_id}/"
    assert player.client.get(held.headers["Location"]).status_code == 200
    lead(app, taught, "cap", second.key)
    assert player.client.get(player.address(second.define.at)).status_code == 200


def test_following_is_offered_led_there_and_back_again(app):
    taught = teach(app.extensions["engine"], (SLUG,))
    player = join(app, taught)
    goal = player.tutorial.steps[3]
    lead(app, taught, "follow", goal.key)
    where = player.address("applicant.name")
    page = player.client.get(where).text
    assert 'value="follow:go"' in page
    assert 'value="follow:stay"' in page
    data = {"then": "follow:go", "csrf": player.token(where), "applicant.name:name": "途中"}
    there = player.client.post(where, data=data).headers["Location"]
    assert there.partition("#")[0] == player.address(goal.define.at)
    page = player.client.get(there).text
    assert 'value="follow:back"' in page
    back = player.client.post(there, data={"then": "follow:back", "csrf": player.token(there)}).headers["Location"]
    assert back.partition("#")[0] == where
    assert player.progress().done == set(), "being led somewhere is not having done it"


def test_declining_to_follow_is_kept(app):
    taught = teach(app.extensions["engine"], (SLUG,))
    player = join(app, taught)
    lead(app, taught, "follow", player.tutorial.steps[3].key)
    where = player.address("applicant.name")
    player.post(where, {"then": "follow:stay"})
    page = player.client.get(where).text
    assert 'value="follow:go"' not in page
    assert 'value="follow:on"' in page


def test_following_reaches_another_tutorial_of_the_class_and_back(app):
    taught = teach(app.extensions["engine"], (SLUG, "meet-mistakes"))
    client = app.test_client()
    come_in(client, taught)
    home = f"/ja/class/{taught.id}/"
    csrf = re.search(r'name="csrf" value="(\w+)"', client.get(home).text)[1]
    where = client.post(f"{home}start", data={"csrf": csrf, "tutorial": SLUG}).headers["Location"].partition("#")[0]
    player = Player(app, app.extensions["madoguchi"].tutorials[SLUG], "ja", client)
    player.draft_id = re.search(r"practice/([0-9a-f]{24})", where)[1]
    goal = app.extensions["madoguchi"].tutorials["meet-mistakes"].steps[1]
    lead(app, taught, "follow", goal.key, "meet-mistakes")
    there = client.post(where, data={"then": "follow:go", "csrf": player.token(where)}).headers["Location"]
    assert player.draft_id not in there
    assert there.partition("#")[0].endswith(goal.define.at)
    back = client.post(there, data={"then": "follow:back", "csrf": player.token(there)}).headers["Location"]
    assert player.draft_id in back


def test_run_goes_with_its_practised_draft(app):
    player = start(app)
    with open_session(app.extensions["engine"]) as session:
        run = session.get(Run, player.draft_id)
        assert (run.tutorial, run.done) == (SLUG, "")
        session.connection().exec_driver_sql("DELETE FROM practice_draft")
    with Session(app.extensions["engine"]) as session:
        assert session.get(Run, player.draft_id) is None


def test_finish_says_what_one_can_do_now_and_gives_papers(app):
    player = start(app)
    player.draft_id = ""
    player.play()
    base = f"/ja/learn/runs/{player.draft_id}"
    page = player.client.get(f"{base}/finish").text
    assert all(one.voices["ja"][:6] in page for one in player.tutorial.outcomes[:1])
    assert player.client.get(f"{base}/certificate").status_code == 200
    assert player.client.get(f"{base}/review").status_code == 200


def test_certificate_is_for_what_was_finished(app):
    player = start(app)
    assert player.client.get(f"/ja/learn/runs/{player.draft_id}/certificate").status_code == 303


def test_unknown_tutorial_and_level_are_answered_kindly(app, client):
    assert client.post("/ja/learn/no-such/start").status_code == 404
    answer = client.post(f"/ja/learn/{SLUG}/start", data={"level": "\x00wild"})
    assert answer.status_code == 303


@pytest.mark.parametrize("page", ["", "find", "finish", "certificate", "review"])
def test_every_page_and_paper_of_a_run_says_that_it_is_practice(app, page):
    player = start(app)
    player.draft_id = ""
    player.play()
    title = re.search("<title>(.*?)</title>", player.client.get(f"/ja/learn/runs/{player.draft_id}/{page}").text)[1]
    assert "練習" in title
