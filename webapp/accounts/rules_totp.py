"""One-time codes as RFC 6238 has them (SHA-1, 30 seconds, six digits): what every code app understands. Pure decisions."""

import base64
import hmac
import re
import secrets
import unicodedata
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
NEIGHBOURS = 1
"""How many half-minutes a clock may be wrong, to either side."""
SECRET_BYTES = 20
ISSUER = "Madoguchi"


def new_secret() -> bytes:
    """Return a random secret as long as RFC 4226 recommends (160 bits)."""
    return secrets.token_bytes(SECRET_BYTES)


def step_of(now: datetime) -> int:
    """Return the number of the half-minute that a moment is in."""
    return int(now.timestamp()) // STEP_SECONDS


def make_code(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """Return the code of one half-minute."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def read_code(typed: str) -> str:
    """Return a code as it was meant: width and spaces between its groups do not matter; "" if it can be none."""
    plain = re.sub(r"[\s_-]", "", unicodedata.normalize("NFKC", typed[:100]))
    return plain if re.fullmatch(rf"[0-9]{{{DIGITS}}}", plain) else ""


def find_step(secret: bytes, code: str, now: datetime, last: int) -> int | None:
    """Return the half-minute whose code this is, if it is near and after the `last` one taken; each is taken once."""
    here, found = step_of(now), None
    for step in range(here - NEIGHBOURS, here + NEIGHBOURS + 1):
        if hmac.compare_digest(make_code(secret, step).encode(), code.encode()) and step > last:
            found = step
    return found


def show_secret(secret: bytes) -> str:
    """Return a secret as it is typed into an app: letters and digits in groups of four."""
    plain = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def make_address(secret: bytes, name: str) -> str:
    """Return what the QR code for an app says."""
    query = urlencode({"secret": base64.b32encode(secret).decode().rstrip("="), "issuer": ISSUER})
    return f"otpauth://totp/{ISSUER}:{quote(name)}?{query}"
