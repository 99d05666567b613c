"""What the counter does not take: for whom, without what, and how it says so; everything stays as it was."""

from datetime import timedelta

import pytest
import time_machine

from tests.drafts.browser import BrowserResident, words
from tests.staff.counters import COUNTER, SHELF, address_of, codes_of, come_with, list_log, open_desk, rows, spoken
from webapp.applications.tables import Application
from webapp.drafts.service_hand_over import read_own
from webapp.drafts.tables import HandOver, PracticeHandOver
from webapp.kit.clock import now
from webapp.staff.rules_counter import read_word

NOTHING = "今は開けません。番号が違うか、期限が過ぎたか、もう受け取ったかです。"

NOTHING = "今は開けません。番号が違うか、期限が過ぎたか、もう受け取ったかです。"


def test_without_recognising_anybody_nothing_is_taken_and_everything_ticked_stays(desk, moved, app):
    resident, base = moved
    word = spoken(resident, base)
    answer = desk.post("accept", {"word": word, "take": "moving-in", "paper": "moving-in:1"})
    assert answer.status_code == 422
    assert "本人を確かめたものを、1つ選んでください。" in words(answer.text)
    assert "目の前の人が本人だと確かめたら" in words(answer.text)
    assert 'value="moving-in:1" checked' in answer.text
    assert desk.post("accept", {"word": word, "take": "moving-in", "identity": "passport"}).status_code == 422
    assert rows(app, Application) == []
    assert desk.accept(word).status_code == 303


def test_not_accepted_leaves_everything_and_notes_why(desk, moved, app):
    resident, base = moved
    word = spoken(resident, base)
    assert desk.post("accept", {"word": word, "then": "refuse"}).status_code == 422
    answer = desk.post("accept", {"word": word, "then": "refuse", "why": "papers"})
    assert "受け取らずに、そのままにしました" in words(desk.client.get(address_of(answer)).text)
    assert rows(app, Application) == []
    assert ("hand-over-left", base.split("/")[3], "papers") in list_log(app)
    assert desk.open(word).status_code == 200


def test_wrong_used_taken_back_and_expired_codes_get_one_message(desk, moved, app, settings):
    resident, base = moved
    codes = codes_of(resident, base)
    wrong = desk.open("0" * 32)
    desk.accept(codes.spoken)
    used = desk.open(codes.spoken)
    other, base2 = come_with(app, "procedures/moving-within")
    old = codes_of(other, base2)
    with time_machine.travel(now() + timedelta(days=15), tick=True):
        again = open_desk(app, name="ashita")
        expired = again.open(old.spoken)
    other.post(f"{base2}/counter", {"then": "revoke"})
    back = desk.open(old.token)
    for answer in (wrong, used, expired, back):
        assert answer.status_code == 422
        assert NOTHING in words(answer.text)


def test_slip_of_the_hand_is_told_apart_and_costs_no_try(desk):
    for _ in range(15):
        answer = desk.open("123-4567-8900x")
        assert answer.status_code == 422
    assert "11けたの数字です" in words(answer.text)
    assert 'value="123-4567-8900x"' in answer.text


def test_many_wrong_codes_wait_longer_and_longer_for_this_clerk_only(desk, moved, app):
    resident, base = moved
    for _ in range(10):
        assert desk.open("0" * 32).status_code == 422
    answer = desk.open(spoken(resident, base))
    assert answer.status_code == 429
    assert "分くらい待ってから" in words(answer.text)
    assert open_desk(app, name="tonari").open(spoken(resident, base)).status_code == 200
    with time_machine.travel(now() + timedelta(minutes=2), tick=True):
        assert desk.open(spoken(resident, base)).status_code == 200


def test_nothing_is_erased_where_making_the_applications_fails(desk, moved, app):
    resident, base = moved
    with app.extensions["engine"].begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER broken BEFORE INSERT ON application BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    assert desk.accept(spoken(resident, base)).status_code == 500
    with app.extensions["engine"].begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER broken")
    assert len(rows(app, HandOver)) == 1
    assert desk.accept(spoken(resident, base)).status_code == 303


def test_section_receives_its_own_and_nothing_of_other_sections(app, moved):
    resident, base = moved
    word = spoken(resident, base)
    stranger = open_desk(app, ("officer:care-insurance",), "kaigo")
    answer = stranger.open(word)
    assert answer.status_code == 403
    assert "ほかの課の手続きが入っています" in words(answer.text)
    assert "氏名・ふりがな" not in words(answer.text)
    assert stranger.accept(word).status_code == 403
    own = open_desk(app, ("officer:residents",), "koseki")
    page = address_of(own.accept(word))
    assert own.client.get(page).status_code == 200
    assert stranger.client.get(page).status_code == 404, "receipts are of whoever took it"


@pytest.mark.parametrize("roles", [("instructor",), ("auditor",), ("editor",), ("administrator",)])
def test_nobody_else_is_at_the_counter(app, roles):
    desk = open_desk(app, roles, "dare")
    assert desk.client.get(f"{COUNTER}/").status_code == 404
    assert desk.open("12345678901").status_code == 404


def test_practised_codes_open_nothing_at_the_counter(desk, app):
    resident = BrowserResident(app.test_client(), app.extensions["engine"], SHELF)
    base = resident.begin("procedures/moving-in", "practice")
    resident.hurry(base)
    resident.send(base)
    (row,) = rows(app, PracticeHandOver)
    codes = read_own(row, resident.look(base).draft.key)[0]
    for word in (codes.spoken, f"http://localhost/practice/c/{codes.token}"):
        assert desk.open(word).status_code == 422


def test_what_the_scanner_types_is_understood_with_any_keyboard_layout():
    token = "0123456789abcdef" * 2
    for typed in (
        token,
        f"https://example.jp/c/{token}",
        f"https+//example.jp-c-{token.upper()}",
        f"　ｈｔｔｐ：／／ｘ／ｃ／{token}",
    ):
        assert read_word(typed) == token
    assert read_word("K7Q2M-9XW4C-T8RB") is None
    assert read_word("") is None
