"""Numbers and tokens that people hold: random, checked against slips of the hand, never in any order."""

import re
import secrets
import unicodedata

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBER_LENGTH = 13
CODE_DIGITS = 11
SPOKEN_DIGITS = 10
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def new_id() -> str:
    """Return a random 96-bit identifier for addresses (24 hexadecimal digits)."""
    return secrets.token_hex(12)


def is_id(word: str) -> bool:
    """Tell whether a word could be an identifier of ours; PostgreSQL refuses to look for some that are not (NUL)."""
    return re.fullmatch(r"[0-9a-f]{24}", word) is not None


def new_token() -> str:
    """Return a random 128-bit token (32 hexadecimal digits) for a QR code."""
    return secrets.token_hex(16)


def is_token(word: str) -> bool:
    """Tell whether a word could be a token of a QR code."""
    return re.fullmatch(r"[0-9a-f]{32}", word) is not None


def new_receipt_number(practice: bool = False) -> str:
    """Return a receipt number: 13 random characters (65 bits) and a check character, without look-alikes.

    A number of practice is checked by another character, so that none is ever a real number.
    """
    body = "".join(secrets.choice(CROCKFORD) for _ in range(NUMBER_LENGTH))
    return body + _check_character(body, practice)


def find_receipt_number(typed: str, practice: bool = False) -> str | None:
    """Return the receipt number in what was typed (spaces, hyphens, width and case do not matter), or None."""
    plain = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", typed[:200]).upper()).translate(_LOOKALIKES)
    if len(plain) != NUMBER_LENGTH + 1 or plain[-1] != _check_character(plain[:-1], practice):
        return None
    return plain


def show_receipt_number(number: str) -> str:
    """Group a receipt number for reading: XXXXX-XXXXX-XXXX."""
    return "-".join((number[:5], number[5:10], number[10:]))


def new_confirmation_code() -> str:
    """Return a confirmation number: 11 random digits (36 bits) and a check digit."""
    body = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    return body + _check_digit(body)


def find_confirmation_code(typed: str) -> str | None:
    """Return the confirmation number in what was typed, or None if it has a slip of the hand in it."""
    plain = re.sub(r"\D", "", unicodedata.normalize("NFKC", typed[:200]))
    if len(plain) != CODE_DIGITS + 1 or plain[-1] != _check_digit(plain[:-1]):
        return None
    return plain


def show_confirmation_code(code: str) -> str:
    """Group a confirmation number for reading: 0000-0000-0000."""
    return "-".join((code[:4], code[4:8], code[8:]))


def new_spoken_code() -> str:
    """Return a code that can be spoken: 10 random digits (33 bits, no 0 first as in phone numbers) and a check digit."""
    body = secrets.choice("123456789") + "".join(secrets.choice("0123456789") for _ in range(SPOKEN_DIGITS - 1))
    return body + _check_digit(body)


def find_spoken_code(typed: str) -> str | None:
    """Return the spoken code in what was typed (spaces, hyphens and width do not matter), or None.

    Letters are not passed over as elsewhere, so that a receipt number never turns into a spoken code.
    """
    plain = re.sub(r"[\W_ー]", "", unicodedata.normalize("NFKC", typed[:200]))
    if re.fullmatch(rf"[0-9]{{{SPOKEN_DIGITS + 1}}}", plain) is None or plain[-1] != _check_digit(plain[:-1]):
        return None
    return plain


def show_spoken_code(code: str) -> str:
    """Group a spoken code for reading and saying: 000-0000-0000."""
    return "-".join((code[:3], code[3:7], code[7:]))


def _check_character(body: str, practice: bool = False) -> str:
    """Weighted sum modulo 31 (a prime): any one wrong character or swap of neighbours changes it; practice adds 15."""
    total = sum((position + 2) * CROCKFORD.index(letter) for position, letter in enumerate(body) if letter in CROCKFORD)
    return CROCKFORD[(total + 15 * practice) % 31]


def _check_digit(body: str) -> str:
    """Luhn check digit of a row of digits."""
    doubled = (int(d) * (2 if (len(body) - n) % 2 else 1) for n, d in enumerate(body))
    return str(-sum(d // 10 + d % 10 for d in doubled) % 10)
