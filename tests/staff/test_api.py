"""The API for sections' own systems: what it lists and opens, for whom, what is written down, and that it arrived once."""

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
from openapi_spec_validator import validate
from sqlmodel import Session, select

from tests.conftest import usual_settings
from tests.staff.systems import (
    DESCRIPTION,
    LIST,
    OFFICE,
    PICTURE,
    SLUG,
    System,
    check_answer,
    receive_some,
    to_template,
)
from webapp.accounts.rules_tokens import MOST_A_MINUTE, find_token, new_token
from webapp.accounts.tables import ApiToken, AuditEntry, SignInTry
from webapp.app import create_app
from webapp.applications.service_cases import change
from webapp.applications.tables import Acknowledgement, Application, Look
from webapp.config import ROOT
from webapp.kit.clock import now
from webapp.kit.database import make_engine, open_session
from webapp.staff import rules_api
from webapp.staff.door_api import PROBLEMS

UNKNOWN = "0" * 24


@pytest.fixture
def rows(app):
    """Return three applications of a section, the oldest first."""
    return receive_some(app)


@pytest.fixture
def system(app, rows):
    """Return the section's system."""
    return System(app)


def look_up(app, table, *where):
    """Return rows of a table as they are now."""
    with Session(app.extensions["engine"]) as session:
        return list(session.exec(select(table).where(*where)))


def move(app, row_id, **columns):
    """Change an application as its section does."""
    with open_session(app.extensions["engine"]) as session:
        change(session, session.get_one(Application, row_id), now(), **columns)


# The description


def test_the_description_is_sound_and_for_everybody(app, client):
    answer = client.get("/api/v1/openapi.json")
    check_answer(app, answer)
    assert answer.json == {**DESCRIPTION, "servers": [{"url": "http://localhost"}]}
    validate(answer.json)


def test_every_route_is_described_and_nothing_else(app):
    routes = {
        (to_template(rule.rule), method.lower()) for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }  # fmt: skip
    assert routes == {
        (path, method) for path, one in DESCRIPTION["paths"].items() for method in one if method != "parameters"
    }


def test_every_route_but_the_description_asks_for_a_token(app):
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            view = app.view_functions[rule.endpoint]
            assert getattr(view, "asks_for_token", False) == (rule.rule != "/api/v1/openapi.json"), rule


def test_every_problem_and_fault_that_is_named_has_its_words():
    assert set(rules_api.FAULTS) == set(DESCRIPTION["x-faults"])
    assert set(PROBLEMS.values()) <= set(DESCRIPTION["x-problems"])
    for words in (*DESCRIPTION["x-problems"].values(), *DESCRIPTION["x-faults"].values()):
        for name, said in words.items():
            if name != "status":
                assert bool(re.search("[ぁ-んァ-ン一-龠]", said)) == name.endswith("_ja"), said


# Who gets in


def test_a_token_lets_its_system_in_and_nothing_else_does(app, rows, system):
    for header in (
        "",
        "Bearer",
        f"Bearer {new_token()}",
        f"Basic {system.token}",
        f"Bearer {system.token}, x",
        "Bearer \xe9",
    ):
        answer = app.test_client().get(LIST, headers={"Authorization": header})
        check_answer(app, answer)
        assert answer.status_code == 401, header
        assert answer.headers["WWW-Authenticate"].startswith("Bearer realm=")
        assert "山﨑" not in answer.text
    assert app.test_client().get(LIST, query_string={"access_token": system.token}).status_code == 401
    assert system.ask(LIST, query_string={"access_token": "x"}).status_code == 422
    assert system.ask(LIST, headers={"Authorization": f"bearer   {system.token}"}).status_code == 200
    (refused,) = {one.about for one in look_up(app, AuditEntry, AuditEntry.what == "token-refused")}
    assert refused == ""


@pytest.mark.parametrize("gone", ["ended", "revoked"])
def test_a_token_that_is_over_lets_nobody_in_and_the_log_says_which(app, system, gone):
    with open_session(app.extensions["engine"]) as session:
        row = session.get_one(ApiToken, system.id)
        row.ends_at, row.revoked_at = (now(), None) if gone == "ended" else (row.ends_at, now())
    assert system.ask(LIST).status_code == 401
    assert system.ask(f"{LIST}/{UNKNOWN}/acknowledgement", "PUT", json={"version": 0}).status_code == 401
    assert [one.about for one in look_up(app, AuditEntry, AuditEntry.what == "token-refused")] == [system.id] * 2


