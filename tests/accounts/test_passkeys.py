"""Passkeys: made in the middle of signing in or later, used, named, removed; answers that prove nothing."""

import json
from datetime import datetime, timedelta, timezone

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.accounts.authenticator import Device, encode
from tests.accounts.helping import come_by_link, make, make_csrf, sign_in
from tests.accounts.test_sign_in import ACCOUNT, rows, try_in
from webapp.accounts.tables import AuditEntry, Passkey, SignIn
from webapp.kit.clock import now

START = datetime(2026, 11, 27, 1, 0, tzinfo=timezone.utc)
FACTOR = "/ja/staff/factor"


def ask(client, what):
    """Return what the page's script gets."""
    answer = client.post(f"{FACTOR}/challenge", data={"csrf": make_csrf(client), "what": what})
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json


def send(client, path, answer, **more):
    """Send a form with a device's answer."""
    return client.post(path, data={"csrf": make_csrf(client), "answer": answer, **more})


def add(client, device, name="仕事のパソコン"):
    """Add a passkey."""
    return send(client, f"{FACTOR}/keys", device.make(ask(client, "new")), key_name=name)


def go_halfway(client, app, device):
    """Have somebody with one passkey be signed in by password only."""
    come_by_link(app, make(app, ("reception",), "kakari"))
    try_in(client, "kakari")
    add(client, device)
    other = app.test_client()
    try_in(other, "kakari")
    return other


def test_passkey_is_made_in_the_middle_of_signing_in_and_signs_in_afterwards(client, app):
    come_by_link(app, make(app, ("reception",), "kakari"))
    device = Device()
    assert try_in(client, "kakari").location == FACTOR
    assert "data-passkey" in client.get(FACTOR).text
    options = ask(client, "new")
    assert (options["rp"]["id"], options["user"]["name"]) == ("localhost", "kakari")
    assert add(client, device).location == "/ja/staff/"
    assert "仕事のパソコン" in client.get(ACCOUNT).text
    other = app.test_client()
    assert try_in(other, "kakari").location == FACTOR
    page = other.get(FACTOR)
    assert 'id="code"' not in page.text
    assert 'data-passkey="proof"' in page.text
    assert send(other, FACTOR, device.prove(ask(other, "proof"))).location == "/ja/staff/"
    assert rows(app, Passkey)[0].used_at
    assert [one.what for one in rows(app, AuditEntry)][2:] == [
        "password-taken", "passkey-added", "signed-in", "password-taken", "signed-in",
    ]  # fmt: skip


@pytest.mark.parametrize("fault", [
    "other device", "other origin", "other host", "other challenge", "used challenge", "no challenge", "registration",
    "other signature", "nothing",
])  # fmt: skip
def test_answer_that_proves_nothing_is_refused(client, app, fault):
    device = Device()
    other = go_halfway(client, app, device)
    options = ask(other, "proof") if fault != "no challenge" else {"challenge": encode(b"x" * 64)}
    if fault == "other device":
        device = Device()
    if fault == "other origin":
        device.origin = "https://evil.example"
    if fault == "other host":
        device.host = "evil.example"
    if fault == "other challenge":
        options = {"challenge": encode(b"x" * 64)}
    answer = device.make(options) if fault == "registration" else device.prove(options)
    if fault == "other signature":
        answer = json.dumps({**json.loads(answer), "response": {**json.loads(answer)["response"], "signature": "AAAA"}})
    if fault == "used challenge":
        send(other, FACTOR, "{}")
    refused = send(other, FACTOR, "{}" if fault == "nothing" else answer)
    assert refused.status_code == 422
    assert other.get(ACCOUNT).location.startswith(FACTOR)


