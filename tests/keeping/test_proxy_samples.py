"""What a ward copies into its proxy may close nothing that our own pages and machines ask."""

import re
import threading
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from webapp.config import ROOT

KIOSK = ROOT / "deploy" / "kiosk"
SAMPLES = sorted((ROOT / "docs" / "samples").iterdir())
IN_SCRIPTS = re.compile(r"""["'`](/[a-z][\w./-]*)""")
IN_KIOSKS = re.compile(r"""\{ward\}(/[^"'\s?]+)""")


def needed_paths() -> set[str]:
    """Return every address that is written out in a script of the pages or in a kiosk's programs."""
    scripts = (one.read_text(encoding="utf-8") for one in (ROOT / "static" / "js").glob("*.js"))
    kiosks = (one.read_text(encoding="utf-8") for one in KIOSK.glob("*.py"))
    found = {path for text in scripts for path in IN_SCRIPTS.findall(text)}
    return found | {re.sub(r"\{[^}]*\}", "ja", path) for text in kiosks for path in IN_KIOSKS.findall(text)}


def named_patterns(text: str) -> list[str]:
    """Return the address patterns that a sample speaks of outside its comments, as Caddy, nginx and Apache write them."""
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    return [word for words in lines for word in words if word.startswith("/")]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.name)
def test_no_sample_closes_what_scripts_and_kiosks_ask(sample, app):
    needed = needed_paths()
    assert {"/healthz", "/ja/kiosk/pair"} <= needed
    pages = {
        re.sub(r"<[^>]+>", "ja", rule.rule) for rule in app.url_map.iter_rules() if rule.rule.startswith("/<voice>")
    }
    patterns = named_patterns(sample.read_text(encoding="utf-8"))
    assert [(one, path) for one in patterns for path in sorted(needed | pages) if fnmatch(path, one)] == []


@pytest.mark.parametrize(("status", "there"), [(200, True), (404, True), (403, True), (502, False), (503, False)])
def test_kiosk_begins_where_a_proxy_refuses_that_one_address_only(status, there, monkeypatch):
    monkeypatch.syspath_prepend(str(KIOSK))
    from kiosk_system import is_there

    class Proxy(BaseHTTPRequestHandler):
        """Answers everything alike."""

        def do_GET(self) -> None:
            """Answer."""
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert is_there(f"http://127.0.0.1:{server.server_port}") is there
