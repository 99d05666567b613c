"""Writing back to the section after its message: in any language, once, sealed, and read by nobody else."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlmodel import select

from tests.drafts.browser import words
from tests.drafts.mending import Sent
from tests.drafts.test_helpers import give
from tests.drafts.test_status_page import happen
from tests.notifications.helping import everything, rows
from webapp.accounts.tables import AuditEntry
from webapp.applications.rules_replies import LONGEST, MOST_ANSWERS, find_waiting, may_answer
from webapp.applications.tables import Application, Happening
from webapp.drafts.jobs import erase_sent
from webapp.kit.clock import now, today
from webapp.kit.database import open_session

VIETNAMESE = "Tôi bị điếc.\nXin viết cho tôi.\n\nこれは、まちがいでした。"


@pytest.fixture
def asked(sent: Sent) -> Sent:
    """Return somebody whom the section has written to."""
    happen(sent, "message", "checking", words="生年月日を教えてください。", voice="ja", by_staff=True)
    return sent


def address(sent: Sent) -> str:
    """Return the page on which an answer is written."""
    return f"{sent.base}/reply/{sent.id}"


def once_of(page: str) -> str:
    """Return the name of a form."""
    return re.search(r'name="once" value="([^"]+)"', page)[1]


def answer(sent: Sent, typed: str = VIETNAMESE, once: str = ""):
    """Write an answer on the page and send it."""
    once = once or once_of(sent.resident.see(address(sent)))
    return sent.resident.post(address(sent), {"words": typed, "once": once})


def test_what_is_written_back_is_kept_once_however_often_it_is_pressed(asked):
    page = asked.resident.see(address(asked))
    assert "生年月日を教えてください。" in page
    for _ in range(3):
        assert answer(asked, once=once_of(page)).headers["Location"] == f"{address(asked)}?done=sent"
    assert [content["words"] for kind, content in asked.history() if kind == "answer"] == [VIETNAMESE]
    shown = words(asked.resident.see(f"{address(asked)}?done=sent"))
    assert "返事を送りました" in shown
    assert "Tôi bị điếc." in shown
    status = words(asked.resident.see(f"{asked.base}/sent"))
    assert "あなたが、返事を書きました" in status
    assert "Xin viết cho tôi." in status
    assert "今、することはありません" in status, "it is the section's turn"
    assert asked.case().row.state == "checking"
    assert asked.case().row.labels == "answered"


def test_it_is_sealed_and_the_log_says_only_that_there_is_one(asked, app):
    answer(asked)
    assert "điếc" not in everything(app)
    (entry,) = [row for row in rows(app, AuditEntry) if row.what == "application-answer"]
    assert (entry.about, entry.account_id, entry.why) == (asked.id, None, "")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (" \n ", "返事を書いてください"),
        ("あ" * (LONGEST + 1), "2000文字まで"),
        ("番号は 1234 5678 9018 です", "マイナンバーのような数字"),
    ],
)
def test_what_cannot_be_sent_stays_as_it_was_typed(asked, typed, says):
    page = answer(asked, typed)
    assert page.status_code == 422
    assert says in words(page.text)
    assert typed.strip() in page.text
    assert "answer" not in [kind for kind, _ in asked.history()]
    assert answer(asked, once=once_of(page.text)).status_code == 303, "and is sent from there once it is mended"


def test_before_a_message_and_after_the_end_there_is_nothing_to_answer(sent):
    assert sent.resident.client.get(address(sent)).headers["Location"] == f"{sent.base}/sent"
    assert "/reply/" not in sent.resident.see(f"{sent.base}/sent")
    happen(sent, "message", words="教えてください。", voice="ja")
    once = once_of(sent.resident.see(address(sent)))
    happen(sent, "decided", "decided", outcome="accepted", reason="", voice="ja", object=False)
    happen(sent, "finished", "finished")
    page = answer(sent, "さきほどの件です。", once)
    assert page.status_code == 422
    assert "さきほどの件です。" in page.text, "whoever was slower still has what they wrote"
    assert "電話するか、窓口に来てください" in words(page.text)
    assert "/reply/" not in sent.resident.see(f"{sent.base}/sent")


def test_the_mark_goes_when_the_section_goes_on(asked):
    answer(asked)
    happen(asked, "note", words="読みました。")
    assert asked.case().row.labels == "answered"
    happen(asked, "message", words="ありがとう。", voice="ja")
    assert asked.case().row.labels == ""


def test_only_helpers_who_may_write_answer_and_it_says_so(asked, app):
    seeing = give(asked.resident, app, asked.base, "look")
    seeing.come()
    assert seeing.client.get(address(asked)).status_code == 403
    assert seeing.post(address(asked), words="こんにちは", once="a" * 24) == 403
    assert "/reply/" not in seeing.client.get(f"{asked.base}/sent").text
    writing = give(asked.resident, app, asked.base, "fill", name="むすこ")
    writing.come()
    assert "/reply/" in writing.client.get(f"{asked.base}/sent").text
    assert writing.post(address(asked), words="父の代わりに書きます。", once="a" * 24) == 303
    assert "手伝う人が、返事を書きました" in words(asked.resident.see(f"{asked.base}/sent"))


def test_nobody_else_reaches_it_and_no_form_without_its_token(asked, client, app):
    stranger = app.test_client()
    assert stranger.get(address(asked)).status_code == 404
    assert asked.resident.client.post(address(asked), data={"words": "x"}).status_code == 403
    assert asked.resident.client.get(f"{asked.base}/reply/{'a' * 24}").status_code == 404
    assert asked.resident.client.get(f"{asked.base.replace('drafts', 'practice')}/reply/{asked.id}").status_code == 404


def test_it_is_erased_with_the_application(asked, app, settings):
    answer(asked)
    with open_session(asked.resident.engine) as session:
        last = session.exec(select(Application.erase_after)).one()
    late = now() + (last - today()) + timedelta(days=1)
    with time_machine.travel(late, tick=False), open_session(asked.resident.engine) as session:
        assert erase_sent(session, now(), settings) == 1
    assert rows(app, Happening) == []


@pytest.mark.parametrize(
    ("kinds", "waits", "may"),
    [
        (["received"], None, False),
        (["received", "message"], 1, True),
        (["received", "message", "checking", "message"], 3, True),
        (["message", "correction-asked"], None, True),
        (["message", *["answer"] * MOST_ANSWERS], None, False),
        (["message", *["answer"] * MOST_ANSWERS, "message"], MOST_ANSWERS + 1, True),
    ],
)
def test_a_message_waits_until_something_newer_is_said(kinds, waits, may):
    assert find_waiting(kinds) == waits
    assert may_answer("checking", kinds) is may
    assert not may_answer("finished", kinds)


def test_a_message_after_the_end_is_there_to_read_and_asks_for_nothing(sent):
    happen(sent, "finished", "finished")
    happen(sent, "message", words="控えを送りました。", voice="ja")
    page = sent.resident.see(f"{sent.base}/sent")
    assert "手続きは終わりました。係からの言葉は、いつでも読めます" in words(page)
    assert f'href="#said-{sent.id}"' in page
    for wrong in ("係からの言葉を読んでください", "返事を書く"):
        assert wrong not in words(page)
