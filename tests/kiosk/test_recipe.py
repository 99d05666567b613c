"""The recipe's programs without a browser: settings, what ends a sitting, paper, the installer."""

import http.client
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from webapp.config import ROOT

RECIPE = ROOT / "deploy" / "kiosk"
sys.path.insert(0, str(RECIPE))
import kiosk_door  # noqa: E402  # the recipe is no package: it is copied to machines as it stands
import kiosk_system  # noqa: E402  # as above

PROGRAM = importlib.util.spec_from_file_location("madoguchi_kiosk", RECIPE / "madoguchi-kiosk.py")

ANSWERS = "https://madoguchi.example.jp\n123456\n"


@pytest.fixture
def ward():
    """Yield the address of a service that answers that it is there."""

    class Ward(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Ward)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def kiosk(ward):
    """Yield a machine whose door is open, and that notes when it is asked to end a sitting."""
    ended = []
    one = SimpleNamespace(
        settings={"WARD": ward, "VOICE": "ja", "PORT": ""}, key="k" * 64, start_token="begin", done_token="over",
        showed_ward=False, ended=ended, ask_end=lambda: ended.append(1),
    )  # fmt: skip
    server = ThreadingHTTPServer(("127.0.0.1", 0), kiosk_door.make_door(one))
    one.settings["PORT"] = str(server.server_port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield one
    server.shutdown()
    server.server_close()


def ask(kiosk, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """Ask the door for an address."""
    connection = http.client.HTTPConnection("127.0.0.1", int(kiosk.settings["PORT"]), timeout=10)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    found = (answer.status, dict(answer.getheaders()), answer.read().decode())
    connection.close()
    return found


def test_start_leads_to_the_ward_once_and_gives_the_word_that_ends(kiosk):
    status, headers, _ = ask(kiosk, "/begin/start")
    assert status == 303
    assert headers["Location"] == f"{kiosk.settings['WARD']}/ja/kiosk/wake/{kiosk.key}?restart={kiosk.settings['PORT']}"
    assert headers["Set-Cookie"] == "done=over; HttpOnly; SameSite=Lax; Path=/done"
    assert ask(kiosk, "/begin/start")[0] == 404


def test_start_says_so_while_the_ward_is_away(kiosk):
    kiosk.settings["WARD"] = "http://127.0.0.1:1"
    status, _, page = ask(kiosk, "/begin/start")
    assert status == 200
    assert 'http-equiv="refresh"' in page
    assert 'lang="en"' in page
    assert kiosk.start_token == "begin"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/done", {}),
        ("/done", {"Cookie": "done=guess"}),
        ("/guess/done", {}),
        ("/done", {"Cookie": "done=over", "Sec_Fetch_Mode": "no-cors"}),
        ("/over/done", {"Host": "evil.example"}),
        ("/", {}),
    ],
)
def test_others_cannot_end_a_sitting(kiosk, path, headers):
    assert ask(kiosk, path, **headers)[0] in (403, 404)
    assert kiosk.ended == []


def test_own_browser_ends_its_sitting(kiosk):
    assert ask(kiosk, "/done", Cookie="done=over", Sec_Fetch_Mode="navigate")[0] == 200
    assert ask(kiosk, "/over/done")[0] == 200
    end = time.monotonic() + 10
    while len(kiosk.ended) < 2 and time.monotonic() < end:
        time.sleep(0.01)  # the sitting ends once the answer has gone out
    assert kiosk.ended == [1, 1]


def watch(*looks: tuple[float, bool, float | None], began: float = 0) -> list[str]:
    """Return what a supervisor of ordinary patience makes of one look after the other: when, is the service there, when heard."""
    module = importlib.util.module_from_spec(PROGRAM)
    PROGRAM.loader.exec_module(module)
    one = module.Watch(float(module.DEFAULTS["AWAY_SECONDS"]), float(module.DEFAULTS["SILENT_SECONDS"]))
    return [one.judge(moment, is_up, heard, began) for moment, is_up, heard in looks]


def test_screen_without_a_page_of_ours_is_thrown_away():
    assert watch((100, True, 5), (200, True, 105), (220, True, 125))[-1] == "no page of the service is shown"
    assert watch((100, True, 5), (220, True, 30), (400, True, 119)) == ["", "", ""]
    assert watch((100, True, None), (900, True, None)) == ["", ""], "an older service, or a machine that was closed"
    assert watch((100, True, 500), (115, True, 500), began=90) == ["", ""], "a new browser has not been heard yet"


def test_network_that_is_away_for_minutes_ends_nobody():
    gone = [(float(second), False, None) for second in range(0, 890, 15)]
    assert set(watch((-90, True, 1), *gone, (890, True, 890), (895, True, 4))) == {""}
    assert watch(*gone, (905, False, None))[-1] == "the service does not answer"


