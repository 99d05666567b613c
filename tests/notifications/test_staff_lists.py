"""Staff who call and write: nobody is called twice at once, three tries then a letter, and every look is in the log."""

from datetime import timedelta, timezone

import pytest
from sqlmodel import Session, select

import webapp.notifications.views_staff as views_staff
from tests.accounts.helping import sign_in
from tests.kiosk.helping import read_hidden
from tests.notifications.helping import everything, rows
from webapp.accounts.tables import AuditEntry
from webapp.kit.clock import WARD_ZONE, now
from webapp.kit.database import open_session
from webapp.kit.ids import new_id
from webapp.notifications.rules_ways import first_call
from webapp.notifications.service_ways import add_way, list_ways
from webapp.notifications.tables import CallTask, CallTry, LetterTask, Way
from webapp.outbox.service import News, enqueue
from webapp.outbox.tables import Message

CALL = {"number": "09012345678", "name": "杉並 花子", "hours": "any"}
LETTER = {"name": "杉並 花子", "postal": "1670051", "lines": "東京都杉並区荻窪1-2-3\nみどり荘 201"}
MOVE_ON = timedelta(days=4)


class Town:
    """A ward where somebody waits for a call, and the browsers of two who call."""

    def __init__(self, app, settings) -> None:
        self.app, self.settings, self.about = app, settings, new_id()
        self.engine = app.extensions["engine"]

    def wait_for(self, *channels: str, voice: str = "ja") -> str:
        """Have somebody wait on a list; return the message's id."""
        details = {"call": CALL, "letter": LETTER}
        with open_session(self.engine) as session:
            ids = {
                one: add_way(session, self.about, one, voice, details[one], self.settings, now()) for one in channels
            }
            news = News("received", self.about, voice, f"received|{new_id()}", {"day": "2026-12-01"})
            enqueue(session, news, self.settings.master_keys[0], now())
            message = session.exec(select(Message).where(Message.once == news.once)).one()
            message.state = "listed"
            first, table = channels[0], CallTask if channels[0] == "call" else LetterTask
            session.add(table(
                id=new_id(), message_id=message.id, way_id=ids[first], made_at=now(),
                **({"next_at": now()} if first == "call" else {}),
            ))  # fmt: skip
            return message.id

    def staff(self, name: str):
        """Return the browser of somebody who calls."""
        client = self.app.test_client()
        sign_in(client, self.app, roles=("reception",), name=name)
        return client

    def one(self, table):
        """Return the one row of a table."""
        (row,) = rows(self.app, table)
        return row

    def press(self, client, path: str, **data: str | list[str]):
        """Press a button as its page sends it."""
        csrf = read_hidden(client.get("/ja/staff/account").text, "csrf")
        return client.post(f"/ja/staff/{path}", data={"csrf": csrf, **data})

    def log(self) -> list[str]:
        """Return what the log says was done."""
        return [row.what for row in rows(self.app, AuditEntry)]


@pytest.fixture
def town(app, settings) -> Town:
    """Return a ward."""
    return Town(app, settings)


@pytest.fixture(autouse=True)
def later(monkeypatch):
    """Let staff work in the hours in which calls may be made; return how to move their clock."""

    def move(span: timedelta) -> None:
        """Move it, or on to the next such hour."""
        moment = first_call("any", (views_staff.now() + span).astimezone(WARD_ZONE)).astimezone(timezone.utc)
        monkeypatch.setattr(views_staff, "now", lambda: moment)

    move(timedelta())

    return move


def test_lists_are_for_staff_only(app):
    teacher = app.test_client()
    sign_in(teacher, app, roles=("instructor",), name="sensei")
    for path in ("calls", f"calls/{new_id()}", "letters", "letters/print"):
        assert app.test_client().get(f"/ja/staff/{path}").status_code == 303
        assert teacher.get(f"/ja/staff/{path}").status_code == 404


def test_number_and_name_show_only_to_whoever_takes_the_call(town):
    town.wait_for("call")
    call, ours, other = town.one(CallTask), town.staff("ichiro"), town.staff("jiro")
    for path in ("calls", f"calls/{call.id}"):
        page = ours.get(f"/ja/staff/{path}").text
        assert "09012345678" not in page
        assert "花子" not in page
    assert town.press(ours, f"calls/{call.id}/take").location == f"/ja/staff/calls/{call.id}"
    page = ours.get(f"/ja/staff/calls/{call.id}").text
    assert "09012345678" in page
    assert "杉並 花子さんとお話しできますか" in page
    assert "2026年12月1日" in page
    assert town.press(other, f"calls/{call.id}/take").location == "/ja/staff/calls?done=taken"
    assert "09012345678" not in other.get(f"/ja/staff/calls/{call.id}").text
    assert town.press(other, f"calls/{call.id}/outcome", outcome="reached").location == "/ja/staff/calls?done=taken"
    assert town.one(CallTask).state == "open"
    assert {"calls-listed", "call-listed", "call-taken", "call-seen"} <= set(town.log())


