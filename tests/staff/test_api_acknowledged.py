"""The API for sections' own systems: that what it gave arrived once, what it tells nobody, and whatever is sent to it."""

import argparse
import re
import shlex
import shutil
import threading
from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from sqlmodel import select

from tests.conftest import usual_settings
from tests.staff.systems import (
    DESCRIPTION,
    LIST,
    SLUG,
    System,
    check_answer,
    look_up,
    move,
    receive_some,
)
from webapp.accounts.rules_tokens import find_token, new_token
from webapp.accounts.tables import AuditEntry, SignInTry
from webapp.app import create_app
from webapp.applications.tables import Acknowledgement, Application, Look
from webapp.config import ROOT
from webapp.kit.clock import now
from webapp.kit.database import make_engine, open_session
from webapp.staff import rules_api

UNKNOWN = "0" * 24


def test_an_acknowledgement_may_be_sent_any_number_of_times(app, rows, system):
    first, second = system.say(rows[0].id, 0), system.say(rows[0].id, 0)
    assert (first.status_code, first.json) == (200, second.json)
    assert first.json == system.ask(f"{LIST}/{rows[0].id}/acknowledgement").json
    assert (first.json["system"], first.json["version"], first.json["current_version"]) == ("犬の台帳", 0, 0)
    assert len(look_up(app, AuditEntry, AuditEntry.what == "application-acknowledged")) == 1
    assert [one["id"] for one in system.list()["applications"]] == [row.id for row in rows[1:]]
    assert len(system.list(new=0)["applications"]) == 3
    other = System(app, "別の台帳")
    assert len(other.list()["applications"]) == 3, "each system for itself"
    assert other.ask(f"{LIST}/{rows[0].id}/acknowledgement").json["type"].endswith("/not-acknowledged")


def test_what_changed_since_is_new_again_and_an_older_version_is_refused(app, rows, system):
    system.say(rows[0].id, 0)
    move(app, rows[0].id, state="checking")
    assert rows[0].id in {one["id"] for one in system.list()["applications"]}
    for version in (0, 2):
        refused = system.say(rows[0].id, version)
        assert refused.status_code == 409
        assert (refused.json["current"]["version"], refused.json["current"]["state"]) == (1, "checking")
    assert system.ask(f"{LIST}/{rows[0].id}/acknowledgement").json["version"] == 0
    assert system.say(rows[0].id, 1).status_code == 200
    assert rows[0].id not in {one["id"] for one in system.list()["applications"]}
    assert look_up(app, Application, Application.id == rows[0].id)[0].state == "checking", "states are people's work"


@pytest.mark.parametrize(
    ("status", "more"),
    [(415, {"data": "version=1"}), (415, {"data": b'{"version": 0}', "content_type": "text/json"}), (400, {"data": b"{"}),
     (400, {"data": b"\xff\xfe\xff"}), (400, {"data": b"[" * 4000}), (413, {"data": b'{"version": 0}' + b" " * 5000}),
     (422, {"data": b"[]"}), (422, {"data": b"{}"}), (422, {"data": b'{"version": -1}'}), (422, {"data": b'{"version": true}'}),
     (422, {"data": b'{"version": 1e3}'}), (422, {"data": b'{"version": "1"}'}), (422, {"data": b'{"version": 99999999999}'}),
     (422, {"data": b'{"version": 0, "state": "decided"}'})],
)  # fmt: skip
def test_what_is_no_acknowledgement_is_told(app, rows, system, status, more):
    more = (
        more
        if "content_type" in more or isinstance(more["data"], str)
        else {**more, "content_type": "application/json"}
    )
    answer = system.ask(f"{LIST}/{rows[0].id}/acknowledgement", "PUT", **more)
    assert answer.status_code == status
    assert look_up(app, Acknowledgement) == []


