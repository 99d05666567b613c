"""A decision is read over before it counts, and its section's head can take it back; nothing that was typed is lost."""

from datetime import timedelta

from tests.drafts.browser import words
from tests.staff.answered import NAME
from tests.staff.test_decisions import press, two_people
from tests.staff.working import read_kept
from webapp.accounts.tables import AuditEntry
from webapp.applications.rules_cases import may_reopen
from webapp.kit.clock import now, today
from webapp.outbox.tables import Message

WHY = "住所を見まちがえました。\n\nもう一度見ます。"


def read_page(work):
    return words(work.resident.get(f"/ja/drafts/{work.row.draft_id}/sent").text)


def read_hidden(page):
    """Return what the hidden fields of a decision hold."""
    return {name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("outcome", "reason", "voice")}


def test_a_decision_is_read_over_before_it_counts_and_going_back_keeps_everything(work, clerk):
    assert 'name="then" value="read"' in clerk.get(work.at + "decide").text
    answer = press(work, clerk, "read", outcome="refused", reason="犬の登録が\n\nありません。")
    said = words(answer.text)
    for part in (
        "まだ決めていません",
        "あなたの手続きは、認められませんでした。",
        "犬の登録が",
        "納得できない",
        "書いた言葉",
    ):
        assert part in said
    assert (answer.status_code, work.row.state) == (200, "checking")
    kept = {**read_kept(answer.text), **read_hidden(answer.text)}
    back = clerk.post(work.at + "decide", data={**kept, "then": "back"})
    assert back.status_code == 200
    assert "犬の登録が\n\nありません。</textarea>" in back.text
    assert 'value="refused" checked' in back.text
    assert clerk.post(work.at + "decide", data={**kept, "then": "decide"}).status_code == 303
    assert work.row.outcome == "refused"
    assert press(work, clerk, "read", outcome="", reason="").status_code == 409


def test_a_head_takes_a_decision_back_and_the_resident_reads_why_and_is_told_of_the_next(work):
    officer, head = two_people(work)
    press(work, officer, outcome="refused", reason="犬の登録がありません。")
    assert officer.get(work.at + "reopen").status_code == 404
    assert "課の責任者が、決めたことを取り消せます" in words(officer.get(work.at + "decide").text)
    press(work, officer, "finish")
    day = work.row.answer_by
    work.change(decided_at=now() - timedelta(days=3))
    assert work.post(head, "reopen", "reopen", words="").status_code == 422
    before = work.row.version
    answer = work.post(head, "reopen", "reopen", words=WHY)
    assert (answer.status_code, answer.location) == (303, f"{work.at}?done=reopened")
    row = work.row
    assert (row.state, row.outcome, row.decided_at, row.is_open) == ("checking", "", None, True)
    assert (row.version, row.answer_by) == (before + 1, day + timedelta(days=3))
    assert work.kinds()[-1] == "reopened"
    assert "application-reopened" in {one.what for one in work.rows(AuditEntry, AuditEntry.about == row.id)}
    assert len(work.rows(Message, Message.kind == "message-left")) == 1
    page = read_page(work)
    for part in ("前に決めたことを取り消しました", "もう一度確かめています", "住所を見まちがえました。"):
        assert part in page
    assert "認められませんでした" not in page
    assert "上の理由を読んでください" in page, "whatever it asks for"
    assert "今、することはありません" not in page
    press(work, officer, outcome="accepted")
    assert len(work.rows(Message, Message.kind == "decided")) == 2
    page = read_page(work)
    assert "認められました" in page
    assert "住所を見まちがえました。" in page


def test_what_its_resident_took_back_stays_so_and_only_the_sections_own_head_takes_back(work):
    head = work.staff("kacho", (f"head:{work.office}",))
    work.change(state="finished", outcome="withdrawn", is_open=False)
    head.post(work.at + "why", data={**read_kept(head.get(work.at + "why").text), "why": "supervision"})
    assert 'name="words"' not in head.get(work.at + "reopen").text
    assert work.post(head, "reopen", "reopen", words=WHY, version=str(work.row.version)).status_code == 404
    assert work.row.state == "finished"
    other = work.staff("zei", ("head:tax",))
    assert other.get(work.at + "reopen").status_code == 404


def test_the_section_still_writes_to_the_resident_when_all_is_done(work, clerk):
    press(work, clerk, outcome="accepted")
    press(work, clerk, "finish")
    page = "message?template=own"
    answer = work.post(clerk, "message", page, template="own", words="書類を送りました。")
    assert answer.status_code == 303
    assert "書類を送りました。" in read_page(work)


def test_reasons_typed_while_a_colleague_decided_are_still_there_to_be_copied(work, clerk):
    old = read_kept(clerk.get(work.at + "decide").text)
    mark = read_kept(clerk.get(work.at + "correct").text)
    press(work, clerk, outcome="accepted")
    reason = "くわしい理由です。" * 200
    answer = clerk.post(work.at + "decide", data={**old, "then": "read", "outcome": "refused", "reason": reason})
    assert answer.status_code == 409
    assert f"{reason}</textarea>" in answer.text
    assert "認めなかった</textarea>" in answer.text
    assert "書いたものは残っています" not in words(answer.text)
    asked = {**mark, "fact": NAME, f"note:{NAME}": "漢字を見て", "note": "ほかはよいです", "day": today().isoformat()}
    answer = clerk.post(work.at + "correct", data=asked)
    assert answer.status_code == 409
    for typed in ("漢字を見て", "ほかはよいです"):
        assert f"{typed}</textarea>" in answer.text
    assert answer.text.count(" readonly") == 2


def test_a_head_alone_takes_back_and_never_another_state(work):
    head = type("Head", (), {"has": lambda _self, role, section="": (role, section) == ("head", "tax")})()
    assert may_reopen(head, "tax", "decided", "refused")
    assert not may_reopen(head, "tax", "checking", "")
    assert not may_reopen(head, "dogs", "decided", "refused")
