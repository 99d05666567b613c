"""What the counter checks and writes down: papers that show who somebody is, what is taken of what. Pure decisions."""

import re
import unicodedata
from collections.abc import Collection, Mapping

from webapp.accounts.rules import Clerk
from webapp.drafts.rules_helpers import may_receive
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


def list_receivable(clerk: Clerk, offices: Mapping[str, str]) -> tuple[str, ...]:
    """Return what somebody may open of procedures with their offices: the reception everything, a section its own."""
    return tuple(slug for slug, office in offices.items() if may_receive(clerk, [office]))


def find_take_gaps(chosen: Collection[str], missing: Mapping[str, Collection[object]]) -> tuple[str, ...]:
    """Return what is to mend about the procedures that are to be taken: none was chosen, or one that is not complete."""
    if not chosen:
        return ("take",)
    return ("missing",) if any(missing.get(slug) for slug in chosen) else ()
