"""Digits as people type them; insurer numbers to be checked, Individual Numbers to be kept out."""

import re
import unicodedata

_APART = r"[ \-‐‑‒–—―−ー]"
_LOOKS_INDIVIDUAL = re.compile(
    rf"(?<!\d)(?<!\d-)(?:\d{{12}}|\d{{4}}{_APART}\d{{4}}{_APART}\d{{4}}|\d(?:{_APART}\d){{11}})(?!-?\d)", re.ASCII
)
_INDIVIDUAL_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_INSURER_WEIGHTS = (2, 1, 2, 1, 2, 1, 2)


def fold(words: str) -> str:
    """Return full-width and other scripts' digits and Latin letters as plain ones; for numbers, never for names."""
    return "".join(str(unicodedata.decimal(c, c)) for c in unicodedata.normalize("NFKC", words))


def has_individual_number(words: str) -> bool:
    """Tell whether words hold 12 digits that are a valid Individual Number: in one row, 4-4-4, or each apart."""
    found = _LOOKS_INDIVIDUAL.findall(unicodedata.normalize("NFKC", words))
    return any(is_individual_number(re.sub(r"\D", "", one, flags=re.ASCII)) for one in found)


def is_individual_number(digits: str) -> bool:
    """Tell whether 12 digits have the check digit of an Individual Number (Ordinance 85 of 2014 of MIC, article 5)."""
    if not re.fullmatch(r"\d{12}", digits, re.ASCII):
        return False
    rest = sum(int(d) * weight for d, weight in zip(digits, _INDIVIDUAL_WEIGHTS, strict=False)) % 11
    return int(digits[11]) == (0 if rest <= 1 else 11 - rest)


def is_insurer_number(digits: str) -> bool:
    """Tell whether 8 digits have the check digit of a Japanese health insurer's number (modulo 10, weights 2 and 1)."""
    if not re.fullmatch(r"\d{8}", digits, re.ASCII):
        return False
    products = (int(d) * weight for d, weight in zip(digits, _INSURER_WEIGHTS, strict=False))
    return int(digits[7]) == -sum(p // 10 + p % 10 for p in products) % 10
