"""Known weaknesses of what is used: asked of a service on this machine that answers as the real one does."""

import importlib.util
import json
import re
import shutil
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from webapp.config import ROOT

_spec = importlib.util.spec_from_file_location("advisories", ROOT / "scripts" / "advisories.py")
assert _spec
assert _spec.loader
advisories = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(advisories)

JINJA = {
    "id": "GHSA-462w-v97r-4m45", "aliases": ["CVE-2019-10906", "PYSEC-2019-217"], "summary": "Jinja2 sandbox escape",
    "affected": [{"package": {"name": "jinja2", "ecosystem": "PyPI"},
                  "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.10.1"}]}]}],
}  # fmt: skip
AXE = {"id": "GHSA-test-test-test",
       "affected": [{"package": {"name": "axe-core", "ecosystem": "npm"},
                     "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "99.0.0"}]}]}]}  # fmt: skip
KNOWN = {("jinja2", "2.10"): JINJA}


class Service(BaseHTTPRequestHandler):
    """Answers like OSV: what is known about one version of one package."""

    known = KNOWN
    asked: ClassVar[list[tuple[str, str]]] = []

    def do_POST(self) -> None:
        query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        pin = (query["package"]["name"], query["version"])
        self.asked.append(pin)
        body = json.dumps({"vulns": [self.known[pin]]} if pin in self.known else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def service(monkeypatch) -> Iterator[type[Service]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("ADVISORIES_URL", f"http://127.0.0.1:{server.server_port}/v1/query")
    Service.known, Service.asked = dict(KNOWN), []
    yield Service
    server.shutdown()
    server.server_close()


@pytest.fixture
def ward(tmp_path):
    """Return a folder with one pinned package that is known to be vulnerable, one that is not, and the vendored scripts."""
    for folder in advisories.VENDORED:
        (tmp_path / folder).mkdir(parents=True)
        shutil.copy(ROOT / folder / "SHA256SUMS", tmp_path / folder)
    (tmp_path / "requirements").mkdir()
    for lock in advisories.LOCKS:
        pins = [f"{name} \\\n    --hash=sha256:{'ab' * 32}\n" for name in ("jinja2==2.10", "markupsafe==3.0.2")]
        (tmp_path / lock).write_text("".join(pins))
    (tmp_path / advisories.PASSED_OVER).write_text("# nothing\n")
    return tmp_path


def pass_over(ward, line: str) -> None:
    (ward / advisories.PASSED_OVER).write_text(f"{line}\n")


def test_known_weaknesses_fail_and_are_named_with_the_versions_that_mend_them(service, ward, capsys):
    version = dict(advisories.list_scripts(ROOT))["axe-core"]
    service.known["axe-core", version] = AXE
    assert advisories.main(["--may-be-away"], ward) == advisories.FOUND
    said = capsys.readouterr().out
    assert re.search(r"jinja2 2\.10: .*GHSA-462w-v97r-4m45.*; mended in 2\.10\.1", said)
    assert f"axe-core {version}: GHSA-test-test-test; mended in 99.0.0" in said
    assert {("htmx.org", "4.0.1"), ("markupsafe", "3.0.2")} < set(service.asked)


def test_advisory_is_passed_over_by_any_of_its_names_until_its_day(ward, capsys):
    pass_over(ward, "CVE-2019-10906\t2026-12-31\twe draw no templates of strangers")
    passed = advisories.read_passed_over(ward / advisories.PASSED_OVER)
    found = [advisories.Advisory("jinja2", "2.10", ("GHSA-462w-v97r-4m45", "CVE-2019-10906"), ("2.10.1",))]
    assert advisories.tell(found, passed, date(2026, 12, 31)) == advisories.NONE
    assert "passed over until 2026-12-31" in capsys.readouterr().out
    assert advisories.tell(found, passed, date(2027, 1, 1)) == advisories.FOUND
    assert advisories.tell(found, {}, date(2026, 12, 31)) == advisories.FOUND


@pytest.mark.parametrize(
    "line", ["CVE-2019-10906", "CVE-2019-10906\t2999-12-31", "CVE-1\t2999-12-31\tno", "CVE-1\tsoon\twe think so"]
)
def test_nothing_is_passed_over_without_a_day_and_a_reason(ward, line, capsys, monkeypatch):
    pass_over(ward, line)
    monkeypatch.setenv("ADVISORIES_URL", "http://127.0.0.1:9/")
    assert advisories.main([], ward) == advisories.WRONG


def test_service_that_cannot_be_asked_is_said_plainly(ward, capsys, monkeypatch):
    monkeypatch.setenv("ADVISORIES_URL", "http://127.0.0.1:9/v1/query")
    assert advisories.main([], ward) == advisories.NOT_CHECKED
    monkeypatch.setattr(advisories, "ask_about_packages", lambda *_: ())  # the scripts are asked about all the same
    assert advisories.main(["--may-be-away"], ward) == advisories.NONE
    assert capsys.readouterr().out.count("NOT CHECKED") == 2


def test_lock_that_cannot_be_read_is_no_way_to_pass(service, ward, capsys):
    (ward / advisories.LOCKS[0]).write_text("jinja2>=2\n")
    assert advisories.main(["--may-be-away"], ward) == advisories.WRONG


def test_every_pin_and_script_of_ours_can_be_read():
    assert dict(advisories.list_scripts(ROOT)).keys() == {"htmx.org", "axe-core"}
    advisories.read_passed_over(ROOT / advisories.PASSED_OVER)
