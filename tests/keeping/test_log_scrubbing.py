"""Whatever stands in an address (tokens of invitations and of the counter, numbers, what was searched for), no log has it."""

import json
import logging
import re

import pytest

from webapp.kit.logs import JsonLines, log

TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
ADDRESSES = (
    f"/ja/staff/welcome/{TOKEN}", f"/ja/staff/counter/{TOKEN}", f"/ja/staff/counter/?code={TOKEN}",
    f"/ja/staff/inbox/?find={TOKEN}", f"/ja/staff/inbox/{TOKEN[:24]}/", f"/ja/drafts/{TOKEN[:24]}/",
    f"/ja/notices/stop/{TOKEN}", f"/ja/slip#{TOKEN}", f"/ja/{TOKEN}", f"/{TOKEN}",
)  # fmt: skip


@pytest.fixture
def lines(caplog):
    """Yield what the service writes into its log, as it writes it."""
    log.addHandler(caplog.handler)
    caplog.handler.setFormatter(JsonLines())
    caplog.set_level(logging.DEBUG)
    yield caplog
    log.removeHandler(caplog.handler)


def fill_in(rule) -> str:
    """Return an address of a route with a secret in every open part; where only some words or numbers fit, one of those."""
    return re.sub(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>", fill_part, rule.rule)


def fill_part(found) -> str:
    """Return what to put into one open part of an address."""
    kind, words, name = found.groups()
    if name in ("voice", "space"):
        return {"voice": "ja", "space": "drafts"}[name]
    return {"any": (words or "").split(",")[0].strip(" '\""), "int": "1234567890"}.get(kind, TOKEN)


def test_no_address_and_no_form_reaches_the_log(app, lines):
    """Every route there is, with a secret in every open part of its address, in its query and in what is sent."""
    client = app.test_client()
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static_file"]
    for rule in rules:
        address = fill_in(rule)
        if "GET" in rule.methods:
            client.get(address, query_string={"token": TOKEN, "find": TOKEN})
        if "POST" in rule.methods:
            client.post(address, data={"csrf": TOKEN, "code": TOKEN, "password": TOKEN, "name": TOKEN})
    for address in ADDRESSES:
        client.get(address)
        client.post(address, data={"code": TOKEN})
    own = [record for record in lines.records if record.name == log.name]
    written = "\n".join(JsonLines().format(record) for record in own)
    assert len(own) > len(rules)
    assert TOKEN not in written
    assert TOKEN[:24] not in written
    assert "1234567890" not in written
    asked = [json.loads(JsonLines().format(one)) for one in own if one.getMessage() == "request"]
    known = {rule.rule for rule in app.url_map.iter_rules()} | {"none"}
    assert {one["route"] for one in asked} <= known


def test_a_failure_is_logged_without_its_words(app, lines):
    def fail():
        """Fail with an answer in its words."""
        raise RuntimeError(f"the answer was {TOKEN}")

    app.before_request_funcs.setdefault(None, []).append(fail)
    answer = app.test_client().get("/ja/")
    assert answer.status_code == 500
    assert TOKEN not in answer.text
    failures = [JsonLines().format(one) for one in lines.records if one.getMessage() == "failure"]
    assert len(failures) == 1
    assert "RuntimeError" in failures[0]
    assert TOKEN not in failures[0]