def test_eight_at_once_are_one_acknowledgement_on_both_databases(engine, settings):
    app = create_app(settings, engine)
    (row,) = receive_some(app, [("山", "やま")])
    system, answers = System(app), []

    def say():
        client = app.test_client()
        answers.append(client.put(
            f"{LIST}/{row.id}/acknowledgement", json={"version": 0}, headers={"Authorization": f"Bearer {system.token}"}
        ))  # fmt: skip

    threads = [threading.Thread(target=say) for _ in range(8)]
    [one.start() for one in threads]
    [one.join() for one in threads]
    assert {one.status_code for one in answers} == {200}
    assert len({one.text for one in answers}) == 1
    assert len(look_up(app, AuditEntry, AuditEntry.what == "application-acknowledged")) == 1
    assert [one["id"] for one in system.list(new=0)["applications"]] == [row.id]
    assert system.list()["applications"] == []
    later = receive_some(app, [("川", "かわ")])
    first = system.list(new=0, limit=1)
    second = system.list(new=0, changed_after=first["next"])
    assert {one["id"] for page in (first, second) for one in page["applications"]} == {row.id, later[0].id}
    assert len(first["applications"]) == len(second["applications"]) == 1


# Walls


def test_another_section_has_none_of_it_and_is_not_told_whether_it_exists(app, rows, system):
    other = System(app, "年金の台帳", "pension")
    file = system.ask(f"{LIST}/{rows[0].id}").json["files"][0]["href"]
    assert other.list(new=0)["applications"] == []
    assert other.list(procedure=SLUG)["applications"] == []
    before = len(look_up(app, Look))
    for path in (f"{LIST}/%s", f"{LIST}/%s/acknowledgement", file.replace(rows[0].id, "%s")):
        answers = [other.ask(path % one) for one in (rows[0].id, UNKNOWN)]
        assert [one.status_code for one in answers] == [404, 404]
        assert answers[0].json == answers[1].json
    answers = [other.say(one, 0) for one in (rows[0].id, UNKNOWN)]
    assert answers[0].json == answers[1].json
    assert len(look_up(app, Look)) == before
    assert look_up(app, Acknowledgement) == []
    assert SLUG not in other.ask("/api/v1/procedures").text


def test_what_was_moved_to_another_section_is_gone_for_this_one(app, rows, system):
    system.say(rows[0].id, 0)
    with open_session(app.extensions["engine"]) as session:
        session.get_one(Application, rows[0].id).section = "pension"
    assert len(system.list(new=0)["applications"]) == 2
    assert system.ask(f"{LIST}/{rows[0].id}/acknowledgement").status_code == 404
    with open_session(app.extensions["engine"]) as session:
        session.delete(session.get_one(Application, rows[0].id))
    assert look_up(app, Acknowledgement) == [], "it goes with the application"


def test_a_file_of_another_application_is_not_here(rows, system):
    file = system.ask(f"{LIST}/{rows[0].id}").json["files"][0]["id"]
    assert system.ask(f"{LIST}/{rows[1].id}/files/{file}").status_code == 404
    assert system.ask(f"{LIST}/{rows[1].id}/files/x").status_code == 404


def test_whatever_goes_wrong_is_told_as_a_problem(app, system, monkeypatch):
    for method, path, code in (
        ("GET", "/api/", 404), ("GET", "/api/v2/applications", 404), ("POST", LIST, 405), ("DELETE", LIST, 405),
        ("GET", f"{LIST}/", 404), ("GET", f"{LIST}/{UNKNOWN}/x", 404),
    ):  # fmt: skip
        assert system.ask(path, method).status_code == code, path
    monkeypatch.setattr("webapp.staff.views_api.list_changed", lambda *_: 1 / 0)
    broken = system.ask(LIST)
    assert broken.status_code == 500
    assert broken.json["request"]


# Whatever comes


@pytest.fixture(scope="module")
def open_house(tmp_path_factory, sqlite_file):
    """Return a section's system that is only asked, and one of its applications."""
    settings = usual_settings(tmp_path_factory.mktemp("api"))
    shutil.copyfile(sqlite_file, settings.database_url.removeprefix("sqlite:///"))
    engine = make_engine(settings.database_url)
    app = create_app(settings, engine)
    (row,) = receive_some(app, [("山", "やま")])
    yield System(app), row.id
    engine.dispose()


