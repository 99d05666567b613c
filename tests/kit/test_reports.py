"""Reports of browsers about a broken content policy: one line without addresses, never a flood."""

import json
import logging

import pytest

from webapp.kit.reports import MOST_AN_HOUR
from webapp.kit.safety import CONTENT_SECURITY_POLICY, REPORTS

REPORT = {"csp-report": {"document-uri": "https://ward.example/ja/slip/0123456789abcdef0123456789abcdef", "blocked-uri": "inline",
                         "effective-directive": "script-src-elem", "script-sample": "alert(1)"}}  # fmt: skip


def send(client, report):
    return client.post(REPORTS, data=report if isinstance(report, bytes) else json.dumps(report),
                       content_type="application/csp-report", headers={"Sec-Fetch-Site": "same-origin"})  # fmt: skip


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.WARNING, "madoguchi")
    logging.getLogger("madoguchi").propagate = True
    yield lambda: [one for one in caplog.records if "content policy" in one.getMessage()]
    logging.getLogger("madoguchi").propagate = False


def test_policy_names_the_address_and_a_report_is_a_line_without_secrets(app, lines):
    assert CONTENT_SECURITY_POLICY.endswith(f"report-uri {REPORTS}")
    assert send(app.test_client(), REPORT).status_code == 204
    (line,) = lines()
    assert line.facts == {"rule": "script-src-elem", "route": "/<voice>/slip/<token>", "from": "inline"}


@pytest.mark.parametrize("report", [
    b"", b"[]", b"null", b'{"csp-report": 1}', b"\xff\x00", b"[" * 15_000, b"x" * 30_000, {"csp-report": {}},
    {"csp-report": {"effective-directive": "x\ny"}}, {"csp-report": {"effective-directive": ["img-src"]}},
])  # fmt: skip
def test_what_is_no_report_is_no_line_and_no_failure(app, lines, report):
    assert send(app.test_client(), report).status_code == 204
    assert lines() == []


def test_odd_addresses_and_floods_do_no_harm(app, lines):
    client = app.test_client()
    for page in ("http://[", "/ja/\x00", "https://ward.example/nowhere", 7):
        report = {"csp-report": {"effective-directive": "img-src", "document-uri": page, "blocked-uri": "https://[bad"}}
        assert send(client, report).status_code == 204
    assert {(one.facts["route"], one.facts["from"]) for one in lines()} == {("none", "other")}
    for _ in range(MOST_AN_HOUR):
        send(client, REPORT)
    assert len(lines()) <= MOST_AN_HOUR / 2 + 1


def test_other_sites_report_nothing(app, lines):
    answer = app.test_client().post(REPORTS, data=json.dumps(REPORT), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert lines() == []
