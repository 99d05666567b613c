"""Speaking with a sign-in service over https: where its doors are, by which keys it signs; short, bounded, never led astray."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from urllib3.exceptions import HTTPError

from webapp.accounts.rules_oidc import Failed
from webapp.config_oidc import Provider, is_url, origin_of

TIMEOUT = (3.05, 6.0)
MOST_BYTES = 256 * 1024
DOORS_KEPT = 3600.0
KEYS_KEPT = 3600.0
KEYS_ASKED_EVERY = 30.0
"""A key that nobody knows is asked for, but not more often than this: strangers can make such answers up."""
AT_ONCE = 16
_room = threading.BoundedSemaphore(AT_ONCE)
_lock = threading.Lock()
_doors: dict[Provider, tuple[float, "Doors"]] = {}
_keys: dict[Provider, tuple[float, KeySet]] = {}


@dataclass(frozen=True, slots=True)
class Doors:
    """Where a service is spoken to. `says_issuer`: it promises to say who it is when it sends a browser back."""

    authorize: str
    token: str
    keys: str
    userinfo: str
    says_issuer: bool = False


class Line(OAuth2Session):  # type: ignore[misc]  # Authlib has no types
    """A session that waits a little, reads a little, and follows no redirect: a secret goes where it was meant to go."""

    def request(self, method: str, url: str, withhold_token: bool = True, auth: Any = None, **kwargs: Any) -> Any:
        """Send one request and read its answer, up to a limit. A token goes along only where it is put in by hand."""
        kwargs.update(timeout=TIMEOUT, allow_redirects=False, stream=True)
        response = super().request(method, url, withhold_token=True, auth=auth, **kwargs)
        content = response.raw.read(MOST_BYTES + 1, decode_content=True)
        response.close()
        if len(content) > MOST_BYTES:
            raise requests.RequestException("the answer is too long")
        response._content, response._content_consumed = content, True
        return response


@contextmanager
def speak() -> Iterator[None]:
    """Take one of the places for speaking, and give every way of not being understood one name. Raises Failed."""
    if not _room.acquire(blocking=False):
        raise Failed("down", "too many at once")
    try:
        yield
    except (requests.RequestException, HTTPError, OSError) as error:
        raise Failed("down", type(error).__name__) from error
    finally:
        _room.release()


def fetch_json(url: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """Return what a service tells at one of its doors. Raises Failed."""
    with speak(), Line() as line:
        response = line.request("GET", url, headers={"Accept": "application/json", **(headers or {})})
    if response.status_code >= 500:
        raise Failed("down", f"status {response.status_code}")
    try:
        found = response.json() if response.status_code == 200 else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Failed("answer", f"status {response.status_code}, or no JSON")
    return found


def find_doors(provider: Provider) -> Doors:
    """Return where a service is spoken to: as it was set, else as it says itself. Raises Failed."""
    if not provider.discovers:
        return Doors(provider.authorize_url, provider.token_url, provider.keys_url, provider.userinfo_url)
    with _lock:
        kept = _doors.get(provider)
    if kept is None or time.monotonic() - kept[0] > DOORS_KEPT:
        kept = (time.monotonic(), _discover(provider))
        with _lock:
            _doors[provider] = kept
    return kept[1]


def _discover(provider: Provider) -> Doors:
    """Ask a service where its doors are; one that calls itself something else is not believed. Raises Failed."""
    told = fetch_json(provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if told.get("issuer") not in provider.issuers:
        raise Failed("settings", "the service calls itself by another issuer")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    wrong = [name for name in names if not is_url(told.get(name))]
    if wrong:
        raise Failed("settings", f"no {wrong[0]}")
    extra = provider.userinfo_url or told.get("userinfo_endpoint", "")
    says = told.get("authorization_response_iss_parameter_supported") is True
    authorize, token, keys = (str(told[name]) for name in names)
    return Doors(authorize, token, keys, str(extra) if is_url(extra) else "", says)


def check_origin(provider: Provider, doors: Doors) -> None:
    """See to it that browsers may be led to a service by a form: the pages' own rules allow these places only. Raises Failed."""
    if origin_of(doors.authorize) not in provider.form_origins:
        raise Failed("settings", "name the origin of the authorization endpoint in FORM_ORIGINS")


def find_keys(provider: Provider, doors: Doors, anew: bool = False) -> KeySet:
    """Return the keys by which a service signs; with `anew` they are asked for again, if that was not done just now."""
    with _lock:
        kept = _keys.get(provider)
    age = time.monotonic() - kept[0] if kept else 0.0
    if kept is None or age > KEYS_KEPT or (anew and age > KEYS_ASKED_EVERY):
        told = fetch_json(doors.keys)
        try:
            kept = (
                time.monotonic(),
                KeySet.import_key_set({"keys": [one for one in told["keys"] if one.get("kty") != "oct"]}),
            )
        except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Failed("answer", "its keys cannot be read") from error
        with _lock:
            _keys[provider] = kept
    return kept[1]


def forget_lines() -> None:
    """Forget what services told; they are asked anew."""
    with _lock:
        _doors.clear()
        _keys.clear()
