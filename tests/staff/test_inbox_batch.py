"""Several at once, as the single deeds do them: with a reason for a colleague's, begun when taken on, put away when decided."""

import re
from html import unescape

import pytest
from sqlmodel import select

from tests.accounts.helping import make, sign_in
from tests.staff.leaving import receive_three
from tests.staff.test_inbox import OFFICER, WORK, change, read, read_words, shown
from tests.staff.working import read_kept
from webapp.accounts.tables import RoleGrant
from webapp.applications.tables import Application, Happening
from webapp.kit.clock import now
from webapp.kit.database import open_session


@pytest.fixture
def section(app):
    return receive_three(app)


def put(app, id_, **columns):
    with open_session(app.extensions["engine"]) as session:
        row = session.get(Application, id_)
        row.sqlmodel_update(columns)
        session.add(row)


def find_row(app, id_):
    return next(row for row in read(app, Application) if row.id == id_)


def follow(client, answer):
    return read_words(client.get(answer.headers["Location"]).text)


def test_a_colleagues_is_taken_or_handed_back_only_after_saying_why(app, client, section):
    me, first = sign_in(client, app, OFFICER, "kakari"), section.application_ids[0]
    put(app, first, assigned_to=section.account_id)
    for deed in ("assign:me", "hand-back"):
        page = follow(client, change(client, section, deed))
        assert "ほかの人が担当しているもの" in page
        assert "開く理由を書いてください" in page
        assert find_row(app, first).assigned_to == section.account_id
    why = f"{WORK}{first}/why"
    client.post(why, data={**read_kept(client.get(why).text), "why": "stands-in"})
    assert "1件を変えました" in follow(client, change(client, section, "assign:me"))
    assert find_row(app, first).assigned_to == me


def test_a_head_gives_a_colleagues_work_to_another_at_once_but_does_not_take_it_so(app, client, section):
    sign_in(client, app, ("head:environment-dogs",), "kacho")
    other, first = make(app, OFFICER, "hoka"), section.application_ids[0]
    put(app, first, assigned_to=section.account_id)
    for deed in ("assign:me", "hand-back"):
        assert "ほかの人が担当しているもの" in follow(client, change(client, section, deed))
    assert "1件を変えました" in follow(client, change(client, section, f"assign:{other}"))
    assert find_row(app, first).assigned_to == other


def test_whoever_takes_one_on_in_a_batch_begins_to_check_it(app, client, section):
    sign_in(client, app, OFFICER, "kakari")
    change(client, section, "assign:me")
    first = section.application_ids[0]
    assert find_row(app, first).state == "checking"
    found = [one for one in read(app, Happening) if one.application_id == first]
    assert [one.kind for one in sorted(found, key=lambda one: one.at)][-2:] == ["assigned", "checking"]


def test_decided_ones_are_put_away_together_and_others_are_left(app, client, section):
    sign_in(client, app, OFFICER, "kakari")
    for number in (0, 1):
        put(app, section.application_ids[number], state="decided", outcome="accepted", decided_at=now())
    put(app, section.application_ids[1], assigned_to=section.account_id)
    page = follow(client, change(client, section, "finish", (0, 1, 2)))
    assert "1件を変えました" in page
    assert "ほかの人が担当しているもの" in page
    assert "今は変えられないもの" in page
    rows = [find_row(app, id_) for id_ in section.application_ids]
    assert [(row.state, row.is_open) for row in rows] == [("finished", False), ("decided", True), ("received", True)]


def test_what_somebody_left_behind_who_moved_is_nobodys(app, client, section):
    sign_in(client, app, OFFICER, "kakari")
    gone, first = make(app, OFFICER, "idou"), section.application_ids[0]
    put(app, first, assigned_to=gone)
    put(app, section.application_ids[1], assigned_to=section.account_id)
    assert shown(section.receipts[0]) not in client.get(f"{WORK}?who=nobody").text
    with open_session(app.extensions["engine"]) as session:
        grant = session.exec(select(RoleGrant).where(RoleGrant.account_id == gone)).one()
        grant.section = "tax"
        session.add(grant)
    page = read_words(client.get(f"{WORK}?who=nobody").text)
    assert shown(section.receipts[0]) in page
    assert shown(section.receipts[1]) not in page
    assert "今はこの課にいない人" in page
    assert "担当がいないもの（2）" in page
    alone = client.get(f"{WORK}{first}/why").text
    assert "あなたが担当になるなら、理由はいりません。" in read_words(alone)
    typed = {**read_kept(alone), "then": "take"}
    assert client.post(f"{WORK}{first}/assign", data=typed).location.endswith("?done=taken")
    put(app, first, assigned_to=gone)
    assert "1件を変えました" in follow(client, change(client, section, "assign:me"))


def test_the_list_one_came_from_is_kept_through_an_application(app, client, section):
    me, (first, second, _) = sign_in(client, app, OFFICER, "kakari"), section.application_ids
    for id_ in (first, second):
        put(app, id_, assigned_to=me, state="checking")
    page = client.get(f"{WORK}?who=mine&sort=sent_at").text
    (link,) = re.findall(rf'href="({WORK}{first}/[^"]*)"', page)
    case = client.get(unescape(link)).text
    listed = f'href="{WORK}?who=mine&amp;sort=sent_at"'
    assert listed in case
    (where,) = re.findall(rf'href="({WORK}{first}/decide[^"]*)"', case)
    decide = client.get(unescape(where)).text
    (action,) = set(re.findall(rf'action="({WORK}{first}/decide[^"]*)"', decide))
    typed = {**read_kept(decide), "then": "decide", "outcome": "accepted"}
    done = client.get(client.post(unescape(action), data=typed).location).text
    assert listed in done
    assert "次の自分の担当（1件）" in read_words(done)
    assert re.search(rf'href="{WORK}{second}/\?list=[^"]*"', done)
    strange = client.get(f"{WORK}{first}/?list=who%3Dmine%26next%3Dhttps%3A//x.example%26state%3Dno").text
    assert f'href="{WORK}?who=mine"' in strange
