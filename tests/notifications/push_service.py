"""A push service of our own for the tests: it checks the ward's pass, opens what was sealed, and answers as it is told."""

import base64
import json
import secrets
import socket
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from webapp.kit.clock import now

MOST_CIPHER_BYTES = 4096
REASONS = {
    201: "Created", 404: "Not Found", 410: "Gone", 413: "Too Large", 429: "Too Many", 503: "Unavailable",
}  # fmt: skip


def to_base64url(raw: bytes) -> str:
    """Write bytes as browsers do."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64url(word: str) -> bytes:
    """Read what browsers write."""
    return base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))


def check_pass(header: str, origin: str, moment: datetime) -> dict[str, Any]:
    """Return the claims of an `Authorization` header (RFC 8292). Raises for a pass that a real service would refuse."""
    scheme, _, rest = header.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    if scheme.lower() != "vapid":
        raise ValueError("no vapid pass")
    signed, _, signature = parts["t"].rpartition(".")
    raw = from_base64url(signature)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64url(parts["k"]))
    made = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(made, signed.encode(), ec.ECDSA(hashes.SHA256()))
    claims: dict[str, Any] = json.loads(from_base64url(signed.split(".")[1]))
    left = claims["exp"] - moment.timestamp()
    if claims["aud"] != origin or not 0 < left <= 86400 or not claims["sub"].startswith(("mailto:", "https:")):
        raise ValueError(f"claims {claims}")
    return {**claims, "k": parts["k"]}


class Device:
    """A subscription: the keys stay here, as they would in a browser."""

    def __init__(self, origin: str) -> None:
        self.name = secrets.token_hex(8)
        self.endpoint = f"{origin}/wpush/{self.name}"
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = secrets.token_bytes(16)

    @property
    def details(self) -> dict[str, str]:
        """Return what a page sends to the ward."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "p256dh": to_base64url(point), "auth": to_base64url(self.auth)}


@dataclass(frozen=True)
class Answer:
    """How one request is answered: with a status, late, or (`drops`) not at all."""

    status: int = 201
    headers: tuple[tuple[str, str], ...] = ()
    wait: float = 0.0
    drops: bool = False


@dataclass(frozen=True)
class Received:
    """One message as a device gets it."""

    device: str
    content: dict[str, Any]
    headers: dict[str, str]
    claims: dict[str, Any]
    at: float = field(default_factory=time.monotonic)


class Quiet(BaseHTTPRequestHandler):
    """Answers requests; whoever hangs up, as a ward or a browser that was killed, is no failure."""

    def handle(self) -> None:
        """Answer."""
        try:
            super().handle()
        except OSError:
            self.close_connection = True

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


class Listening:
    """Something that answers on a port of its own."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def origin(self) -> str:
        """Return the address, as it stands in PUSH_HOSTS."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class PushService(Listening):
    """A push service. `answers` holds what comes next for each device, then `usual` for ever."""

    def __init__(self, clock: Callable[[], datetime] = now) -> None:
        self.clock, self.usual = clock, Answer()
        self.answers: dict[str, deque[Answer]] = defaultdict(deque)
        self.devices: dict[str, Device] = {}
        self.received: list[Received] = []
        self.asked: list[tuple[str, int]] = []
        self.faults: list[str] = []
        super().__init__(make_handler(self))

    def subscribe(self) -> Device:
        """Return a new device."""
        device = Device(self.origin)
        self.devices[device.name] = device
        return device

    def take(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Check one request and return how it is answered; what is answered 201 has been received."""
        device = self.devices.get(path.rpartition("/")[2])
        if device is None:
            return Answer(404)
        waiting = self.answers[device.name]
        answer = waiting.popleft() if waiting else self.usual
        self.asked.append((device.name, answer.status))
        try:
            claims = check_pass(headers["authorization"], self.origin, self.clock())
            if len(body) > MOST_CIPHER_BYTES or headers["content-encoding"] != "aes128gcm" or int(headers["ttl"]) <= 0:
                raise ValueError("size, encoding or life")
            words = http_ece.decrypt(body, private_key=device.key, auth_secret=device.auth, version="aes128gcm")
        except Exception as error:  # whatever is wrong with it is told to the test
            self.faults.append(repr(error))
            return Answer(400)
        if answer.status == 201 and not answer.drops:
            self.received.append(Received(device.name, json.loads(words), headers, claims))
        return answer


def make_handler(service: PushService) -> type[BaseHTTPRequestHandler]:
    """Return what answers requests for a service."""

    class Handler(Quiet):
        """One request."""

        def do_POST(self) -> None:
            """Take a message."""
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            answer = service.take(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            time.sleep(answer.wait)
            if answer.drops:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(answer.status, REASONS.get(answer.status, "Answer"))
            for name, value in (*answer.headers, ("Content-Length", "0")):
                self.send_header(name, value)
            self.end_headers()

    return Handler
