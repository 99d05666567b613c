"""A small push service that real Firefox connects to: websocket (RFC 6455) on one side, Web Push on the other."""

import base64
import hashlib
import json
import secrets
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any, BinaryIO

from tests.notifications.push_service import Listening, Quiet, check_pass, to_base64url
from webapp.kit.clock import now

MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Line:
    """One websocket."""

    def __init__(self, sock: socket.socket, file: BinaryIO) -> None:
        self.sock, self.file, self.lock = sock, file, threading.Lock()

    def say(self, content: object, kind: int = TEXT) -> None:
        """Send one unmasked frame, as servers do."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        head = bytes([0x80 | kind])
        head += bytes([len(body)]) if len(body) < 126 else struct.pack("!BH", 126, len(body))
        with self.lock:
            self.sock.sendall(head + body)

    def hear(self) -> tuple[int, bytes]:
        """Return the next frame: its kind and what it says."""
        first, second = self._take(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", self._take(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._take(8))
        mask = self._take(4) if second & 0x80 else bytes(4)
        return first & 0x0F, bytes(byte ^ mask[n % 4] for n, byte in enumerate(self._take(length)))

    def _take(self, count: int) -> bytes:
        """Return as many bytes, or raise at the end of the line."""
        taken = self.file.read(count)
        if len(taken) < count:
            raise ConnectionError("the browser hung up")
        return taken


class Autopush(Listening):
    """Knows one browser. `keys` are the ward's keys by channel; `passes` and `acks` are what came of messages."""

    def __init__(self) -> None:
        self.line: Line | None = None
        self.keys: dict[str, str] = {}
        self.passes: list[dict[str, Any]] = []
        self.acks: list[int] = []
        self.faults: list[str] = []
        super().__init__(make_handler(self))

    def stay_with(self, line: Line) -> None:
        """Answer a browser until it closes its websocket."""
        while True:
            kind, said = line.hear()
            if kind == CLOSE:
                return
            if kind == PING:
                line.say(said, PONG)
            elif kind == TEXT:
                self.answer(line, json.loads(said))

    def answer(self, line: Line, asked: dict[str, Any]) -> None:
        """Answer one word of the browser's protocol."""
        kind, channel = asked.get("messageType"), asked.get("channelID", "")
        if kind == "hello":
            self.line = line
            name = asked.get("uaid") or secrets.token_hex(16)
            line.say({"messageType": "hello", "status": 200, "uaid": name, "use_webpush": True, "broadcasts": {}})
        elif kind == "register":
            self.keys[channel] = asked.get("key", "")
            endpoint = f"{self.origin}/wpush/{channel}"
            line.say({"messageType": "register", "status": 200, "channelID": channel, "pushEndpoint": endpoint})
        elif kind == "unregister":
            line.say({"messageType": "unregister", "status": 200, "channelID": channel})
        elif kind in ("ack", "nack"):
            self.acks += [one.get("code", 0) for one in asked.get("updates", [asked])]
        elif not asked:
            line.say({})

    def pass_on(self, channel: str, headers: dict[str, str], body: bytes) -> int:
        """Check the ward's pass and give its message to the browser; return the status for the ward."""
        line = self.line
        if channel not in self.keys or line is None:
            return 410
        try:
            told = check_pass(headers["authorization"], self.origin, now())
            if told["k"] != self.keys[channel].rstrip("="):
                raise ValueError("another key than the one that was subscribed with")
        except Exception as error:  # whatever is wrong with it is told to the test
            self.faults.append(repr(error))
            return 401
        self.passes.append(told)
        line.say(
            {"messageType": "notification", "channelID": channel, "version": secrets.token_hex(16),
             "data": to_base64url(body), "headers": {"encoding": headers["content-encoding"]}}
        )  # fmt: skip
        return 201


def make_handler(service: Autopush) -> type[BaseHTTPRequestHandler]:
    """Return what answers the browser and the ward."""

    class Handler(Quiet):
        """A websocket of the browser, or a message of the ward."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # noqa: N802  # named by http.server
            """Open a websocket and stay with it."""
            key = self.headers.get("Sec-WebSocket-Key", "") + MAGIC
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
            if self.headers.get("Sec-WebSocket-Protocol"):
                self.send_header("Sec-WebSocket-Protocol", self.headers["Sec-WebSocket-Protocol"].split(",")[0].strip())
            self.end_headers()
            self.close_connection = True
            service.stay_with(Line(self.connection, self.rfile))

        def do_POST(self) -> None:  # noqa: N802  # named by http.server
            """Take a message of the ward."""
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(service.pass_on(self.path.rpartition("/")[2], headers, body))
            self.send_header("Content-Length", "0")
            self.end_headers()

    return Handler
