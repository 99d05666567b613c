"""A real server of its own for the long tests: started, killed without warning, started again."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.cookiejar import Cookie, CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from webapp.config import ROOT


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Server:
    """`python -m webapp serve`, or `run` with the worker beside it, on a data folder of its own."""

    def __init__(self, data_dir: Path, verb: str = "serve", **env: str) -> None:
        self.verb, self.port = verb, free_port()
        self.env = {**os.environ, "DATA_DIR": str(data_dir), "PORT": str(self.port), "HOST": "127.0.0.1", **env}
        self.process: subprocess.Popen[bytes] | None = None
        subprocess.run([sys.executable, "-m", "webapp", "migrate"], env=self.env, cwd=ROOT, check=True)

    @property
    def base(self) -> str:
        """Return the address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it in a process group of its own and wait until it is ready."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "webapp", self.verb], env=self.env, cwd=ROOT, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.base}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server does not get ready")

    def kill(self) -> None:
        """Kill every process of it at once, as a power cut would."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leaves redirects to the caller."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Follow nothing."""


class Page:
    """One answer."""

    def __init__(self, answer: Any) -> None:
        self.status_code = answer.status
        self.headers: Mapping[str, str] = answer.headers
        self.text = answer.read().decode("utf-8", "replace")


class Browser:
    """A browser with cookies for the autopilot, over real sockets."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), NoRedirect())

    def carry(self, name: str, value: str) -> None:
        """Put a cookie into the jar, as if the server had sent it."""
        jar = Cookie(
            0, name, value, None, False, "127.0.0.1", False, False, "/", True, False, None, False, None, None, {}
        )  # fmt: skip
        self.jar.set_cookie(jar)

    def get(self, path: str) -> Page:
        """Fetch a page."""
        return self._open(urllib.request.Request(self.server.base + path))

    def post(self, path: str, data: Mapping[str, Any]) -> Page:
        """Send a form."""
        body = urlencode(data, doseq=True, errors="surrogatepass").encode()
        return self._open(urllib.request.Request(self.server.base + path, body))

    def _open(self, request: urllib.request.Request) -> Page:
        """Send one request; refusals are answers too."""
        try:
            with self.opener.open(request, timeout=20) as answer:
                return Page(answer)
        except urllib.error.HTTPError as error:
            with error:
                return Page(error)
