"""One application on paper: the whole file, what is hidden only for a reason, and the decision in its resident's voice."""

import re
from datetime import timedelta

import pytest

from tests.drafts.browser import words
from tests.staff.answered import NAME
from tests.staff.working import Work, read_plain
from webapp.applications.service_cases import open_case, write_down
from webapp.applications.service_decisions import Decision, decide, reopen
from webapp.applications.service_looks import list_looks
from webapp.applications.service_vault import open_vault
from webapp.applications.tables import Look
from webapp.kit.clock import now, today
from webapp.kit.database import open_session
from webapp.kit.ids import show_receipt_number


def open_now(work):
    """Open an application as it stands."""
    return open_case(work.row, open_vault(work.app.extensions["madoguchi"].settings))


def decide_it(work, outcome="refused", reason="犬の登録が<ありません>。", voice="ja"):
    """Have it decided."""
    with open_session(work.engine) as session:
        decide(session, open_now(work), Decision(outcome, reason, voice), None, now(), work.row.version)


def test_file_has_what_was_said_and_what_was_mended(work, clerk):
    typed = {"fact": NAME, f"why:{NAME}": "wrong", f"note:{NAME}": "漢字を見てください。", "voice": "ja"}
    typed["day"] = (today() + timedelta(days=20)).isoformat()
    assert work.post(clerk, "correct", "correct", **typed).status_code == 303
    work.mend("杉並 花江")
    with open_session(work.engine) as session:
        write_down(session, open_now(work), "message", now(), clerk.account_id, words="書類が届きました。", voice="ja")
    decide_it(work)
    page = clerk.get(work.at + "print").text
    plain = read_plain(page)
    for said in (
        "書類が届きました。",
        "犬の登録が&lt;ありません&gt;。",
        "漢字を見てください。",
        "山﨑 花子",
        "杉並 花江",
    ):
        assert said in plain, said
    assert "<form" not in page
    assert "課の中のメモは、印刷していません。" in plain


@pytest.fixture
def account(app, client):
    """Return an application with a bank account."""
    return Work(app, "funeral-allowance", "health-insurance")


def test_what_is_hidden_is_printed_for_a_reason_that_the_resident_reads(account):
    client = account.staff()
    account.take(client)
    number = open_now(account).answers["bank.account"]["number"]
    page = client.get(account.at + "print").text
    assert number not in page
    assert "print/hidden" in page
    assert number not in client.get(account.at + "print/hidden").text
    for wrong, why in (("", "理由を書いて"), ("あ" * 201, "200文字"), ("1234 5678 9018", "マイナンバー")):
        answer = account.post(client, "print/hidden", words=wrong)
        assert answer.status_code == 422
        assert why in words(answer.text)
        assert number not in answer.text
    answer = account.post(client, "print/hidden", words="会計に<渡す>ため")
    assert answer.status_code == 200
    assert number in answer.text
    assert "会計に&lt;渡す&gt;ため" in read_plain(answer.text)
    assert number not in client.get(account.at + "print").text
    with open_session(account.engine) as session:
        told = [(one.what, one.words) for one in list_looks(session, open_now(account)) if one.what != "opened"]
    assert sorted(told) == [
        ("printed", ""),
        ("printed", ""),
        ("printed", "会計に<渡す>ため"),
        ("revealed", "会計に<渡す>ため"),
    ]


def test_decision_is_on_paper_in_the_voice_of_its_resident_or_another(work):
    client = work.staff()
    work.take(client)
    assert client.get(work.at + "decision").status_code == 303
    assert "決定のお知らせ" not in read_plain(client.get(work.at).text)
    work.change(voice="en")
    decide_it(work)
    assert "決定のお知らせ" in read_plain(client.get(work.at).text)
    page = client.get(work.at + "decision")
    assert "行政処分の通知書ではありません" in read_plain(page.text)
    assert re.search(r'value="en" checked', page.text)
    sheet = client.get(work.at + "decision/print?size=large").text
    assert 'data-print="large"' in sheet
    english = read_plain(sheet[sheet.index('<section class="decision-sheet"') :])
    for said in (
        "犬の登録が&lt;ありません&gt;。",
        "within three months",
        show_receipt_number(work.row.receipt),
        "03-3312-2111",
    ):
        assert said in english, said
    easy = client.get(work.at + "decision/print?in=ja-easy").text
    assert re.search(r'<section class="decision-sheet" lang="ja" data-furigana="on".*<rt\b', easy, re.DOTALL)
    japanese = read_plain(client.get(work.at + "decision/print?in=ja&size=none").text)
    assert "納得できないとき" in japanese
    assert "文書番号" in japanese
    assert [one.what for one in work.rows(Look)].count("printed") == 3


def test_accepted_says_nothing_of_objecting_and_what_was_taken_back_is_on_no_paper(work):
    client = work.staff()
    work.take(client)
    decide_it(work, "accepted", "")
    sheet = read_plain(client.get(work.at + "decision/print").text)
    assert "認められました" in sheet
    assert "納得できない" not in sheet
    with open_session(work.engine) as session:
        reopen(session, open_now(work), "まちがえました。", "ja", client.account_id, now(), work.row.version)
    assert client.get(work.at + "decision/print").status_code == 303
    assert "決定のお知らせ" not in read_plain(client.get(work.at).text)
