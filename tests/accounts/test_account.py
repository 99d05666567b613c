"""One's own account: another password, and what else is signed in."""

import re
from datetime import timedelta

import pytest
import time_machine

from tests.accounts.helping import PASSWORD, sign_in
from tests.accounts.test_sign_in import ACCOUNT, csrf_of, rows, try_in
from webapp.accounts.service import FIRST_FILE, make_first_account
from webapp.accounts.tables import Account, AuditEntry
from webapp.kit.clock import now
from webapp.kit.database import open_session

NEW = "midori-no-densha-9"


def change(client, old=PASSWORD, new=NEW, again=NEW):
    """Send the form for another password."""
    data = {"csrf": csrf_of(client.get(ACCOUNT)), "old_password": old, "new_password": new, "again_password": again}
    return client.post(f"{ACCOUNT}/password", data=data)


def test_password_is_changed_and_ends_other_sign_ins(client, app):
    sign_in(client, app)
    other = app.test_client()
    try_in(other)
    answer = change(client)
    assert answer.location == f"{ACCOUNT}?done=password"
    assert client.get(answer.location).status_code == 200
    assert other.get(ACCOUNT).status_code == 303
    assert try_in(other).status_code == 422
    assert try_in(other, password=NEW).status_code == 303
    assert "password-changed" in [entry.what for entry in rows(app, AuditEntry)]


@pytest.mark.parametrize(("old", "new", "again", "field"), [
    ("", NEW, NEW, "old_password"), ("wrong", NEW, NEW, "old_password"), (PASSWORD, "short", "short", "new_password"),
    (PASSWORD, "a" * 30, "a" * 30, "new_password"), (PASSWORD, "x-sensei-yz-123", "x-sensei-yz-123", "new_password"),
    (PASSWORD, "abcdefg " * 30, "abcdefg " * 30, "new_password"), (PASSWORD, NEW, "other", "again_password"),
])  # fmt: skip
def test_what_is_to_mend_about_a_new_password_is_named_and_nothing_is_shown_again(client, app, old, new, again, field):
    sign_in(client, app)
    answer = change(client, old, new, again)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', answer.text)
    assert NEW not in answer.text
    assert try_in(app.test_client()).status_code == 303


def test_guessing_the_old_password_is_slowed_down_like_signing_in(client, app):
    sign_in(client, app)
    for _ in range(5):
        assert change(client, old="wrong").status_code == 422
    assert change(client).status_code == 429


def test_other_sign_ins_are_listed_and_ended(client, app):
    sign_in(client, app)
    others = [app.test_client() for _ in range(3)]
    for other in others:
        agent = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"}
        other.post("/ja/staff/sign-in", data={"name": "sensei", "password": PASSWORD}, headers=agent)
    page = client.get(ACCOUNT)
    assert page.text.count("Firefox, Windows") >= 3
    which = re.findall(r'name="which" value="([0-9a-f]{16})"', page.text)
    assert len(which) == 3
    csrf = csrf_of(page)
    assert client.post(f"{ACCOUNT}/end", data={"csrf": csrf, "which": which[0]}).status_code == 303
    assert sorted(other.get(ACCOUNT).status_code for other in others) == [200, 200, 303]
    client.post(f"{ACCOUNT}/end", data={"csrf": csrf, "which": "all"})
    assert {other.get(ACCOUNT).status_code for other in others} == {303}
    assert client.get(f"{ACCOUNT}?done=ended").status_code == 200
    with time_machine.travel(now() + timedelta(minutes=12)):  # who proved longer ago who they are proves it again first
        assert client.post(f"{ACCOUNT}/end", data={"csrf": csrf, "which": "all"}).status_code == 403


def test_nobody_ends_what_is_not_theirs(client, app):
    sign_in(client, app)
    other = app.test_client()
    sign_in(other, app, name="other")
    try_in(app.test_client(), "other")
    which = re.findall(r'name="which" value="([0-9a-f]{16})"', other.get(ACCOUNT).text)
    client.post(f"{ACCOUNT}/end", data={"csrf": csrf_of(client.get(ACCOUNT)), "which": which[0]})
    assert len(re.findall(r'name="which" value="([0-9a-f]{16})"', other.get(ACCOUNT).text)) == 1


def test_first_instructor_is_made_once_and_the_file_goes_with_the_first_password(client, app):
    folder, engine = app.extensions["madoguchi"].settings.data_dir, app.extensions["engine"]
    with open_session(engine) as session:
        password = make_first_account(session, folder, now())
    assert password
    assert oct((folder / FIRST_FILE).stat().st_mode)[-3:] == "600"
    assert password in (folder / FIRST_FILE).read_text()
    assert try_in(client, "instructor", password).status_code == 303
    assert change(client, old=password).status_code == 303
    assert not (folder / FIRST_FILE).exists()
    with open_session(engine) as session:
        assert make_first_account(session, folder, now()) is None
    assert [account.name for account in rows(app, Account)] == ["instructor"]
