"""A small sign-in service (OpenID Connect) on a real port: signs with real keys, checks PKCE and who asks, and can be made to fail."""

import base64
import hashlib
import hmac
import json
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

CLIENT, SECRET = "madoguchi", "s3cret: +/%& of the client"
KEYS: dict[str, Any] = {
    "ES256": ECKey.generate_key("P-256", {"kid": "first", "use": "sig"}),
    "RS256": RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"}),
    "client": ECKey.generate_key("P-256"),
    "stranger": ECKey.generate_key("P-256", {"kid": "first"}),
}


class Service:
    """The service's state. A test sets who sits there (`person`) and how it misbehaves (`bad`, `claims`, `status`)."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.alg = "ES256"
        self.person: dict[str, Any] = {"sub": "248289761001"}
        self.told: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.status: dict[str, int] = {}
        self.bad = ""
        self.slow = 0.0
        self.expires_in: Any = 3600
        self.deny = ""
        self.codes: dict[str, dict[str, str]] = {}
        self.metadata: dict[str, Any] = {}
        self.asked: list[str] = []
        self.assertions: list[dict[str, Any]] = []
        self.keys = [KEYS["ES256"], KEYS["RS256"]]

    def go(self, address: str) -> str:
        """Follow a browser's way to the service as far as the way back; return path and query of that."""
        answer = requests.get(address, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, (answer.status_code, answer.text)
        parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"

    def describe(self) -> dict[str, Any]:
        """Return where the service's doors are."""
        doors = {
            "authorization_endpoint": "/authorize",
            "token_endpoint": "/token",
            "jwks_uri": "/keys",
            "userinfo_endpoint": "/userinfo",
        }
        return {"issuer": self.base, **{key: self.base + path for key, path in doors.items()}, **self.metadata}

    def tell(self, path: str) -> Any:
        """Return what is told at a door that everybody may ask at."""
        if path == "/keys":
            return KeySet(self.keys).as_dict(private=False)
        if path == "/userinfo":
            return {**self.person, **self.told}
        return {"/.well-known/openid-configuration": self.describe(), "/end": {}}.get(path)

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where a browser is sent back to."""
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        if self.deny:
            back = {"error": self.deny, "state": asked["state"]}
        else:
            code = secrets.token_urlsafe(16)
            self.codes[code] = asked
            back = {"code": code, "state": asked["state"], "iss": self.base}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def exchange(self, form: dict[str, str], basic: str) -> tuple[int, Any]:
        """Return what the service gives for a code: once, to who asked for it, with the verifier of its challenge."""
        if not self._knows(form, basic):
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = _write(digest)
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(16)
        token = {"access_token": access, "token_type": "Bearer", "expires_in": self.expires_in}
        return 200, {**token, "id_token": self.sign(asked)} if self.bad != "no token" else token

    def _knows(self, form: dict[str, str], basic: str) -> bool:
        """Tell whether the client proved who it is."""
        if basic:
            return [unquote(part) for part in base64.b64decode(basic).decode().split(":")] == [CLIENT, SECRET]
        if form.get("client_secret"):
            return form["client_secret"] == SECRET
        try:
            claims = jwt.decode(form["client_assertion"], KEYS["client"], algorithms=["ES256"]).claims
        except (ValueError, KeyError):
            return False
        self.assertions.append(claims)
        fits = (
            claims["iss"] == claims["sub"] == form.get("client_id") == CLIENT and claims["aud"] == f"{self.base}/token"
        )
        return bool(fits and 0 < claims["exp"] - time.time() <= 300)

    def sign(self, asked: dict[str, str]) -> str:
        """Return the signed answer, in order or as `bad` and `claims` say."""
        now = int(time.time())
        claims = {
            "iss": self.base, "aud": asked["client_id"], "nonce": asked["nonce"], "iat": now, "exp": now + 300,
            **({"auth_time": now} if "max_age" in asked else {}), **self.person, **self.claims,
        }  # fmt: skip
        claims = {key: value for key, value in claims.items() if value is not None}
        if self.bad in ("alg none", "our secret"):
            head = {"alg": "none" if self.bad == "alg none" else "HS256", "typ": "JWT", "kid": "first"}
            signed = ".".join(_write(json.dumps(one).encode()) for one in (head, claims))
            mac = hmac.digest(KEYS["ES256"].as_pem(private=False), signed.encode(), "sha256")
            return f"{signed}.{'' if self.bad == 'alg none' else _write(mac)}"
        kind = "EC" if self.alg == "ES256" else "RSA"
        key = next(one for one in self.keys if one.key_type == kind)
        key = KEYS["stranger"] if self.bad == "signature" else key
        return jwt.encode({"alg": self.alg, "kid": key.kid}, claims, key)


def _write(raw: bytes) -> str:
    """Write bytes as tokens do."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Handler(BaseHTTPRequestHandler):
    """Answers requests for a self.service."""

    service: Service

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if parts.path == "/authorize":
            self.authorize(asked)
        elif parts.path == "/userinfo" and not self.headers.get("Authorization", "").startswith("Bearer "):
            self.answer(401, {})
        else:
            told = self.service.tell(parts.path)
            self.answer(404 if told is None else 200, told)

    def authorize(self, asked: dict[str, str]) -> None:
        """Ask a person in front of a browser; send a test on at once."""
        if "allow" in asked or "text/html" not in self.headers.get("Accept", ""):
            self.answer(302, "", "text/plain", self.service.authorize(asked))
            return
        hidden = "".join(f'<input type="hidden" name="{key}" value="{value}">' for key, value in asked.items())
        page = f'<!doctype html><html lang="en"><title>Service</title><form>{hidden}<button name="allow" value="yes">Allow</button></form>'
        self.answer(200, page, "text/html")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = parse_qs(body)
        assert all(len(values) == 1 for values in fields.values()), "nothing is sent twice"
        form = {key: values[0] for key, values in fields.items()}
        self.answer(*self.service.exchange(form, self.headers.get("Authorization", "").removeprefix("Basic ")))

    def answer(self, status: int, body: Any, kind: str = "application/json", location: str = "") -> None:
        path = urlsplit(self.path).path
        self.service.asked.append(path)
        time.sleep(self.service.slow)
        raw = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(self.service.status.get(path, status))
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(raw[: len(raw) // 2] if self.service.bad == "cut" else raw)
        self.close_connection = True

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """A server that says nothing about a client that did not wait for its answer."""

    def handle_error(self, *_about: Any) -> None:
        """Say nothing, unless it is a fault of the service itself."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(*_about)


@contextmanager
def open_service() -> Iterator[Service]:
    """Yield a service on a free port of this machine."""
    service = Service("")
    server = Server(("127.0.0.1", 0), type("Bound", (Handler,), {"service": service}))
    service.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def list_settings(service: Service, folder: Path, kind: str = "STAFF", **more: str) -> dict[str, str]:
    """Return the environment of a ward that knows the service: staff with a secret and discovery, residents with a key."""
    prefix = f"OIDC_{kind}"
    given = {"ISSUER": service.base, "CLIENT_ID": CLIENT}
    if kind == "STAFF":
        (folder / "secret").write_text(SECRET, encoding="utf-8")
        given |= {
            "CLIENT_SECRET_FILE": str(folder / "secret"),
            "STRONG_AMR": "otp hwk",
            "STRONG_ACR": "two",
            "LABEL": "区の門",
        }
    else:
        (folder / "key.pem").write_bytes(KEYS["client"].as_pem(private=True))
        doors = {"AUTHORIZE_URL": "/authorize", "TOKEN_URL": "/token", "KEYS_URL": "/keys"}
        given |= {
            "CLIENT_KEY_FILE": str(folder / "key.pem"),
            **{key: service.base + path for key, path in doors.items()},
        }
    return {f"{prefix}_{key}": value for key, value in {**given, **more}.items()}
