"""What the resident's page says to do now: whose turn it is, told as it is, whatever happened before."""

from datetime import timedelta

import time_machine

from tests.drafts.browser import words
from tests.drafts.mending import CLERK, Sent
from tests.notifications.helping import CALL, rows
from webapp.applications.service_cases import change, write_down
from webapp.applications.service_corrections import Marks, ask_correction
from webapp.drafts.jobs import remind_of_ends
from webapp.kit.clock import now, today
from webapp.kit.database import open_session
from webapp.outbox.service import open_params
from webapp.outbox.tables import Message

NOTHING, READ, WAIT = "今、することはありません", "係からの言葉を読んでください", "今は、待っていてください"
LATE = "めやすの日を過ぎました"


def happen(sent: Sent, kind: str, state: str = "", **content) -> None:
    """Let something happen to the application."""
    with open_session(sent.resident.engine) as session:
        case = sent.open(session)
        change(session, case.row, now(), **({"state": state} if state else {}))
        write_down(session, case, kind, now(), CLERK, **content)


def see(sent: Sent) -> str:
    """Return the words of the page."""
    return words(sent.resident.see(f"{sent.base}/sent"))


def test_a_message_is_what_there_is_to_do_until_something_newer_is_said(sent):
    assert WAIT in see(sent)
    happen(sent, "message", words="写真を持ってきてください。", voice="ja")
    page = sent.resident.see(f"{sent.base}/sent")
    assert READ in words(page)
    assert NOTHING not in words(page)
    assert WAIT not in words(page)
    assert f'href="#said-{sent.id}"' in page
    assert "写真を持ってきてください。" in page[page.index(f'id="said-{sent.id}"') :]
    happen(sent, "checking", "checking")
    assert READ in see(sent), "that somebody begins to check does not bring the photograph"
    correction = sent.ask(applicant__name="")
    assert READ not in see(sent)
    sent.take_back(correction)
    assert NOTHING in see(sent)
    happen(sent, "decided", "decided", outcome="accepted", reason="", voice="ja", object=False)
    happen(sent, "message", words="できました。", voice="ja")
    assert READ in see(sent)
    assert READ not in words(sent.resident.see(f"{sent.base}/answers"))


def test_the_wards_time_does_not_run_while_it_is_the_residents_turn(sent):
    due = sent.case().row.answer_by
    with time_machine.travel(now() + (due - today()) + timedelta(days=3), tick=False):
        assert LATE in see(sent)
        correction = sent.ask(applicant__name="")
        page = see(sent)
        assert LATE not in page
        assert "直したものが区に届いてから、また数えます" in page
    with time_machine.travel(now() + (due - today()) + timedelta(days=13), tick=False):
        sent.take_back(correction)
        assert sent.case().row.answer_by == due + timedelta(days=10)
        assert LATE in see(sent)


def test_those_who_want_it_are_told_once_three_days_before_a_corrections_day(sent, app, settings):
    sent.resident.post(f"{sent.base}/notices/call", CALL)
    correction, asked_at = sent.ask(applicant__name=""), now()
    for day, told in ((0, 0), (10, 0), (11, 1), (12, 1)):
        with (
            time_machine.travel(asked_at + timedelta(days=day), tick=False),
            open_session(sent.resident.engine) as session,
        ):
            remind_of_ends(session, now(), settings)
        found = [row for row in rows(app, Message) if row.kind == "correction-ending"]
        assert len(found) == told, day
    assert found[0].about == sent.base.split("/")[3]
    assert open_params(found[0], settings.master_keys) == {"day": (today() + timedelta(days=14)).isoformat()}
    sent.take_back(correction)
    (row,) = [row for row in rows(app, Message) if row.kind == "correction-ending"]
    assert row.state == "stopped", "nobody is told any more to mend what need not be mended"


def test_whoever_is_asked_at_short_notice_is_not_told_twice_on_one_day(sent, app, settings):
    sent.resident.post(f"{sent.base}/notices/call", CALL)
    with open_session(sent.resident.engine) as session:
        case = sent.open(session)
        ask_correction(session, case, CLERK, Marks({}, "", "ja"), today() + timedelta(days=1), now(), case.row.version)
    with open_session(sent.resident.engine) as session:
        assert remind_of_ends(session, now(), settings) == 0