def test_a_call_that_was_taken_and_left_can_be_taken_again(town, later):
    town.wait_for("call")
    call, first, second = town.one(CallTask), town.staff("ichiro"), town.staff("jiro")
    town.press(first, f"calls/{call.id}/take")
    later(timedelta(minutes=16))
    assert town.press(second, f"calls/{call.id}/take").location == f"/ja/staff/calls/{call.id}"
    assert "09012345678" not in first.get(f"/ja/staff/calls/{call.id}").text


def test_what_takes_a_number_away_can_be_written_down_after_the_quarter_of_an_hour(town, later):
    town.wait_for("call")
    call, first, second = town.one(CallTask), town.staff("ichiro"), town.staff("jiro")
    town.press(first, f"calls/{call.id}/take")
    later(timedelta(minutes=16))
    asked = town.press(first, f"calls/{call.id}/outcome", outcome="wants-no-calls").location
    page = first.get(asked).text
    assert ("もう電話しないで、よいですか" in page.partition("</title>")[0], "09012345678" in page) == (True, False)
    assert "もう電話しないで" not in second.get(asked).text, "only for whoever took it last"
    town.press(first, f"calls/{call.id}/outcome", outcome="wants-no-calls", sure="yes")
    assert (rows(town.app, CallTask), rows(town.app, Way)) == ([], [])


def test_a_pause_in_the_chosen_hours_is_not_called_a_time_that_was_not_chosen(town, later):
    town.wait_for("call")
    call, ours = town.one(CallTask), town.staff("ichiro")
    town.press(ours, f"calls/{call.id}/take")
    town.press(ours, f"calls/{call.id}/outcome", outcome="busy")
    page = ours.get(f"/ja/staff/calls/{call.id}").text
    assert ("前の電話から、少し時間をあけます" in page, "本人が選んだ時間では" in page) == (True, False)
    later(timedelta(hours=12))
    with open_session(town.engine) as session:
        add_way(session, town.about, "call", "ja", {**CALL, "hours": "evening"}, town.settings, now())
    assert "本人が選んだ時間では" in ours.get(f"/ja/staff/calls/{call.id}").text


def test_who_was_reached_is_told(town):
    town.wait_for("call", "letter")
    call, ours = town.one(CallTask), town.staff("ichiro")
    town.press(ours, f"calls/{call.id}/take")
    assert town.press(ours, f"calls/{call.id}/outcome", outcome="reached").location.endswith("done=reached")
    assert (town.one(CallTask).state, town.one(Message).state, town.one(CallTry).outcome) == (
        "reached",
        "sent",
        "reached",
    )
    assert rows(town.app, LetterTask) == []
    assert "call-reached" in town.log()


def test_three_calls_without_an_answer_become_a_letter(town, later):
    town.wait_for("call", "letter")
    call, ours = town.one(CallTask), town.staff("ichiro")
    for outcome in ("no-answer", "busy", "no-answer"):
        assert town.one(CallTask).state == "open"
        assert town.press(ours, f"calls/{call.id}/take").location == f"/ja/staff/calls/{call.id}"
        town.press(ours, f"calls/{call.id}/outcome", outcome=outcome)
        assert town.press(ours, f"calls/{call.id}/take").location.endswith("done=taken")
        later(MOVE_ON)
    assert (town.one(CallTask).state, town.one(CallTask).tries) == ("to-letter", 3)
    assert (town.one(LetterTask).state, town.one(Message).state) == ("waiting", "listed")


@pytest.mark.parametrize(("outcome", "times"), [("wrong-number", 1), ("no-answer", 3)])
def test_without_an_address_staff_are_shown_that_nobody_was_reached(town, later, outcome, times):
    town.wait_for("call")
    call, ours = town.one(CallTask), town.staff("ichiro")
    for _ in range(times):
        town.press(ours, f"calls/{call.id}/take")
        town.press(ours, f"calls/{call.id}/outcome", outcome=outcome, sure="yes")
        later(MOVE_ON)
    assert (town.one(CallTask).state, town.one(Message).state) == ("stopped", "failed")
    assert "話せなかった人" in ours.get("/ja/staff/calls").text.replace('</span><span class="ph">', "")
    assert (town.one(Way).gone_at is not None) == (outcome == "wrong-number")


def test_who_wants_a_letter_instead_gets_one(town):
    town.wait_for("call", "letter")
    call, ours = town.one(CallTask), town.staff("ichiro")
    town.press(ours, f"calls/{call.id}/take")
    assert town.press(ours, f"calls/{call.id}/outcome", outcome="asked-for-letter").location.endswith(
        "asked-for-letter"
    )
    assert (town.one(CallTask).state, town.one(LetterTask).state) == ("to-letter", "waiting")


