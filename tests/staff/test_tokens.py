"""Tokens of sections' own systems: made by whom, shown once, renewed without a gap, revoked at once; and who reads of them where."""

import re
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from tests.accounts.helping import make_csrf, sign_in
from tests.autopilot import Autopilot
from tests.staff.systems import LIST, OFFICE, SLUG, System, receive_some
from tests.staff.working import read_plain
from webapp.accounts.rules_tokens import OVERLAP, find_system_fault, fold_system, hash_token
from webapp.accounts.tables import ApiToken, AuditEntry
from webapp.applications.tables import Application
from webapp.kit.clock import now, today
from webapp.kit.database import open_session

PLACE = "/ja/staff/exports/tokens/"


@pytest.fixture
def head(app, client):
    """Return the browser of a section's head."""
    sign_in(client, app, (f"head:{OFFICE}",), "sekininsha")
    return client


def post(client, path, **data):
    """Send a form of one of the pages."""
    return client.post(PLACE + path, data={"csrf": make_csrf(client), **data})


def read_token(answer):
    """Return the token that a page shows."""
    return re.search(r"mdg_[0-9A-Za-z]{49}", answer.text)[0]


def rows(app, table=ApiToken, *where):
    """Return rows of a table as they are now."""
    with Session(app.extensions["engine"]) as session:
        return list(session.exec(select(table).where(*where)))


def ask(app, token):
    """Return how the API answers to a token."""
    return app.test_client().get(LIST, headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_head_makes_a_token_which_is_shown_once_and_stored_nowhere(app, head):
    assert "まだありません" in head.get(PLACE).text
    made = post(head, "new", system="犬の　台帳", days="180")
    token = read_token(made)
    assert made.headers["Cache-Control"] == "no-store"
    assert ask(app, token) == 200
    (row,) = rows(app)
    assert (row.section, row.system, row.lookup) == (OFFICE, "犬の 台帳", hash_token(token))
    assert timedelta(days=179) < row.ends_at - now() <= timedelta(days=180)
    for path in ("", f"{row.id}/"):
        page = head.get(PLACE + path).text
        assert "mdg_" not in page
        assert "犬の 台帳" in page
    assert [(one.what, one.about) for one in rows(app, AuditEntry, AuditEntry.what == "token-made")] == [
        ("token-made", row.id)
    ]
    again = post(head, "new", system="犬の 台帳", days="180")
    assert again.status_code == 422, "a page that is sent again makes no second token"
    assert len(rows(app)) == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [({}, "コンピューターの名前を書いてください"), ({"system": "x" * 41, "days": "90"}, "40文字まで"),
     ({"system": "<b>", "days": "90"}, "文字と数字"), ({"system": "台帳", "days": "3650"}, "いつまで使うか"),
     ({"system": "\u202e台帳", "days": "90"}, "文字と数字")],
)  # fmt: skip
def test_what_is_to_mend_is_told_and_what_was_typed_stays(app, head, typed, words):
    answer = post(head, "new", **typed)
    assert answer.status_code == 422
    assert words in read_plain(answer.text)
    assert rows(app) == []
    if typed.get("system", "").startswith("x"):
        assert typed["system"] in answer.text


def test_renewing_leaves_some_days_for_the_old_token_and_keeps_what_was_acknowledged(app, head):
    (row,) = receive_some(app, [("山", "やま")])
    system = System(app)
    assert system.say(row.id, 0).status_code == 200
    assert post(head, f"{system.id}/renew").status_code == 422
    renewed = post(head, f"{system.id}/renew", days="365")
    fresh = read_token(renewed)
    assert ask(app, system.token) == ask(app, fresh) == 200
    old, new = sorted(rows(app), key=lambda one: one.made_at)
    assert old.ends_at <= now() + OVERLAP
    assert new.system == old.system
    answer = app.test_client().get(LIST, headers={"Authorization": f"Bearer {fresh}"})
    assert answer.json["applications"] == []
    assert "もっと新しいトークン" in read_plain(head.get(f"{PLACE}{old.id}/").text)
    assert post(head, f"{old.id}/renew", days="365").status_code == 303, "sent again, it makes no third"
    assert len(rows(app)) == 2


def test_a_revoked_token_lets_nobody_in_from_then_on(app, head):
    system = System(app)
    assert post(head, f"{system.id}/revoke").location == f"{PLACE}{system.id}/?done=revoked"
    assert ask(app, system.token) == 401
    post(head, f"{system.id}/revoke")
    assert len(rows(app, AuditEntry, AuditEntry.what == "token-revoked")) == 1
    assert "止めました" in read_plain(head.get(f"{PLACE}{system.id}/?done=revoked").text)
    assert post(head, "new", system=system.name, days="90").status_code == 200, "its name is free again"