def test_machine_says_its_key_in_no_address():
    class Ward(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append((self.path, self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"seconds": 7}')

        def log_message(self, *_):
            pass

    asked: list[tuple[str, str]] = []
    server = HTTPServer(("127.0.0.1", 0), Ward)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/ja/kiosk/heard"
    assert kiosk_system.ask_heard(address, "k" * 64) == 7
    server.shutdown()
    server.server_close()
    assert asked == [("/ja/kiosk/heard", "key=" + "k" * 64)]
    assert kiosk_system.ask_heard(address, "k" * 64) is None


def put_program(folder: Path, name: str, script: str) -> None:
    """Put a small program where programs are found."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_former_residents_paper_is_taken_back_but_not_the_next_ones(tmp_path, monkeypatch):
    put_program(tmp_path, "lpstat", f"cat {tmp_path}/jobs")
    put_program(tmp_path, "cancel", f'echo "$@" >> {tmp_path}/cancelled')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    (tmp_path / "jobs").write_text("slip-7 kiosk 1024 today\nslip-8 kiosk 1024 today\n")
    assert kiosk_system.list_jobs() == ["slip-7", "slip-8"]
    kiosk_system.drop_jobs(["slip-7"], 0)
    assert (tmp_path / "cancelled").read_text() == "-x slip-7\n"


def test_volume_is_set_by_the_first_sound_system_that_works(tmp_path, monkeypatch):
    put_program(tmp_path, "wpctl", "exit 1")
    put_program(tmp_path, "amixer", f'echo "$@" > {tmp_path}/set')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    if shutil.which("pactl") is None:
        kiosk_system.reset_volume("40")
        assert (tmp_path / "set").read_text() == "-q sset Master 40% unmute\n"


def test_memory_is_told_from_disk():
    assert kiosk_system.is_in_memory(Path("/dev/shm"))
    assert not kiosk_system.is_in_memory(Path("/proc"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("WARD=http://madoguchi.example.jp", "https"),
        ("WARD=https://madoguchi.example.jp/ja", "address"),
        ("COLOUR=red", "no setting"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_words(tmp_path, line, said):
    (tmp_path / "kiosk.conf").write_text(line + "\n")
    (tmp_path / "key").write_text("k")
    command = [sys.executable, str(RECIPE / "madoguchi-kiosk.py"), "--settings", str(tmp_path / "kiosk.conf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert said in done.stderr


def test_profiles_on_a_disk_are_refused(tmp_path):
    if kiosk_system.is_in_memory(tmp_path):
        pytest.skip("the folder for tests lies in memory here")
    (tmp_path / "kiosk.conf").write_text(f"WARD=https://madoguchi.example.jp\nFOLDER={tmp_path}\n")
    (tmp_path / "key").write_text("k")
    command = [sys.executable, str(RECIPE / "madoguchi-kiosk.py"), "--settings", str(tmp_path / "kiosk.conf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "not in memory" in done.stderr


def install(*arguments: str, root: Path | None = None, answers: str = ANSWERS) -> subprocess.CompletedProcess[str]:
    """Run the installer."""
    env = {**os.environ, **({"KIOSK_ROOT": str(root)} if root else {})}
    command = ["bash", str(RECIPE / "install.sh"), *arguments]
    return subprocess.run(command, input=answers, capture_output=True, text=True, env=env, check=False)


def test_installer_says_what_it_would_do_and_does_nothing(tmp_path):
    done = install("--dry-run", root=tmp_path)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []
    assert "123456" not in done.stdout + done.stderr
    for name in ("madoguchi.json", "madoguchi-kiosk.service", "run-madoguchi.mount", "kiosk.conf"):
        assert name in done.stdout


def test_installer_writes_once_and_fills_everything_in(tmp_path):
    answers = "https://madoguchi.example.jp\n\n"
    commands = tmp_path / "bin"
    commands.mkdir()
    for name in ("useradd", "usermod"):
        put_program(commands, name, "exit 0")
    root = tmp_path / "root"
    env = {**os.environ, "KIOSK_ROOT": str(root), "PATH": f"{commands}:{os.environ['PATH']}"}
    command = ["bash", str(RECIPE / "install.sh")]
    first, second = (
        subprocess.run(command, input=answers, capture_output=True, text=True, env=env, check=False) for _ in range(2)
    )
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert "wrote:" in first.stdout
    assert "wrote:" not in second.stdout
    texts = [one.read_text() for one in root.rglob("*") if one.is_file() and one.suffix != ".py"]
    assert len(texts) >= 6
    assert not [text for text in texts if re.search(r"@(ORIGIN|PORT|UID|GID)@", text)]
    policies = json.loads((root / "etc/chromium/policies/managed/madoguchi.json").read_text())
    assert policies["URLAllowlist"] == ["https://madoguchi.example.jp", "http://127.0.0.1:8790"]
    assert policies["URLBlocklist"][0] == "*"


def test_installer_refuses_an_address_that_others_can_read_along(tmp_path):
    done = install("--dry-run", root=tmp_path, answers="http://madoguchi.example.jp\n\n")
    assert done.returncode == 1
    assert "https://" in done.stderr


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_installer_is_clean():
    done = subprocess.run(["shellcheck", str(RECIPE / "install.sh")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
