"""Sending one web push. Only the worker imports this: the libraries behind it are heavy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException as BrokenHttp
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from py_vapid import Vapid02
from pywebpush import WebPusher

from webapp.config import Settings
from webapp.kit.logs import log
from webapp.notifications.rules_ladder import Outcome
from webapp.notifications.rules_push import (
    MOST_BYTES,
    are_push_keys,
    find_urgency,
    is_allowed_endpoint,
    private_key,
    read_answer,
)

CONNECT_SECONDS, READ_SECONDS = 5, 10
PASS_LIVES = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Push:
    """What goes to a device: the words sealed by `send_push`, and what the push service is told about them.

    `life`: for how many seconds it keeps them for a device that is switched off.
    """

    kind: str
    topic: str
    payload: bytes
    life: int


def send_push(details: Mapping[str, str], push: Push, settings: Settings, now: datetime) -> Outcome:
    """Send to one device and return what came of it; whatever goes wrong is an outcome."""
    endpoint = details.get("endpoint", "")
    if not is_allowed_endpoint(endpoint, settings.push_hosts):
        return _refuse("endpoint")
    if not are_push_keys(details.get("p256dh", ""), details.get("auth", "")):
        return _refuse("keys")
    if not 0 < len(push.payload) <= MOST_BYTES:
        return _refuse("size")
    try:
        body, headers = _seal(details, push.payload), _write_headers(endpoint, push, settings, now)
    except Exception as error:  # four families of errors from three libraries; none of them is the network's
        return _refuse(type(error).__name__)
    return _post(endpoint, body, headers, now)


def _refuse(why: str) -> Outcome:
    """Note why a push was not even sent; the address itself stays out of the log."""
    log.warning("push refused", extra={"facts": {"why": why}})
    return Outcome("refused")


def _seal(details: Mapping[str, str], payload: bytes) -> bytes:
    """Return the words sealed for this device alone (RFC 8291)."""
    keys = {"p256dh": details["p256dh"].rstrip("="), "auth": details["auth"].rstrip("=")}
    pusher = WebPusher({"endpoint": details["endpoint"], "keys": keys})
    return bytes(pusher.encode(payload, content_encoding="aes128gcm")["body"])


def _write_headers(endpoint: str, push: Push, settings: Settings, now: datetime) -> dict[str, str]:
    """Return the headers, with a pass that is signed for this push service only (RFC 8292)."""
    parts = urlsplit(endpoint)
    claims: dict[str, Any] = {
        "aud": f"{parts.scheme}://{parts.netloc}", "exp": int((now + PASS_LIVES).timestamp()), "sub": settings.vapid_contact,
    }  # fmt: skip
    return {
        **Vapid02(private_key(settings.vapid_key)).sign(claims),
        "TTL": str(push.life), "Urgency": find_urgency(push.kind), "Topic": push.topic,
        "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream", "User-Agent": "madoguchi",
    }  # fmt: skip


def _post(endpoint: str, body: bytes, headers: Mapping[str, str], now: datetime) -> Outcome:
    """Hand it to the push service: nowhere else by redirects or proxies, and no longer than the lease allows."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                endpoint, data=body, headers=dict(headers), timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False, stream=True,
            )  # fmt: skip
            status, retry_after = answer.status_code, answer.headers.get("Retry-After")
            answer.close()
    except (requests.RequestException, urllib3.exceptions.HTTPError, BrokenHttp, OSError, ValueError) as error:
        log.warning("push service not reached", extra={"facts": {"kind": type(error).__name__}})
        return Outcome("unreachable")
    outcome = read_answer(status, retry_after, now)
    if outcome.result == "refused":
        log.warning("push refused", extra={"facts": {"why": "answer", "status": status}})
    return outcome