def test_who_wants_no_more_calls_gets_none(town):
    town.wait_for("call", "letter")
    call, ours = town.one(CallTask), town.staff("ichiro")
    town.press(ours, f"calls/{call.id}/take")
    town.press(ours, f"calls/{call.id}/outcome", outcome="wants-no-calls", sure="yes")
    with Session(town.engine) as session:
        left = list_ways(session, town.about, town.settings.master_keys)
    assert [way.channel for way in left] == ["letter"]
    assert (town.one(Message).state, rows(town.app, CallTask)) == ("sent", [])


def test_one_wrong_press_does_not_take_a_number_away(town):
    town.wait_for("call")
    call, ours = town.one(CallTask), town.staff("ichiro")
    town.press(ours, f"calls/{call.id}/take")
    for outcome, asks in (
        ("wrong-number", "番号ちがいで、よいですか"),
        ("wants-no-calls", "もう電話しないで、よいですか"),
    ):
        asked = town.press(ours, f"calls/{call.id}/outcome", outcome=outcome).location
        assert asked == f"/ja/staff/calls/{call.id}?sure={outcome}"
        assert f"<title>{asks}" in ours.get(asked).text
    assert "どうでしたか" in ours.get(f"/ja/staff/calls/{call.id}?sure=reached").text
    assert (town.one(CallTask).state, town.one(Way).gone_at) == ("open", None)
    town.press(ours, f"calls/{call.id}/outcome", outcome="wrong-number", sure="yes")
    assert town.one(Way).gone_at is not None


def test_letters_that_a_printer_lost_come_back_and_only_what_happened_is_logged(town):
    for _ in range(2):
        town.wait_for("letter")
    ours = town.staff("ichiro")
    ids = [row.id for row in rows(town.app, LetterTask)]
    town.press(ours, "letters/printed", letter=[*ids, "だれかの名前", new_id()])
    assert (town.log().count("letter-printed"), "だれかの名前" in everything(town.app)) == (2, False)
    assert "今日印刷した手紙" in ours.get("/ja/staff/letters").text.replace('</span><span class="ph">', "")
    assert town.press(ours, "letters/again", letter=[ids[0], "だれか"]).location == "/ja/staff/letters?done=print-again"
    assert sorted(row.state for row in rows(town.app, LetterTask)) == ["printed", "waiting"]
    town.press(ours, "letters/again", all="yes")
    assert {row.state for row in rows(town.app, Message)} == {"listed"}
    assert town.press(ours, "letters/again").location == "/ja/staff/letters"
    assert town.log().count("letter-again") == 2


def test_an_outcome_that_is_none_changes_nothing(town):
    town.wait_for("call")
    call, ours = town.one(CallTask), town.staff("ichiro")
    town.press(ours, f"calls/{call.id}/take")
    assert town.press(ours, f"calls/{call.id}/outcome", outcome="sold").status_code == 400
    assert town.press(ours, f"calls/{new_id()}/take").location.endswith("done=taken")
    assert town.one(CallTask).state == "open"


@pytest.mark.parametrize("voice", ["ja-easy", "en"])
def test_a_call_in_another_voice_has_both_scripts(town, voice):
    town.wait_for("call", voice=voice)
    call, ours = town.one(CallTask), town.staff("ichiro")
    town.press(ours, f"calls/{call.id}/take")
    page = ours.get(f"/ja/staff/calls/{call.id}").text
    assert "お話しできますか" in page
    assert ("May I speak to" if voice == "en" else "さんは いますか") in page


def test_letters_are_printed_a_page_each_and_noted_once(town):
    for _ in range(2):
        town.wait_for("letter", voice="ja-easy")
    ours = town.staff("ichiro")
    assert "荻窪" not in ours.get("/ja/staff/letters").text
    page = ours.get("/ja/staff/letters/print").text
    assert page.count('class="letter"') == 2
    assert "〒167-0051" in page
    assert "みどり荘 201" in page
    assert "杉並 花子 様" in page
    assert "<rt" in page
    ids = [row.id for row in rows(town.app, LetterTask)]
    one = ours.get(f"/ja/staff/letters/print?letter={ids[0]}").text
    assert one.count('class="letter"') == 1
    for _ in range(2):
        assert town.press(ours, "letters/printed", letter=ids[0]).location == "/ja/staff/letters?done=printed"
    assert sorted(row.state for row in rows(town.app, LetterTask)) == ["printed", "waiting"]
    assert sorted(row.state for row in rows(town.app, Message)) == ["listed", "sent"]
    assert town.log().count("letter-seen") == 3
    assert ours.get("/ja/staff/letters/print").text.count('class="letter"') == 1


def test_nothing_that_staff_saw_stands_in_the_tables(town):
    town.wait_for("call", "letter")
    call, ours = town.one(CallTask), town.staff("ichiro")
    town.press(ours, f"calls/{call.id}/take")
    ours.get(f"/ja/staff/calls/{call.id}")
    town.press(ours, f"calls/{call.id}/outcome", outcome="asked-for-letter")
    ours.get("/ja/staff/letters/print")
    kept = everything(town.app)
    for secret in ("09012345678", "花子", "荻窪", "1670051"):
        assert secret not in kept
