"""Sealing: AES-256-GCM with a fresh 96-bit nonce, keys derived by HKDF, typed secrets stretched by scrypt.

Sealed bytes are: format byte 0x01 | 12-byte nonce | ciphertext and tag. `place` (table|row|column) is authenticated
with it, so that a sealed value copied to another row does not open.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**14, 8, 1


class CannotOpen(ValueError):
    """The key does not fit, or the sealed bytes were changed."""


def new_key() -> bytes:
    """Return a random 256-bit key."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, content: bytes, place: str) -> bytes:
    """Encrypt `content` for `place`."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return FORMAT + nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """Decrypt what `seal` made for the same place. Raises CannotOpen."""
    if sealed[:1] != FORMAT:
        raise CannotOpen("unknown format")
    try:
        return AESGCM(key).decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], place.encode())
    except InvalidTag as error:
        raise CannotOpen("the key does not fit") from error


def derive_key(secret: bytes, purpose: str) -> bytes:
    """Derive an independent key for one purpose from a secret of 128 bits or more (HKDF of RFC 5869, one block)."""
    extracted = hmac.digest(b"\0" * KEY_BYTES, secret, "sha256")
    return hmac.digest(extracted, purpose.encode() + b"\1", "sha256")


def stretch_key(typed: str, salt: bytes, pepper: bytes) -> bytes:
    """Turn a secret short enough to type into a key: scrypt (16 MiB, about 40 ms), then the pepper, which is not in the database."""
    slow = hashlib.scrypt(typed.encode(), salt=salt, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, dklen=KEY_BYTES)
    return hmac.digest(pepper, slow, "sha256")


def keyed_hash(key: bytes, content: str) -> bytes:
    """Return the HMAC-SHA-256 under which a secret is looked up without being stored."""
    return hmac.digest(key, content.encode("utf-8", "surrogatepass"), "sha256")


def unseal_with_any(keys: Sequence[bytes], sealed: bytes, place: str) -> bytes:
    """Decrypt with the newest master key that fits. Raises CannotOpen."""
    for key in keys:
        try:
            return unseal(key, sealed, place)
        except CannotOpen:
            continue
    raise CannotOpen("no master key fits")