def test_wrong_tokens_slow_their_address_down_and_never_the_right_one(app, system):
    client = app.test_client()
    codes = [client.get(LIST, headers={"Authorization": f"Bearer {new_token()}"}).status_code for _ in range(62)]
    assert codes == [401] * 60 + [429] * 2
    slowed = client.get(LIST, headers={"Authorization": "Bearer x"})
    check_answer(app, slowed)
    assert int(slowed.headers["Retry-After"]) > 1
    assert client.get(LIST).status_code == 401, "nothing was tried"
    assert system.ask(LIST).status_code == 200
    assert client.post("/ja/staff/sign-in", data={"name": "x", "password": "y"}).status_code == 422, (
        "people are not kept out"
    )


def test_a_system_that_asks_too_often_waits_for_the_next_minute(app, system):
    system.ask(LIST)
    with open_session(app.extensions["engine"]) as session:
        (row,) = session.exec(select(SignInTry))
        assert row.wrong == 1
        row.wrong = MOST_A_MINUTE
    slowed = system.ask(LIST)
    assert slowed.status_code == 429
    assert 1 <= int(slowed.headers["Retry-After"]) <= 61
    with open_session(app.extensions["engine"]) as session:
        session.exec(select(SignInTry)).one().wait_until = now()
    assert system.ask(LIST).status_code == 200


