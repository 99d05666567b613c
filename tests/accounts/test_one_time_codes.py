"""One-time codes by themselves: as RFC 6238 has them, a step to either side, each once; as people type and read them."""

from datetime import datetime, timezone

import pytest

from tests.accounts.helping import SECRET
from webapp.accounts.rules_totp import find_step, make_address, make_code, read_code, show_secret, step_of

START = datetime(2026, 11, 27, 1, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(("seconds", "code"), [
    (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
    (2000000000, "69279037"), (20000000000, "65353130"),
])  # fmt: skip
def test_codes_are_those_of_rfc_6238(seconds, code):
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    assert make_code(b"12345678901234567890", step_of(moment), 8) == code


def test_code_of_a_neighbouring_half_minute_is_right_and_each_is_taken_once():
    here = step_of(START)
    for step, right in ((here - 2, None), (here - 1, here - 1), (here, here), (here + 1, here + 1), (here + 2, None)):
        assert find_step(SECRET, make_code(SECRET, step), START, 0) == right
    assert find_step(SECRET, make_code(SECRET, here), START, here) is None
    assert find_step(SECRET, "", START, 0) is None


def test_codes_and_secrets_are_read_and_shown_for_people():
    assert read_code(" １２３ 456 ") == "123456"
    assert [read_code(word) for word in ("12345", "1234567", "abcdef", "12345६", "")] == [""] * 5
    assert show_secret(b"\0" * 20) == "AAAA AAAA AAAA AAAA AAAA AAAA AAAA AAAA"
    assert make_address(b"\0" * 20, "花子").startswith("otpauth://totp/Madoguchi:%E8%8A%B1%E5%AD%90?secret=AAAA")
