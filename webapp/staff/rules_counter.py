"""What the counter checks and writes down: papers that show who somebody is, who may receive what. Pure decisions."""

import re
import unicodedata
from collections.abc import Iterable

from webapp.accounts.rules import Clerk
from webapp.kit.ids import find_spoken_code

IDENTITIES = (
    "mynumber-card",
    "driving-licence",
    "residence-card",
    "passport",
    "other-with-photo",
    "two-papers",
    "known",
)
"""What was seen to know who somebody is: only which kind, never its number."""
NOT_ACCEPTED = ("identity", "papers", "missing", "other-office", "resident-asked")
REISSUES = ("lost-slip", "lost-code", "seen-by-others", "unreadable")
SEARCHED = 200


def read_word(typed: str) -> str | None:
    """Return the token or spoken code in what was typed or scanned, or None.

    A scanner types the whole address of the QR code; with another keyboard layout its signs differ, the token does not.
    """
    plain = unicodedata.normalize("NFKC", typed[:SEARCHED]).lower()
    token = re.search(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", plain)
    return token[0] if token else find_spoken_code(typed)


def may_receive(clerk: Clerk, offices: Iterable[str]) -> bool:
    """Tell whether somebody may open what is for these offices: the reception everything, a section its own."""
    return clerk.has("reception") or set(offices) <= clerk.sections("officer", "head")