ANY = st.text(st.characters(), max_size=30)
NAMES = st.sampled_from(rules_api.QUERY) | ANY


@tuned(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(NAMES, ANY), max_size=4), st.binary(max_size=60), ANY)
def test_no_query_body_or_id_is_a_failure_of_ours(open_house, query, body, word):
    system, row_id = open_house
    query = [(name.encode("utf-8", "replace"), value.encode("utf-8", "replace")) for name, value in query]
    word = re.sub(r"[/?#%\s\x00-\x1f\ud800-\udfff]", "", word) or "x"
    codes = [
        system.ask(LIST, query_string=query).status_code,
        system.ask(f"{LIST}/{row_id}", query_string=query, headers={"If-None-Match": '"9'}).status_code,
        system.ask(f"{LIST}/{word}").status_code,
        system.ask(f"{LIST}/{row_id}/files/{word}").status_code,
        system.ask(f"{LIST}/{row_id}/acknowledgement", "PUT", data=body, content_type="application/json").status_code,
    ]
    assert max(codes) < 500
    with open_session(system.app.extensions["engine"]) as session:  # the limit is not what is tried here
        for row in session.exec(select(SignInTry)):
            row.wrong = 0


@given(st.datetimes(min_value=rules_api._EPOCH.replace(tzinfo=None)).map(lambda one: one.replace(tzinfo=now().tzinfo)))
def test_a_cursor_leads_back_to_its_place(moment):
    if moment.year < 2286:
        assert rules_api.read_cursor(rules_api.write_cursor(moment, UNKNOWN)) == (moment, UNKNOWN)


@given(ANY)
def test_no_words_are_a_cursor_or_a_token_by_chance(words):
    rules_api.read_cursor(words)
    assert find_token(words) is None


def test_a_token_with_a_slip_of_the_hand_is_none():
    token = new_token()
    assert re.fullmatch(r"mdg_[0-9A-Za-z]{49}", token)
    assert find_token(f"Bearer {token}") == token
    wrong = token[:10] + ("a" if token[10] != "a" else "b") + token[11:]
    assert find_token(f"Bearer {wrong}") is None


def test_resume_never_leads_up_to_this_very_moment():
    moment = now()
    for last in (None, (moment, UNKNOWN)):
        assert rules_api.read_cursor(rules_api.resume_from(last, moment)) == (moment - rules_api.OVERLAP, "")
    long_ago = (moment - timedelta(hours=1), UNKNOWN)
    assert rules_api.read_cursor(rules_api.resume_from(long_ago, moment)) == long_ago


# The guide


def test_the_examples_of_the_guide_work(app, rows, system):
    guide = (ROOT / "docs" / "how-to" / "connect-a-section-system.md").read_text(encoding="utf-8")
    file = system.ask(f"{LIST}/{rows[0].id}").json["files"][0]["id"]
    given = {"$WARD": "", "$TOKEN": system.token, "$ID": rows[0].id, "$FILE": file}
    codes = []
    for line in re.findall(r"^curl .*$", guide, re.M):
        typed = reduce(lambda words, one: words.replace(*one), given.items(), line)
        parser = argparse.ArgumentParser()
        for option in ("-H", "-X", "-d", "-o"):
            parser.add_argument(option, action="append" if option == "-H" else "store")
        parser.add_argument("-s", action="store_true")
        parser.add_argument("url")
        asked = parser.parse_args(shlex.split(typed)[1:])
        headers = dict(one.split(": ", 1) for one in asked.H)
        answer = app.test_client().open(asked.url, method=asked.X or "GET", headers=headers, data=asked.d)
        check_answer(app, answer)
        codes.append(answer.status_code)
    assert codes == [200, 200, 200, 304, 200, 200, 200]
    assert find_token(f"Bearer {system.token}")
    assert re.fullmatch(re.search(r"`(mdg_\[[^`]+)`", guide)[1], system.token)
    for code in {
        int(code)
        for one in DESCRIPTION["paths"].values()
        for method in ("get", "put")
        for code in one.get(method, {}).get("responses", ())
    }:
        assert code in (200, 304, 403) or str(code) in guide.split("## When something is wrong")[1]
