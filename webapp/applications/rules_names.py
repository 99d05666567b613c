"""How the name on an application is found: by how its kana, its signs or its given name begin. Pure decisions."""

import unicodedata
from collections.abc import Mapping
from typing import Any

import jaconv

from webapp.kit.crypto import keyed_hash

LONGEST_PREFIX = 12
LONGEST_GIVEN = 6
TOKEN_BYTES = 12


def find_label(answers: Mapping[str, Any]) -> dict[str, str]:
    """Return the name that an application goes by in lists ("name", "kana"): the applicant's, else the first there is."""
    names = [value for value in answers.values() if isinstance(value, Mapping) and "kana" in value and "name" in value]
    own = answers.get("applicant.name")
    found = own if isinstance(own, Mapping) else (names[0] if names else {})
    return {part: str(found.get(part, "")) for part in ("name", "kana")}


def fold_name(words: str) -> str:
    """Return a name as it is compared: width, katakana, case and spaces make no difference."""
    folded = jaconv.kata2hira(unicodedata.normalize("NFKC", words)).casefold()
    return "".join(sign for sign in folded if not sign.isspace() and sign not in "・･-‐")


def list_tokens(label: Mapping[str, str], section: str, key: bytes) -> list[bytes]:
    """Return the keyed hashes by which a name is found in its section: of every beginning of its kana and its signs."""
    kana, name = label.get("kana", ""), label.get("name", "")
    whole = [fold_name(kana)[:size] for size in range(1, LONGEST_PREFIX + 1)]
    signs = [fold_name(name)[:size] for size in range(1, LONGEST_PREFIX + 1)]
    given = [fold_name(part)[:size] for part in kana.split()[1:] for size in range(2, LONGEST_GIVEN + 1)]
    return sorted({make_token(word, section, key) for word in (*whole, *signs, *given) if word})


def make_token(words: str, section: str, key: bytes) -> bytes:
    """Return the hash that a typed beginning of a name has in a section."""
    return keyed_hash(key, f"name|{section}|{fold_name(words)[:LONGEST_PREFIX]}")[:TOKEN_BYTES]
