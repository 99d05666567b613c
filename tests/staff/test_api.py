"""The API for sections' own systems: what it lists and opens, for whom, and what is written down."""

import re

import pytest
from openapi_spec_validator import validate
from sqlmodel import select

from tests.staff.systems import (
    DESCRIPTION,
    LIST,
    OFFICE,
    PICTURE,
    SLUG,
    check_answer,
    look_up,
    move,
    receive_some,
    to_template,
)
from webapp.accounts.rules_tokens import MOST_A_MINUTE, new_token
from webapp.accounts.tables import ApiToken, AuditEntry, SignInTry
from webapp.applications.tables import Acknowledgement, Application, Look
from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.staff import rules_api
from webapp.staff.door_api import PROBLEMS

UNKNOWN = "0" * 24


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