def test_passkey_of_somebody_else_proves_nothing(client, app):
    mine, theirs = Device(), Device()
    other = go_halfway(client, app, mine)
    third = app.test_client()
    come_by_link(app, make(app, ("reception",), "third"))
    try_in(third, "third")
    add(third, theirs)
    assert send(other, FACTOR, theirs.prove(ask(other, "proof"))).status_code == 422
    assert add(third, mine).status_code == 422, "a passkey belongs to one person"
    assert len(rows(app, Passkey)) == 2


def test_device_whose_counter_goes_back_was_copied(client, app):
    device = Device()
    other = go_halfway(client, app, device)
    device.count = 10
    assert send(other, FACTOR, device.prove(ask(other, "proof"))).status_code == 303
    device.count, third = 5, app.test_client()
    try_in(third, "kakari")
    assert send(third, FACTOR, device.prove(ask(third, "proof"))).status_code == 422


def test_passkeys_are_added_named_and_removed_after_proof(client, app):
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, app, ("reception",), "kakari")
        add(client, Device())
        page = client.get(ACCOUNT)
        key = page.text.split('name="key" value="')[1][:16]
        data = {"csrf": make_csrf(client), "key": key, "key_name": "<b>鍵" + "x" * 60}
        assert client.post(f"{FACTOR}/keys/name", data=data).location == f"{ACCOUNT}?done=named"
        assert "&lt;b&gt;鍵" in client.get(ACCOUNT).text
        clock.shift(timedelta(minutes=11))
        for path in ("keys/remove", "keys/name", "keys", "remove", "setup"):
            late = client.post(f"{FACTOR}/{path}", data=data)
            assert (late.status_code, 'id="code"' in late.text) == (403, True), path
        assert client.post(f"{FACTOR}/challenge", data={**data, "what": "new"}).status_code == 403
        clock.shift(timedelta(minutes=-11))
        assert client.post(f"{FACTOR}/keys/remove", data=data).location == f"{ACCOUNT}?done=removed"
    assert rows(app, Passkey) == []


def test_nobody_names_or_removes_what_is_not_theirs(client, app):
    go_halfway(client, app, Device())
    key = client.get(ACCOUNT).text.split('name="key" value="')[1][:16]
    other = app.test_client()
    sign_in(other, app, ("reception",), "other")
    data = {"csrf": make_csrf(other), "key": key, "key_name": "mine"}
    other.post(f"{FACTOR}/keys/name", data=data)
    other.post(f"{FACTOR}/keys/remove", data=data)
    assert [one.name for one in rows(app, Passkey)] == ["仕事のパソコン"]


def test_the_only_passkey_of_somebody_who_needs_it_stays(client, app):
    go_halfway(client, app, Device())
    key = client.get(ACCOUNT).text.split('name="key" value="')[1][:16]
    assert client.post(f"{FACTOR}/keys/remove", data={"csrf": make_csrf(client), "key": key}).status_code == 422
    assert len(rows(app, Passkey)) == 1


def test_wrong_answers_wait_like_wrong_codes(client, app):
    other = go_halfway(client, app, Device())
    answers = [send(other, FACTOR, "{}").status_code for _ in range(5)]
    assert answers == [422, 422, 422, 422, 429]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "attestationObject", "whole"]),
       junk=st.one_of(st.text(max_size=30), st.none(), st.integers(), st.binary(max_size=60).map(encode), st.just([]), st.just({})))  # fmt: skip
def test_broken_answers_of_a_new_passkey_are_refused_not_failures(client, app, part, junk):
    if client.get_cookie("staff") is None:
        come_by_link(app, make(app, ("reception",), "kakari"))
        try_in(client, "kakari")
    answer = json.loads(Device().make(ask(client, "new")))
    if part in answer:
        answer[part] = junk
    elif part != "whole":
        answer["response"][part] = junk
    words = json.dumps(junk if part == "whole" else answer)
    refused = send(client, f"{FACTOR}/keys", words)
    assert refused.status_code == 422
    assert rows(app, Passkey) == []
    assert rows(app, SignIn)[0].seen_at <= now()
