"""Web push: which endpoints are sent to, which keys are keys, what is said and how answers are read. Pure."""

import base64
import binascii
import json
import re
from collections.abc import Collection
from datetime import date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from webapp.config import Settings
from webapp.kit.crypto import derive_key, keyed_hash
from webapp.notifications.rules_days import TRUE_LATE
from webapp.notifications.rules_ladder import Outcome

SERVICES = re.compile(
    r"(?:fcm\.googleapis\.com|android\.googleapis\.com|jmt17\.google\.com"
    r"|(?:[a-z0-9-]+\.)+(?:push\.services\.mozilla\.com|notify\.windows\.com|push\.apple\.com))"
)
_ENDPOINT = re.compile(r"(https?)://([a-z0-9.-]{1,253})(?::([0-9]{1,5}))?(/[!-~]{0,2000})")
_NOT_IN_PATHS = re.compile(r'["#<>\\^`{|}]')
MOST_BYTES = 3993
MOST_WAIT = timedelta(hours=24)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve P-256
LIVES = {"test": timedelta(minutes=10), "way-added": timedelta(hours=1), "received": timedelta(days=3)}
USUAL_LIFE = timedelta(days=28)
"""As long as every push service keeps something: a phone that is off for a week must not lose what a resident has to answer."""

SHORTEST_LIFE = timedelta(minutes=1)


def is_allowed_endpoint(endpoint: str, push_hosts: Collection[str]) -> bool:
    """Tell whether an address belongs to a known push service, or to a place that the ward's own settings name.

    Whoever subscribes sends us this address, and we send to it: anything else would let strangers reach the ward's insides.
    """
    found = _ENDPOINT.fullmatch(endpoint)
    if found is None or _NOT_IN_PATHS.search(endpoint):
        return False
    scheme, host, port, _ = found.groups()
    origin = f"{scheme}://{host}" + (f":{port}" if port else "")
    if origin in push_hosts:
        return True
    plain = scheme == "https" and port in (None, "443")
    return plain and (host in push_hosts or SERVICES.fullmatch(host) is not None)


def are_push_keys(p256dh: str, auth: str) -> bool:
    """Tell whether a device's keys can be used: an uncompressed point on the curve P-256, and 16 bytes."""
    point, secret = _read_base64url(p256dh), _read_base64url(auth)
    if len(point) != 65 or point[0] != 4 or len(secret) != 16:
        return False
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return True


def _read_base64url(word: str) -> bytes:
    """Return the bytes of a base64url word, with or without its padding; nothing for anything else."""
    plain = word.rstrip("=")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,200}", plain):
        return b""
    try:
        return base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4))
    except binascii.Error:
        return b""


def private_key(vapid_key: bytes) -> ec.EllipticCurvePrivateKey:
    """Return the key that the ward signs with; any 32 bytes make one, also the few that are no number below the order."""
    return ec.derive_private_key((int.from_bytes(vapid_key, "big") - 1) % (ORDER - 1) + 1, ec.SECP256R1())


def public_key(vapid_key: bytes) -> str:
    """Return the ward's public key as browsers want it when they subscribe (base64url)."""
    point = private_key(vapid_key).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def make_topic(settings: Settings, kind: str, about: str) -> str:
    """Return under which name a push service and a device replace an older message by the same one (32 characters)."""
    name = keyed_hash(derive_key(settings.pepper, "push topic"), f"{kind}|{about}")
    return base64.urlsafe_b64encode(name[:24]).decode()


def find_life(kind: str, last: date | None, local: datetime) -> int:
    """Return for how many seconds a push service keeps a message for a device that is switched off; never 0.

    A reminder ends with its `last` day (ward time); what can still be done after that is kept as long as anything.
    """
    life = LIVES.get(kind, USUAL_LIFE)
    if last is not None and kind not in TRUE_LATE:
        life = min(life, datetime.combine(last + timedelta(days=1), time(), local.tzinfo) - local)
    return int(max(life, SHORTEST_LIFE).total_seconds())


def find_urgency(kind: str) -> str:
    """Return how much a message may wake a device: somebody waits for a test, everything else can wait for a moment."""
    return "high" if kind == "test" else "normal"


def write_payload(words: tuple[str, str], lang: str, navigate: str, tag: str) -> bytes:
    """Write what a device shows, as Declarative Web Push: also without a worker. It says nothing about anybody.

    Too long a body is cut: a push service refuses more than one record.
    """
    title, body = words
    while True:
        notification = {
            "title": title, "body": body, "lang": lang, "dir": "ltr", "navigate": navigate, "silent": False, "tag": tag,
        }  # fmt: skip
        payload = json.dumps({"web_push": 8030, "notification": notification}, ensure_ascii=False).encode()
        if len(payload) <= MOST_BYTES or not body:
            return payload
        body = body[: len(body) * 9 // 10]


def read_answer(status: int, retry_after: str | None, now: datetime) -> Outcome:
    """Return what a push service's answer means."""
    if status in (200, 201, 202, 204):
        return Outcome("sent", status)
    if status in (404, 410):
        return Outcome("gone", status)
    if status == 429 or status >= 500:
        return Outcome("later", status, read_retry_after(retry_after, now))
    return Outcome("refused", status)


def read_retry_after(word: str | None, now: datetime) -> timedelta | None:
    """Return how long the other side asks us to wait: seconds or a date, at most a day; None if it says nothing clear."""
    word = (word or "").strip()
    if re.fullmatch(r"[0-9]{1,9}", word):
        return min(timedelta(seconds=int(word)), MOST_WAIT)
    try:
        moment = parsedate_to_datetime(word)
    except (ValueError, TypeError, OverflowError):  # what a stranger writes there is anything
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return min(max(moment - now, timedelta()), MOST_WAIT)