def test_a_month_before_the_end_a_line_says_so(app, head):
    system = System(app, days=90)
    assert "もうすぐ" not in read_plain(head.get(PLACE).text)
    assert "もうすぐ" not in read_plain(head.get("/ja/staff/exports/").text)
    with open_session(app.extensions["engine"]) as session:
        session.get_one(ApiToken, system.id).ends_at = now() + timedelta(days=29)
    assert "もうすぐ終わるトークン" in read_plain(head.get(PLACE).text)
    assert "もうすぐ終わるトークン" in read_plain(head.get("/ja/staff/exports/").text)


def test_a_head_has_their_own_section_and_an_administrator_all(app, head):
    own, other = System(app), System(app, "年金の台帳", "pension")
    for path in (f"{other.id}/", f"{'0' * 24}/", "x/"):
        assert head.get(PLACE + path).status_code == 404
    assert post(head, f"{other.id}/revoke").status_code == 404
    assert post(head, f"{other.id}/renew", days="90").status_code == 404
    assert "年金の台帳" not in head.get(PLACE).text
    assert post(head, "new", system="年金の台帳", days="90").status_code == 422, "a name is one section's"
    post(head, "new", system="犬", section="pension", days="90")
    assert {one.section for one in rows(app, ApiToken, ApiToken.system == "犬")} == {OFFICE}
    keeper = app.test_client()
    sign_in(keeper, app, ("administrator",), "kanri")
    page = keeper.get(PLACE).text
    assert own.name in page
    assert other.name in page
    assert post(keeper, "new", system="税の台帳", days="90").status_code == 422
    assert post(keeper, "new", system="税の台帳", days="90", section="tax").status_code == 200
    assert keeper.get(PLACE + "new", headers={"Accept-Language": "en"}).status_code == 200
    officer = app.test_client()
    sign_in(officer, app, (f"officer:{OFFICE}",), "kakari")
    assert officer.get(PLACE).status_code == 404
    assert "tokens" not in officer.get("/ja/staff/exports/").text


def test_a_use_is_noted_at_most_once_a_minute(app, head):
    system = System(app)
    assert rows(app)[0].used_at is None
    ask(app, system.token)
    first = rows(app)[0].used_at
    ask(app, system.token)
    assert rows(app)[0].used_at == first
    assert "まだ使っていません" not in read_plain(head.get(PLACE).text)


def test_the_log_the_case_and_the_resident_name_the_system(app, client):
    pilot = Autopilot(client, app.extensions["madoguchi"].dictionary, today())
    check = pilot.walk_to_check(pilot.start(SLUG))
    pilot.send(check)
    (sent,), system = rows(app, Application), System(app)
    assert system.ask(f"{LIST}/{sent.id}").status_code == 200
    assert system.say(sent.id, 0).status_code == 200
    seen = read_plain(client.get(f"{check.rsplit('/', 1)[0]}/looks").text)
    assert "のコンピューター「犬の台帳」" in seen
    assert "理由：課の仕事に使うコンピューターへ写すため" in seen
    officer = app.test_client()
    account_id = sign_in(officer, app, (f"officer:{OFFICE}",), "kakari")
    with open_session(app.extensions["engine"]) as session:
        session.get_one(Application, sent.id).assigned_to = account_id
    assert "課のコンピューター「犬の台帳」が受け取りました" in read_plain(
        officer.get(f"/ja/staff/inbox/{sent.id}/").text
    )
    auditor = app.test_client()
    sign_in(auditor, app, ("auditor",), "kansa")
    log = read_plain(auditor.get("/ja/staff/log?who=犬の台帳").text)
    assert "申請をファイルに出した" in log
    assert "課の仕事に使うコンピューターへ写すため" in log
    assert "犬の台帳" in auditor.get("/ja/staff/log.csv?what=application-exported").text


def test_names_of_systems_are_words():
    for name in ("犬の台帳", "Kintone (dogs)", "台帳2.0", "犬・台帳（新）", "e-Tax"):
        assert find_system_fault(fold_system(name)) == ""
    for name in ("-x", "x\ny-", "a<b", "名\u200b前", "a/b", ".", "\x00"):
        assert find_system_fault(fold_system(name)) == "signs", name
    assert find_system_fault(fold_system(" 　 ")) == "none"
