"""The virus scanner: a clamd of our own on a real socket, that finds, is full, hangs, lies, or is not there at all."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from webapp.config import SettingError, load_settings
from webapp.facts import service_scanner
from webapp.facts.rules_messages import MESSAGES
from webapp.facts.service_scanner import CLEAN, FOUND, NOT_SCANNED, scan

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """Takes files as clamd does (zINSTREAM, lengths before the parts, an empty part at the end) and answers as it is told."""

    def __init__(self, server: socket.socket) -> None:
        self.server, self.seen, self.say = server, [], None
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self.server.accept()
            except OSError:
                return
            with line:
                self._answer(line)

    def _answer(self, line: socket.socket) -> None:
        file = line.makefile("rb")
        assert file.read(10) == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(file.read(4), "big"):
            content += file.read(size)
        self.seen.append(content)
        line.sendall(self.say if self.say is not None else self._judge(content))

    @staticmethod
    def _judge(content: bytes) -> bytes:
        return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[tuple[Clamd, str]]:
    place = str(tmp_path / "clamd.sock")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(place)
        server.listen()
        yield Clamd(server), place


def test_clean_file_passes_and_arrives_whole_in_parts(clamd):
    daemon, place = clamd
    content = bytes(range(256)) * 1000
    assert scan(content, place) == CLEAN
    assert daemon.seen == [content]
    assert scan(b"", place) == CLEAN


def test_virus_is_found(clamd):
    assert scan(b"before" + EICAR, clamd[1]) == FOUND


def test_scanner_on_another_port_is_asked_as_well():
    with socket.create_server(("127.0.0.1", 0)) as server:
        Clamd(server)
        assert scan(EICAR, f"127.0.0.1:{server.getsockname()[1]}") == FOUND


@pytest.mark.parametrize(
    "said",
    [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK FOUND ERROR\0", b"\xff\xfe\0", b"stream: OKAY\0"],
)
def test_whatever_is_no_plain_yes_is_a_no(clamd, said):
    daemon, place = clamd
    daemon.say = said
    assert scan(b"content", place) == NOT_SCANNED


def test_scanner_that_is_away_or_hangs_lets_nothing_through(tmp_path, monkeypatch):
    assert scan(b"content", str(tmp_path / "nobody.sock")) == NOT_SCANNED
    monkeypatch.setattr(service_scanner, "MOST_WAIT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:  # takes the call and never answers
        begun = time.perf_counter()
        assert scan(b"content", f"127.0.0.1:{server.getsockname()[1]}") == NOT_SCANNED
        assert time.perf_counter() - begun < 2


def test_nothing_is_scanned_where_the_ward_has_no_scanner():
    assert scan(EICAR, None) == CLEAN


@pytest.mark.parametrize("place", ["clamd", "localhost:", "localhost:port", "scanner.example:3310"])
def test_place_that_is_none_stops_the_start(tmp_path, place):
    with pytest.raises(SettingError, match="CLAMD"):
        load_settings({"DATA_DIR": str(tmp_path), "CLAMD": place})


def test_page_refuses_kindly_and_keeps_nothing(clamd, settings, sqlite_engine, make_page: Callable):
    daemon, place = clamd
    page = make_page(place)
    daemon.say = b"stream: Eicar-Test-Signature FOUND\0"
    answer = page("virus.png")
    assert answer.status_code == 422
    assert MESSAGES["file-virus"] % {"name": "virus.png"} in answer.text
    daemon.server.close()
    Path(place).unlink()
    answer = page("later.png")
    assert answer.status_code == 422
    assert MESSAGES["file-not-scanned"] % {"name": "later.png"} in answer.text
    assert not list((settings.data_dir / "uploads").glob("*"))


@pytest.fixture
def make_page(settings, sqlite_engine):
    """Return how to give a picture on a page of questions, of a ward with a scanner."""
    import io
    from dataclasses import replace

    from tests.autopilot import Autopilot, read_form
    from tests.drafts.test_journeys import DICTIONARY, go_to_file, make_picture
    from webapp.app import create_app
    from webapp.kit.clock import today

    def make(place: str):
        client = create_app(replace(settings, clamd=place), sqlite_engine).test_client()
        where, fact = go_to_file(Autopilot(client, DICTIONARY, today()), client, "road-damage-report")
        hidden = dict(read_form(client.get(where).text).hidden)
        return lambda name: client.post(
            where, data=hidden | {fact: (io.BytesIO(make_picture()), name), "then": f"file:{fact}"}
        )

    return make
