"""Deciding: with a reason that the resident reads, by two where money is paid, and never twice."""

import pytest

from tests.drafts.browser import words
from tests.staff.answered import Both
from tests.staff.working import read_kept
from webapp.outbox.tables import Message

PAID = "child-allowance-details-change"


def press(work, client, then="decide", **typed):
    """Press a button of the page on which is decided."""
    return work.post(client, "decide", "decide", then=then, **typed)


def test_accepted_is_read_by_the_resident_who_is_told(work, clerk):
    answer = press(work, clerk, outcome="accepted", reason="")
    assert answer.location.endswith("/?done=decided") or answer.location.endswith("decide?done=decided")
    assert (work.row.state, work.row.outcome, work.row.is_open) == ("decided", "accepted", True)
    assert work.row.decided_at is not None
    assert len(work.rows(Message, Message.kind == "decided")) == 1
    assert work.rows(Message, Message.kind == "received")[0].state == "stopped", "nobody is told to wait any more"
    page = words(work.resident.get(f"/ja/drafts/{work.row.draft_id}/sent").text)
    assert "決まりました" in page
    assert "あなたの手続きは、認められました。" in page
    assert "納得できない" not in page


def test_refused_needs_a_reason_and_says_how_to_object(work, clerk):
    answer = press(work, clerk, outcome="refused", reason="")
    assert answer.status_code == 422
    assert "理由を書いてください" in words(answer.text)
    assert work.row.state == "checking"
    assert press(work, clerk, outcome="refused", reason="犬の登録がありません。").status_code == 303
    page = words(work.resident.get(f"/ja/drafts/{work.row.draft_id}/sent").text)
    for said in ("認められませんでした", "犬の登録がありません。", "納得できない", "3か月", "まだ確認していません"):
        assert said in page
    english = words(work.resident.get(f"/en/drafts/{work.row.draft_id}/sent").text)
    assert "犬の登録がありません。" in english
    assert "within three months" in english


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({}, "どう決めるか"),
        ({"outcome": "withdrawn", "reason": "x"}, "どう決めるか"),
        ({"outcome": "closed", "reason": ""}, "理由を書いて"),
        ({"outcome": "refused", "reason": "1234 5678 9018"}, "マイナンバー"),
        ({"outcome": "accepted", "reason": "あ" * 3001}, "3000文字"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(work, clerk, typed, why):
    answer = press(work, clerk, **typed)
    assert answer.status_code == 422
    assert why in words(answer.text)
    assert typed.get("reason", "")[:2000] in answer.text
    assert work.row.state == "checking"


def test_it_is_decided_once_whoever_presses_again(work, clerk):
    old = {**read_kept(clerk.get(work.at + "decide").text), "then": "decide", "reason": "なし"}
    for outcome in ("accepted", "refused"):
        clerk.post(work.at + "decide", data={**old, "outcome": outcome})
    assert work.row.outcome == "accepted"
    assert work.kinds().count("decided") == 1


def test_it_is_put_away_when_all_is_done(work, clerk):
    press(work, clerk, outcome="closed", reason="二度送られました。")
    assert press(work, clerk, "finish").status_code == 303
    assert (work.row.state, work.row.is_open) == ("finished", False)
    assert work.kinds()[-1] == "finished"
    assert press(work, clerk, "finish").status_code == 409
    assert press(work, clerk, "decide", outcome="accepted").status_code == 409


@pytest.fixture
def paid(app, client):
    return Both(app, PAID)


def test_who_proposes_never_confirms_and_somebody_who_is_no_head_neither(paid):
    office = paid.row.section
    first = paid.staff("hitori", (f"officer:{office}", f"head:{office}"))
    paid.take(first)
    assert press(paid, first, outcome="accepted").location.endswith("done=proposed")
    assert (paid.row.state, paid.row.proposed_by) == ("checking", first.account_id)
    assert paid.rows(Message, Message.kind == "decided") == []
    assert press(paid, first, "confirm").status_code == 404
    officer = paid.staff("kakari", (f"officer:{office}",))
    officer.post(paid.at + "why", data={**read_kept(officer.get(paid.at + "why").text), "why": "supervision"})
    for then in ("confirm", "refuse"):
        assert press(paid, officer, then, version=str(paid.row.version)).status_code == 404
    assert press(paid, officer, outcome="refused", reason="いいえ").status_code == 409
    assert paid.row.state == "checking"
    assert "proposed" not in words(paid.resident.get(f"/ja/drafts/{paid.row.draft_id}/sent").text)


def test_head_confirms_what_somebody_else_proposed(paid):
    officer, head = two_people(paid)
    press(paid, officer, outcome="refused", reason="口座の名前がちがいます。")
    page = words(head.get(paid.at + "decide").text)
    assert "口座の名前がちがいます。" in page
    assert press(paid, head, "confirm").location.endswith("done=decided")
    assert (paid.row.state, paid.row.outcome, paid.row.proposed_by) == ("decided", "refused", None)
    assert paid.kinds()[-2:] == ["proposed", "decided"]
    assert "口座の名前がちがいます。" in paid.resident.get(f"/ja/drafts/{paid.row.draft_id}/sent").text


def test_head_sends_back_with_a_word_that_only_the_section_reads(paid):
    officer, head = two_people(paid)
    press(paid, officer, outcome="accepted")
    assert press(paid, head, "refuse", words="口座を見てください").location.endswith("done=sent-back")
    assert paid.row.proposed_by is None
    assert "口座を見てください" in officer.get(paid.at).text
    assert "口座を見てください" not in paid.resident.get(f"/ja/drafts/{paid.row.draft_id}/sent").text
    press(paid, officer, outcome="accepted")
    assert press(paid, officer, "refuse").location.endswith("done=sent-back")
    assert press(paid, head, "confirm").status_code == 409


def test_nothing_is_asked_of_the_resident_while_a_decision_waits(paid):
    officer, _ = two_people(paid)
    press(paid, officer, outcome="accepted")
    answer = paid.post(officer, "correct", "correct", fact=["applicant.name"], day="2099-01-01")
    assert answer.status_code in (409, 422)
    assert paid.row.state == "checking"


def two_people(work):
    """Return somebody who works on it, and the section's head, who said why they look."""
    office = work.row.section
    officer, head = work.staff("kakari", (f"officer:{office}",)), work.staff("kacho", (f"head:{office}",))
    work.take(officer)
    head.post(work.at + "why", data={**read_kept(head.get(work.at + "why").text), "why": "supervision"})
    return officer, head
