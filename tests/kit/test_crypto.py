"""Sealed bytes open with their key, in their place, unchanged, and not otherwise."""

import pytest

from tests.conftest import REAL_SCRYPT_N
from webapp.kit.crypto import SCRYPT_R, CannotOpen, derive_key, new_key, seal, stretch_key, unseal, unseal_with_any


def test_sealed_bytes_open_with_the_same_key_and_place():
    key = new_key()
    assert unseal(key, seal(key, b"hello", "t|1|c"), "t|1|c") == b"hello"


def test_sealed_bytes_do_not_open_in_another_place():
    key = new_key()
    with pytest.raises(CannotOpen):
        unseal(key, seal(key, b"hello", "t|1|c"), "t|2|c")


def test_sealed_bytes_do_not_open_with_another_key():
    with pytest.raises(CannotOpen):
        unseal(new_key(), seal(new_key(), b"hello", "p"), "p")


@pytest.mark.parametrize("place", [0, 5, -1])
def test_a_changed_byte_is_noticed(place):
    key = new_key()
    sealed = bytearray(seal(key, b"hello", "p"))
    sealed[place] ^= 1
    with pytest.raises(CannotOpen):
        unseal(key, bytes(sealed), "p")


def test_the_same_content_is_never_sealed_to_the_same_bytes():
    key = new_key()
    assert seal(key, b"hello", "p") != seal(key, b"hello", "p")


def test_older_master_keys_still_open():
    old, new = new_key(), new_key()
    assert unseal_with_any((new, old), seal(old, b"x", "p"), "p") == b"x"


def test_typed_secrets_are_stretched_by_sixteen_mebibytes_outside_of_tests():
    assert 128 * REAL_SCRYPT_N * SCRYPT_R >= 16 * 2**20


def test_a_typed_secret_needs_its_salt_and_the_pepper():
    keys = {stretch_key("1", b"a" * 16, b"p"), stretch_key("1", b"b" * 16, b"p"), stretch_key("1", b"a" * 16, b"q")}
    assert len(keys) == 3


def test_keys_for_two_purposes_differ():
    key = new_key()
    assert derive_key(key, "one") != derive_key(key, "two")


def test_derived_key_is_the_hkdf_of_the_standard():
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    secret = new_key()
    assert derive_key(secret, "purpose") == HKDF(SHA256(), 32, salt=None, info=b"purpose").derive(secret)
