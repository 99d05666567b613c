"""What is refused before any view sees it, and that refusals say nothing of what was sent."""

import socket

import pytest

from tests.autopilot import Autopilot, read_form
from tests.drafts.test_journeys import DICTIONARY
from tests.soak.server import Server
from webapp.kit.clock import today
from webapp.kit.safety import MOST_FORM_BYTES, safe_path


@pytest.mark.parametrize("host", ["evil.example/path", "a b", "x" * 300, "<script>", "name:notaport", ""])
def test_host_that_is_no_host_is_refused(client, host):
    answer = client.get("/ja/", headers={"Host": host}, base_url=None)
    assert answer.status_code in (200, 400)
    assert host == "" or answer.status_code == 400
    assert "<script>" not in answer.text


def test_corrected_address_leads_to_a_path_and_never_to_another_host(client):
    answer = client.get("/ja", headers={"Host": "evil.example"})
    assert answer.status_code in (301, 302, 303, 307, 308, 404)
    assert "evil.example" not in answer.headers.get("Location", "")


def test_large_plain_form_is_refused_with_a_page(client):
    answer = client.post("/ja/slip", data={"number": "x" * (MOST_FORM_BYTES + 1)})
    assert answer.status_code == 413
    assert "<h1" in answer.text


def start(client) -> tuple[str, dict[str, str]]:
    """Begin a draft and return its first page with the hidden fields."""
    pilot = Autopilot(client, DICTIONARY, today())
    where = pilot.follow(pilot.start("dog-registration"))
    return where, dict(read_form(client.get(where).text).hidden)


def test_older_browser_that_says_null_is_known_by_its_cookie(client, app):
    where, hidden = start(client)
    assert client.post(where, data=hidden | {"then": "save"}, headers={"Origin": "null"}).status_code == 303
    stranger = app.test_client()
    assert stranger.post("/ja/slip", data={}, headers={"Origin": "null"}).status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost.evil.example", "https://localhost:444"])
def test_form_of_another_origin_is_refused(client, origin):
    where, hidden = start(client)
    assert client.post(where, data=hidden | {"then": "save"}, headers={"Origin": origin}).status_code == 403


def test_form_of_our_own_origin_is_taken_over_http_and_https(client):
    where, hidden = start(client)
    for origin in ("http://localhost", "https://localhost"):
        assert client.post(where, data=hidden | {"then": "save"}, headers={"Origin": origin}).status_code == 303


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "", None, "/a b", "/x\n"]
)
def test_path_that_could_lead_away_becomes_the_front_page(path):
    assert safe_path(path) == "/"


def ask(server: Server, request: bytes) -> bytes:
    """Send raw bytes to a server and return what it answers."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as one:
        one.sendall(request)
        one.settimeout(10)
        found = b""
        while chunk := one.recv(65536):
            found += chunk
    return found


def test_request_that_cannot_be_read_is_answered_without_a_word_of_it(tmp_path):
    server = Server(tmp_path / "data")
    try:
        server.start()
        for request in (
            b"GET /" + b"secret" * 2000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Secret: " + b"secret" * 3000 + b"\r\n\r\n",
            b"BAD SECRET REQUEST\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: secret\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 11\r\n\r\nGET /secret",
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /secret",
        ):
            answer = ask(server, request)
            head = answer.split(b"\r\n\r\n")[0].lower()
            assert answer.split()[1] in (b"400", b"414", b"431", b"501"), answer[:80]
            assert b"secret" not in answer.lower()
            assert b"content-security-policy" in head
            assert b"server:" not in head
    finally:
        server.kill()


@pytest.mark.parametrize(
    "path", ["/ja/%00", "/ja/%01x", "/ja/%EF%BF%BE", "/ja/%C2%85a", "/ja/%E2%80%AEabc", "/ja/staff/inbox/%00/"]
)
def test_control_signs_in_an_address_are_no_part_of_the_page(client, path):
    """`client` checks the page, which may hold none of them; links to other voices still lead to the same address."""
    answer = client.get(path)
    assert answer.status_code in (303, 404)
    assert not set(answer.text) & {"\0", "\x01", "\x85", "\ufffe", "\u202e"}
    if answer.status_code == 404:
        assert f'href="{path.replace("/ja/", "/en/")}"' in answer.text