def test_a_cookie_counts_for_nothing_and_pages_of_other_sites_reach_nothing(app, rows, system):
    place = f"{LIST}/{rows[0].id}/acknowledgement"
    answer = system.ask(place, "PUT", json={"version": 0}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert (
        app.test_client()
        .options(LIST, headers={"Origin": "https://evil.example"})
        .headers.get("Access-Control-Allow-Origin")
        is None
    )
    assert look_up(app, Acknowledgement) == []


# What is listed


def test_the_list_says_how_each_stands_and_opens_nothing(app, rows, system):
    listed = system.list()
    assert [one["id"] for one in listed["applications"]] == [row.id for row in rows]
    first = listed["applications"][0]
    assert (first["receipt"], first["procedure"], first["state"], first["outcome"]) == (
        rows[0].receipt,
        SLUG,
        "received",
        None,
    )
    assert first["sent_at"] == f"{rows[0].sent_at:%Y-%m-%dT%H:%M:%SZ}"
    assert listed["next"] is None
    assert look_up(app, Look) == []
    (entry,) = look_up(app, AuditEntry, AuditEntry.what == "applications-listed")
    assert (entry.account_id, entry.about, entry.why) == (system.id, OFFICE, "3")


def test_pages_follow_each_other_without_a_gap_or_a_repeat(app, system, rows):
    receive_some(app, [("山", "やま")] * 4)
    with open_session(app.extensions["engine"]) as session:
        for row in session.exec(select(Application)):
            row.changed_at = rows[0].changed_at  # all in the same moment: the id decides
    seen, cursor = [], {}
    while True:
        page = system.list(limit=3, **cursor)
        seen += [one["id"] for one in page["applications"]]
        if page["next"] is None:
            break
        cursor = {"changed_after": page["next"]}
    assert len(seen) == 7
    assert seen == sorted(set(seen))


def test_filters_choose_and_carry_the_layout_along(app, rows, system):
    move(app, rows[1].id, state="checking")
    move(app, rows[2].id, state="decided", outcome="accepted")
    both = system.list(state=["checking", "decided"], layout="shared.list")
    assert [one["id"] for one in both["applications"]] == [rows[1].id, rows[2].id]
    assert both["applications"][1]["outcome"] == "accepted"
    assert both["applications"][0]["href"] == f"{LIST}/{rows[1].id}?layout=shared.list"
    assert len(system.list(procedure=SLUG)["applications"]) == 3
    assert system.list(procedure="no-such-procedure")["applications"] == []


def test_what_changed_while_it_was_listed_is_seen_by_asking_from_resume(app, rows, system):
    move(app, rows[1].id)
    mirror = system.list(new=0)
    assert [one["id"] for one in mirror["applications"]] == [rows[0].id, rows[2].id, rows[1].id]
    again = system.list(new=0, changed_after=mirror["resume"])
    assert [one["id"] for one in again["applications"]] == [rows[1].id], "what has just changed comes twice"
    assert system.list(limit=1)["resume"] == system.list(limit=1)["next"], "behind what is old, and no further back"
    assert system.list(new=0, changed_after=rules_api.write_cursor(now()))["applications"] == []


@pytest.mark.parametrize(
    ("query", "name"),
    [("limit=0", "limit"), ("limit=501", "limit"), ("limit=%EF%BC%91", "limit"), ("state=gone", "state"), ("new=yes", "new"),
     ("changed_after=x", "changed_after"), ("layout=no.such", "layout"), ("procedure=../x", "procedure"), ("color=red", "color"),
     ("limit=1&limit=2", "limit")],
)  # fmt: skip
def test_what_cannot_be_meant_is_told_by_name(system, query, name):
    answer = system.ask(f"{LIST}?{query}")
    assert answer.status_code == 422
    assert [one["name"] for one in answer.json["errors"]] == [name]
    assert answer.json["errors"][0]["detail_ja"]


def test_a_system_learns_which_layouts_there_are(system):
    found = {one["procedure"]: one for one in system.ask("/api/v1/procedures").json["procedures"]}
    assert "dog-registration" in found
    layouts = {one["layout"]: one for one in found["dog-registration"]["layouts"]}
    assert next(iter(layouts)) == "dog-registration.register"
    assert {"name": "receipt", "heading": "受付番号"} in layouts["shared.all"]["columns"]
    assert all(one.startswith("dog") for one in found)


# What is opened


def test_an_application_comes_in_a_layout_and_the_resident_sees_by_which_system(app, rows, system):
    answer = system.ask(f"{LIST}/{rows[0].id}?layout=shared.all")
    assert answer.headers["ETag"] == '"0"'
    assert answer.json["fields"]["applicant.name.name"] == "山﨑 花子"
    assert answer.json["layout"] == "shared.all"
    (file,) = answer.json["files"]
    assert (file["name"], file["size"]) == ("写真 1.png", len(PICTURE))
    sent = system.ask(file["href"])
    assert sent.get_data() == PICTURE
    assert sent.headers["Content-Disposition"] == "attachment"
    assert "sandbox" in sent.headers["Content-Security-Policy"]
    looks = look_up(app, Look)
    assert {(one.account_id, one.section, one.what, one.why) for one in looks} == {
        (system.id, OFFICE, "exported", "export"), (system.id, OFFICE, "file", "export"),
    }  # fmt: skip
    logged = look_up(app, AuditEntry, AuditEntry.about == rows[0].id)
    assert [(one.account_id, one.what) for one in logged] == [
        (system.id, "application-exported"), (system.id, "application-file"),
    ]  # fmt: skip


def test_every_layout_is_written_as_in_exports(app, rows, system):
    listed = system.ask(f"{LIST}/{rows[0].id}?layout=shared.list").json
    assert list(listed["fields"]) == ["receipt", "procedure", "sent_on", "answer_by", "state", "outcome", "decided_on"]
    assert listed["fields"]["state"] == "届いた"
    assert system.ask(f"{LIST}/{rows[0].id}").json["layout"] == "shared.all"
    for query in ("layout=dog-registration.register", "layout=x", "limit=3"):
        assert system.ask(f"{LIST}/{rows[0].id}?{query}").status_code == 422
    assert len(look_up(app, Look)) == 2


def test_what_the_system_has_is_not_opened_again(app, rows, system):
    place = f"{LIST}/{rows[0].id}"
    tag = system.ask(place).headers["ETag"]
    same = system.ask(place, headers={"If-None-Match": tag})
    assert (same.status_code, same.headers["ETag"]) == (304, tag)
    assert len(look_up(app, Look)) == 1
    move(app, rows[0].id, state="checking")
    assert system.ask(place, headers={"If-None-Match": tag}).headers["ETag"] == '"1"'


def test_what_no_key_opens_is_told_and_is_no_look(app, rows, system):
    with open_session(app.extensions["engine"]) as session:
        session.get_one(Application, rows[0].id).wrapped_key = b"\x01" + bytes(40)
    assert system.ask(f"{LIST}/{rows[0].id}").status_code == 503
    assert look_up(app, Look) == []


# That it arrived


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
